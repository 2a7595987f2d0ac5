"""What the forms of a placement ask, and what can be chosen in them."""

from typing import Any

from ninja import Query, Router
from pydantic import BaseModel, Field

from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.operation import operation
from stageapp.api.v1.sending import placement_for
from stageapp.api.v1.shapes import KeyInAddress, Ref, Shape, refs
from stageapp.insights.charts import offered_charts
from stageapp.placements.queries import goals_of, teachers_of
from stageapp.programmes.models import FormPart, ReflectionField, ReflectionModel, VocabularyKind
from stageapp.programmes.queries import competences_of, reflection_models_for, vocabulary_of

router = Router(tags=["vocabularies"])
#: How the API calls a part, where it is another name.
NAMES = {"duration": "minutes"}


class PartOfForm(Shape):
    """One part of an activity, as the students of the cohort see it, in their order."""

    part: str = Field(description="The field of an activity.")
    label: str
    help: str
    is_required: bool
    is_folded: bool
    minimum: int | None
    maximum: int | None


class ListEntry(Shape):
    """One choice in a list."""

    id: int
    name: str
    is_own: bool = Field(description="The student added it; nobody else sees it.")
    level: int | None = Field(description="Of a difficulty: 1 is easiest.")


class CompetenceChoice(Shape):
    """A competence of the programme."""

    id: int
    code: str
    name: str
    description: str


class TextOfModel(Shape):
    """One text of a reflection model."""

    key: str
    label: str
    guidance: str
    is_required: bool


class ModelChoice(Shape):
    """A reflection model that the programme offers."""

    id: int
    key: str
    name: str
    texts: list[TextOfModel]


class Vocabularies(Shape):
    """All that can be chosen in a placement, in the reader's language."""

    placement: int
    parts: list[PartOfForm]
    categories: list[ListEntry]
    people: list[ListEntry]
    sources: list[ListEntry]
    moments: list[ListEntry]
    difficulties: list[ListEntry]
    competences: list[CompetenceChoice]
    chains: list[Ref] = Field(description="Open ones.")
    goals: list[Ref] = Field(description="Open ones.")
    reflection_models: list[ModelChoice]
    charts: list[str] = Field(description="Keys of the insights that there are.")
    teachers: list[Ref] = Field(description="Who guides the placement now.")
    has_feedback: bool = Field(description="Whether an activity can have a look back and ahead.")


class VocabularyFilter(BaseModel):
    """Of which placement."""

    placement: KeyInAddress | None = Field(None, description="Left out: the current placement.")


@operation(
    router,
    "GET",
    "/vocabularies",
    scope=Scope.LOGBOOK_READ,
    gives=Vocabularies,
    conflicts=True,
)
def get_vocabularies(request: ApiRequest, asked: Query[VocabularyFilter]) -> Any:
    """Read what the forms of a placement ask and offer."""
    placement = placement_for(request.user, asked.placement)
    cohort = placement.cohort
    lists: dict[str, list[ListEntry]] = {kind.value: [] for kind in VocabularyKind}
    for row in vocabulary_of(cohort, request.user):
        entry = ListEntry(id=row.pk, name=row.name, is_own=bool(row.owner_id), level=row.level)
        lists[row.kind].append(entry)
    return Vocabularies(
        placement=placement.pk,
        parts=[_part(row) for row in cohort.shown_parts],
        categories=lists[VocabularyKind.CATEGORY],
        people=lists[VocabularyKind.PERSON],
        sources=lists[VocabularyKind.SOURCE],
        moments=lists[VocabularyKind.MOMENT],
        difficulties=lists[VocabularyKind.DIFFICULTY],
        competences=[
            CompetenceChoice(id=row.pk, code=row.code, name=row.name, description=row.description)
            for row in competences_of(cohort)
        ],
        chains=refs(placement.chains.filter(finished_at=None)),
        goals=refs(goals_of(placement).filter(status="open")),
        reflection_models=_models(reflection_models_for(request.user, cohort)),
        charts=[one.key for one in offered_charts(cohort)],
        teachers=[Ref(id=one.pk, name=one.name) for one in teachers_of(placement)],
        has_feedback=cohort.has_feedback,
    )


def _part(row: FormPart) -> PartOfForm:
    return PartOfForm(
        part=NAMES.get(row.part, row.part),
        label=row.label,
        help=row.help,
        is_required=row.is_required,
        is_folded=row.is_folded,
        minimum=row.minimum,
        maximum=row.maximum,
    )


def _models(models: list[ReflectionModel]) -> list[ModelChoice]:
    """Return the models with the fields that a new reflection asks for, in one query."""
    fields: dict[int, list[TextOfModel]] = {model.pk: [] for model in models}
    rows = ReflectionField.objects.filter(model__in=models, retired_at=None)
    for row in rows.order_by("position", "id"):
        fields[row.model_id].append(
            TextOfModel(
                key=row.key,
                label=row.label,
                guidance=row.guidance,
                is_required=row.is_required,
            )
        )
    return [
        ModelChoice(id=one.pk, key=one.key, name=one.name, texts=fields[one.pk]) for one in models
    ]
