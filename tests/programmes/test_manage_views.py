"""The programme editor as pages: what they show, refuse and keep, and whom they let in."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.programmes.models import (
    Cohort,
    Competence,
    InstitutionAdministrator,
    Part,
    Programme,
    ProgrammeMembership,
    ReflectionModel,
    Role,
    VocabularyEntry,
)
from tests import factories

pytestmark = pytest.mark.django_db

SETTINGS = {"name_nl": "Stage 2027", "name_en": "Placement 2027", "first_share_days": "21"}


@pytest.fixture
def cohort() -> Cohort:
    return factories.cohort("category", "people", "difficulty", "competences")


@pytest.fixture
def person(cohort: Cohort) -> User:
    somebody = factories.person("Ria Beheer")
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=somebody, role=Role.ADMINISTRATOR
    )
    return somebody


@pytest.fixture
def client(person: User) -> Client:
    made = Client()
    made.force_login(person)
    # The first visit of a session writes it.
    made.get("/manage/programmes/")
    return made


def at(cohort: Cohort, rest: str = "") -> str:
    return f"/manage/programmes/cohorts/{cohort.pk}/{rest}"


def errors(answer: Any) -> dict[str, list[str]]:
    """Where something is refused, and why."""
    assert answer.status_code == 422
    return dict(answer.context["form"].errors)


# Programmes and cohorts ---------------------------------------------------------------------------


def test_list_shows_own_programmes_with_their_cohorts(client: Client, cohort: Cohort) -> None:
    factories.cohort(programme=factories.programme("Van een ander"))

    page = client.get("/manage/programmes/").content.decode()

    assert "Bouwkunde" in page
    assert "Stage 2026" in page
    assert "Van een ander" not in page
    assert "Nieuwe opleiding" not in page


def test_list_takes_the_same_queries_for_any_number(
    client: Client,
    cohort: Cohort,
    person: User,
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            client.get("/manage/programmes/")
        return len(counted)

    before = queries()
    for _ in range(3):
        other = factories.cohort(
            programme=factories.programme(institution=cohort.programme.institution)
        )
        ProgrammeMembership.objects.create(
            programme=other.programme, person=person, role=Role.ADMINISTRATOR
        )

    assert queries() == before


def test_who_administers_the_institution_adds_a_programme_and_its_first_cohort(
    client: Client, cohort: Cohort, person: User
) -> None:
    institution = cohort.programme.institution
    address = f"/manage/programmes/new/{institution.pk}/"
    sent = {"name_nl": "Pabo", "name_en": "Teacher training", "is_open": "on"}
    assert client.post(address, sent).status_code == 404

    InstitutionAdministrator.objects.create(institution=institution, person=person)
    answer = client.post(address, sent)

    made = Programme.objects.get(slug="pabo")
    assert (made.institution, made.name_en, made.is_open) == (institution, "Teacher training", True)
    assert answer.headers["Location"] == f"/manage/programmes/{made.pk}/cohort/"
    assert errors(client.post(address, sent)) == {"name_nl": ["Deze naam bestaat al."]}


def test_cohort_is_made_with_its_settings(client: Client, cohort: Cohort) -> None:
    own = ReflectionModel.objects.create(
        programme=cohort.programme, key="own", name_nl="Eigen", name_en="Own"
    )
    foreign = ReflectionModel.objects.create(
        programme=factories.programme(), key="x", name_nl="Vreemd", name_en="Foreign"
    )
    address = f"/manage/programmes/{cohort.programme_id}/cohort/"

    answer = client.post(address, SETTINGS | {"reflection_models": [own.pk], "has_feedback": "on"})

    made = Cohort.objects.get(slug="stage-2027")
    assert answer.headers["Location"] == at(made, "form/")
    assert (made.first_share_days, made.has_feedback, made.is_open) == (21, True, False)
    assert list(made.reflection_models.all()) == [own]
    refused = client.post(address, SETTINGS | {"name_nl": "Z", "reflection_models": [foreign.pk]})
    assert list(errors(refused)) == ["reflection_models"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_share_days": "0"}, "first_share_days"),
        ({"first_share_days": "9" * 40}, "first_share_days"),
        ({"name_en": ""}, "name_en"),
        ({"name_nl": "x" * 201}, "name_nl"),
        ({"name_nl": "a\x00b"}, "name_nl"),
    ],
)
def test_wrong_settings_are_refused_at_their_field_and_kept(
    client: Client, cohort: Cohort, changes: dict[str, str], field: str
) -> None:
    answer = client.post(at(cohort), SETTINGS | changes)

    assert list(errors(answer)) == [field]
    assert 'value="Placement 2027"' in answer.content.decode() or field == "name_en"
    assert "<h1>Stage 2026</h1>" in answer.content.decode()
    cohort.refresh_from_db()
    assert cohort.name_nl == "Stage 2026"


def test_programme_with_nothing_in_it_is_deleted_and_another_stays(cohort: Cohort) -> None:
    boss = factories.person("Bea Boven")
    institution = cohort.programme.institution
    InstitutionAdministrator.objects.create(institution=institution, person=boss)
    client = Client()
    client.force_login(boss)
    empty = Programme.objects.create(institution=institution, slug="x", name_nl="X", name_en="X")
    peopled = Programme.objects.create(institution=institution, slug="y", name_nl="Y", name_en="Y")
    ProgrammeMembership.objects.create(programme=peopled, person=boss, role=Role.TEACHER)

    assert "Ja, verwijder" in client.get(f"/manage/programmes/{empty.pk}/").content.decode()
    for one in (empty, peopled, cohort.programme):
        client.post(f"/manage/programmes/{one.pk}/delete/")

    assert set(Programme.objects.values_list("pk", flat=True)) == {peopled.pk, cohort.programme_id}
    page = client.get(f"/manage/programmes/{peopled.pk}/").content.decode()
    assert "dus deze opleiding blijft" in page
    assert "Ja, verwijder" not in page


def test_copy_for_the_next_year(client: Client, cohort: Cohort) -> None:
    factories.entry(cohort, "category", "Overleg", key="meeting")
    names = {"name_nl": "Stage 2027", "name_en": "Placement 2027"}

    assert client.get(at(cohort, "clone/")).context["form"]["name_nl"].value() == "Stage 2027"
    answer = client.post(at(cohort, "clone/"), names)

    made = Cohort.objects.get(slug="stage-2027")
    assert answer.headers["Location"] == at(made)
    assert made.vocabulary.get().name_nl == "Overleg"
    assert list(errors(client.post(at(cohort, "clone/"), names))) == ["name_nl"]


# The form -----------------------------------------------------------------------------------------


def sent_part(**changes: str) -> dict[str, str]:
    texts = {"label_nl": "Soort werk", "label_en": "Kind of work", "help_nl": "Kies", "help_en": ""}
    return {"is_shown": "on", **texts, **changes}


def test_label_that_is_changed_stands_in_the_example(client: Client, cohort: Cohort) -> None:
    factories.entry(cohort, "category", "Overleg")
    factories.entry(cohort, "person", "Geheim", owner=factories.person())

    client.post(at(cohort, "form/category/"), sent_part())

    dutch = client.get(at(cohort, "form/?preview=nl")).context["example"]
    english = client.get(at(cohort, "form/?preview=en")).context["example"]
    assert "Soort werk" in dutch
    assert "Overleg" in dutch
    assert "Geheim" not in dutch
    assert "Kind of work" in english
    assert "New activity" in english


def test_example_has_every_part_in_the_order_of_the_form(client: Client, cohort: Cohort) -> None:
    cohort.reflection_models.add(
        ReflectionModel.objects.create(key="short", name_nl="Kort", name_en="Short")
    )
    for part in Part:
        client.post(at(cohort, f"form/{part}/"), sent_part(label_nl=f"Deel {part}"))

    example = client.get(at(cohort, "form/?preview=nl")).context["example"]

    shown = [row.part for row in cohort.parts.filter(is_shown=True)]
    places = [example.index(f"Deel {part}<") for part in shown if f"Deel {part}<" in example]
    assert len(shown) == len(Part)
    assert places == sorted(places)
    assert all(f"Deel {part}" in example for part in Part)


@pytest.mark.parametrize(
    ("part", "changes", "field"),
    [
        ("category", {"is_required": "on", "is_folded": "on"}, "is_folded"),
        ("people", {"minimum": "3", "maximum": "2"}, "maximum"),
        ("people", {"minimum": "0"}, "minimum"),
        ("difficulty", {"is_required": "on"}, "is_required"),
        ("competences", {"minimum": "1"}, "minimum"),
        ("category", {"label_en": ""}, "label_en"),
    ],
)
def test_part_that_students_could_not_fill_in_is_refused(
    client: Client, cohort: Cohort, part: str, changes: dict[str, str], field: str
) -> None:
    answer = client.post(at(cohort, f"form/{part}/"), sent_part(**changes))

    assert list(errors(answer)) == [field]
    assert cohort.parts.get(part=part).label_nl != "Soort werk"


def test_example_follows_what_is_typed_and_keeps_nothing(client: Client, cohort: Cohort) -> None:
    typed = {"do": "preview", "is_shown": "on", "label_nl": "Soort werk?", "label_en": "Work?"}

    shown = client.post(at(cohort, "form/category/"), typed).content.decode()
    hidden = client.post(at(cohort, "form/category/"), typed | {"is_shown": ""}).content.decode()
    fresh = client.post(at(cohort, "form/learned/"), typed).content.decode()
    wrong = client.post(at(cohort, "form/people/"), {"do": "preview", "label_nl": "x" * 300})

    assert "Soort werk?" in shown
    assert "<h1" not in shown
    assert "Soort werk?" not in hidden
    assert "Soort werk?" in fresh
    assert wrong.status_code == 200
    assert not cohort.parts.filter(label_nl="Soort werk?").exists()


def test_part_moves_by_its_buttons_and_comes_back_there(client: Client, cohort: Cohort) -> None:
    answer = client.post(at(cohort, "form/people/move/"), {"to": "up"})

    assert answer.headers["Location"] == at(cohort, "form/#up-people")
    shown = [row.part for row in cohort.parts.filter(is_shown=True)]
    assert shown == ["date", "description", "people", "category", "difficulty", "competences"]


def test_what_is_no_part_or_list_is_not_found(client: Client, cohort: Cohort) -> None:
    entry = factories.entry(cohort, "category", "Overleg")
    assert client.get(at(cohort, "form/nonsense/")).status_code == 404
    assert client.post(at(cohort, "form/nonsense/move/")).status_code == 404
    assert client.get(at(cohort, "lists/nonsense/")).status_code == 404
    assert client.post(f"/manage/programmes/entries/{entry.pk}/nonsense/").status_code == 404


# Lists --------------------------------------------------------------------------------------------


def test_list_is_pasted(client: Client, cohort: Cohort) -> None:
    answer = client.post(
        at(cohort, "lists/category/"), {"lines": "Overleg ; Meeting\r\n\r\n- Testen\r\nOverleg"}
    )

    assert answer.headers["Location"] == at(cohort, "lists/category/")
    rows = cohort.vocabulary.filter(kind="category")
    assert [(row.name_nl, row.name_en) for row in rows] == [("Overleg", "Meeting"), ("Testen", "")]
    assert "2 toegevoegd." in client.get(answer.headers["Location"]).content.decode()


def test_lines_that_cannot_be_read_are_named_and_nothing_is_lost(
    client: Client, cohort: Cohort
) -> None:
    answer = client.post(at(cohort, "lists/category/"), {"lines": "Overleg\na;b;c"})

    assert errors(answer) == {
        "lines": ["Regel 2 heeft te veel delen: zet “;” alleen tussen de delen."]
    }
    assert "Overleg\na;b;c</textarea>" in answer.content.decode()
    assert not cohort.vocabulary.exists()


def test_competences_are_pasted_with_their_codes(client: Client, cohort: Cohort) -> None:
    client.post(at(cohort, "competences/"), {"lines": "K1\tSamenwerken\tWorking together\nLeren"})

    assert [(one.code, one.name_nl, one.name_en) for one in cohort.competences.all()] == [
        ("K1", "Samenwerken", "Working together"),
        ("", "Leren", ""),
    ]


def test_competence_is_changed(client: Client, cohort: Cohort) -> None:
    one = Competence.objects.create(cohort=cohort, key="k1", code="K1", name_nl="Samenwerken")
    Competence.objects.create(cohort=cohort, key="k2", code="K2", name_nl="Leren")
    address = f"/manage/programmes/competences/{one.pk}/"

    refused = client.post(address, {"code": "k2", "name_nl": "Anders"})
    client.post(address, {"code": "K1", "name_nl": "Samen werken", "description_en": "Together"})

    assert list(errors(refused)) == ["code"]
    assert "<h1>K1 Samenwerken</h1>" in refused.content.decode()
    one.refresh_from_db()
    assert (one.name_nl, one.description_en, one.key) == ("Samen werken", "Together", "k1")


def test_level_is_asked_of_a_difficulty_only(client: Client, cohort: Cohort) -> None:
    hard = factories.entry(cohort, "difficulty", "Moeilijk", key="hard", level=3)
    other = factories.entry(cohort, "category", "Overleg")
    sent = {"name_nl": "Lastig", "name_en": "Tricky", "level": "4"}
    for entry in (hard, other):
        client.post(f"/manage/programmes/entries/{entry.pk}/", sent)
        entry.refresh_from_db()

    assert (hard.name_nl, hard.level, hard.key) == ("Lastig", 4, "hard")
    assert (other.name_nl, other.level) == ("Lastig", None)


def test_entry_is_retired_and_brought_back(client: Client, cohort: Cohort) -> None:
    entry = factories.entry(cohort, "category", "Overleg")
    address = f"/manage/programmes/entries/{entry.pk}/"

    client.post(f"{address}retire/")
    assert "Wordt niet meer aangeboden" in client.get(address).content.decode()
    client.post(f"{address}restore/")

    entry.refresh_from_db()
    assert entry.retired_at is None


def test_entry_moves_to_the_page_on_which_it_stands_then(client: Client, cohort: Cohort) -> None:
    rows = [
        factories.entry(cohort, "category", f"Woord {number:02}", position=number)
        for number in range(60)
    ]

    answer = client.post(f"/manage/programmes/entries/{rows[49].pk}/down/")

    place = f"?page=2#down-{rows[49].pk}"
    assert answer.headers["Location"] == at(cohort, f"lists/category/{place}")
    assert f'id="down-{rows[49].pk}"' in client.get(answer.headers["Location"]).content.decode()


def test_entry_is_put_at_a_place_of_a_long_list(client: Client, cohort: Cohort) -> None:
    rows = [
        factories.entry(cohort, "category", f"Woord {number:02}", position=number)
        for number in range(60)
    ]
    address = f"/manage/programmes/entries/{rows[58].pk}/"
    assert 'value="59"' in client.get(address).content.decode()

    answer = client.post(f"{address}place/", {"place": "2"})

    assert answer.headers["Location"] == at(cohort, f"lists/category/#row-{rows[58].pk}")
    names = list(cohort.vocabulary.filter(kind="category").values_list("name_nl", flat=True))
    assert names[:3] == ["Woord 00", "Woord 58", "Woord 01"]
    for wrong in ("0", "x", "", "1" * 5000):
        answer = client.post(f"{address}place/", {"place": wrong})
        assert answer.status_code == 422, wrong
        assert f'value="{wrong}"' in answer.content.decode()
    # Beyond the end is the end.
    for far in ("900", "9" * 4000):
        client.post(f"{address}place/", {"place": "1"})
        assert client.post(f"{address}place/", {"place": far}).status_code == 302
        assert cohort.vocabulary.filter(kind="category").last() == rows[58]


def test_list_is_sorted_by_name_and_what_is_retired_stays_so(
    client: Client, cohort: Cohort
) -> None:
    for number, name in enumerate(("Testen", "ontwerpen", "Énquête", "Weg", "Bellen")):
        factories.entry(cohort, "category", name, position=number)
    entries = cohort.vocabulary.filter(kind="category")
    entries.filter(name_nl="Weg").update(retired_at=timezone.now())
    address = at(cohort, "lists/category/")
    assert "Ja, sorteer ze" in client.get(address).content.decode()

    assert client.post(address, {"sort": "yes"}).headers["Location"] == address

    offered = entries.filter(retired_at=None)
    assert list(offered.values_list("name_nl", flat=True)) == [
        "Bellen", "Énquête", "ontwerpen", "Testen",
    ]  # fmt: skip
    assert entries.get(name_nl="Weg").retired_at


def test_long_list_takes_the_same_queries_as_a_short_one(client: Client, cohort: Cohort) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(at(cohort, "lists/category/")).status_code == 200
        return len(counted)

    factories.entry(cohort, "category", "Eerste")
    before = queries()
    for number in range(30):
        factories.entry(cohort, "category", f"Woord {number}")

    assert queries() == before


def test_merging_is_asked_first_and_says_how_many_from_five_on(
    client: Client, cohort: Cohort
) -> None:
    old = factories.entry(cohort, "category", "Vergadering")
    kept = factories.entry(cohort, "category", "Overleg")
    placement = factories.placement(cohort=cohort)
    activities = [factories.activity(placement, "Geheim", category=old) for _ in range(4)]
    address = f"/manage/programmes/entries/{old.pk}/merge/"

    few = client.post(address, {"into": kept.pk}).content.decode()
    activities.append(factories.activity(placement, "Geheim", category=old))
    many = client.post(address, {"into": kept.pk}).content.decode()

    assert "hoogstens in enkele activiteiten" in few
    assert "gekozen in 5 activiteiten" in many
    assert "Geheim" not in few + many
    assert not VocabularyEntry.objects.exclude(retired_at=None).exists()
    client.post(address, {"into": kept.pk, "sure": "yes"})
    for activity in activities:
        activity.refresh_from_db()
        assert activity.category == kept


@pytest.mark.parametrize("into", ["", "0", "9" * 40, "x"])
def test_merging_with_nothing_is_refused(client: Client, cohort: Cohort, into: str) -> None:
    old = factories.entry(cohort, "category", "Vergadering")
    address = f"/manage/programmes/entries/{old.pk}/merge/"

    answer = client.post(address, {"into": into, "sure": "yes"})

    assert answer.status_code == 422
    assert list(answer.context["merge"].errors) == ["into"]


def test_what_a_student_added_cannot_be_opened(client: Client, cohort: Cohort) -> None:
    own = factories.entry(cohort, "person", "Mijn oom", owner=factories.person())

    assert client.get(f"/manage/programmes/entries/{own.pk}/").status_code == 404
    assert client.post(f"/manage/programmes/entries/{own.pk}/retire/").status_code == 404
    assert "Mijn oom" not in client.get(at(cohort, "lists/person/")).content.decode()


def test_retired_entry_stands_last(client: Client, cohort: Cohort) -> None:
    factories.entry(cohort, "category", "Oud", position=0, retired_at=timezone.now())
    factories.entry(cohort, "category", "Nieuw", position=1)

    page = client.get(at(cohort, "lists/category/")).context["page"]

    assert [row.name_nl for row in page] == ["Nieuw", "Oud"]
