"""How the reading of a message by speech acts is told, when a point is due, and who reads along."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stageapp.accounts.audience import audience_text, in_one_line
from stageapp.accounts.models import User
from stageapp.core.days import day_name, short_date
from stageapp.guidance.access import readers_known
from stageapp.guidance.models import GuidanceQuestion, QuestionReader
from stageapp.speech.acts import ACTS, Act
from stageapp.speech.reading import Reading, ReadSentence


@dataclass(frozen=True)
class ActWords:
    """How an act is shown: a class for its colour and pattern, a picture, and words."""

    style: str
    icon: str
    label: str | Promise
    explanation: str | Promise


@dataclass(frozen=True)
class ToldSentence:
    """A sentence of the message with its act in words."""

    text: str
    act: ActWords
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ToldReading:
    """A message with all that its page says of it."""

    sentences: list[ToldSentence]
    #: Each act with how many of the sentences have it.
    acts: list[tuple[ActWords, int]]
    prevails: str
    needs: list[str]
    leaves_greetings_out: bool


ACT_WORDS = {
    Act.ASSERTIVE: ActWords(
        "assertive",
        "message-square-text",
        gettext_lazy("Assertive"),
        gettext_lazy("describes, explains, concludes, compliments or supposes"),
    ),
    Act.DIRECTIVE: ActWords(
        "directive",
        "message-circle-question-mark",
        gettext_lazy("Directive"),
        gettext_lazy("asks, requests, warns or advises"),
    ),
    Act.EXPRESSIVE: ActWords(
        "expressive",
        "heart",
        gettext_lazy("Expressive"),
        gettext_lazy("gives a feeling: thanks, a greeting, an apology, a worry"),
    ),
    Act.COMMISSIVE: ActWords(
        "commissive",
        "handshake",
        gettext_lazy("Commissive"),
        gettext_lazy("promises, plans, agrees or threatens"),
    ),
    Act.DECLARATION: ActWords(
        "declaration",
        "flag",
        gettext_lazy("Declaration"),
        gettext_lazy("says that something is different from now on"),
    ),
}

#: What may lie under an act that prevails. Of directives and expressives it follows Ribbers and
#: Waringa, "E-coaching" (2012); of the others the words are ours (docs/speech-acts.md).
NEEDS = {
    Act.ASSERTIVE: gettext_lazy(
        "Perhaps %(name)s would like you to look along: to hear how you see it, or a confirmation."
    ),
    Act.DIRECTIVE: gettext_lazy(
        "Perhaps %(name)s is looking for information, or hopes that you will do something."
    ),
    Act.EXPRESSIVE: gettext_lazy(
        "Perhaps %(name)s would like the feeling to be seen; acknowledging it may be enough."
    ),
    Act.COMMISSIVE: gettext_lazy(
        "Perhaps %(name)s wants to show what you can count on, and trust or a thought about the "
        "plan is welcome."
    ),
    Act.DECLARATION: gettext_lazy(
        "Perhaps %(name)s would like you to see that something changes, and to take it seriously."
    ),
}

#: More acts than this that share the first place say nothing about what prevails.
MOST_THAT_PREVAIL = 2


def tell(reading: Reading, name: str) -> ToldReading:
    """Return a reading in words, about a message of somebody with this name."""
    prevailing = reading.prevailing
    prevails = len(prevailing) <= MOST_THAT_PREVAIL
    return ToldReading(
        sentences=[_told(sentence) for sentence in reading.sentences],
        acts=[(ACT_WORDS[act], reading.counts[act]) for act in ACTS],
        prevails=_which_prevail(reading),
        needs=[NEEDS[act] % {"name": name} for act in prevailing] if prevails else [],
        leaves_greetings_out=len(reading.counted) < len(reading.sentences),
    )


def _told(sentence: ReadSentence) -> ToldSentence:
    return ToldSentence(sentence.text, ACT_WORDS[sentence.act], sentence.words)


def _which_prevail(reading: Reading) -> str:
    prevailing, total = reading.prevailing, len(reading.counted)
    labels = [str(ACT_WORDS[act].label) for act in prevailing]
    if not total or len(labels) > MOST_THAT_PREVAIL:
        return _("No speech act prevails.")
    said = {"act": labels[0], "count": reading.counts[prevailing[0]], "total": total}
    if len(labels) == 1:
        text = ngettext(
            "%(act)s prevails: that is what the one sentence is.",
            "%(act)s prevails: %(count)s of the %(total)s sentences.",
            total,
        )
        return text % said
    return _("%(act)s and %(other)s prevail, with %(count)s of the %(total)s sentences each.") % {
        **said,
        "other": labels[1].lower(),
    }


def due_words(due_on: date, today: date) -> str:
    """Tell when something is due, or for when it was planned, without a reproach."""
    days = (due_on - today).days
    day = day_name(due_on) if due_on.year == today.year else short_date(due_on)
    match days:
        case 0:
            return _("today")
        case 1:
            return _("tomorrow")
        case -1:
            return _("was planned for yesterday")
        case _ if days < 0:
            return _("was planned for %(day)s") % {"day": day}
        case _:
            return _("by %(day)s") % {"day": day}


def notes_on(along: Iterable[QuestionReader]) -> dict[int, str]:
    """Say of each who stands in for a teacher until when, by the key of that person."""
    return {row.person_id: note_on(row) for row in along if row.substitution}


def note_on(row: QuestionReader) -> str:
    """Say why somebody can read a question beside the teacher asked."""
    if row.substitution is None:
        return _("guides you too")
    return _("stands in up to and including %(day)s") % {
        "day": date_format(row.substitution.ends_on, "j F")
    }


def audience_of_question(question: Any, viewer: User) -> str:
    """Return the mark of audience of a question with the columns of `with_openness`."""
    return audience_text(readers_known(question), viewer, notes_on(question.rows_along))


def audience_after_sharing(
    question: GuidanceQuestion, along: Iterable[QuestionReader], viewer: User
) -> str:
    """Return what the mark of audience will be when a question is shared with these as well."""
    rows = list(along)
    teachers = [question.teacher] if question.teacher else []
    return audience_text([*teachers, *(row.person for row in rows)], viewer, notes_on(rows))


def others_of(question: Any, viewer: User) -> str:
    """Name everybody but one who can read a question with the columns of `with_openness`."""
    return in_one_line(one.name for one in readers_known(question) if one != viewer)
