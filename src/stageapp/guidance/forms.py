"""The forms of guidance: asking, answering, closing."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.bilingual import in_reader_language
from stageapp.core.fields import NAME_LENGTH, TEXT_LENGTH, RunningTextInput, plausible_day
from stageapp.core.formfields import DayInput, ExplainedRadioSelect
from stageapp.guidance.forms_guests import GuestFields
from stageapp.guidance.forms_replies import AttachmentsField
from stageapp.guidance.models import ActionPoint, GuidanceQuestion, Shareable, SharedItem
from stageapp.logbook.models import Activity, Evidence, Reflection, SavedItem
from stageapp.logbook.queries import (
    recent_activities,
    recent_evidence,
    recent_reflections,
    saved_in,
)
from stageapp.logbook.snapshots import read_tip
from stageapp.placements.models import Placement
from stageapp.placements.queries import goals_of, teachers_of

WHO_ANSWERS: dict[str, Any] = {
    GuidanceQuestion.Addressee.TEACHER: _(
        "For how you learn, your goals, and what your programme asks of you."
    ),
    GuidanceQuestion.Addressee.SUPERVISOR: _(
        "For the work itself: how things are done there, which tasks you can take on."
    ),
    GuidanceQuestion.Addressee.OTHER: _(
        "For somebody who knows just this: a colleague, a fellow student, an expert."
    ),
}
FORM_MEANS: dict[str, Any] = {
    GuidanceQuestion.Form.WRITTEN: _(
        "At a distance, each at your own time. You can read it again later."
    ),
    GuidanceQuestion.Form.FACE_TO_FACE: _(
        "Together in one place. Best when it is sensitive, or when you do not yet know what to ask."
    ),
    GuidanceQuestion.Form.PHONE: _(
        "At once and spoken, without seeing each other. Good for quick."
    ),
    GuidanceQuestion.Form.VIDEO: _("At once and spoken, and you see each other from a distance."),
    GuidanceQuestion.Form.MEETING: _("It can wait until you meet, and it gets a place there."),
}


@dataclass(frozen=True)
class Offer:
    """Something that can go with a question, as the form shows it; an activity has no `kind`."""

    kind: str
    day: date
    text: str


def offer_of(source: Shareable) -> Offer:
    """Return how something is offered."""
    if isinstance(source, Activity):
        return Offer("", source.date, source.description)
    if isinstance(source, Reflection):
        return Offer(str(_("reflection")), source.date, source.title or source.model.name)
    if isinstance(source, Evidence):
        return Offer(str(_("evidence")), timezone.localdate(source.created_at), source.name)
    kept = source.snapshot or {}
    if source.kind == SavedItem.Kind.TIP:
        tip = read_tip(kept)
        text = tip.feedback or tip.feedforward
    else:
        text = in_reader_language(kept.get("title_nl", ""), kept.get("title_en", ""))
    return Offer(source.get_kind_display(), source.saved_at.date(), text)


def key_of(source: Shareable) -> str:
    """Return what a form calls something that can go with a question."""
    prefixes = {Reflection: "reflection-", Evidence: "evidence-", SavedItem: "saved-"}
    return f"{prefixes.get(type(source), '')}{source.pk}"


class ItemPicker(forms.CheckboxSelectMultiple):
    """What can be chosen as cards with a tick box."""

    template_name = "guidance/widgets/item_picker.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["limit"] = SharedItem.MOST
        return context


class ItemsField(forms.MultipleChoiceField):
    """Choose zero to three of what is offered; gives them in the order of the list."""

    def __init__(self, offered: Sequence[Shareable], **kwargs: Any) -> None:
        self.offered = {key_of(source): source for source in offered}
        choices: Any = [(key, offer_of(source)) for key, source in self.offered.items()]
        super().__init__(choices=choices, widget=ItemPicker, required=False, **kwargs)

    def clean(self, value: Any) -> list[Shareable]:
        keys = super().clean(value)
        if len(set(keys)) > SharedItem.MOST:
            raise forms.ValidationError(
                _("Choose at most three: which ones show the core of your question?")
            )
        return [source for key, source in self.offered.items() if key in keys]


class QuestionForm(GuestFields):
    """Asks for the core, who can answer it, in which form, and with which items.

    Arguments: the placement it is about, the question as `instance`, and what is chosen to begin
    with.
    """

    client_id = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = GuidanceQuestion
        fields = ("title", "core", "goal", "addressee", "teacher", "form")
        labels = {
            "title": _("my question in one line"),
            "core": _("the core of my question"),
            "goal": _("a learning goal that I want to agree on"),
            "addressee": _("who can answer this best"),
            "teacher": _("which teacher"),
            "form": _("which form suits this question"),
        }
        help_texts = {
            "core": _("What happened, what do you think of it yourself, and what do you ask?"),
            "goal": _("If you ask a teacher: they can agree with it in one tap."),
        }
        widgets = {
            "core": forms.Textarea(attrs={"rows": 5}),
            "addressee": ExplainedRadioSelect(WHO_ANSWERS),
            "form": ExplainedRadioSelect(FORM_MEANS),
        }

    def __init__(
        self, *args: Any, placement: Placement, chosen: Sequence[Shareable], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        goal = self.fields["goal"]
        assert isinstance(goal, forms.ModelChoiceField)
        goal.queryset, goal.empty_label = goals_of(placement), str(_("None"))
        self.instance.placement = placement
        self.initial["client_id"] = self.instance.client_id
        self.begin_with(placement)
        self.teachers = list(teachers_of(placement))
        if len(self.teachers) > 1:
            teacher = self.fields["teacher"]
            assert isinstance(teacher, forms.ModelChoiceField)
            teacher.queryset = teachers_of(placement)
            teacher.initial = self.teachers[0]
            teacher.empty_label = None
        else:
            del self.fields["teacher"]
        self.fields["items"] = ItemsField(
            _offered(placement, chosen),
            label=_("what goes with it"),
            help_text=_(
                "At most three. Choosing helps you find the core, and keeps it clear for your "
                "reader."
            ),
        )
        self.initial["items"] = [key_of(source) for source in chosen]

    @property
    def chosen(self) -> list[Shareable]:
        """What goes with the question."""
        chosen: list[Shareable] = self.cleaned_data["items"]
        return chosen

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.instance.pk is None:
            self.instance.client_id = data.get("client_id") or uuid.uuid4()
        if "addressee" in self.fields:
            self._choose_teacher(data)
        return data

    def _choose_teacher(self, data: dict[str, Any]) -> None:
        is_for_teacher = data.get("addressee") == GuidanceQuestion.Addressee.TEACHER
        if not is_for_teacher:
            data["teacher"] = self.instance.teacher = None
        elif "teacher" not in self.fields:
            self.instance.teacher = self.teachers[0] if self.teachers else None
        elif data.get("teacher") is None:
            self.add_error("teacher", _("Choose which teacher you ask."))


class EditMessageForm(forms.Form):
    """The text of a message."""

    text = RunningTextInput(
        label=_("your message"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("**bold**, *italic*, __underlined__; - makes a list, > a quotation."),
        error_messages={"required": _("Write something first.")},
    )


class MessageForm(EditMessageForm):
    """One message in a conversation, sent once, with up to three files."""

    attachments = AttachmentsField(label=_("files with it"), required=False)
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_id", uuid.uuid4())

    @property
    def to_choose_again(self) -> list[str]:
        """Return the names of the files that were sent: a browser gives none back by itself."""
        sent = (
            self.files.getlist(self.add_prefix("attachments"))
            if self.is_bound and self.files
            else []
        )
        return [upload.name or "" for upload in sent]


class PointRows(forms.BaseForm):
    """Up to three action points in a form, done by the student or by the teacher."""

    ROWS: ClassVar[int] = 3

    def add_rows(self, teacher: User | None, points: Mapping[int, ActionPoint]) -> None:
        """Add the fields of each point, with what is kept of the row already."""
        for number in range(1, self.ROWS + 1):
            self.fields[f"what_{number}"] = forms.CharField(
                label=gettext("step %(n)d") % {"n": number}, max_length=NAME_LENGTH, required=False
            )
            if teacher:
                self.fields[f"who_{number}"] = _who_field(teacher)
            self.fields[f"due_on_{number}"] = forms.DateField(
                label=_("by when"), required=False, widget=DayInput, validators=[plausible_day]
            )
            if point := points.get(number):
                is_theirs = teacher is not None and point.owner_id == teacher.pk
                self.initial[f"what_{number}"] = point.what
                self.initial[f"who_{number}"] = TEACHER if is_theirs else STUDENT
                self.initial[f"due_on_{number}"] = point.due_on

    def rows(self) -> list[dict[str, Any]]:
        """Return the fields of each action point."""
        names = ("what", "who", "due_on")
        return [
            {name: self[key] for name in names if (key := f"{name}_{number}") in self.fields}
            for number in range(1, self.ROWS + 1)
        ]

    @property
    def has_more_rows(self) -> bool:
        """Something is in the rows below the first, or wrong with them."""
        later = {
            f"{name}_{number}"
            for name in ("what", "who", "due_on")
            for number in range(2, self.ROWS + 1)
        }
        used = any(self[name].value() for name in later & self.fields.keys() if "who" not in name)
        return used or bool(later & self.errors.keys())

    def check_rows(self, data: Mapping[str, Any]) -> None:
        """Ask for what is missing where a part was filled in."""
        for number in range(1, self.ROWS + 1):
            asks = data.get(f"due_on_{number}") or data.get(f"who_{number}") == TEACHER
            if asks and not data.get(f"what_{number}") and f"what_{number}" not in self.errors:
                self.add_error(f"what_{number}", _("Write what has to be done."))

    def points_of(self, question: GuidanceQuestion, made_by: uuid.UUID) -> list[ActionPoint]:
        """Return the action points that were filled in; a second copy of the form has the same."""
        data = self.cleaned_data
        return [
            ActionPoint(
                placement=question.placement,
                client_id=uuid.uuid5(made_by, str(number)),
                question=question,
                what=data[f"what_{number}"],
                due_on=data[f"due_on_{number}"],
                owner=_owner(question, data.get(f"who_{number}", "")),
            )
            for number in range(1, self.ROWS + 1)
            if data[f"what_{number}"]
        ]


class CloseForm(PointRows, forms.ModelForm[GuidanceQuestion]):
    """The student closes a question in own words; every line may stay empty.

    Up to three action points come of it, done by the student or, where the question is open to
    the teacher, by the teacher.
    """

    makes_goal = forms.BooleanField(
        label=_("also make a learning goal of where I want to go"), required=False
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = GuidanceQuestion
        fields = ("conclusion_goal", "conclusion_learned", "conclusion_next")
        labels = {
            "conclusion_goal": _("where I want to go"),
            "conclusion_learned": _("what I take from this"),
            "conclusion_next": _("what I do next"),
        }
        help_texts = dict.fromkeys(fields, "")
        widgets = dict.fromkeys(fields, forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, teacher: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_id", uuid.uuid4())
        self.add_rows(teacher, {})

    def clean(self) -> dict[str, Any]:
        """Ask for what is missing where a part was filled in."""
        data: dict[str, Any] = super().clean() or {}
        self.check_rows(data)
        aim = data.get("conclusion_goal", "").strip()
        if data.get("makes_goal") and not aim and "conclusion_goal" not in self.errors:
            self.add_error(
                "conclusion_goal", _("Write where you want to go; it becomes the learning goal.")
            )
        return data

    def points(self) -> list[ActionPoint]:
        """Return the action points that were filled in."""
        return self.points_of(self.instance, self.cleaned_data["client_id"] or uuid.uuid4())


class PointForm(forms.ModelForm[ActionPoint]):
    """What has to be done, by when, and by whom where a teacher can do it."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ActionPoint
        fields = ("what", "due_on")
        widgets: ClassVar[dict[str, Any]] = {"due_on": DayInput}

    def __init__(self, *args: Any, teacher: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["client_id"]
        else:
            self.initial.setdefault("client_id", uuid.uuid4())
        if teacher:
            self.fields["who"] = _who_field(teacher)
            self.initial["who"] = TEACHER if self.instance.owner_id == teacher.pk else STUDENT

    def clean(self) -> dict[str, Any]:
        """Take over who does it, and which form it was."""
        data: dict[str, Any] = super().clean() or {}
        if self.instance.pk is None:
            self.instance.client_id = data.get("client_id") or uuid.uuid4()
        if "who" in data:
            self.instance.owner = _owner(self.instance.origin, data["who"])
        return data


#: Who does something, in a form.
STUDENT, TEACHER = "student", "teacher"


class WhoField(forms.ChoiceField):
    """Who does something: the student, unless somebody says otherwise."""

    def clean(self, value: Any) -> Any:
        """Take nothing for the student: a form that was open before this field came has none."""
        return super().clean(value or STUDENT)


def _who_field(teacher: User) -> forms.ChoiceField:
    return WhoField(
        label=_("who does it"),
        choices=[(STUDENT, _("me")), (TEACHER, teacher.name)],
        initial=STUDENT,
        widget=forms.RadioSelect,
    )


def _owner(question: GuidanceQuestion | None, who: str) -> User | None:
    assert question
    return question.teacher if who == TEACHER else question.placement.student


def _offered(placement: Placement, chosen: Sequence[Shareable]) -> list[Shareable]:
    """What can be chosen: what is chosen already, saved items, then what is recent."""
    saved = [shareable for item in saved_in(placement) if (shareable := as_shareable(item))]
    recent: list[Shareable] = [
        *recent_activities(placement),
        *recent_reflections(placement),
        *recent_evidence(placement),
    ]
    return list(dict.fromkeys([*chosen, *saved, *recent]))


def as_shareable(item: SavedItem) -> Shareable | None:
    """Return what of a saved item can go with a question: a tip or a chart goes as it is kept."""
    if item.kind in (SavedItem.Kind.TIP, SavedItem.Kind.CHART):
        return item
    return item.activity or item.reflection or item.evidence
