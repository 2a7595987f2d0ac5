"""Questions about writing a message: the frame, the hints, what is quoted. Nothing here writes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from django.db.models import Exists, QuerySet

from stageapp.accounts.models import User
from stageapp.core.fields import TEXT_LENGTH
from stageapp.guidance import access
from stageapp.guidance.models import GuidanceQuestion, Message, OwnWords, WritingHelp
from stageapp.guidance.rules_replies import EARLY_MESSAGES, PARTS, filled_in, rank_of, with_words
from stageapp.guidance.words_replies import DEFAULT_WORDS, ToldHint, tell_hint
from stageapp.placements.models import Placement
from stageapp.speech.hints import hints_for
from stageapp.speech.quotes import own_words, quoted
from stageapp.speech.sentences import sentences

#: What the address of a quotation calls the first words of a question.
CORE = "core"
#: A text without a name stands on its button with so many characters.
LABEL_LENGTH = 40


@dataclass(frozen=True)
class Desk:
    """What somebody has at hand to answer a student with; the same for each of the questions."""

    own_words: Sequence[OwnWords]
    shows_hints: bool
    is_early: bool


@dataclass(frozen=True)
class FrameButton:
    """A text to put in with one click, and its place in the frame."""

    key: str
    label: str
    text: str
    rank: int


@dataclass(frozen=True)
class ReplyAid:
    """What helps in answering one question."""

    parts: list[FrameButton]
    others: list[FrameButton]
    shows_hints: bool
    is_early: bool
    received: str
    hints: list[ToldHint] = field(default_factory=list)
    #: The keys of the hints that the writer leaves.
    left: list[str] = field(default_factory=list)

    @property
    def offered(self) -> list[tuple[int, str]]:
        """Each text that can be put in, with its place."""
        return [(button.rank, button.text) for button in (*self.parts, *self.others)]

    def put_in(self, draft: str, key: str) -> str:
        """Return a draft with the text of a button in it; unchanged when there is none."""
        for button in (*self.parts, *self.others):
            if button.key == key:
                return with_words(draft, button.text, button.rank, self.offered)
        return draft

    def looked_at(self, draft: str, left: Collection[str]) -> "ReplyAid":
        """Return the same with hints on a draft, if they are wanted."""
        found = (
            hints_for(draft[:TEXT_LENGTH], self.received, is_early=self.is_early, left=left)
            if self.shows_hints
            else []
        )
        return replace(self, hints=[tell_hint(hint) for hint in found], left=sorted(left))


def desk_of(writer: User, placement: Placement) -> Desk:
    """Return what a teacher has at hand for one student."""
    written = Message.objects.filter(author=writer, question__placement=placement)
    known = (
        User.objects.filter(pk=writer.pk)
        .annotate(
            wants_none=Exists(_switched_off(writer)),
            knows_student=Exists(written[EARLY_MESSAGES - 1 : EARLY_MESSAGES]),
        )
        .values_list("wants_none", "knows_student")
        .get()
    )
    wants_none, knows_student = known
    return Desk(
        own_words=list(access.own_words_of(writer)),
        shows_hints=not wants_none,
        is_early=not knows_student,
    )


def shows_hints(writer: User) -> bool:
    """Return whether somebody wants hints; unless they said otherwise."""
    return not _switched_off(writer).exists()


def _switched_off(writer: User) -> QuerySet[WritingHelp]:
    return WritingHelp.objects.filter(person=writer, shows_hints=False)


def aid_for(
    question: GuidanceQuestion, messages: Sequence[Message], writer: User, desk: Desk
) -> ReplyAid:
    """Return what helps a teacher in answering a question now."""
    names = {"student": question.placement.student.name, "writer": writer.name}
    own = [
        FrameButton(f"own-{row.pk}", row.name or _first_words(text), text, rank_of(row.kind))
        for row in desk.own_words
        for text in [filled_in(row.text, **names)]
    ]
    of_part: dict[str, FrameButton] = {}
    for row, button in zip(desk.own_words, own, strict=True):
        of_part.setdefault(row.kind, button)
    parts = []
    for part in PARTS:
        kept = of_part.get(part)
        text = kept.text if kept else filled_in(str(DEFAULT_WORDS[part]), **names)
        label = str(OwnWords.Kind(part).label)
        parts.append(FrameButton(part, label, text, rank_of(part)))
    first = [button for part, button in of_part.items() if part in PARTS]
    return ReplyAid(
        parts=parts,
        others=[button for button in own if button not in first],
        shows_hints=desk.shows_hints,
        is_early=desk.is_early,
        received=received_since(question, messages),
    )


def received_since(question: GuidanceQuestion, messages: Sequence[Message]) -> str:
    """Return what a student wrote that the teacher did not answer yet, with the core if so."""
    unanswered = list(takewhile(lambda message: message.is_from_student, reversed(messages)))
    texts = [own_words(message.text) for message in reversed(unanswered)]
    if len(unanswered) == len(messages):
        texts.insert(0, question.core)
    return "\n\n".join(texts)


def quotable(text: str) -> list[str]:
    """Return the sentences of a message that can be quoted: those of its writer."""
    return sentences(own_words(text))


def quotation(question: GuidanceQuestion, reader: User, source: str, numbers: Sequence[str]) -> str:
    """Return sentences of the other as a quotation, by their numbers; nothing where it fits not."""
    text = _received_text(question, reader, source)
    return quoted([one for place, one in enumerate(quotable(text)) if str(place) in numbers])


def _first_words(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LABEL_LENGTH else line[: LABEL_LENGTH - 1].rstrip() + "…"


def _received_text(question: GuidanceQuestion, reader: User, source: str) -> str:
    if source == CORE:
        return "" if question.placement.student_id == reader.pk else question.core
    found = (message for message in question.messages.all() if str(message.pk) == source)
    return next((message.text for message in found if message.author_id != reader.pk), "")
