"""The steps in which a question comes about: the fields of the whole form, a few at a time."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import NAME_LENGTH
from stageapp.core.formfields import ExplainedRadioSelect
from stageapp.guidance.forms import FORM_MEANS, QuestionForm
from stageapp.guidance.forms_guests import GUEST_FIELDS
from stageapp.guidance.models import GuidanceQuestion
from stageapp.guidance.rules import goal_words


@dataclass(frozen=True)
class Step:
    """One screen; `key` stands in the address, `fields` are those of the whole form."""

    key: str
    name: Any
    question: Any
    lead: Any
    fields: tuple[str, ...] = ()


#: In the order of the design. A new field of `QuestionForm` gets its place here.
STEPS = (
    Step(
        "core",
        _("the core"),
        _("What is the core of your question?"),
        _("What happened, what do you think of it yourself, and what do you ask?"),
        ("core", "title"),
    ),
    Step(
        "who",
        _("who"),
        _("Who can answer this best?"),
        _("Think of who knows most about this, and who can do something with it."),
        ("addressee", "teacher", *GUEST_FIELDS),
    ),
    Step(
        "form",
        _("which form"),
        _("Which form suits this question?"),
        _("Each form asks something else of you and gives something else back."),
        ("form",),
    ),
    Step(
        "items",
        _("what goes with it"),
        _("What shows the core of your question?"),
        _("Nothing is fine too. What you choose here, the other reads as well."),
        ("items", "goal"),
    ),
    Step("preview", _("look and share"), _("Look and share"), ""),
)
BY_KEY = {step.key: step for step in STEPS if step.fields}

_NEAR, _FAR = ("users", _("close by")), ("move-horizontal", _("at a distance"))
_SEEN, _UNSEEN = ("eye", _("you see each other")), ("eye-off", _("you do not see each other"))
_SPOKEN, _WRITTEN = ("message-circle", _("spoken")), ("pencil-line", _("written"))
_TOGETHER = ("clock", _("at the same time"))
#: What each form means: nearness, visibility, spoken or written, at the same time or not.
FORM_FACTS: dict[str, Any] = {
    GuidanceQuestion.Form.WRITTEN: (
        _FAR,
        _UNSEEN,
        _WRITTEN,
        ("hourglass", _("each at your own time")),
    ),
    GuidanceQuestion.Form.FACE_TO_FACE: (_NEAR, _SEEN, _SPOKEN, _TOGETHER),
    GuidanceQuestion.Form.PHONE: (_FAR, _UNSEEN, _SPOKEN, _TOGETHER),
    GuidanceQuestion.Form.VIDEO: (_FAR, _SEEN, _SPOKEN, _TOGETHER),
    GuidanceQuestion.Form.MEETING: (
        ("users", _("near or far, as you always meet")),
        _SEEN,
        _SPOKEN,
        ("calendar-clock", _("at your next meeting")),
    ),
}
#: So many letters of the core are the title until the student gives one.
TITLE_OF_CORE = 60


class FormCards(ExplainedRadioSelect):
    """The forms as cards, each with its four properties."""

    template_name = "guidance/widgets/form_cards.html"

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        return option | {"facts": FORM_FACTS.get(str(option["value"]), ())}


class StepForm(QuestionForm):
    """The fields of one step; the rest of the question stays as it is."""

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept_items = list(kwargs["chosen"])
        for name in set(self.fields) - {*step.fields, "client_id"}:
            del self.fields[name]
        self.order_fields([name for name in step.fields if name in self.fields])
        if "core" in self.fields:
            self.fields["core"].help_text = ""  # the step says it already
        if "title" in self.fields:
            self.fields["title"].required = False
            self.fields["title"].help_text = _("Otherwise the first words of the core.")
        if "goal" in self.fields and self.instance.is_for_guest:
            self.fields["goal"].label = _("a learning goal that it is about")
            self.fields["goal"].help_text = ""  # a guest agrees with none
        if "form" in self.fields:
            cards = FormCards(FORM_MEANS)
            cards.choices = self.fields["form"].widget.choices
            self.fields["form"].widget = cards

    @property
    def chosen(self) -> list[Any]:
        """What goes with the question: as chosen in this step, else as it was."""
        return super().chosen if "items" in self.fields else self.kept_items

    def clean(self) -> dict[str, Any]:
        """Make a title of the core as long as the student gave none."""
        data = super().clean()
        if "core" in self.fields:
            made_before = title_of(self.initial.get("core") or "")
            if data.get("title", "") in ("", made_before) and data.get("core"):
                data["title"] = title_of(data["core"])
        return data


def title_of(core: str) -> str:
    """Return the first words of the core."""
    return goal_words(core, min(TITLE_OF_CORE, NAME_LENGTH))[0]
