"""What happens to programmes and the people in them."""

from stageapp.accounts.models import User
from stageapp.programmes.models import Programme, ProgrammeMembership, Role


def enrol(student: User, *, programme: Programme) -> ProgrammeMembership:
    """Make somebody a student of a programme; once is enough."""
    membership, _ = ProgrammeMembership.objects.get_or_create(
        person=student, programme=programme, role=Role.STUDENT
    )
    return membership
