"""What a student chooses to let go to a record store."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.core.formfields import ExplainedRadioSelect
from stageapp.integrations import choosing
from stageapp.integrations.records.models import RecordStore
from stageapp.integrations.records.queries import stores_offered
from stageapp.placements.models import Placement

#: So many of each at a time: it is a choice, not a copy of the logbook.
MOST_CHOSEN = 20


class LetGoForm(choosing.ChoosingForm):
    """Which store, which activities and reflections, and whether own words go along."""

    lists: ClassVar[Any] = (
        (
            "activities",
            lambda placement: choosing.own_activities(placement).select_related("category"),
            choosing.ACTIVITIES,
            MOST_CHOSEN,
        ),
        ("reflections", choosing.own_reflections, choosing.REFLECTIONS, MOST_CHOSEN),
    )

    store = forms.ChoiceField(
        label=_("where to"), error_messages={"required": _("Choose where it goes.")}
    )
    with_words = forms.BooleanField(
        label=_("the first words that I wrote go along"),
        required=False,
        help_text=_(
            "Else only the day, the duration, the kind and the competences go. With your words: "
            "look whether there is a name of somebody else in them."
        ),
    )

    def __init__(self, data: Any = None, *, placement: Placement) -> None:
        super().__init__(data, placement=placement)
        self.stores = {str(store.pk): store for store in stores_offered(placement)}
        field = self.fields["store"]
        assert isinstance(field, forms.ChoiceField)
        field.widget = ExplainedRadioSelect(
            {key: store.about for key, store in self.stores.items()}
        )
        field.choices = [(key, store.name) for key, store in self.stores.items()]
        if len(self.stores) == 1:
            self.initial["store"] = next(iter(self.stores))

    @property
    def chosen_store(self) -> RecordStore:
        """The store that was chosen, once the form is valid."""
        return self.stores[self.cleaned_data["store"]]
