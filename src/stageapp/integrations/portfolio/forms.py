"""What a student chooses for a portfolio and for a badge."""

import uuid
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import NAME_LENGTH, TEXT_LENGTH, RunningTextInput
from stageapp.integrations import choosing
from stageapp.integrations.portfolio.models import Badge
from stageapp.placements.models import Placement
from stageapp.programmes.models import Competence

#: So many of each list; a portfolio is a choice.
MOST_CHOSEN = 40
MOST_IN_BADGE = 5


class PortfolioForm(choosing.ChoosingForm):
    """What goes into a portfolio, and what stands above it."""

    lists: ClassVar[Any] = (
        ("goals", choosing.own_goals, choosing.GOALS, MOST_CHOSEN),
        ("evidence", choosing.own_evidence, choosing.EVIDENCE, MOST_CHOSEN),
        ("activities", choosing.own_activities, choosing.ACTIVITIES, MOST_CHOSEN),
        ("reflections", choosing.own_reflections, choosing.REFLECTIONS, MOST_CHOSEN),
    )

    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("title"), max_length=NAME_LENGTH)
    introduction = RunningTextInput(
        label=_("introduction"),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Who are you, and what do you want your reader to see?"),
    )
    with_workplace = forms.BooleanField(
        label=_("the name of my workplace goes along"), required=False
    )

    def __init__(self, data: Any = None, *, placement: Placement) -> None:
        super().__init__(data, placement=placement)
        self.initial["client_id"] = uuid.uuid4()
        self.initial["title"] = _("My portfolio")

    @property
    def keys(self) -> dict[str, list[int]]:
        """The keys of what was chosen, by list."""
        return {name: [row.pk for row in rows] for name, rows in self.chosen.items()}


class BadgeForm(choosing.ChoosingForm):
    """What a badge says, about which competence, with which evidence."""

    lists: ClassVar[Any] = (("evidence", choosing.own_evidence, choosing.EVIDENCE, MOST_IN_BADGE),)
    needs_some = False

    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    competence = forms.ChoiceField(label=_("competence"), required=False)
    title = forms.CharField(
        label=_("title"),
        max_length=NAME_LENGTH,
        help_text=_("A few words: they stand on the badge."),
    )
    narrative = RunningTextInput(
        label=_("what I can do, and how it shows"),
        max_length=Badge.MOST_NARRATIVE,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("When is somebody good at this, and where did you show that?"),
    )
    with_mail = forms.BooleanField(
        label=_("who knows my mail address can see that it is my badge"),
        required=False,
        help_text=_(
            "Some sites for badges want this. The address itself cannot be read in the badge."
        ),
    )

    def __init__(self, data: Any = None, *, placement: Placement) -> None:
        super().__init__(data, placement=placement)
        self.initial["client_id"] = uuid.uuid4()
        own = placement.cohort.competences.filter(retired_at=None)
        self.competences: dict[str, Competence] = {str(one.pk): one for one in own}
        field = self.fields["competence"]
        assert isinstance(field, forms.ChoiceField)
        choices = [("", _("None")), *((key, str(one)) for key, one in self.competences.items())]
        field.choices = choices

    @property
    def competence_chosen(self) -> Competence | None:
        """The competence that it is about, once the form is valid."""
        return self.competences.get(self.cleaned_data["competence"])
