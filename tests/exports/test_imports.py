"""Sheets from elsewhere: looked at first, then all of it goes in, or nothing."""

import csv
import io
import re
import threading
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.exports import actions_imports, sheets
from stageapp.exports.actions_imports import LeftOut, apply_import, keep_sheet
from stageapp.exports.content import logbook_sheet
from stageapp.exports.documents import Sheet
from stageapp.exports.models import SheetImport
from stageapp.exports.queries_imports import plan_of
from stageapp.logbook.models import Activity
from stageapp.placements.models import LearningGoal, Placement
from stageapp.programmes.models import Part, VocabularyEntry
from tests import factories
from tests.day import TODAY
from tests.examples import examples
from tests.exports.conftest import new_placement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_one_day")]
DAY = TODAY - timedelta(days=3)
HEADER = "Datum;Omschrijving;Uren"


def sent(placement: Placement, content: str | bytes, name: str = "uren.csv") -> SheetImport:
    data = content.encode() if isinstance(content, str) else content
    return keep_sheet(placement, io.BytesIO(data), name, at=timezone.now())


def excel(rows: Sequence[Sequence[object]]) -> bytes:
    """Return an Excel file as another program writes it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def upload(browser: Client, content: str | bytes, name: str = "uren.csv") -> Any:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    file.name = name
    return browser.post("/import/", {"file": file})


def problems(sheet: SheetImport) -> dict[int, str]:
    return {line.number: " ".join(line.problems) for line in plan_of(sheet).faulty}


def test_sheet_is_shown_first_and_goes_in_on_request(browser: Client, placement: Placement) -> None:
    address = upload(
        browser, f"{HEADER};Met wie;Categorie\n{DAY};Pomp gesmeerd;1,5;Collega;Bouwen\n"
    )["Location"]

    page = browser.get(address).content.decode()
    assert "1 regel wordt een activiteit" in page
    assert "Pomp gesmeerd" in page
    assert "1 u 30 min" in page
    assert not placement.activities.exists()

    landed = browser.post(f"{address}apply/", follow=True).content.decode()

    assert "1 activiteit staat nu in je logboek" in landed
    activity = placement.activities.get()
    assert (activity.date, activity.description, activity.minutes) == (DAY, "Pomp gesmeerd", 90)
    assert activity.category
    assert activity.category.name_nl == "Bouwen"
    assert [row.name_nl for row in activity.people.all()] == ["Collega"]
    assert browser.get("/activities/?q=gesmeerd").content.decode().count("Pomp gesmeerd")


def test_student_says_which_column_is_what(browser: Client, placement: Placement) -> None:
    address = upload(browser, f"A;B;C\nlassen;{DAY:%d-%m-%Y};2\n")["Location"]
    assert "Kies de kolom met" in browser.get(address).content.decode()

    browser.post(address, {"date": "1", "description": "0", "duration": "2", "date_order": "dmy"})

    page = browser.get(address).content.decode()
    assert "1 regel wordt een activiteit" in page
    browser.post(f"{address}apply/")
    assert placement.activities.get().minutes == 120


def test_column_chosen_twice_is_refused_at_the_field(browser: Client, placement: Placement) -> None:
    sheet = sent(placement, f"{HEADER}\n{DAY};lassen;2\n")
    fields = {"date": "0", "description": "1", "learned": "1", "date_order": "dmy"}

    response = browser.post(f"/import/{sheet.pk}/", fields)

    assert response.status_code == 422
    assert "is al" in response.content.decode()
    sheet.refresh_from_db()
    assert "learned" not in sheet.columns


def asking(placement: Placement, *parts: Part) -> Placement:
    """Let the form of the placement's cohort require these parts too."""
    placement.cohort.parts.filter(part__in=parts).update(is_required=True)
    return placement


def labels(page: str) -> dict[str, bool]:
    """Return the columns that a page asks for, and whether it calls them optional."""
    found = re.findall(r'<label for="id_(\w+)">[^<]*(<span class="optional">)?', page)
    return {part: bool(optional) for part, optional in found}


