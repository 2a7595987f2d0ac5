"""The words around writing a reply: the frame as it is offered, and the hints."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stageapp.guidance.models import OwnWords
from stageapp.speech.hints import LONG_SENTENCE, MANY_WORDS, Hint, HintKind

#: What a part begins with for who saved no words of their own.
DEFAULT_WORDS: dict[str, Any] = {
    OwnWords.Kind.SALUTATION: gettext_lazy("Hi [name],"),
    OwnWords.Kind.ACKNOWLEDGEMENT: gettext_lazy("Good that you bring this up. I see that …"),
    OwnWords.Kind.CORE: gettext_lazy("What I would like to give you above all: …"),
    OwnWords.Kind.ACTIVATION: gettext_lazy("What will you do first, and when? Perhaps: …"),
    OwnWords.Kind.CLOSING: gettext_lazy("Good luck, and let me know how it went.\n[me]"),
}


@dataclass(frozen=True)
class ToldHint:
    """A hint in words; `later` is a sentence that says that it comes later."""

    key: str
    icon: str
    text: str
    why: str
    later: str = ""


_ICONS = {
    HintKind.QUESTION: "message-circle-question-mark",
    HintKind.ACKNOWLEDGE: "heart",
    HintKind.TONE: "smile",
}


def tell_hint(hint: Hint) -> ToldHint:
    """Return a hint in words that leave the choice to the writer."""
    text, why = _words(hint)
    later = ""
    if hint.kind == HintKind.QUESTION:
        later = _("About “%(question)s” I will come back to you later.") % {"question": hint.about}
    return ToldHint(hint.key, _ICONS.get(hint.kind, "lightbulb"), text, why, later)


def _words(hint: Hint) -> tuple[str, str]:
    said = {"about": hint.about, "n": hint.count}
    match hint.kind:
        case HintKind.UNFINISHED:
            return _("There are still dots in your text."), _("They wait for your own words.")
        case HintKind.QUESTION:
            return (
                _("Perhaps not taken up yet: “%(about)s”") % said,
                _("You need not answer everything. Saying what you leave helps."),
            )
        case HintKind.ACKNOWLEDGE:
            return (
                _("Perhaps first say what you recognise or appreciate."),
                _("You have not written each other often yet; such a line builds trust."),
            )
        case HintKind.GROUND:
            return (
                _("You write “%(about)s”. Perhaps say what you base that on.") % said,
                _("With a ground, the student can weigh it and learn from it."),
            )
        case HintKind.SHORT | HintKind.LONG | HintKind.SENTENCE:
            return _about_length(hint, said)
        case HintKind.VAGUE:
            return (
                _("Perhaps say it more plainly: %(about)s.") % said,
                _("Then it is clear what must and what may be done."),
            )
        case HintKind.TONE:
            return (
                _("On paper your voice and your face are missing."),
                _(
                    "Read it once as the student will. A warm word, an emoji or “hmm” can show "
                    "how you mean it."
                ),
            )


def _about_length(hint: Hint, said: dict[str, Any]) -> tuple[str, str]:
    if hint.kind == HintKind.SHORT:
        text = ngettext(
            "One word. Perhaps the student does not know yet how to go on.",
            "%(n)d words. Perhaps the student does not know yet how to go on.",
            hint.count,
        )
        return text % said, _("What is the student going to do after reading?")
    if hint.kind == HintKind.LONG:
        return (
            _("%(n)d words. Perhaps one point is enough for now.") % said,
            _("Beyond some %(most)d words (our own measure) much remains unread.")
            % {"most": MANY_WORDS},
        )
    return (
        _("A sentence of %(n)d words. Perhaps make two of it: “%(about)s”") % said,
        _("GOV.UK lets its writers check sentences of more than %(most)d words.")
        % {"most": LONG_SENTENCE},
    )
