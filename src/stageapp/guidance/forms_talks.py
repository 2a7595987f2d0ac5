"""The forms of talks: proposing moments, moving, and the report with what comes of it."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import plausible_day
from stageapp.core.formfields import NO_OPTIONAL, DayInput, TimeInput
from stageapp.guidance.forms import PointRows
from stageapp.guidance.models import ActionPoint, MeetingReport, TalkProposal
from stageapp.planning.models import PLACE_LENGTH, Appointment

DURATIONS = [(minutes, _("%(n)d minutes") % {"n": minutes}) for minutes in (15, 30, 45, 60, 90)]
PLACE_HELP = _("A place, a phone number, or the link to a video call. It goes along in the mail.")


class MomentsMixin(forms.BaseForm):
    """Days and times that make moments, by the clock of the institution."""

    def moment(self, day_name: str, time_name: str) -> datetime | None:
        """Return a moment to come of two fields, or None; what is wrong is said at the field."""
        day, at = self.cleaned_data.get(day_name), self.cleaned_data.get(time_name)
        if day is None or at is None:
            if day is not None and time_name not in self.errors:
                self.add_error(time_name, _("At what time?"))
            if at is not None and day_name not in self.errors:
                self.add_error(day_name, _("On which day?"))
            return None
        try:
            moment = from_current_timezone(datetime.combine(day, at))
        except ValidationError as problem:
            # The hour that is skipped in spring, or comes twice in autumn.
            self.add_error(time_name, problem)
            return None
        if moment <= timezone.now():
            self.add_error(day_name, _("Choose a moment that is still to come."))
            return None
        return moment


class ProposalForm(MomentsMixin, forms.ModelForm[TalkProposal]):
    """One to five moments, how and where; for a planned meeting none, or its own day."""

    #: More rows than this are folded away.
    SHOWN: ClassVar[int] = 3

    minutes = forms.TypedChoiceField(
        label=_("how long"), choices=DURATIONS, coerce=int, initial=TalkProposal.MINUTES
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = TalkProposal
        fields = ("form", "place", "minutes", "note")
        help_texts: ClassVar[dict[str, Any]] = {"place": PLACE_HELP}
        widgets: ClassVar[dict[str, Any]] = {
            "form": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moments: list[datetime] = []
        self.initial.setdefault("client_id", uuid.uuid4())
        for number in range(1, TalkProposal.MOST + 1):
            self.fields[f"day_{number}"] = forms.DateField(
                label=_("day"),
                required=False,
                label_suffix=NO_OPTIONAL,
                widget=DayInput,
                validators=[plausible_day],
            )
            self.fields[f"at_{number}"] = forms.TimeField(
                label=_("begins"), required=False, label_suffix=NO_OPTIONAL, widget=TimeInput
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return the fields of each moment, with what it is called."""
        return [
            {
                "label": gettext("Moment %(n)d") % {"n": number},
                "day": self[f"day_{number}"],
                "at": self[f"at_{number}"],
            }
            for number in range(1, TalkProposal.MOST + 1)
        ]

    @property
    def has_more_rows(self) -> bool:
        """Something is in the rows that are folded away, or wrong with them."""
        later = [
            f"{name}_{number}"
            for name in ("day", "at")
            for number in range(self.SHOWN + 1, TalkProposal.MOST + 1)
        ]
        return any(self[name].value() or name in self.errors for name in later)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self.instance.client_id = data.get("client_id") or uuid.uuid4()
        for number in range(1, TalkProposal.MOST + 1):
            moment = self.moment(f"day_{number}", f"at_{number}")
            if moment in self.moments:
                self.add_error(f"day_{number}", _("You propose this moment already."))
            elif moment:
                self.moments.append(moment)
        is_meeting = data.get("form") == TalkProposal.Form.MEETING
        if is_meeting and len(self.moments) > 1:
            self.add_error("day_2", _("A planned meeting has one moment."))
        if not is_meeting and not self.moments and "day_1" not in self.errors:
            self.add_error("day_1", _("Propose at least one moment."))
        return data

    def validate_constraints(self) -> None:
        """The database keeps them; what can be repaired in the form was checked above."""


class MoveForm(MomentsMixin, forms.Form):
    """Another moment for a talk, or another place."""

    day = forms.DateField(label=_("on which day"), widget=DayInput, validators=[plausible_day])
    at = forms.TimeField(label=_("begins"), widget=TimeInput)
    minutes = forms.IntegerField(label=_("how many minutes"), min_value=5, max_value=480)
    place = forms.CharField(
        label=_("where"), max_length=PLACE_LENGTH, required=False, help_text=PLACE_HELP
    )
    sequence = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, data: QueryDict | None, *, talk: Appointment) -> None:
        begin = timezone.localtime(talk.starts_at)
        super().__init__(
            data,
            initial={
                "day": begin.date(),
                "at": begin.time(),
                "minutes": int((talk.ends_at - talk.starts_at).total_seconds() // 60),
                "place": talk.location,
                "sequence": talk.sequence,
            },
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["starts_at"] = self.moment("day", "at")
        return data


class ReportForm(PointRows, forms.ModelForm[MeetingReport]):
    """What was agreed, with its action points, and if the student likes what was discussed."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = MeetingReport
        fields = ("agreed", "discussed")
        help_texts: ClassVar[dict[str, Any]] = {
            "agreed": _("What do you do differently, and what does your teacher do?"),
            "discussed": _("Only if you want to keep it: what it was about, and what struck you."),
        }
        widgets: ClassVar[dict[str, Any]] = {
            "agreed": forms.Textarea(attrs={"rows": 3}),
            "discussed": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["client_id"] = self.instance.client_id
        self.add_rows(self.instance.question.teacher, self._kept_points())

    def _kept_points(self) -> dict[int, ActionPoint]:
        if self.instance.pk is None:
            return {}
        kept = {point.client_id: point for point in self.instance.action_points.all()}
        keys = {n: uuid.uuid5(self.instance.client_id, str(n)) for n in range(1, self.ROWS + 1)}
        return {number: kept[key] for number, key in keys.items() if key in kept}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.instance.pk is None:
            self.instance.client_id = data.get("client_id") or uuid.uuid4()
        self.check_rows(data)
        written = ("agreed", "discussed", *(f"what_{n}" for n in range(1, self.ROWS + 1)))
        if not self.errors and not any(data[name].strip() for name in written):
            self.add_error("agreed", _("Write what you agreed, or at least one action point."))
        return data

    def validate_constraints(self) -> None:
        """A second copy of the same form is no mistake: it keeps nothing twice."""

    def points(self) -> list[ActionPoint]:
        """Return the action points that were filled in."""
        return self.points_of(self.instance.question, self.instance.client_id)


class ConfirmForm(forms.ModelForm[MeetingReport]):
    """The teacher confirms a report, with or without something to add."""

    class Meta:
        model = MeetingReport
        fields = ("addition",)
        labels: ClassVar[dict[str, Any]] = {"addition": _("something to add")}
        help_texts: ClassVar[dict[str, Any]] = {
            "addition": _("It stands below the report under your name; the report stays as it is."),
        }
        widgets: ClassVar[dict[str, Any]] = {"addition": forms.Textarea(attrs={"rows": 3})}
