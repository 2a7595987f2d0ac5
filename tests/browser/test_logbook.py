"""The logbook with each programme: quick to fill, easy to find back, taken out and brought in."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdf
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stageapp.accounts.models import User
from stageapp.exports.archive import write_archive
from stageapp.logbook.models import Reflection
from stageapp.placements.models import Placement
from stageapp.programmes.models import Part, VocabularyEntry
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

PRESETS = ["hbo-ict", "leraar-vo", "verpleegkunde"]
#: What is asked about each activity anew; the rest is taken over from the last one.
ASKED_ANEW = {"hbo-ict": "difficulty", "leraar-vo": "competences", "verpleegkunde": "difficulty"}
#: Counts taps that are not for putting the cursor in a text, and keys.
COUNTER = """
const count = name => sessionStorage.setItem(name, Number(sessionStorage.getItem(name)) + 1);
const text = 'textarea, input[type=text], input[type=number], input[type=search]';
addEventListener('pointerdown', event => {
  if (event.isTrusted && !event.target.closest(text)) count('taps');
}, true);
addEventListener('keydown', event => event.isTrusted && count('keys'), true);
"""

Check = Callable[[Page], None]


def fill_required(page: Page, placement: Placement, text: str) -> None:
    """Fill in what the form of a cohort asks for, the first choice of each list."""
    page.locator("textarea[name=description]").fill(text)
    for part in placement.cohort.parts.filter(is_required=True, is_shown=True):
        choices = page.locator(f"input[name={part.part}]")
        if part.part == Part.DURATION:
            page.locator("input[name=duration_hours]").fill("2")
        elif page.locator(f"select[name={part.part}]").count():
            page.locator(f"select[name={part.part}]").select_option(index=1)
        elif choices.count() and choices.first.get_attribute("type") in ("radio", "checkbox"):
            page.locator(f".chip:has(input[name={part.part}])").first.click()


def save(page: Page) -> None:
    page.locator(".form-end .button").first.click()
    page.wait_for_url("**/activities/**")


def student_of(world: World, programme: str) -> tuple[User, Placement]:
    student = world.student("Sanne Bakker", "sanne@demo.example", weeks=3, programme=programme)
    return student, student.placements.get()


def downloaded(page: Page) -> tuple[str, io.BytesIO]:
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Bestand ophalen").click()
    return waiting.value.suggested_filename, io.BytesIO(Path(waiting.value.path()).read_bytes())


def drop(page: Page, name: str, kind: str, content: bytes) -> None:
    """Drop a file on the page as from a desktop."""
    transfer = page.evaluate_handle(
        """([name, kind, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name, {type: kind}));
            return data;
        }""",
        [name, kind, list(content)],
    )
    page.locator("file-drop").dispatch_event("drop", {"dataTransfer": transfer})


def photo(name: str = "meterkast.jpg") -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": factories.picture(400, 300)}


@pytest.mark.parametrize("programme", PRESETS)
def test_typical_activity_takes_three_taps_beside_the_text(
    open_page: OpenPage, programme: str
) -> None:
    student, placement = student_of(World(), programme)
    phone = open_page(phone=True)
    sign_in(phone, student)
    phone.goto("/activities/new/")
    fill_required(phone, placement, "De eerste keer")
    save(phone)
    phone.goto("/")
    phone.add_init_script(COUNTER)
    phone.reload()
    phone.evaluate("sessionStorage.clear()")

    phone.get_by_role("link", name="Nieuw", exact=True).click()
    phone.locator("textarea[name=description]").click()
    phone.keyboard.type("Nog een keer")
    if phone.locator("input[name=duration_hours]").count():
        phone.locator("input[name=duration_hours]").click()
        phone.keyboard.type("2")
    phone.locator(f".chip:has(input[name={ASKED_ANEW[programme]}])").nth(1).click()
    save(phone)

    expect(phone.locator(".activity-row", has_text="Nog een keer")).to_have_count(1)
    assert phone.evaluate("Number(sessionStorage.getItem('taps'))") == 3
    # Beside the text itself, one key for the hours.
    assert phone.evaluate("Number(sessionStorage.getItem('keys'))") <= len("Nog een keer") + 1


def test_starting_empty_keeps_what_was_typed(open_page: OpenPage, accessible: Check) -> None:
    student, placement = student_of(World(), "hbo-ict")
    last = factories.activity(
        placement, category=placement.cohort.vocabulary.get(key="programming")
    )
    last.people.add(placement.cohort.vocabulary.get(kind="person", key="colleague"))
    page = open_page()
    sign_in(page, student)
    page.goto("/activities/new/")
    page.locator("textarea[name=description]").fill("Al een heel verhaal")
    accessible(page)

    page.get_by_role("link", name="Leeg beginnen").click()

    expect(page.get_by_text("Deze keuzes zijn nu leeg.")).to_be_focused()
    expect(page.locator("input[name=category]:checked")).to_have_count(0)
    expect(page.locator("input[name=people]:checked")).to_have_count(0)
    expect(page.locator("textarea[name=description]")).to_have_value("Al een heel verhaal")
    # The draft has no choices of the last one either, and then nothing says that it has.
    page.goto("/activities/new/")
    expect(page.locator("textarea[name=description]")).to_have_value("Al een heel verhaal")
    expect(page.locator("input[name=category]:checked")).to_have_count(0)
    expect(page.get_by_text("Overgenomen van je laatste activiteit")).not_to_be_visible()


def test_what_was_typed_in_the_fold_comes_back_in_sight(
    open_page: OpenPage, accessible: Check
) -> None:
    student, placement = student_of(World(), "verpleegkunde")
    activity = factories.activity(placement)
    page = open_page()
    sign_in(page, student)
    page.goto("/activities/new/")
    accessible(page)
    next_steps = page.locator("textarea[name=next_steps]")
    expect(next_steps).not_to_be_visible()
    page.locator(".folded-parts > summary").focus()
    page.keyboard.press("Enter")
    next_steps.fill("De volgende keer eerst luisteren")
    next_steps.blur()
    accessible(page)
    page.locator(".folded-parts > summary").click()

    page.goto("/activities/")
    page.goto("/activities/new/")

    expect(next_steps).to_be_visible()
    expect(next_steps).to_have_value("De volgende keer eerst luisteren")
    # Closed again, it goes along all the same.
    page.locator(".folded-parts > summary").click()
    fill_required(page, placement, "Een dag op de afdeling")
    save(page)
    kept = placement.activities.get(description="Een dag op de afdeling")
    assert kept.next_steps == "De volgende keer eerst luisteren"

    page.goto(f"/activities/{activity.pk}/")
    page.get_by_role("link", name="Bewijs toevoegen").click()
    expect(page.locator("#id_evidence")).to_be_visible()


def test_repeating_the_last_takes_one_tap(open_page: OpenPage) -> None:
    student, placement = student_of(World(), "hbo-ict")
    factories.activity(
        placement, "Dagstart", minutes=15, date=placement.today() - timedelta(days=1)
    )
    phone = open_page(phone=True)
    sign_in(phone, student)
    phone.goto("/activities/")

    phone.get_by_role("button", name="Herhaal de laatste").click()

    expect(phone.get_by_text("Opnieuw gelogd voor vandaag")).to_be_visible()
    expect(phone.locator(".activity-row", has_text="Dagstart")).to_have_count(2)
    phone.get_by_role("button", name="Ongedaan maken").click()
    expect(phone.locator(".activity-row", has_text="Dagstart")).to_have_count(1)


@pytest.mark.parametrize("programme", PRESETS)
def test_whole_learning_process_of_each_programme(
    open_page: OpenPage, accessible: Check, programme: str
) -> None:
    student, placement = student_of(World(), programme)
    phone = open_page(phone=True)
    sign_in(phone, student)

    # An activity with evidence and an own entry.
    phone.goto("/activities/new/")
    fill_required(phone, placement, "Gesprek gevoerd over de planning")
    if placement.cohort.parts.filter(part=Part.EVIDENCE, is_folded=True).exists():
        phone.locator(".folded-parts > summary").click()
    phone.locator("input[type=file]").set_input_files(photo())
    expect(phone.get_by_text("meterkast.jpg is geüpload.")).to_be_visible()
    phone.locator("fieldset:has(input[name=people]) .chip", has_text="Anders").click()
    phone.locator("input[name=people_own]").fill("Joost de Vries")
    accessible(phone)
    save(phone)
    phone.locator(".activity-row .stretched-link").first.click()
    expect(phone.locator(".evidence-item")).to_contain_text("meterkast.jpg")
    expect(phone.get_by_text("Joost de Vries")).to_be_visible()
    accessible(phone)

    # A reflection on it, saved while typing.
    phone.get_by_role("link", name="STARR").click()
    first = phone.locator("textarea").first
    first.fill("Ik zat met twee collega’s aan tafel.")
    expect(phone.locator(".autosave-state")).to_contain_text("Bewaard om")
    assert set(Reflection.objects.get().answers.values_list("text", flat=True)) == {
        "Ik zat met twee collega’s aan tafel.",
        "",
    }
    accessible(phone)
    phone.locator(".form-end .button").click()
    expect(phone.get_by_text("Ik zat met twee collega’s aan tafel.")).to_be_visible()

    # Found back among others, and taken out.
    factories.activity(placement, "Iets anders", date=placement.today())
    phone.goto("/activities/")
    phone.locator("input[name=q]").fill("planning")
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("1 activiteit gevonden")).to_be_visible()
    expect(phone.locator(".activity-row")).to_contain_text("Gesprek gevoerd")
    accessible(phone)
    phone.get_by_role("link", name="Dit exporteren").click()
    accessible(phone)
    phone.locator("form", has=phone.locator("input[value=docx]")).first.get_by_role(
        "button"
    ).click()
    expect(phone.get_by_text("Je document is klaar")).to_be_visible()
    accessible(phone)
    name, content = downloaded(phone)
    assert name.endswith(".docx")
    cells = [
        cell.text
        for table in docx.Document(content).tables
        for row in table.rows
        for cell in row.cells
    ]
    assert "Gesprek gevoerd over de planning" in cells
    assert "Iets anders" not in cells
    assert any("Joost de Vries" in cell for cell in cells)


@pytest.mark.parametrize(
    ("kind", "file"), [("activities", "pdf"), ("reflections", "pdf"), ("week_sheet", "pdf"),
                       ("activities", "xlsx")]
)  # fmt: skip
def test_each_document_can_be_asked_for_and_opened(
    open_page: OpenPage, kind: str, file: str
) -> None:
    student, placement = student_of(World(), "hbo-ict")
    factories.activity(placement, "Storing onderzocht", minutes=480)
    factories.reflection(placement, "Storing in mijn aanpak")
    page = open_page()
    sign_in(page, student)
    page.goto("/export/")

    form = page.locator(f"form:has(input[name=kind][value={kind}])")
    form.locator(f"input[name=format][value={file}]").check()
    form.get_by_role("button").click()

    expect(page.get_by_text("Je document is klaar")).to_be_visible()
    name, content = downloaded(page)
    assert name.endswith(file)
    if file == "pdf":
        text = "".join(one.extract_text() for one in pypdf.PdfReader(content).pages)
    else:
        text = str(list(openpyxl.load_workbook(content).worksheets[0].values))
    assert "Storing" in text


def test_refused_file_says_why_and_the_rest_is_kept(open_page: OpenPage) -> None:
    student, _placement = student_of(World(), "hbo-ict")
    page = open_page()
    sign_in(page, student)
    page.goto("/activities/new/")
    page.locator("textarea[name=description]").fill("Met een verkeerd bestand")

    drop(page, "virus.jpg", "image/jpeg", b"MZ\x90\x00" * 50)

    expect(page.locator(".evidence-refusals")).to_contain_text("virus.jpg")
    expect(page.locator("textarea[name=description]")).to_have_value("Met een verkeerd bestand")
    drop(page, "foto.jpg", "image/jpeg", factories.picture())
    expect(page.get_by_text("foto.jpg is geüpload.")).to_be_visible()
    expect(page.locator(".evidence-choice input")).to_be_checked()
    expect(page.locator(".evidence-choice img")).to_be_visible()


def test_upload_tells_how_far_it_is_and_saving_waits_for_it(open_page: OpenPage) -> None:
    student, placement = student_of(World(), "hbo-ict")
    page = open_page()
    sign_in(page, student)
    page.goto("/activities/new/")
    fill_required(page, placement, "Met een grote foto")
    page.evaluate(
        """() => {
            window.told = [];
            new MutationObserver(() =>
                window.told.push(document.querySelector('.upload-state').textContent)
            ).observe(document.querySelector('.upload-state'), {childList: true});
        }"""
    )
    big = {"name": "groot.txt", "mimeType": "text/plain", "buffer": b"regel\n" * 1_500_000}
    page.locator("input[type=file]").set_input_files(big)  # type: ignore[arg-type]
    expect(page.get_by_text("groot.txt is geüpload.")).to_be_visible()
    told = page.evaluate("window.told")
    save(page)

    assert "Uploaden van groot.txt: 0%" in told
    assert any("100%" in text for text in told)
    assert placement.activities.get().evidence.get().size == 9_000_000


def test_lost_connection_keeps_the_file_in_the_form(open_page: OpenPage) -> None:
    student, placement = student_of(World(), "hbo-ict")
    page = open_page()
    sign_in(page, student)
    page.goto("/activities/new/")
    fill_required(page, placement, "Zonder verbinding")
    page.context.set_offline(True)
    drop(page, "foto.jpg", "image/jpeg", factories.picture())
    expect(page.locator(".upload-state")).to_contain_text("Het gaat mee")
    page.context.set_offline(False)
    assert page.evaluate("document.querySelector('input[type=file]').files.length") == 1

    save(page)

    assert placement.activities.get().evidence.get().name == "foto.jpg"


def test_file_sent_after_signing_out_elsewhere_is_not_told_to_be_kept(open_page: OpenPage) -> None:
    student, placement = student_of(World(), "hbo-ict")
    page = open_page()
    sign_in(page, student)
    page.goto("/activities/new/")
    page.context.clear_cookies(name="sessionid")

    drop(page, "foto.jpg", "image/jpeg", factories.picture())

    expect(page.locator(".upload-state")).to_contain_text("Het gaat mee")
    expect(page.locator(".evidence-choices input")).to_have_count(0)
    assert not placement.evidence.exists()


def test_reflection_left_halfway_goes_on_and_is_not_doubled(open_page: OpenPage) -> None:
    student, placement = student_of(World(), "hbo-ict")
    activity = factories.activity(placement)
    model = placement.cohort.reflection_models.get(key="starr")
    address = f"/reflections/new/?model={model.pk}&activity={activity.pk}"
    page = open_page(phone=True)
    sign_in(page, student)
    page.goto(address)
    page.locator("textarea").first.fill("Half af")
    page.wait_for_timeout(600)  # the browser has it by now, the server not yet
    page.goto("/activities/")  # leaving saves it
    page.goto(address)
    expect(page.get_by_text("Wat je eerder typte, staat er weer.")).to_be_visible()
    page.locator("textarea").nth(1).fill("En nu verder")
    page.locator(".form-end .button").click()

    expect(page.get_by_text("En nu verder")).to_be_visible()
    assert Reflection.objects.count() == 1

    page.goto(address)
    expect(page.locator("textarea").first).to_have_value("")


def test_own_entry_that_looks_like_one_in_the_list_is_suggested(open_page: OpenPage) -> None:
    student, placement = student_of(World(), "hbo-ict")
    page = open_page(phone=True)
    sign_in(page, student)
    page.goto("/activities/new/")
    field = page.locator("fieldset:has(input[name=category])").last
    field.locator(".chip", has_text="Anders").click()
    page.locator("input[name=category_own]").fill("programeren")

    field.get_by_role("button", name="Programmeren").click()

    expect(field.locator(".chip", has_text="Programmeren").locator("input")).to_be_checked()
    expect(page.locator("input[name=category_own]")).not_to_be_visible()
    assert placement.cohort.vocabulary.filter(owner=student).count() == 0


@pytest.mark.parametrize("part", ["category", "people"])
def test_choosing_other_leads_to_its_text_box(open_page: OpenPage, part: str) -> None:
    student, _placement = student_of(World(), "hbo-ict")
    page = open_page(phone=True)
    sign_in(page, student)
    page.goto("/activities/new/")

    page.locator(f".chip:has(input[name={part}][value=other])").click()

    own = page.locator(f"input[name={part}_own]")
    expect(own).to_be_focused()
    page.keyboard.type("Iets nieuws")
    own.blur()
    # What comes back from a draft, or from the server, moves nothing.
    page.goto("/activities/new/")
    expect(own).to_have_value("Iets nieuws")
    expect(own).not_to_be_focused()
    page.locator(".form-end .button").first.click()
    expect(own).to_have_value("Iets nieuws")
    expect(own).not_to_be_focused()


def test_choosing_other_in_a_long_list_leads_to_its_text_box(open_page: OpenPage) -> None:
    student, placement = student_of(World(), "leraar-vo")
    for number in range(15):
        factories.goal(placement, f"Leervraag over {number}")
    page = open_page()
    sign_in(page, student)
    page.goto("/activities/new/")

    page.locator("select[name=goal]").select_option("other")

    expect(page.locator("input[name=goal_own]")).to_be_focused()


def test_arrow_keys_pass_other_without_losing_the_focus(open_page: OpenPage) -> None:
    student, _placement = student_of(World(), "hbo-ict")
    page = open_page()
    sign_in(page, student)
    page.goto("/activities/new/")
    page.locator("input[name=category]").first.focus()
    other = page.locator("input[name=category][value=other]")

    page.keyboard.press("ArrowUp")

    expect(other).to_be_checked()
    expect(other).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(other).not_to_be_checked()
    other.focus()
    page.keyboard.press("Space")
    expect(page.locator("input[name=category_own]")).to_be_focused()


def test_five_hundred_own_names_are_searched_by_keyboard(
    open_page: OpenPage, accessible: Check
) -> None:
    student, placement = student_of(World(), "hbo-ict")
    VocabularyEntry.objects.bulk_create(
        VocabularyEntry(
            cohort=placement.cohort,
            kind="person",
            name_nl=f"Zoë nummer {number}",
            name_en=f"Zoë nummer {number}",
            owner=student,
            position=1000,
        )
        for number in range(500)
    )
    page = open_page()
    sign_in(page, student)
    page.goto("/activities/new/")
    field = page.locator("#id_people")
    expect(field.locator(".chip:visible")).to_have_count(6 + 10 + 1)

    field.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("zoe nummer 499")
    page.keyboard.press("Enter")  # searches, and sends nothing
    expect(field.get_by_role("status").last).to_have_text("1 gevonden")
    accessible(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")

    chosen = field.locator(".chip", has_text="Zoë nummer 499")
    expect(chosen.locator("input")).to_be_checked()
    expect(field.locator("details .chip")).to_have_count(490)
    # Who types a name that is there already, finds it as well.
    page.goto("/goals/")
    page.goto("/activities/new/?empty=yes")
    field.locator(".chip", has_text="Anders").click()
    page.locator("input[name=people_own]").fill("Zoë nummer 321")
    field.get_by_role("button", name="Zoë nummer 321").click()
    expect(field.locator(".chip", has_text="Zoë nummer 321")).to_be_visible()


def test_own_names_are_all_there_without_script(open_page: OpenPage) -> None:
    student, placement = student_of(World(), "hbo-ict")
    for number in range(12):
        factories.entry(
            placement.cohort, "person", f"Collega {number:02}", owner=student, position=1000
        )
    page = open_page(phone=True, script=False)
    sign_in(page, student)
    page.goto("/activities/new/")
    field = page.locator("#id_people")
    expect(field.locator("input[type=search]")).not_to_be_visible()
    fill_required(page, placement, "Met veel mensen")

    field.get_by_text("Meer eigen namen (2)").click()
    field.locator(".chip", has_text="Collega 11").click()
    save(page)

    people = placement.activities.get().people.filter(owner=student)
    assert [str(one) for one in people] == ["Collega 11"]


def test_a_key_right_after_the_list_of_keys_closed_works(open_page: OpenPage) -> None:
    student, _placement = student_of(World(), "hbo-ict")
    page = open_page()
    sign_in(page, student)
    page.goto("/")
    page.keyboard.press("?")
    expect(page.locator("dialog#shortcuts input")).to_be_focused()
    # In one task, so that the page is not drawn between closing and the next key.
    page.evaluate(
        """() => {
            document.querySelector("dialog#shortcuts").close();
            const key = new KeyboardEvent("keydown", { key: "n", bubbles: true });
            document.activeElement.dispatchEvent(key);
        }"""
    )
    page.wait_for_url("**/activities/new/")


def test_keys_open_pages_and_can_be_switched_off(open_page: OpenPage, accessible: Check) -> None:
    student, _placement = student_of(World(), "hbo-ict")
    page = open_page()
    sign_in(page, student)
    page.goto("/")

    page.keyboard.press("?")
    dialog = page.locator("dialog#shortcuts")
    expect(dialog).to_be_visible()
    expect(dialog.locator("dt", has_text=re.compile("^n$"))).to_have_count(1)
    accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.keyboard.press("n")
    page.wait_for_url("**/activities/new/")
    page.locator("textarea[name=description]").press("n")
    expect(page.locator("textarea[name=description]")).to_have_value("n")

    page.goto("/")
    page.keyboard.press("?")
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.keyboard.press("n")
    page.keyboard.press("?")
    expect(dialog).not_to_be_visible()
    assert page.url.endswith("/")
    # The way back is on the page.
    page.locator("[data-shortcuts]").click()
    dialog.get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.keyboard.press("n")
    page.wait_for_url("**/activities/new/")


def test_activity_is_logged_with_the_keyboard_alone(open_page: OpenPage) -> None:
    student, placement = student_of(World(), "hbo-ict")
    factories.activity(placement, "Eerder", date=placement.today() - timedelta(days=1))
    page = open_page()
    sign_in(page, student)
    page.goto("/")
    page.keyboard.press("n")
    page.wait_for_url("**/activities/new/")
    page.locator("textarea[name=description]").focus()
    page.keyboard.type("Alleen met toetsen")
    for name, keys in (("duration_hours", "1"), ("category", "Space"), ("difficulty", "Space")):
        page.locator(f"input[name={name}]").first.focus()
        page.keyboard.press(keys)
    page.locator("input[name=people]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/activities/**")

    expect(page.locator(".activity-row", has_text="Alleen met toetsen")).to_be_visible()


def test_sheet_from_elsewhere_comes_in(open_page: OpenPage, accessible: Check) -> None:
    student, placement = student_of(World(), "hbo-ict")
    day = placement.today()
    page = open_page(phone=True)
    sign_in(page, student)
    page.goto("/import/")
    accessible(page)
    content = f"Dag;Gedaan;Tijd\n{day};Gesprek;1:30\n{day};Verslag;veel\n"
    sheet = {"name": "uren.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.locator("input[type=file]").set_input_files(sheet)  # type: ignore[arg-type]
    page.locator("form:has(input[type=file]) button").click()
    page.locator("select[name=description]").select_option(label="Gedaan (Gesprek)")
    page.get_by_role("button", name="Opnieuw kijken").click()
    page.get_by_label("Regel 3").check()
    accessible(page)
    page.get_by_role("button", name="Zet 1 activiteit in mijn logboek").click()
    expect(page.get_by_text("Weggelaten: regel 3.")).to_be_visible()
    placement.activities.all().delete()

    page.goto("/import/")
    sheet["buffer"] = content.replace("veel", "2").replace("Gedaan", "Omschrijving").encode()
    page.locator("input[type=file]").set_input_files(sheet)  # type: ignore[arg-type]
    page.locator("form:has(input[type=file]) button").click()
    accessible(page)
    page.get_by_role("button", name="Zet 2 activiteiten in mijn logboek").click()

    expect(page.locator(".activity-row")).to_have_count(2)


def test_archive_comes_back_after_a_look(open_page: OpenPage, accessible: Check) -> None:
    student, placement = student_of(World(), "hbo-ict")
    factories.activity(placement, "Storing onderzocht", minutes=300)
    content = io.BytesIO()
    write_archive(placement, content, language="nl", at=timezone.now(), progress=lambda _done: None)
    placement.activities.all().delete()
    page = open_page(phone=True)
    sign_in(page, student)
    page.goto("/import/")
    file = {"name": "alles.zip", "mimeType": "application/zip", "buffer": content.getvalue()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.locator("form:has(input[type=file]) button").click()
    accessible(page)
    page.get_by_role("button", name="Zet het terug in mijn logboek").click()

    expect(page.locator(".activity-row")).to_have_count(1)


def test_calendar_shows_hours_and_plans_by_hand(open_page: OpenPage, accessible: Check) -> None:
    student, placement = student_of(World(), "hbo-ict")
    factories.activity(placement, "Storing onderzocht", minutes=300)
    page = open_page(phone=True)
    sign_in(page, student)
    page.goto("/calendar/")
    accessible(page)
    expect(page.locator("main")).to_contain_text("5 u")

    page.get_by_role("link", name="Nieuwe deadline").first.click()
    page.locator("input[name=title]").fill("Verslag inleveren")
    page.locator("input[name=due_on]").fill((placement.today() + timedelta(days=1)).isoformat())
    accessible(page)
    page.locator(".form-end .button").first.click()
    expect(page.get_by_text("Verslag inleveren").first).to_be_visible()

    page.goto("/calendar/feed/")
    accessible(page)
    page.locator("main form button").first.click()
    address = page.locator("input[readonly]").input_value()
    feed = page.request.get(address)
    assert feed.status == 200
    assert "SUMMARY:Deadline: Verslag inleveren" in feed.text()


def test_goal_is_followed_from_plan_to_reached(open_page: OpenPage, accessible: Check) -> None:
    student, placement = student_of(World(), "hbo-ict")
    page = open_page(phone=True)
    sign_in(page, student)
    page.goto("/goals/")
    accessible(page)
    page.get_by_role("link", name="Nieuw leerdoel").first.click()
    page.locator("input[name=title]").fill("Zelf een planning maken")
    page.locator(".form-end .button").click()
    expect(page.get_by_text("Zelf een planning maken").first).to_be_visible()
    goal = placement.goals.get(title="Zelf een planning maken")
    page.goto(f"/goals/{goal.pk}/edit/")
    page.get_by_label("behaald").check()
    page.locator(".form-end .button").click()

    expect(page.locator("main")).to_contain_text("behaald")
    accessible(page)


def test_chain_is_one_thread_with_its_total(open_page: OpenPage, accessible: Check) -> None:
    student, placement = student_of(World(), "hbo-ict")
    chain = factories.chain(placement, "Het portaal")
    for hours in (2, 3):
        factories.activity(placement, f"Deel {hours}", minutes=hours * 60, chain=chain)
    page = open_page(phone=True)
    sign_in(page, student)
    page.goto("/chains/")
    accessible(page)
    page.get_by_role("link", name="Het portaal").click()

    expect(page.locator("main")).to_contain_text("5 u")
    accessible(page)


def test_exports_and_imports_work_without_script(open_page: OpenPage) -> None:
    student, placement = student_of(World(), "hbo-ict")
    factories.activity(placement, "Zonder script", minutes=60, created_at=timezone.now())
    page = open_page(phone=True, script=False)
    sign_in(page, student)
    page.goto("/activities/?q=script")
    expect(page.locator(".activity-row")).to_have_count(1)
    page.goto("/evidence/")
    page.locator("input[type=file]").set_input_files(photo())
    page.locator(".form-end .button").click()
    expect(page.locator(".evidence-item")).to_contain_text("meterkast.jpg")
    page.goto("/export/")
    form = page.locator("form:has(input[name=kind][value=activities])")
    form.locator("input[value=csv]").check()
    form.get_by_role("button").click()
    name, content = downloaded(page)
    assert name.endswith(".csv")
    assert "Zonder script" in content.getvalue().decode("utf-8-sig")
