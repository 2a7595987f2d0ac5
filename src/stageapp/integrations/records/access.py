"""Who may see what: a student their own records, functional administrators their stores."""

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.integrations.records.models import RecordStore, Statement
from stageapp.programmes.access import institutions_administered


def records_of(student: User) -> QuerySet[Statement]:
    """Return what a student let go, the newest first; withdrawals hang on what they withdraw."""
    own = Statement.objects.filter(placement__student=student, withdraws=None)
    return own.select_related("store", "withdrawal")


def stores_administered(person: User) -> QuerySet[RecordStore]:
    """Return the stores of the institutions that somebody runs. They show nothing of students."""
    return RecordStore.objects.filter(
        institution__in=institutions_administered(person)
    ).select_related("institution")