def test_column_is_called_optional_only_when_the_form_does_not_require_it(
    browser: Client, placement: Placement
) -> None:
    asking(placement, Part.DURATION, Part.CATEGORY)
    sheet = sent(placement, f"A;B\nlassen;{DAY}\n")

    page = browser.get(f"/import/{sheet.pk}/").content.decode()

    optional = labels(page)
    assert not any(optional[part] for part in ("date", "description", "duration", "category"))
    assert optional["learned"]
    assert optional["people"]
    # What stands above says the same.
    assert "Kies de kolom met: Date." in page
    assert "Kies de kolom met: Description." in page
    assert "Kies de kolom met: Duration." not in page


def test_column_that_a_sheet_must_have_is_asked_for_at_its_field(
    browser: Client, placement: Placement
) -> None:
    sheet = sent(placement, f"A;B\n{DAY};lassen\n")

    response = browser.post(f"/import/{sheet.pk}/", {"date": "0", "date_order": "dmy"})

    assert response.status_code == 422
    assert 'href="#id_description">Description – Kies de kolom met: Description.' in (
        response.content.decode()
    )


def test_column_that_the_programme_asks_for_may_be_filled_in_later(
    browser: Client, placement: Placement
) -> None:
    asking(placement, Part.DURATION, Part.CATEGORY, Part.STATUS)
    sheet = sent(placement, f"Datum;Wat;Status\n{DAY};lassen;klaar\n")
    fields = {"date": "0", "description": "1", "status": "2", "date_order": "dmy"}

    browser.post(f"/import/{sheet.pk}/", fields | {"duration": "later", "category": "later"})
    page = browser.get(f"/import/{sheet.pk}/").content.decode()
    browser.post(f"/import/{sheet.pk}/apply/")

    assert "Je opleiding vraagt ook naar “Duration”, “Category”." in page
    assert placement.activities.get().minutes is None


def test_empty_cell_that_the_programme_asks_for_is_named_and_hinders_nothing(
    placement: Placement,
) -> None:
    asking(placement, Part.DURATION, Part.CATEGORY)
    lines = f"{DAY};a;1;Bouwen\n{DAY};b;;Bouwen\n{DAY};c;;\n{DAY};d;veel;\n"
    sheet = sent(placement, f"{HEADER};Categorie\n{lines}")

    plan = plan_of(sheet)

    assert [text.split(".")[0] for text in plan.missed] == [
        "“Duration” is leeg in de regels 3–4",
        "“Category” is leeg in regel 4",
    ]
    # A cell that is filled has to mean something.
    assert problems(sheet) == {5: "“veel” is geen duur."}
    assert [line.number for line in plan.new] == [2, 3, 4]


def test_sheet_of_the_first_app_comes_in_whatever_the_programme_asks_for(
    placement: Placement,
) -> None:
    asking(placement, *Part)

    sheet = sent(placement, as_csv(old_rows()))

    assert len(plan_of(sheet).new) == 4
    assert plan_of(sheet).faulty == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (";lassen;2", "Er is geen datum."),
        (f"{DAY};;2", "Er is geen omschrijving"),
        ("morgen;lassen;2", "“morgen” is geen datum"),
        (f"{TODAY + timedelta(days=2)};lassen;2", "moet nog komen"),
        (f"{TODAY - timedelta(days=400)};lassen;2", "valt niet in je stage"),
        (f"{DAY};lassen;veel", "“veel” is geen duur"),
        (f"{DAY};lassen;0", "“0” is geen duur"),
        (f"{DAY};lassen;25", "“25” is geen duur"),
        (f"{DAY};{'x' * 10_001};1", "langer dan 10000 tekens"),
    ],
)
def test_what_is_wrong_is_told_by_line(placement: Placement, line: str, problem: str) -> None:
    placement.student.language = "nl"
    sheet = sent(placement, f"{HEADER}\n{DAY};goed;1\n{line}\n")

    found = problems(sheet)

    assert list(found) == [3]
    assert problem in found[3].replace("\xa0", "").replace("10.000", "10000")


@pytest.mark.parametrize(
    ("columns", "cell", "problem"),
    [
        ("Status", "ergens", "“ergens” is geen status"),
        ("Moeilijkheid", "Onmogelijk", "staat niet in de lijst van je opleiding"),
        ("Competenties", "Q", "staat niet in de lijst van je opleiding"),
        ("Categorie", "c" * 201, "langer dan 200 tekens"),
    ],
)
def test_what_is_in_no_list_is_told_by_line(
    placement: Placement, columns: str, cell: str, problem: str
) -> None:
    sheet = sent(placement, f"{HEADER};{columns}\n{DAY};lassen;1;{cell}\n")

    assert problem in problems(sheet)[2]


