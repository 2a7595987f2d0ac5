"""Who it is that asks, and what they may do here."""

from ninja import Router
from pydantic import Field

from stageapp.api.middleware import ApiRequest
from stageapp.api.queries import areas_of, scopes_of
from stageapp.api.v1.operation import operation
from stageapp.api.v1.shapes import Ref, Shape, refs
from stageapp.placements.access import current_placement
from stageapp.placements.queries import institutions_of
from stageapp.programmes.queries import is_administrator, is_student, is_teacher

router = Router(tags=["me"])


class Me(Shape):
    """The person of the token, or who is signed in."""

    id: int
    name: str
    email: str
    language: str
    student_number: str
    roles: list[str] = Field(description="student, teacher, administrator.")
    scopes: list[str] = Field(description="What this token may do, or who is signed in.")
    institutions: list[Ref]
    current_placement: int | None


@operation(router, "GET", "/me", scope=None, gives=Me)
def get_me(request: ApiRequest) -> Me:
    """Read who this token is of, and what it may do."""
    person = request.user
    roles = {
        "student": is_student(person),
        "teacher": is_teacher(person),
        "administrator": is_administrator(person),
    }
    allowed, areas = scopes_of(request.token), areas_of(person)
    current = current_placement(person)
    return Me(
        id=person.pk,
        name=person.name,
        email=person.email,
        language=person.language,
        student_number=person.student_number,
        roles=[name for name, has in roles.items() if has],
        scopes=sorted(scope.value for scope in allowed if scope.area in areas),
        institutions=refs(institutions_of(person)),
        current_placement=current.pk if current else None,
    )
