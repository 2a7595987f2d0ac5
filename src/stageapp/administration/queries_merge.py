"""What an administrator sees before two accounts are merged: roles and counts, nothing written."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stageapp.accounts.models import User
from stageapp.accounts.queries import has_second_factor
from stageapp.administration import access, tokens
from stageapp.administration.models import Merge
from stageapp.administration.queries import is_proven
from stageapp.guidance.models import OwnWords
from stageapp.placements.models import Placement, PlacementTeacher, Substitution
from stageapp.programmes.models import Institution, ProgrammeMembership

DOUBLES_A_PAGE = 25
#: So many times a day is the same account proposed to be merged.
MOST_PROPOSALS = 3


def doubles_found(
    person: User, institution: Institution, words: str, number: str | None
) -> Page[User]:
    """Return accounts that may be another one of somebody: of those words, or that look alike."""
    others = access.mergeable_in(institution).exclude(pk=person.pk)
    for word in words.split():
        others = others.filter(
            Q(name__icontains=word) | Q(email__icontains=word) | Q(student_number__icontains=word)
        )
    if not words.split():
        alike = Q(name__iexact=person.name)
        if person.student_number:
            alike |= Q(student_number=person.student_number)
        others = others.filter(alike)
    return Paginator(others.order_by("name", "pk"), DOUBLES_A_PAGE).get_page(number)


@dataclass(frozen=True)
class Holding:
    """What goes along with an account, in roles and counts."""

    person: User
    roles: list[ProgrammeMembership]
    placements: int
    students: int


def holding_of(person: User) -> Holding:
    """Return the roles of somebody, how many placements they have and how many they guide."""
    roles = person.programme_memberships.select_related("programme").order_by(
        "programme__name_nl", "programme", "role"
    )
    links = PlacementTeacher.objects.filter(teacher=person, ended_at=None)
    return Holding(
        person,
        list(roles),
        Placement.objects.filter(student=person).count(),
        links.aggregate(n=Count("placement", distinct=True))["n"],
    )


def both_have_a_current_placement(kept: User, double: User) -> bool:
    """Return whether one of two placements will be the current one no longer."""
    both = Placement.objects.filter(student__in=(kept, double), is_current=True)
    return both.count() > 1


def conflicts_between(kept: User, double: User) -> list[str]:
    """Return why two accounts cannot be merged, in words; nothing where they can."""
    found = []
    if not is_proven(kept):
        text = _("%(email)s was never confirmed, so the account that stays may be somebody else's.")
        found.append(text % {"email": kept.email})
    if _one_guides_the_other(kept, double):
        text = _("%(name)s and %(double)s guide one another, so they are two people.")
        found.append(text % {"name": kept.name, "double": double.name})
    if _too_many_words(kept, double):
        text = ngettext(
            "Together they have more than %(n)d text of one kind to write replies with. The owner "
            "removes some first.",
            "Together they have more than %(n)d texts of one kind to write replies with. The owner "
            "removes some first.",
            OwnWords.MOST,
        )
        found.append(text % {"n": OwnWords.MOST})
    return found


def _one_guides_the_other(kept: User, double: User) -> bool:
    both = (kept, double)
    guides = PlacementTeacher.objects.filter(teacher__in=both, placement__student__in=both)
    stands_in = Substitution.objects.filter(teacher__in=both, substitute__in=both)
    return guides.exclude(teacher=F("placement__student")).exists() or stands_in.exists()


def _too_many_words(kept: User, double: User) -> bool:
    kinds = OwnWords.objects.filter(owner__in=(kept, double)).order_by().values("kind")
    return kinds.annotate(n=Count("pk")).filter(n__gt=OwnWords.MOST).exists()


def open_merge_of(double: User) -> Merge | None:
    """Return what is proposed about an account and can still be carried out."""
    return (
        Merge.objects.filter(double=double, withdrawn_at=None, done_at=None)
        .select_related("kept", "double", "institution", "proposed_by")
        .first()
    )


def may_be_proposed_again(double: User, at: datetime) -> bool:
    """Return whether another mail with a link can go today."""
    lately = Merge.objects.filter(double=double, proposed_at__gt=at - timedelta(days=1))
    return lately.count() < MOST_PROPOSALS


def merge_at(token: str) -> Merge | None:
    """Return the merge that a link is about, or None when it does not work, for whatever reason."""
    told = tokens.key_of_merge(token)
    if told is None:
        return None
    key, addresses = told
    merge = with_people(Merge.objects.filter(pk=key)).first()
    if merge is None or not tokens.is_about(merge, addresses) or not is_allowed(merge):
        return None
    return merge


def with_people(merges: QuerySet[Merge]) -> QuerySet[Merge]:
    """Return merges with whom and where they are about."""
    return merges.select_related("kept", "double", "institution", "proposed_by")


def is_allowed(merge: Merge) -> bool:
    """Return whether both still belong to the institution alone, and its administrator proposed."""
    keys = (merge.kept_id, merge.double_id)
    here = access.mergeable_in(merge.institution).filter(pk__in=keys).count()
    by = merge.proposed_by_id
    return here == len(keys) and merge.institution.administrators.filter(person=by).exists()


def asks_second_factor(merge: Merge) -> bool:
    """Return whether a mailed link alone is no proof of the double: it asks for more."""
    return has_second_factor(merge.double)
