"""Documents, opened again by readers that are not ours."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import docx
import openpyxl
import pypdf
import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from stageapp.exports.documents import Document, Fact, Heading, Paragraph, Table
from stageapp.exports.models import Export
from stageapp.exports.pdf import pdf_of
from stageapp.logbook.models import ActivityFeedback
from stageapp.placements.models import Interruption, Placement, PlacementTeacher
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories
from tests.day import TODAY
from tests.exports.conftest import new_placement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_one_day")]
#: What broke files before: markup, quotes, emoji, line ends, other alphabets, formulas.
DIFFICULT = (
    "R&D <b>vet</b> \"quotes\" 'enkel' 🙂👩🏽‍💻\nTweede regel — “slim” ];-> #set \\ $x_1$ *a* @b\n"
    "العربية 中文 Ελληνικά Türkçe ñ"
)


def make(client: Client, kind: str, file: str, **more: str) -> bytes:
    response = client.post("/export/", {"kind": kind, "format": file} | more)
    assert response.status_code == 302, response.content.decode()
    answer = client.get(f"{response['Location']}file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def word_text(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def pdf_text(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return "\n".join(page.extract_text() for page in reader.pages)


def sheet_rows(content: bytes) -> list[list[Any]]:
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    return [[cell.value for cell in row] for row in cast("Any", page).iter_rows()]


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.fixture
def full(placement: Placement) -> Placement:
    """Return a placement with one activity that has everything."""
    cohort = placement.cohort
    entry = {row.name_nl: row for row in cohort.vocabulary.all()}
    activity = factories.activity(
        placement,
        DIFFICULT,
        minutes=100,
        category=entry["Testen"],
        moment=entry["Ochtend"],
        difficulty=entry["Moeilijk"],
        status="busy",
        goal=factories.goal(placement, "Leren testen"),
        chain=factories.chain(placement, "Het portaal"),
        learned="Rustig blijven",
        next_steps="Vragen stellen",
        support_workplace="Tijd",
        support_programme="Een cursus",
    )
    activity.people.set([entry["Collega"], entry["Alleen"]])
    activity.sources.add(entry["Boek"])
    activity.competences.set(cohort.competences.all())
    ActivityFeedback.objects.create(activity=activity, next_step="Oefenen", is_satisfied=False)
    factories.evidence(placement, "schema.jpg", activity=activity)
    return placement


def test_word_file_has_headings_tables_and_every_part(browser: Client, full: Placement) -> None:
    content = make(browser, "activities", "docx")
    document = docx.Document(io.BytesIO(content))

    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles[0] == "Title"
    assert "Heading 1" in styles
    assert "Heading 2" in styles
    table = document.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["Activiteit", "Gegevens", "Duur"]
    assert cast("Any", table.rows[0]._tr).trPr.xpath("./w:tblHeader")
    assert table.cell(1, 0).text == DIFFICULT
    assert table.cell(1, 2).text == "1 u 40 min"
    text = word_text(content)
    for part in (
        "Testen", "Ochtend", "Moeilijk", "nog mee bezig", "Leren testen", "Het portaal",
        "Rustig blijven", "Vragen stellen", "Tijd", "Een cursus", "Collega", "Alleen", "Boek",
        "P Rol P", "Oefenen", "schema.jpg", "Sanne Bakker", "Gemeente Voorbeeld",
    ):  # fmt: skip
        assert part.casefold() in text.casefold(), part
    assert document.core_properties.title == "Logboek van Sanne Bakker"
    assert document.core_properties.language == "nl-NL"


def test_pdf_is_tagged_accessible_and_tells_the_same(browser: Client, full: Placement) -> None:
    # Fonts for this alphabet do not come along; the next test is about that.
    full.activities.update(description=DIFFICULT.replace("中文", ""))
    content = make(browser, "activities", "pdf")
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = cast("Any", reader.trailer["/Root"])

    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 -- pypdf's own boolean
    assert root["/Lang"] == "nl"
    assert reader.metadata is not None
    assert reader.metadata.title == "Logboek van Sanne Bakker"
    assert b"pdfuaid:part" in content or b"pdfuaid" in root["/Metadata"].get_data()
    tags = _tags(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/Table", "/TH", "/TD"} <= tags
    text = pdf_text(content)
    for part in ("R&D <b>vet</b>", "#set", "$x_1$", "Testen", "Rustig blijven", "1 u 40 min"):
        assert part in text, part


def test_sign_that_no_font_has_still_makes_a_tagged_pdf(
    browser: Client, placement: Placement
) -> None:
    factories.activity(placement, "Spijkerschrift: 𒀀𒀁 en verder")

    content = make(browser, "activities", "pdf")

    assert "/StructTreeRoot" in cast("Any", pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"])
    assert "en verder" in pdf_text(content)


def _tags(node: Any, depth: int = 0) -> set[str]:
    if depth > 30 or not isinstance(node, dict):
        return set()
    found = {str(node["/S"])} if "/S" in node else set()
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        found |= _tags(child.get_object() if hasattr(child, "get_object") else child, depth + 1)
    return found


def test_difficult_signs_stand_literally_in_every_kind_of_file(
    browser: Client, full: Placement
) -> None:
    assert DIFFICULT in word_text(make(browser, "activities", "docx"))
    assert DIFFICULT.replace("\n", "\n  ") in make(browser, "activities", "txt").decode("utf-8-sig")
    assert csv_rows(make(browser, "activities", "csv"))[1][1] == DIFFICULT
    assert sheet_rows(make(browser, "activities", "xlsx"))[1][1] == DIFFICULT


def test_sheet_has_a_column_for_each_part_that_calculates(browser: Client, full: Placement) -> None:
    header, row = sheet_rows(make(browser, "activities", "xlsx"))
    cells = dict(zip(header, row, strict=True))

    assert cells["Date"] == datetime.combine(TODAY, datetime.min.time())
    assert cells["Duration"] == pytest.approx(100 / 60)
    assert cells["People"].split("\n") == ["Alleen", "Collega"]
    assert cells["Competences"].split("\n") == ["P Rol P", "K Rol K"]
    assert (cells["Goal"], cells["Chain"], cells["Category"]) == (
        "Leren testen",
        "Het portaal",
        "Testen",
    )


@pytest.mark.parametrize("text", ["=1+1", "+31 6", "-2", "@sum", "'=1", "=HYPERLINK(1)"])
def test_text_never_becomes_a_formula(browser: Client, placement: Placement, text: str) -> None:
    factories.activity(placement, text)

    cell = openpyxl.load_workbook(io.BytesIO(make(browser, "activities", "xlsx"))).active
    assert cell is not None
    assert (cell["B2"].value, cell["B2"].data_type) == (text, "s")
    assert csv_rows(make(browser, "activities", "csv"))[1][1] == f"'{text}"


def test_document_is_in_the_language_of_the_reader(browser: Client, full: Placement) -> None:
    browser.cookies["language"] = "en"
    full.student.language = "en"
    full.student.save()

    text = word_text(make(browser, "activities", "docx"))

    assert "Logbook of Sanne Bakker" in text
    assert "1 h 40 min" in text


def test_export_holds_exactly_what_the_filters_hold(browser: Client, placement: Placement) -> None:
    entry = {row.name_nl: row for row in placement.cohort.vocabulary.all()}
    chain = factories.chain(placement)
    wanted = ["a in keten", "b in keten"]
    factories.activity(placement, wanted[0], category=entry["Bouwen"], chain=chain)
    factories.activity(placement, wanted[1], category=entry["Testen"], chain=chain)
    factories.activity(placement, "los", category=entry["Bouwen"])
    factories.activity(placement, "weg", chain=chain, deleted_at=timezone.now())
    keys = f"category={entry['Bouwen'].pk}&category={entry['Testen'].pk}&chain={chain.pk}"

    page = browser.get(f"/export/?{keys}").content.decode()
    rows = csv_rows(make(browser, "activities", "csv", selection=keys))

    assert "De 2 activiteiten die je koos" in page
    assert [row[1] for row in rows[1:]] == wanted


def test_reflections_come_with_model_activity_and_answers(
    browser: Client, placement: Placement
) -> None:
    activity = factories.activity(placement, "De les")
    for title, more in (("Over de les", {"activity": activity}), ("Los", {})):
        reflection = factories.reflection(placement, title, **more)
        for field in reflection.model.fields.all():
            reflection.answers.create(field=field, text=f"{title}: {field.label} & meer")

    word = make(browser, "reflections", "docx")
    pdf = make(browser, "reflections", "pdf")

    for text in (word_text(word), pdf_text(pdf)):
        for part in ("Over de les", "Los: Situation & meer", "De les", "STARR"):
            assert part in text, part


# Week sheet --------------------------------------------------------------------------------------


@pytest.fixture
def weeks() -> Placement:
    """Two weeks: five days of enough hours (one on a Saturday), a short one, and an absence."""
    made = new_placement(
        starts_on=date(2026, 11, 2),
        ends_on=date(2027, 1, 29),
        hours_per_day="8",
        supervisor_name="Ruben Koster",
        days_per_week=4,
    )
    for day, minutes, text in (
        (date(2026, 11, 2), 480, "Maandagwerk"),
        (date(2026, 11, 3), 450, "Net genoeg"),
        (date(2026, 11, 4), 449, "Net te weinig"),
        (date(2026, 11, 7), 480, "Zaterdagwerk"),
        (date(2026, 11, 10), 480, "Week twee"),
        (date(2026, 11, 17), 480, "Buiten de gekozen weken"),
    ):
        factories.activity(made, text, date=day, minutes=minutes)
    factories.absence(
        made,
        starts_on=date(2026, 11, 12),
        kind=Interruption.Kind.SICKNESS,
        reason="Griep",
    )
    return made


def week_sheet_of(
    placement: Placement, file: str = "docx", first: str = "2026-11-02", **more: str
) -> bytes:
    """Return the sheet of two weeks (or from another first day on), as the student takes it."""
    client = Client()
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False):
        client.force_login(placement.student)
        chosen = {"first": first, "last": "2026-11-15", "content": "work"}
        return make(client, "week_sheet", file, **chosen | more)


def week_table(content: bytes, number: int) -> list[list[str]]:
    """Return the cells of a table of a Word file: of a week first, then its confirmation."""
    table = docx.Document(io.BytesIO(content)).tables[number]
    return [[cell.text for cell in row.cells] for row in table.rows]


@pytest.mark.parametrize("file", ["docx", "pdf"])
def test_week_sheet_lists_every_day_with_totals_and_room_to_sign(
    weeks: Placement, file: str
) -> None:
    teacher = factories.person("Mira de Vries")
    PlacementTeacher.objects.create(placement=weeks, teacher=teacher)
    weeks.student.student_number = "500123"
    weeks.student.save()

    content = week_sheet_of(weeks, file)

    text = word_text(content) if file == "docx" else pdf_text(content)
    for part in ("Maandagwerk", "Zaterdagwerk", "Week twee", "vanaf 7:30 uur"):
        assert part in text, part
    for part in ("Gemeente Voorbeeld", "Mira de Vries", "500123"):
        assert part in text, part
    assert "Buiten de gekozen weken" not in text
    # Room to sign for each week, in the name of the supervisor.
    assert text.count("Handtekening") == 2
    assert text.count("Ruben Koster") == 3
    assert "Afwezig" in text
    assert "Griep" not in text


def test_each_week_has_its_days_its_total_and_its_own_confirmation(weeks: Placement) -> None:
    content = week_sheet_of(weeks)

    first, second = week_table(content, 0), week_table(content, 2)
    # By hand: 480 + 450 + 449 + 480 minutes, and the 449 is no day; then 480 in week 46.
    assert [row[0] for row in first[1:]] == [
        "ma 2 nov", "di 3 nov", "wo 4 nov", "do 5 nov", "za 7 nov", "Totaal"
    ]  # fmt: skip
    assert first[5] == ["za 7 nov", "– Zaterdagwerk", "8:00"]
    assert first[-1] == ["Totaal", "Dagen gewerkt: 3 · uren gepland: 32:00", "30:59"]
    assert second[4] == ["do 12 nov", "Afwezig", ""]
    assert second[-1] == ["Totaal", "Dagen gewerkt: 1 · uren gepland: 24:00", "8:00"]
    for number in (1, 3):
        header, room = week_table(content, number)
        assert header == ["Naam", "Datum", "Handtekening", "Opmerkingen"]
        assert room[0] == "Ruben Koster"
        assert not "".join(room[1:]).strip()


def test_overall_total_is_that_of_the_chosen_days(weeks: Placement) -> None:
    whole, part = week_sheet_of(weeks), week_sheet_of(weeks, first="2026-11-04")

    assert week_table(whole, 4)[-1] == ["Totaal", "4", "38:59"]
    # From Wednesday on: 449 + 480 minutes of the first week.
    assert [row[1:] for row in week_table(part, 4)[1:]] == [["1", "15:29"], ["1", "8:00"],
                                                            ["2", "23:29"]]  # fmt: skip


@pytest.mark.parametrize("file", ["docx", "pdf"])
def test_hours_can_be_signed_without_reading_what_the_student_wrote(
    weeks: Placement, file: str
) -> None:
    content = week_sheet_of(weeks, file, content="hours")

    text = word_text(content) if file == "docx" else pdf_text(content)
    for part in ("Maandagwerk", "Zaterdagwerk", "Week twee"):
        assert part not in text
    assert "Urenstaat van Sanne Bakker" in text
    for part in ("za 7 nov", "30:59", "38:59", "Afwezig", "Handtekening"):
        assert part in text, part


def test_programme_without_hours_has_no_timesheet_and_no_totals(browser: Client) -> None:
    placement = factories.placement(factories.person(), cohort=factories.cohort())
    ProgrammeMembership.objects.create(
        programme=placement.cohort.programme, person=placement.student, role=Role.STUDENT
    )
    factories.activity(placement, "Lesgegeven")
    browser.force_login(placement.student)

    page = browser.get("/export/").content.decode()
    text = word_text(make(browser, "week_sheet", "docx"))

    assert 'name="content"' not in page
    assert "Lesgegeven" in text
    assert "Totaal" not in text


def test_reason_of_absence_stands_only_when_asked(weeks: Placement) -> None:
    content = week_sheet_of(weeks, first="2026-11-09", with_reasons="on")

    assert "Ziekte: Griep" in word_text(content)


def test_week_stands_on_one_page_with_its_signature(weeks: Placement) -> None:
    for number in range(40):
        factories.activity(
            weeks, f"Werk {number} " + "x " * 60, date=date(2026, 11, 9), minutes=None
        )
    pages = [
        page.extract_text()
        for page in pypdf.PdfReader(io.BytesIO(week_sheet_of(weeks, "pdf"))).pages
    ]
    body = docx.Document(io.BytesIO(week_sheet_of(weeks))).element.body

    # The first week fits on a page, and is not parted; the second fits on none, and is all there.
    first = next(page for page in pages if "Week 45" in page)
    assert all(part in first for part in ("Zaterdagwerk", "30:59", "Handtekening"))
    assert all(f"Werk {number} " in " ".join(pages) for number in range(40))
    rows = body.xpath("./w:tbl//w:cantSplit[@w:val='1']")
    assert len(rows) == len(body.xpath("./w:tbl/w:tr"))
    assert body.xpath("./w:p[w:pPr/w:keepNext]/w:r/w:t[contains(., 'Week 45')]")


def test_week_sheet_of_a_bad_period_is_refused(weeks: Placement) -> None:
    client = Client()
    client.force_login(weeks.student)
    form = {"kind": "week_sheet", "format": "docx", "content": "work"}
    form |= {"first": "2026-11-09", "last": "2026-11-02"}

    response = client.post("/export/", form)

    assert response.status_code == 422
    assert "Deze dag ligt voor de eerste." in response.content.decode()
    assert not Export.objects.exists()


def test_empty_logbook_makes_documents_too(browser: Client, placement: Placement) -> None:
    for kind, files in (
        ("activities", ("docx", "pdf", "xlsx", "csv", "txt")),
        ("reflections", ("docx", "pdf")),
        ("week_sheet", ("docx", "pdf")),
    ):
        for file in files:
            assert make(browser, kind, file, content="work")


@pytest.mark.parametrize(("kind", "file"), [("reflections", "csv"), ("week_sheet", "zip")])
def test_kind_of_file_that_does_not_fit_is_refused(browser: Client, kind: str, file: str) -> None:
    assert browser.post("/export/", {"kind": kind, "format": file}).status_code == 422
    assert browser.post("/export/", {"kind": "alles", "format": file}).status_code == 404


def test_signs_that_no_file_can_hold_are_left_out(browser: Client, placement: Placement) -> None:
    factories.activity(placement, "voor\x0bna \ufffe en \x1b[0m")

    for file in ("docx", "pdf", "xlsx", "csv", "txt"):
        make(browser, "activities", file)
    assert "voorna" in word_text(make(browser, "activities", "docx"))


def test_pdf_takes_no_markup_from_texts() -> None:
    evil = '#eval("1+1") $ x $ [a] *b* _c_ `d` <label> // geen comment /* ook niet */ #pagebreak()'
    with override("nl"):
        document = Document(
            evil,
            "nl",
            evil,
            [Heading(evil, 1), Paragraph(evil), Table([evil], [[[Fact(evil, evil)]]], [100])],
        )

    text = " ".join(pdf_text(pdf_of(document)).split())

    assert text.count('#eval("1+1")') >= 5
    assert "geen comment" in text


def test_days_are_those_of_the_institution(placement: Placement) -> None:
    client = Client()
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    with time_machine.travel(late, tick=False):
        client.force_login(placement.student)
        response = client.post("/export/", {"kind": "activities", "format": "txt"})
        export = Export.objects.get()

    assert response.status_code == 302
    assert export.name.endswith("2026-11-19.txt")
    assert late + timedelta(days=1) > export.asked_at