def test_bad_line_that_is_not_left_out_keeps_all_of_them_out(
    browser: Client, placement: Placement
) -> None:
    sheet = sent(
        placement, f"{HEADER};Categorie\n{DAY};goed;1;Nieuw\n{DAY};a;veel;B\n{DAY};b;veel;B\n"
    )

    page = browser.get(f"/import/{sheet.pk}/").content.decode()
    response = browser.post(f"/import/{sheet.pk}/apply/", {"lines": ["3"]})
    answer = response.content.decode()

    assert "In 2 regels klopt iets niet" in page
    assert response.status_code == 422
    assert "Hier klopt iets niet: 4." in answer
    assert 'value="3" id="leave-out-3" checked' in answer
    assert 'id="leave-out-4">' in answer
    assert not placement.activities.exists()
    assert not VocabularyEntry.objects.filter(name_nl="Nieuw").exists()


MIXED = f"{HEADER}\n{DAY};goed;1\nooit;a;1\n{DAY};b;veel\n{DAY};;1\n{DAY};ook goed;1\n{DAY};c;x\n"


@pytest.mark.parametrize(
    "choice",
    [{"lines": ["3", "4", "5", "7"]}, {"all_of": "4"}, {"all_of": "4", "lines": ["3"]}],
    ids=["line by line", "all at once", "both"],
)
def test_bad_lines_can_be_left_out_and_are_named_afterwards(
    browser: Client, placement: Placement, choice: dict[str, Any]
) -> None:
    sheet = sent(placement, MIXED)

    landed = browser.post(f"/import/{sheet.pk}/apply/", choice, follow=True).content.decode()

    assert "2 activiteiten staan nu in je logboek. Weggelaten: de regels 3–5, 7." in landed
    assert {row.description for row in placement.activities.all()} == {"goed", "ook goed"}
    assert "Weggelaten: de regels 3–5, 7." in browser.get("/import/").content.decode()


def test_repaired_sheet_brings_in_only_what_was_left_out(placement: Placement) -> None:
    apply_import(sent(placement, MIXED), LeftOut(all_of=4), at=timezone.now())

    plan = plan_of(sent(placement, MIXED.replace("ooit", str(DAY)).replace("veel", "2")))

    assert (plan.known, [line.number for line in plan.new]) == (2, [3, 4])


def test_all_bad_lines_are_those_that_the_student_saw(
    browser: Client, placement: Placement
) -> None:
    sheet = sent(placement, MIXED)
    factories.activity(placement, date=DAY, minutes=24 * 60)

    response = browser.post(f"/import/{sheet.pk}/apply/", {"all_of": "4"})

    assert response.status_code == 422
    assert "Inmiddels klopt er in andere regels iets niet" in response.content.decode()
    assert placement.activities.count() == 1


def test_sheet_without_any_good_line_shows_them_without_a_button(
    browser: Client, placement: Placement
) -> None:
    sheet = sent(placement, f"{HEADER}\nooit;a;1\n")

    page = browser.get(f"/import/{sheet.pk}/").content.decode()
    response = browser.post(f"/import/{sheet.pk}/apply/", {"lines": ["2"]})

    assert "“ooit” is geen datum" in page
    assert "apply/" not in page
    assert response.status_code == 422


def test_many_bad_lines_are_left_out_together(browser: Client, placement: Placement) -> None:
    bad = f"{DAY};fout;veel\n" * 400
    sheet = sent(placement, f"{HEADER}\n{DAY};goed;1\n{bad}")

    page = browser.get(f"/import/{sheet.pk}/").content.decode()
    browser.post(f"/import/{sheet.pk}/apply/", {"all_of": "400"})

    assert page.count('name="lines"') == 50
    assert "En er zijn er meer" in page
    sheet.refresh_from_db()
    assert sheet.left_out == "3–402"


@pytest.mark.parametrize(
    "choice",
    [{"all_of": "alles"}, {"all_of": "9" * 5000}, {"lines": ["x", "-1", "9" * 5000, "²", ""]}],
)
def test_choice_that_no_page_offers_is_no_error(
    browser: Client, placement: Placement, choice: dict[str, Any]
) -> None:
    sheet = sent(placement, MIXED)

    assert browser.post(f"/import/{sheet.pk}/apply/", choice).status_code == 422
    assert not placement.activities.exists()


