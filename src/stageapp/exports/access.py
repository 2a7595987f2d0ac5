"""Who may take documents out and bring sheets in: the student, from and to the own logbook."""

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.exports.models import ArchiveImport, Export, SheetImport


def exports_of(student: User) -> QuerySet[Export]:
    """Return the student's own documents, those in the making as well."""
    return Export.objects.filter(placement__student=student).select_related(
        "placement__student", "placement__cohort__programme__institution"
    )


def imports_of(student: User) -> QuerySet[SheetImport]:
    """Return the sheets that the student brought in."""
    return SheetImport.objects.filter(placement__student=student).select_related(
        "placement__student", "placement__cohort__programme__institution"
    )


def archives_of(student: User) -> QuerySet[ArchiveImport]:
    """Return the archives that the student sent and has not brought back yet."""
    return ArchiveImport.objects.filter(placement__student=student).select_related(
        "placement__student", "placement__cohort__programme__institution"
    )
