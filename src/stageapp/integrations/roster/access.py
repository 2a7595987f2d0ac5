"""Who may see and change sources: the functional administrators of the institution."""

from django.db.models import OuterRef, QuerySet, Subquery

from stageapp.accounts.models import User
from stageapp.integrations.roster.models import Line, Run, Source
from stageapp.programmes.access import institutions_administered
from stageapp.programmes.models import Cohort, Institution


def sources_of(institution: Institution) -> QuerySet[Source]:
    """Return the sources that are set up here, with what came of the last look at each.

    A course elsewhere has a page of its own.
    """
    last = Run.objects.filter(source=OuterRef("pk")).order_by("-begun_at", "-pk")
    return (
        Source.objects.filter(institution=institution)
        .exclude(kind=Source.Kind.COURSE)
        .annotate(
            last_state=Subquery(last.values("state")[:1]),
            last_asks=Subquery(last.values("asks")[:1]),
        )
    )


def sources_administered(person: User) -> QuerySet[Source]:
    """Return the sources of the institutions that somebody runs."""
    return Source.objects.filter(institution__in=institutions_administered(person)).select_related(
        "institution", "run_by"
    )


def runs_administered(person: User) -> QuerySet[Run]:
    """Return the looks at these sources."""
    return Run.objects.filter(source__in=sources_administered(person).order_by()).select_related(
        "source__institution", "begun_by", "undone_by"
    )


def lines_administered(person: User) -> QuerySet[Line]:
    """Return the courses and programmes of these sources."""
    return Line.objects.filter(source__in=sources_administered(person).order_by()).select_related(
        "source__institution", "cohort__programme"
    )


def cohorts_to_choose(institution: Institution) -> QuerySet[Cohort]:
    """Return the cohorts that the groups of a source can be of: open ones first."""
    return (
        Cohort.objects.filter(programme__institution=institution)
        .select_related("programme")
        .order_by("-is_open", "programme__name_nl", "-slug")
    )