def test_day_never_gets_more_than_24_hours(placement: Placement) -> None:
    factories.activity(placement, date=DAY, minutes=20 * 60)
    sheet = sent(placement, f"{HEADER}\n{DAY};a;3\n{DAY};b;2\n{DAY};c;1\n")

    # Without the second line, the third one fits.
    assert list(problems(sheet)) == [3]


def test_line_that_became_wrong_after_looking_keeps_all_out(placement: Placement) -> None:
    sheet = sent(placement, f"{HEADER}\n{DAY};a;8\n")
    assert plan_of(sheet).is_applicable
    factories.activity(placement, date=DAY, minutes=20 * 60)

    with pytest.raises(ValidationError):
        apply_import(sheet, at=timezone.now())

    assert placement.activities.count() == 1


def test_applying_twice_brings_it_in_once(browser: Client, placement: Placement) -> None:
    sheet = sent(placement, f"{HEADER}\n{DAY};a;1\n")

    for _ in range(2):
        browser.post(f"/import/{sheet.pk}/apply/")

    assert placement.activities.count() == 1
    # What is in the logbook now is not kept a second time.
    sheet.refresh_from_db()
    assert len(sheet.rows) == 1
    assert browser.get(f"/import/{sheet.pk}/").status_code == 404


def test_sending_the_same_sheet_again_leaves_out_what_is_there(placement: Placement) -> None:
    content = f"{HEADER}\n{DAY};a;1\n"
    apply_import(sent(placement, content), at=timezone.now())

    plan = plan_of(sent(placement, f"{content}{DAY};b;1\n"))

    assert (plan.known, [line.activity.description for line in plan.new]) == (1, ["b"])


def test_new_names_are_told_and_made_once(placement: Placement) -> None:
    content = (
        f"{HEADER};Met wie;Leerdoel;Keten\n"
        f"{DAY};a;1;Joost de Vries\nCollega;Leren lassen;Project X\n"
        f'{DAY};b;1;"joost de vries";leren lassen;project x\n'
    ).replace("Joost de Vries\nCollega", '"Joost de Vries\nCollega"')
    sheet = sent(placement, content)
    told = plan_of(sheet).new_names

    apply_import(sheet, at=timezone.now())

    assert sorted(name for names in told.values() for name in names) == [
        "Joost de Vries",
        "Leren lassen",
        "Project X",
    ]
    assert VocabularyEntry.objects.filter(owner=placement.student).count() == 1
    assert LearningGoal.objects.filter(placement=placement, title="Leren lassen").count() == 1
    assert placement.chains.get().activities.count() == 2


def test_own_entries_belong_to_the_student_alone(placement: Placement) -> None:
    apply_import(sent(placement, f"{HEADER};Met wie\n{DAY};a;1;Joost\n"), at=timezone.now())

    entry = VocabularyEntry.objects.get(name_nl="Joost")

    assert (entry.owner, entry.kind) == (placement.student, "person")


# The first version of the app -------------------------------------------------------------------

OLD_SHEET = [
    ["Urenregistratie", "", "", "", "", "", ""],
    ["Student", "S. Bakker", "", "", "", "", ""],
    ["", "", "", "", "", "", ""],
    ["", "", "", "", "", "", ""],
    ["{0:%m/%d/%Y}", "Overleg & planning", "2", "Overleg", "Persoon - Jan Smit", "Afgerond",
     "Makkelijk"],
    ["{1:%m/%d/%Y}", "Documentatie gelezen", "1.5", "Bouwen", "Internetbron", "Mee bezig",
     "Gemiddeld"],
    ["{1:%m/%d/%Y}", "Zelf geprobeerd", "0.25", "Testen", "Alleen", "Afgerond", "Moeilijk"],
    ["{1:%m/%d/%Y}", "Uit het boek geleerd", "1", "Testen", "Boek", "Afgerond", "Moeilijk"],
]  # fmt: skip


