"""The rule editor as a page: what it shows, refuses, keeps, and whom it lets in."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.placements.models import Placement
from stageapp.programmes.access import administrators_of_each
from stageapp.programmes.models import (
    Cohort,
    InstitutionAdministrator,
    ProgrammeMembership,
    Role,
)
from stageapp.tips import access, actions
from stageapp.tips.forms_rule import statistic_choices
from stageapp.tips.models import Tip, TipShowing
from tests import factories
from tests.examples import examples

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    made = factories.cohort("category", "people")
    factories.entry(made, "person", "Alleen", key="alone")
    factories.entry(made, "person", "Collega", key="colleague")
    factories.entry(made, "category", "Overleg", key="meeting")
    factories.entry(made, "difficulty", "Makkelijk", key="easy", level=1)
    factories.entry(made, "difficulty", "Moeilijk", key="hard", level=3)
    return made


def administrator(cohort: Cohort) -> User:
    somebody = factories.person("Ria Beheer")
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=somebody, role=Role.ADMINISTRATOR
    )
    return somebody


@pytest.fixture
def client(cohort: Cohort) -> Client:
    made = Client()
    made.force_login(administrator(cohort))
    return made


def sent(cohort: Cohort, do: str = "save", **changes: Any) -> dict[str, Any]:
    """A tip about working alone, as the form sends it."""
    return {
        "do": do,
        "name": "Vaak alleen",
        "cohorts": [cohort.pk],
        "priority": "60",
        "rest_days": "14",
        "condition": ["0"],
        "condition-0-name": "alone",
        "condition-0-statistic": "share_alone",
        "condition-0-window": "all",
        "condition-0-operator": ">",
        "condition-0-threshold": "50",
        "condition-0-minimum": "5",
        "moment": ["0"],
        "moment-0-first": "20",
        "moment-0-last": "80",
        "feedback_nl": "Je werkte {alone} alleen ({alone.part} van {alone.whole}).",
        "feedback_en": "You worked {alone} alone.",
        "goes_to": "log",
    } | changes


def new(cohort: Cohort) -> str:
    return f"/manage/tips/new/{cohort.programme_id}/"


def test_tip_is_written_and_comes_back_as_it_was(client: Client, cohort: Cohort) -> None:
    answer = client.post(new(cohort), sent(cohort))

    made = Tip.objects.get()
    assert answer.headers["Location"] == f"/manage/tips/{made.pk}/"
    assert (made.name, made.key, made.is_on) == ("Vaak alleen", "vaak-alleen", False)
    assert list(made.cohorts.all()) == [cohort]
    version = made.versions.get()
    assert version.rule["conditions"][0]["threshold"] == 50
    assert version.rule["moments"] == [[20, 80]]
    page = client.get(f"/manage/tips/{made.pk}/").content.decode()
    assert 'value="alone"' in page
    assert "Je werkte 83% alleen (15 van 18)." in page


def errors(answer: Any) -> list[tuple[str, str]]:
    """Where something is refused, and why."""
    assert answer.status_code == 422
    return [(target, text) for target, _label, text in answer.context["errors"]]


NEVER = "Dit kan nooit kloppen: wat gemeten wordt, komt daar nooit."
NOTHING_SAID = (
    "Nergens staat wanneer deze tip verschijnt. Voeg een voorwaarde of een moment toe, of vink "
    "“altijd” aan."
)
UNKNOWN = "%s krijgt nergens een waarde: geen voorwaarde heet zo."


@pytest.mark.parametrize(
    ("changes", "target", "text"),
    [
        ({"condition-0-threshold": "100"}, "id_condition-0-threshold", NEVER),
        (
            {"condition-0-statistic": "average_difficulty", "condition-0-threshold": "3"},
            "id_condition-0-threshold",
            NEVER,
        ),
        (
            {"condition-0-statistic": "activities", "condition-0-operator": "<",
             "condition-0-threshold": "5"},
            "id_condition-0-threshold",
            NEVER,
        ),
        (
            {"condition-0-statistic": "days_since_last", "condition-0-window": "days",
             "condition-0-days": "7", "condition-0-threshold": "7"},
            "id_condition-0-threshold",
            NEVER,
        ),
        (
            {"condition-0-statistic": "period_progress", "condition-0-threshold": "80"},
            "id_condition-0-threshold",
            NEVER,
        ),
        ({"feedback_en": "{nobody}"}, "id_feedback_en", UNKNOWN % "{nobody}"),
        ({"feedup_nl": "{Alone}"}, "id_feedup_nl", UNKNOWN % "{Alone}"),
        (
            {"feedup_nl": "{alone.what}"},
            "id_feedup_nl",
            "{alone.what} blijft leeg: wat daar gemeten wordt, gaat niet over één ding.",
        ),
        (
            {"condition-0-statistic": "days_logged"},
            "id_feedback_nl",
            "{alone.part} blijft leeg: wat daar gemeten wordt, is geen deel van een geheel.",
        ),
        (
            {"condition": [], "moment": [], "feedback_nl": "Ha", "feedback_en": ""},
            "id_always",
            NOTHING_SAID,
        ),
        (
            {"moment-0-first": "90"},
            "id_moment-0-last",
            "Dit ligt voor het begin: een moment kan niet eerder eindigen dan het begint.",
        ),
        (
            {"condition-0-statistic": "number_of_category"},
            "id_condition-0-of",
            "Kies er een uit deze lijst: categorieën.",
        ),
        (
            {"condition-0-statistic": "number_of_category", "condition-0-of": "person:alone"},
            "id_condition-0-of",
            "Kies er een uit deze lijst: categorieën.",
        ),
        (
            {"condition-0-window": "days"},
            "id_condition-0-days",
            "Zeg hoeveel dagen, van 1 tot en met 366.",
        ),
        (
            {"condition-0-name": "progress"},
            "id_condition-0-name",
            "“progress” is hoe ver de stage is; kies een andere naam.",
        ),
        (
            {"condition-0-statistic": "ratio",
             "condition-0-bottom_traits": ["with_source", "without_source"]},
            "id_condition-0-bottom_traits",
            "Geen activiteit heeft iets wel én niet: vink een van de twee aan.",
        ),
    ],
)  # fmt: skip
def test_what_can_never_be_is_refused_where_it_was_typed(
    client: Client, cohort: Cohort, changes: dict[str, Any], target: str, text: str
) -> None:
    answer = client.post(new(cohort), sent(cohort, **changes))

    assert (target, text) in errors(answer)
    assert not Tip.objects.exists()
    page = answer.content.decode()
    assert 'value="Vaak alleen"' in page
    assert f'href="#{target}"' in page


def test_goals_of_students_cannot_be_chosen(client: Client, cohort: Cohort) -> None:
    answer = client.post(new(cohort), sent(cohort, **{"condition-0-statistic": "number_of_goal"}))

    assert errors(answer)[0][0] == "id_condition-0-statistic"
    assert "number_of_goal" not in client.get(new(cohort)).content.decode()


def test_two_conditions_cannot_contradict_or_share_a_name(client: Client, cohort: Cohort) -> None:
    second = {
        key.replace("-0-", "-1-"): value
        for key, value in sent(cohort).items()
        if key.startswith("condition-0")
    } | {"condition": ["0", "1"], "condition-1-operator": "<"}

    answer = client.post(new(cohort), sent(cohort, **second))

    assert {target for target, _ in errors(answer)} >= {
        "id_condition-0-name",
        "id_condition-1-name",
        "id_condition-1-threshold",
    }


def test_rows_come_and_go_and_keep_what_was_typed(client: Client, cohort: Cohort) -> None:
    half = sent(cohort, "add_condition", name="", **{"condition-0-threshold": "veel"})

    page = client.post(new(cohort), half)

    assert page.status_code == 200
    editor = page.context["editor"]
    assert [row.prefix for row in editor.conditions] == ["condition-0", "condition-1"]
    assert not editor.has_errors
    assert 'value="veel"' in page.content.decode()
    page = client.post(new(cohort), sent(cohort, "remove:condition-0"))
    assert page.context["editor"].conditions == []
    page = client.post(new(cohort), sent(cohort, "remove:moment-0"))
    assert page.context["editor"].moments == []
    page = client.post(new(cohort), sent(cohort, "add_moment", moment=[str(n) for n in range(40)]))
    assert len(page.context["editor"].moments) == 10


def test_ratio_of_two_sums_is_kept(client: Client, cohort: Cohort) -> None:
    ratio: dict[str, Any] = {
        "condition-0-statistic": "ratio",
        "condition-0-top_amount": "hours",
        "condition-0-top_where": ["category:meeting"],
        "condition-0-top_traits": ["alone"],
        "condition-0-bottom_amount": "hours",
    }

    client.post(new(cohort), sent(cohort, **ratio))

    kept = Tip.objects.get().versions.get().rule["conditions"][0]
    assert kept["ratio"] == {
        "top": {"amount": "hours", "where": {"category": ["meeting"]}, "traits": ["alone"]},
        "bottom": {"amount": "hours", "where": {}, "traits": []},
    }
    page = client.get(f"/manage/tips/{Tip.objects.get().pk}/").content.decode()
    assert page.count("checked") == 4  # the cohort, the category, the trait; and the keys


def test_live_preview_answers_with_a_part_of_the_page(client: Client, cohort: Cohort) -> None:
    answer = client.post(new(cohort), sent(cohort, "preview"), headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert "<html" not in page
    assert page.count("ziet de tip") == 3  # of three made-up students one sees it
    assert page.count("ziet de tip niet") == 2
    assert "hx-swap-oob" in page
    answer = client.post(
        new(cohort), sent(cohort, "preview", feedback_nl="{x}"), headers={"HX-Request": "true"}
    )
    assert UNKNOWN % "{x}" in answer.content.decode()


@pytest.mark.parametrize(
    ("statistic", "says"),
    [
        ("share_alone", "De activiteiten die alleen zijn gedaan, van alle waarbij staat met wie."),
        ("ratio", "De eerste som als percentage van de tweede."),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_what_is_chosen_is_explained_below_it(
    client: Client, cohort: Cohort, statistic: str, says: str
) -> None:
    told = sent(cohort, "preview", **{"condition-0-statistic": statistic})

    page = client.post(new(cohort), told).content.decode()
    part = client.post(new(cohort), told, headers={"HX-Request": "true"}).content.decode()

    assert 'aria-describedby="id_condition-0-statistic_' in page
    for content in (page, part):
        below = content.partition('id="id_condition-0-statistic_means"')[2].partition("</p>")[0]
        assert says in below
        assert bool(says) == ("Voorbeeld:" in below)


def test_everything_that_can_be_chosen_is_explained_in_the_same_groups(
    client: Client, cohort: Cohort
) -> None:
    groups = client.get("/manage/tips/statistics/").context["groups"]

    explained = [
        (heading, [name for row in rows for name in row.names]) for heading, rows in groups
    ]
    assert explained == statistic_choices()[1:]
    assert all(row.unit and row.means and row.example for _, rows in groups for row in rows)
    assert (
        'href="/manage/tips/statistics/" target="_blank"'
        in client.post(new(cohort), sent(cohort, "add_condition")).content.decode()
    )


def students(cohort: Cohort, alone: int, others: int) -> None:
    """Some who worked alone six times, and some who did not."""
    nobody = cohort.vocabulary.get(key="alone")
    somebody = cohort.vocabulary.get(key="colleague")
    for number in range(alone + others):
        placement = factories.placement(cohort=cohort)
        for _ in range(6):
            done = factories.activity(placement, minutes=60)
            done.people.add(nobody if number < alone else somebody)


@pytest.mark.parametrize(
    ("alone", "others", "text"),
    [
        (5, 5, "Bereikt nu 5 van 10 studenten."),
        (5, 0, "Bereikt nu 5 van 5 studenten."),
        (4, 6, "Bereikt nu minder dan vijf studenten."),
        (0, 6, "Bereikt nu minder dan vijf studenten."),
        (6, 4, "Bereikt vijf studenten of meer."),
    ],
)
def test_trying_tells_how_many_and_never_of_fewer_than_five(
    client: Client, cohort: Cohort, alone: int, others: int, text: str
) -> None:
    students(cohort, alone, others)

    answer = client.post(new(cohort), sent(cohort, "try", moment=[]))

    assert text in " ".join(answer.content.decode().split())
    assert not Tip.objects.exists()


@pytest.mark.parametrize("size", [1, 12])
def test_trying_takes_the_same_queries_for_any_number(
    client: Client,
    cohort: Cohort,
    size: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    students(cohort, size, size)

    client.get("/news/")  # the first page of a session keeps where somebody is signed in
    with django_assert_max_num_queries(32):
        client.post(new(cohort), sent(cohort, "try"))


@pytest.mark.parametrize("size", [1, 9])
def test_list_and_totals_take_the_same_queries_for_any_number(
    client: Client,
    cohort: Cohort,
    size: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(size):
        factories.tip(cohort)
        factories.cohort(programme=cohort.programme)

    client.get("/news/")  # the first page of a session keeps where somebody is signed in
    with django_assert_max_num_queries(15):
        client.get("/manage/tips/")
    with django_assert_max_num_queries(21):
        client.get("/manage/insights/")


def test_administrators_have_the_tips_of_their_programmes_only(cohort: Cohort) -> None:
    institution = cohort.programme.institution
    other = factories.cohort(programme=factories.programme(institution=institution))
    foreign = factories.cohort()
    tips = [factories.tip(one) for one in (cohort, other, foreign)]
    of_programme = administrator(cohort)
    of_institution = factories.person("Fem Beheer")
    InstitutionAdministrator.objects.create(institution=institution, person=of_institution)

    for person, own in ((of_programme, tips[:1]), (of_institution, tips[:2])):
        assert list(access.tips_administered(person).order_by("pk")) == own
        made = Client()
        made.force_login(person)
        for one in tips:
            status = made.get(f"/manage/tips/{one.pk}/").status_code
            assert status == (200 if one in own else 404)
        assert administrators_of_each([cohort.programme])[cohort.programme.pk] == {
            of_programme,
            of_institution,
        }


def test_versions_are_kept_and_an_old_one_can_count_again(client: Client, cohort: Cohort) -> None:
    client.post(new(cohort), sent(cohort))
    tip = Tip.objects.get()
    client.post(f"/manage/tips/{tip.pk}/", sent(cohort, feedback_nl="Anders."))

    page = client.get(f"/manage/tips/{tip.pk}/versions/1/").content.decode()
    assert "Je werkte {alone} alleen" in page
    assert "meer dan 50%" in page
    assert "Ria Beheer" in client.get(f"/manage/tips/{tip.pk}/versions/").content.decode()
    client.post(f"/manage/tips/{tip.pk}/versions/1/restore/")

    current = tip.versions.get(is_current=True)
    assert (current.number, current.feedback_nl[:8]) == (3, "Je werkt")
    assert [row.number for row in tip.versions.all()] == [3, 2, 1]
    assert client.get(f"/manage/tips/{tip.pk}/versions/9/").status_code == 404


def test_tip_is_switched_on_and_off(client: Client, cohort: Cohort) -> None:
    tip = factories.tip(cohort, is_on=False)

    client.post(f"/manage/tips/{tip.pk}/switch/", {"on": "yes"})
    tip.refresh_from_db()
    assert tip.is_on
    client.post(f"/manage/tips/{tip.pk}/switch/")
    tip.refresh_from_db()
    assert not tip.is_on


def test_copy_says_what_the_other_cohort_lacks(client: Client, cohort: Cohort) -> None:
    other = factories.cohort(programme=cohort.programme, name_nl="Stage 2027")
    client.post(
        new(cohort),
        sent(cohort, **{"condition-0-statistic": "share_of_category",
                        "condition-0-of": "category:meeting"}),
    )  # fmt: skip
    tip = Tip.objects.get()

    answer = client.post(f"/manage/tips/{tip.pk}/copy/", {"cohort": other.pk}, follow=True)

    made = Tip.objects.exclude(pk=tip.pk).get()
    assert (made.is_on, made.key, list(made.cohorts.all())) == (False, "vaak-alleen-2", [other])
    assert "Stage 2027 heeft niet: Overleg." in answer.content.decode()
    foreign = factories.cohort()
    refused = client.post(f"/manage/tips/{tip.pk}/copy/", {"cohort": foreign.pk})
    assert refused.status_code == 422


def test_tips_travel_as_a_file(client: Client, cohort: Cohort) -> None:
    client.post(new(cohort), sent(cohort))
    tip = Tip.objects.get()
    actions.switch(tip, is_on=True)
    one = client.get(f"/manage/tips/{tip.pk}/export/")
    everything = client.get(f"/manage/tips/export/{cohort.programme_id}/")
    assert one.content == everything.content
    data = json.loads(one.content)
    assert (data["format"], data["version"], len(data["tips"])) == ("stage-app-tips", 1, 1)
    broken = data["tips"][0] | {"name": "Kapot", "rule": {"conditions": [{"name": "x"}]}}
    never = json.loads(json.dumps(data["tips"][0])) | {"name": "Nooit"}
    never["rule"]["conditions"][0]["threshold"] = 100
    data["tips"] += [broken, never]
    address = f"/manage/tips/import/{cohort.programme_id}/"

    file = SimpleUploadedFile("tips.json", json.dumps(data).encode())
    look = client.post(address, {"do": "look", "file": file, "cohorts": [cohort.pk]})

    plans = look.context["plans"]
    assert [(plan.name, bool(plan.written)) for plan in plans] == [
        ("Vaak alleen", True),
        ("Kapot", False),
        ("Nooit", False),
    ]
    assert plans[1].reasons == ["De regel van deze tip is niet te lezen."]
    assert NEVER in plans[2].reasons[0]
    assert Tip.objects.count() == 1
    content = look.context["form"].text
    client.post(address, {"do": "apply", "content": content, "cohorts": [cohort.pk]})
    made = Tip.objects.exclude(pk=tip.pk).get()
    assert (made.is_on, made.name, made.versions.get().rule) == (
        False,
        tip.name,
        tip.versions.get().rule,
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"[]", b"\xff", b"[" * 90_000, b'{"format": "stage-app-tips"}', b"1" * 300_000],
)
def test_file_that_is_something_else_is_refused(
    client: Client, cohort: Cohort, content: bytes
) -> None:
    file = SimpleUploadedFile("tips.json", content)

    answer = client.post(f"/manage/tips/import/{cohort.programme_id}/", {"file": file})

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


def test_totals_hide_what_tells_of_fewer_than_five(client: Client, cohort: Cohort) -> None:
    students(cohort, 5, 0)
    small = factories.cohort(programme=cohort.programme)
    factories.entry(small, "person", "Alleen", key="alone")
    factories.entry(small, "person", "Collega", key="colleague")
    students(small, 3, 0)

    tables = client.get("/manage/insights/").context["tables"]

    months = {table.cohort: table.rows[0].cells for table in tables}
    assert [(cell.people, cell.amount) for cell in months[cohort][:2]] == [(5, None), (5, 30)]
    assert {cell.people for cell in months[small]} == {None}
    assert [(cell.people, cell.amount) for cell in months[None][:2]] == [(5, None), (5, 30)]


def saw(tip: Tip, placement: Placement, day: date = date(2026, 3, 1)) -> None:
    TipShowing.objects.create(
        placement=placement, tip=tip, version=tip.versions.get(), first_on=day, last_on=day
    )


def test_totals_of_a_tip_count_students(client: Client, cohort: Cohort) -> None:
    tip = factories.tip(cohort)
    for number in range(12):
        placement = factories.placement(cohort=cohort)
        saw(tip, placement)
        saw(tip, placement, date(2026, 3, 20))
        if number < 6:
            actions.react(placement, tip, is_helpful=True, at=timezone.now())
        if number < 3:
            actions.act_on(placement, tip, at=timezone.now())

    row = client.get("/manage/insights/").context["tips"][0]

    assert (row.shown, row.helpful, row.not_helpful, row.acted) == (12, 6, None, None)


@pytest.mark.parametrize(("others", "told"), [(0, 5), (3, None), (5, 5)])
def test_how_many_saw_a_tip_tells_not_of_few_who_did_not(
    client: Client, cohort: Cohort, others: int, told: int | None
) -> None:
    tip = factories.tip(cohort)
    for number in range(5 + others):
        placement = factories.placement(cohort=cohort)
        if number < 5:
            saw(tip, placement)

    assert client.get("/manage/insights/").context["tips"][0].shown == told


NONSENSE = st.one_of(
    st.sampled_from(["\x00", "🙂" * 300, "-1", "9" * 40, "²", "nan", "inf", "1e400", "{", "{a}"]),
    st.text(max_size=30),
)


@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_nonsense_gets_an_answer(client: Client, cohort: Cohort, data: st.DataObject) -> None:
    form = sent(cohort, data.draw(st.sampled_from(["save", "preview", "try", "add_moment", "x"])))
    names = [*form, "condition-0-of", "condition-0-days", "condition-0-top_where", "always"]
    known = st.sampled_from(["ratio", "days", "share_of_status", "status:busy", "category:meeting"])
    value = st.one_of(NONSENSE, known)
    changes = st.dictionaries(st.sampled_from(names), st.one_of(value, st.lists(value, max_size=3)))

    with transaction.atomic():
        answer = client.post(new(cohort), form | data.draw(changes))
        transaction.set_rollback(True)

    assert answer.status_code in (200, 302, 422)


def test_cohort_with_a_number_that_no_row_has_is_refused_at_its_field(
    client: Client, cohort: Cohort
) -> None:
    answer = client.post(new(cohort), sent(cohort) | {"cohorts": ["9" * 40]})

    assert errors(answer)[0][0] == "id_cohorts"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["conditions", "moments", "name", "statistic", "ratio", "top", "where",
                         "threshold", "operator", "window", "always", "minimum"]),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=examples(100), suppress_health_check=list(HealthCheck))
@given(rule=JSON, condition=st.dictionaries(st.sampled_from(["threshold", "of", "window"]), JSON))
def test_any_file_gets_an_answer(
    client: Client, cohort: Cohort, rule: Any, condition: dict[str, Any]
) -> None:
    kept = {"name": "a", "statistic": "share_alone", "operator": ">", "threshold": 1}
    tips = [
        {"name": "x", "rule": rule, "texts": {"feedback_nl": "x"}},
        {"name": "y", "rule": {"conditions": [kept | condition]}, "texts": {"feedback_nl": "x"}},
        rule,
    ]
    content = json.dumps({"format": "stage-app-tips", "version": 1, "tips": tips})

    with transaction.atomic():
        answer = client.post(
            f"/manage/tips/import/{cohort.programme_id}/", {"do": "apply", "content": content}
        )
        transaction.set_rollback(True)

    assert answer.status_code in (200, 302, 422)
