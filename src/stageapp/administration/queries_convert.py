"""Whether a student wrote anything, for who came in as student by mistake. Only yes or no."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from stageapp.accounts.models import User
from stageapp.placements.models import LearningGoal, Placement, WorkingAgreement
from stageapp.programmes.models import Programme, StartingGoal, VocabularyEntry

#: What hangs on a placement without its student having done a thing: teachers, and what was shown.
MADE_BY_OTHERS = {"teacher_links", "tip_showings", "fixed_moments"}
#: What has its own question below.
LOOKED_INTO = {"goals", "working_agreements"}


def placements_in(student: User, programme: Programme) -> QuerySet[Placement]:
    """Return somebody's placements in a programme."""
    return Placement.objects.filter(student=student, cohort__programme=programme)


def has_written(student: User, programme: Programme) -> bool:
    """Return whether a student recorded, asked, planned or chose anything in a programme.

    Every table that points at placements counts, also one that is added later, unless it is named
    above; what was deleted counts too, since it can be restored.
    """
    placements = placements_in(student, programme)
    own_words = VocabularyEntry.objects.filter(owner=student, cohort__programme=programme)
    return own_words.exists() or placements.filter(_anything(student)).exists()


def _anything(student: User) -> Q:
    found = ~Q(assignment="")
    for relation in Placement._meta.related_objects:
        name = relation.get_accessor_name()
        if name in MADE_BY_OTHERS | LOOKED_INTO:
            continue
        rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        found |= Q(Exists(rows))
    title, text = OuterRef("title"), OuterRef("description")
    starting = StartingGoal.objects.filter(
        Q(title_nl=title, description_nl=text) | Q(title_en=title, description_en=text),
        cohort=OuterRef("placement__cohort"),
    )
    goals = LearningGoal.objects.filter(placement=OuterRef("pk")).filter(
        ~Exists(starting)
        | Q(changes__isnull=False)
        | Q(deleted_at__isnull=False)
        | ~Q(status=LearningGoal.Status.OPEN)
    )
    agreed = WorkingAgreement.objects.filter(placement=OuterRef("pk")).filter(
        Q(proposed_by=student) | Q(confirmed_at__isnull=False)
    )
    return found | Q(Exists(goals)) | Q(Exists(agreed))