def old_rows() -> list[list[str]]:
    return [[cell.format(DAY, TODAY) for cell in row] for row in OLD_SHEET]


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ",") -> bytes:
    into = io.StringIO()
    csv.writer(into, delimiter=delimiter).writerows(rows)
    return into.getvalue().encode()


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(lambda: as_csv(old_rows()), id="commas"),
        pytest.param(lambda: as_csv(old_rows(), ";"), id="semicolons"),
        pytest.param(lambda: excel(old_rows()), id="excel"),
    ],
)
def test_sheet_of_the_first_app_needs_no_matching(placement: Placement, file: Any) -> None:
    sheet = sent(placement, file())
    plan = plan_of(sheet)
    assert (plan.problems, [line.problems for line in plan.faulty]) == ([], [])
    assert [line.number for line in plan.lines] == [5, 6, 7, 8]

    apply_import(sheet, at=timezone.now())

    made = {row.description: row for row in placement.activities.all()}
    talk, read = made["Overleg & planning"], made["Documentatie gelezen"]
    assert (talk.date, talk.minutes, talk.status) == (DAY, 120, "finished")
    assert [row.name_nl for row in talk.people.all()] == ["Jan Smit"]
    assert talk.category
    assert talk.category.owner == placement.student
    assert (read.date, read.minutes, read.status) == (TODAY, 90, "busy")
    assert ([*read.people.all()], [row.name_nl for row in read.sources.all()]) == (
        [],
        ["Internetbron"],
    )
    assert [row.name_nl for row in made["Zelf geprobeerd"].people.all()] == ["Alleen"]
    assert [row.name_nl for row in made["Uit het boek geleerd"].sources.all()] == ["Boek"]
    assert made["Zelf geprobeerd"].difficulty.level == 3  # type: ignore[union-attr]


def test_description_that_looks_like_a_column_is_no_header(placement: Placement) -> None:
    sheet = sent(placement, f"{HEADER}\n{DAY};a;1\nDatum;Omschrijving;Uren\n")

    assert list(problems(sheet)) == [3]


# Files of other programs ------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_of_any_program_is_read(placement: Placement, encoding: str, delimiter: str) -> None:
    text = f'{HEADER}\r\n{DAY};"Café; één, “twee”";1\r\n'.replace(";", delimiter)

    plan = plan_of(sent(placement, text.encode(encoding)))

    written = "Café; één, “twee”".replace(";", delimiter)
    assert [line.activity.description for line in plan.new] == [written]


def test_excel_cells_of_every_kind_are_read(placement: Placement) -> None:
    rows: list[list[object]] = [
        ["Datum", "Omschrijving", "Uren", "Wat heb ik geleerd"],
        [DAY, "a", 1.5, 42],
        [DAY.strftime("%d-%m-%Y"), "b", "1:15", True],
        [None, None, None, None],
    ]

    plan = plan_of(sent(placement, excel(rows), "uren.xlsx"))

    assert [(line.activity.minutes, line.activity.learned) for line in plan.new] == [
        (90, "42"),
        (75, "True"),
    ]


def test_formula_of_another_program_comes_in_as_its_value_not_as_a_formula(
    placement: Placement,
) -> None:
    content = sheets_csv([[DAY, "=1+1", 1.0]])

    plan = plan_of(sent(placement, content))

    assert b"'=1+1" in content
    assert [line.activity.description for line in plan.new] == ["=1+1"]


def sheets_csv(rows: list[list[object]]) -> bytes:
    into = io.BytesIO()
    sheets.write_csv(Sheet("Uren", HEADER.split(";"), rows), into)
    return into.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b";;;\n;;\n", id="only separators"),
        pytest.param(b"PK\x03\x04 and then nothing", id="no real ZIP"),
        pytest.param(excel([["a"]])[:-40], id="half an Excel file"),
        pytest.param(b"\xff\xfe\x00", id="half a sign"),
        pytest.param(b"a\n" * 20_001, id="too many rows"),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_a_reason(browser: Client, content: bytes) -> None:
    response = upload(browser, content)

    assert response.status_code == 422
    assert "geen leesbaar CSV- of Excelbestand" in response.content.decode()
    assert not SheetImport.objects.exists()


def test_excel_file_that_unpacks_to_gigabytes_is_refused(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 1000)

    assert upload(browser, excel([["Datum", "Omschrijving"]]), "a.xlsx").status_code == 422


def test_other_zip_is_no_sheet(browser: Client) -> None:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("brief.txt", "hallo")

    assert upload(browser, into.getvalue(), "a.zip").status_code == 422


@pytest.mark.parametrize(("content", "reason"), [(None, "verplicht"), (b"", "is leeg")])
def test_no_file_or_an_empty_one_says_so(
    browser: Client, content: bytes | None, reason: str
) -> None:
    response = browser.post("/import/") if content is None else upload(browser, content)

    assert response.status_code == 422
    assert reason in response.content.decode()


