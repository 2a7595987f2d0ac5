"""Choosing of the own logbook what goes out: some of what is newest, more of it when asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stageapp.core.requests import key_in
from stageapp.logbook import access
from stageapp.logbook.models import Activity, Evidence, Reflection
from stageapp.placements.models import LearningGoal, Placement

#: So many of each kind are offered at first, so many more each time, and so many at most.
STEP = 30
MOST_SHOWN = 600
#: Signs of a text that tell which one it is.
MOST_SIGNS = 160
#: What the button that offers more sends as `do`.
MORE = "more"


@dataclass(frozen=True)
class Offer:
    """Something of the logbook, as a list to choose from shows it."""

    day: date
    text: str


def offer_of(row: Any) -> Offer:
    """Return how something of the logbook is offered."""
    if isinstance(row, Activity):
        return Offer(row.date, _short(row.description))
    if isinstance(row, Reflection):
        return Offer(row.date, _short(row.title or row.model.name))
    if isinstance(row, Evidence):
        return Offer(timezone.localdate(row.created_at), _short(row.name))
    assert isinstance(row, LearningGoal)
    return Offer(timezone.localdate(row.created_at), _short(row.title))


def _short(text: str) -> str:
    return Truncator(text).chars(MOST_SIGNS)


def own_activities(placement: Placement) -> QuerySet[Activity]:
    """Return the activities of a placement, the newest first."""
    return access.activities_of(placement.student).filter(placement=placement)


def own_reflections(placement: Placement) -> QuerySet[Reflection]:
    """Return the finished reflections of a placement, the newest first."""
    own = access.reflections_of(placement.student)
    return own.filter(placement=placement, is_draft=False).select_related("model")


def own_evidence(placement: Placement) -> QuerySet[Evidence]:
    """Return the evidence of a placement, the newest first."""
    own = access.evidence_of(placement.student).filter(placement=placement)
    return own.order_by("-created_at", "-id")


def own_goals(placement: Placement) -> QuerySet[LearningGoal]:
    """Return the learning goals of a placement, in their own order."""
    return access.goals_of(placement.student).filter(placement=placement)


class Chooser(forms.CheckboxSelectMultiple):
    """What can be chosen, as cards with a tick box."""

    template_name = "integrations/chooser.html"


class ChoosingField(forms.MultipleChoiceField):
    """Choose some rows of what is offered; gives them in the order of the list."""

    def __init__(self, offered: Sequence[Model], most: int, **kwargs: Any) -> None:
        self.offered = {str(row.pk): row for row in offered}
        self.most = most
        choices: Any = [(key, offer_of(row)) for key, row in self.offered.items()]
        super().__init__(choices=choices, widget=Chooser, required=False, **kwargs)

    def clean(self, value: Any) -> list[Any]:
        """Return the rows. Raises ValidationError for another's, and for more than may be."""
        keys = set(super().clean(value))
        if len(keys) > self.most:
            text = ngettext(
                "Choose at most %(most)d of these.", "Choose at most %(most)d of these.", self.most
            )
            raise forms.ValidationError(text % {"most": self.most})
        return [row for key, row in self.offered.items() if key in keys]


class ChoosingForm(forms.Form):
    """A form with lists of the own logbook; `more` of them stays in the form that was sent.

    What was chosen is offered again, also where it is older than what the list shows.
    """

    #: The name of a list, what is in it, what it is called, and how much of it may be chosen.
    lists: ClassVar[tuple[tuple[str, Callable[[Placement], QuerySet[Any]], Any, int], ...]] = ()

    #: Whether it makes sense only when something is chosen.
    needs_some: ClassVar[bool] = True

    shown = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, placement: Placement) -> None:
        super().__init__(data, use_required_attribute=False)
        self.placement = placement
        self.is_asked_for_more = bool(data) and data.get("do") == MORE
        self.has_more = False
        number = self._number(data)
        self.initial["shown"] = number
        if data:
            changed = data.copy()
            changed["shown"] = str(number)
            self.data = changed
        for name, own, label, most in self.lists:
            offered = self._offered(own(placement), data.getlist(name) if data else [], number)
            self.fields[name] = ChoosingField(offered, most, label=label)

    def _number(self, data: Any) -> int:
        known = key_in(data.get("shown", "")) if data else None
        number = min(known or STEP, MOST_SHOWN)
        return min(number + STEP, MOST_SHOWN) if self.is_asked_for_more else number

    def _offered(self, own: QuerySet[Any], sent: Sequence[str], number: int) -> list[Any]:
        rows = list(own[: number + 1])
        self.has_more = self.has_more or (len(rows) > number and number < MOST_SHOWN)
        rows = rows[:number]
        there = {str(row.pk) for row in rows}
        others = {key for one in sent[:MOST_SHOWN] if one not in there and (key := key_in(one))}
        return rows + list(own.filter(pk__in=others)) if others else rows

    @property
    def choosers(self) -> list[forms.BoundField]:
        """The lists to choose from that have anything in them."""
        return [self[name] for name, *_rest in self.lists if self._choosing(name).offered]

    def _choosing(self, name: str) -> ChoosingField:
        field = self.fields[name]
        assert isinstance(field, ChoosingField)
        return field

    @property
    def chosen(self) -> dict[str, list[Any]]:
        """What was chosen of each list, once the form is valid."""
        return {name: self.cleaned_data[name] for name, *_rest in self.lists}

    def clean(self) -> dict[str, Any]:
        """Ask for something to be chosen."""
        data: dict[str, Any] = super().clean() or {}
        is_complete = all(name in data for name, *_rest in self.lists)
        if self.needs_some and is_complete and not any(data[name] for name, *_rest in self.lists):
            raise forms.ValidationError(_("Choose at least one thing."), code="nothing")
        return data


#: What the lists are called.
ACTIVITIES = gettext_lazy("activities")
REFLECTIONS = gettext_lazy("reflections")
EVIDENCE = gettext_lazy("evidence")
GOALS = gettext_lazy("learning goals")