def test_very_wide_and_ragged_sheet_is_no_error(browser: Client) -> None:
    address = upload(browser, f"{HEADER}\n{DAY}\n{DAY};a;1{';x' * 500}\n")["Location"]

    page = browser.get(address).content.decode()

    assert "Regel 2:" in page


def test_sheet_can_be_thrown_away_and_its_activities_stay(
    browser: Client, placement: Placement
) -> None:
    sheet = sent(placement, f"{HEADER}\n{DAY};a;1\n")
    apply_import(sheet, at=timezone.now())

    browser.post(f"/import/{sheet.pk}/delete/")

    assert not SheetImport.objects.exists()
    assert placement.activities.count() == 1


@pytest.mark.parametrize("count", [2, 40])
def test_looking_takes_the_same_queries_for_any_sheet(
    placement: Placement, count: int, django_assert_num_queries: Any
) -> None:
    lines = "".join(f"{DAY};taak {number};0,1;Naam {number}\n" for number in range(count))
    sheet = sent(placement, f"{HEADER};Met wie\n{lines}")
    sheet = SheetImport.objects.get(pk=sheet.pk)

    with django_assert_num_queries(QUERIES_OF_A_PLAN):
        assert len(plan_of(sheet).new) == count


#: placement, cohort, student, lists (4), parts, known lines, day totals.
QUERIES_OF_A_PLAN = 12


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_the_same_moment_bring_it_in_once() -> None:
    placement = new_placement()
    sheet = sent(placement, f"{HEADER}\n{DAY};a;1\n")
    start, made = threading.Barrier(2), []

    def tap() -> None:
        start.wait()
        try:
            made.append(apply_import(SheetImport.objects.get(pk=sheet.pk), at=timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(made) == [0, 1]
    assert placement.activities.count() == 1


# What was taken out comes back --------------------------------------------------------------------

#: Signs that a form would keep: no NUL, no half signs, no line end but `\n`.
SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")
#: What files trip over, more often than chance would bring it.
TRAPS = st.sampled_from(
    ["=1+1", "'=x", "'", "''-", "+31 6", "-", "@a", "_x0041_", "_x000D_", "a;b", 'a"b', "a,b\tc",
     "\ufeffx", "تقييم", "评估", "Ελλάδα", "👩🏽‍💻", "e\u0301", "ǅ", "İ", "ß", "1.0", "007",
     "2026-01-01", "TRUE", "a\nb", "a\n\nb", " \u00a0x", "nil", "#N/A", "\u2028x", "\u200fx"]
)  # fmt: skip
TEXTS = st.one_of(TRAPS, st.text(SIGNS, max_size=60)).map(str.strip)
NAMES = st.one_of(TRAPS, st.text(SIGNS, max_size=20)).map(
    lambda text: text.replace("\n", " ").strip()
)


def kept(text: str) -> str:
    """Return what XML can hold: nobody can type the other signs."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t" or ord(sign) > 159)


ACTIVITIES = st.lists(
    st.fixed_dictionaries(
        {
            "date": st.integers(0, 20).map(lambda days: TODAY - timedelta(days=days)),
            "description": TEXTS.map(kept).map(str.strip).filter(bool),
            "minutes": st.none() | st.integers(1, 200),
            "learned": TEXTS.map(kept).map(str.strip),
            "status": st.sampled_from(["", "finished", "busy", "transferred"]),
            "people": st.lists(NAMES.map(kept).map(str.strip).filter(bool), max_size=3),
            "category": NAMES.map(kept).map(str.strip),
            "goal": NAMES.map(kept).map(str.strip),
        }
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda row: (row["date"], row["description"], row["minutes"]),
)


def content_of(placement: Placement) -> list[tuple[Any, ...]]:
    return sorted(
        (
            row.date,
            row.description,
            row.minutes or 0,
            row.learned,
            row.status,
            str(row.category or ""),
            str(row.goal or ""),
            sorted(str(one) for one in row.people.all()),
        )
        for row in placement.activities.all()
    )


def logged(placement: Placement, rows: list[dict[str, Any]]) -> None:
    """Log what was drawn, as the form would."""
    Activity.objects.filter(placement__cohort=placement.cohort).delete()
    LearningGoal.objects.filter(placement__cohort=placement.cohort).delete()
    VocabularyEntry.objects.exclude(owner=None).delete()
    names: dict[tuple[str, str], VocabularyEntry] = {}

    def entry(kind: str, name: str) -> VocabularyEntry:
        key = (kind, name.casefold())
        if key not in names:
            names[key] = VocabularyEntry.objects.create(
                cohort=placement.cohort,
                owner=placement.student,
                kind=kind,
                name_nl=name,
                name_en="",
            )
        return names[key]

    goals: dict[str, LearningGoal] = {}
    for drawn in rows:
        row = dict(drawn)
        people, category, title = row.pop("people"), row.pop("category"), row.pop("goal")
        made = factories.activity(placement, **row)
        if category:
            made.category = entry("category", category)
        if title:
            key = title.casefold()
            goals[key] = goals.get(key) or factories.goal(placement, title)
            made.goal = goals[key]
        made.save()
        made.people.set([entry("person", name) for name in people])


@pytest.mark.parametrize("write", [sheets.write_csv, "excel"], ids=["csv", "excel"])
@settings(max_examples=examples(40), suppress_health_check=list(HealthCheck))
@given(rows=ACTIVITIES)
def test_what_was_taken_out_comes_back_in_any_alphabet(
    placement: Placement, write: Any, rows: list[dict[str, Any]]
) -> None:
    logged(placement, rows)
    before = content_of(placement)
    other = factories.placement(
        factories.person(), cohort=placement.cohort, starts_on=placement.starts_on
    )
    into = io.BytesIO()
    sheet = logbook_sheet(placement, placement.activities.all())
    if write == "excel":
        sheets.write_excel(sheet, into, lambda _done: None)
    else:
        write(sheet, into)

    # Another student: even the own lists have to be made again.
    brought = sent(other, into.getvalue())
    assert [line.problems for line in plan_of(brought).faulty] == []
    apply_import(brought, at=timezone.now())

    assert content_of(other) == before


@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_get_an_answer(placement: Placement, content: bytes) -> None:
    try:
        sheet = sent(placement, content)
    except ValidationError:
        return
    plan = plan_of(sheet)
    assert all(line.number >= 1 for line in plan.lines)


def test_days_of_the_period_decide_what_a_date_means() -> None:
    placement = new_placement(
        starts_on=date(TODAY.year - 1, 10, 1), ends_on=date(TODAY.year - 1, 12, 31)
    )

    american = sent(
        placement, f"{HEADER}\n10/12/{TODAY.year - 1};a;1\n12/30/{TODAY.year - 1};b;1\n"
    )

    assert american.date_order == "mdy"
    assert [line.activity.date.month for line in plan_of(american).lines] == [10, 12]


def test_cell_with_more_names_than_anybody_works_with_is_told(placement: Placement) -> None:
    names = ";".join(f"Collega {number}" for number in range(21))

    sheet = sent(placement, f"datum\twat\tmet wie\n{DAY}\tGetest\t{names}\n")

    assert problems(sheet) == {2: "In één cel staan meer dan 20 namen."}


def test_sheet_that_is_too_large_says_so(browser: Client, placement: Placement) -> None:
    response = upload(browser, HEADER + "\n" * (sheets.MOST_BYTES + 1))

    assert response.status_code == 422
    assert "te groot" in response.content.decode()
    assert not placement.sheet_imports.exists()


def test_sheets_that_wait_have_an_end(
    browser: Client, placement: Placement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions_imports, "MOST_SHEETS", 1)
    line = f"{HEADER}\n{DAY};Getest;1\n"
    upload(browser, line)

    response = upload(browser, line)

    assert response.status_code == 422
    assert "Verwijder er eerst een paar" in response.content.decode()
    assert placement.sheet_imports.count() == 1


def test_sheet_that_is_in_the_logbook_already_brings_nothing(
    browser: Client, placement: Placement
) -> None:
    factories.activity(placement, "Overleg", date=placement.today())
    sheet = f"datum;omschrijving\n{placement.today()};Overleg\n"

    kept = keep_sheet(placement, io.BytesIO(sheet.encode()), "blad.csv", at=timezone.now())
    page = browser.post(f"/import/{kept.pk}/apply/", follow=True)

    assert "staat al in je logboek" in page.content.decode()
    assert placement.activities.count() == 1
