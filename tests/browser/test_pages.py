"""Every page, in both themes and from a small phone to a desk: accessible, and it fits."""

from collections.abc import Callable
from datetime import time, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stageapp.accounts.models import User
from stageapp.exports.actions import ask_export
from stageapp.exports.actions_imports import keep_sheet
from stageapp.exports.models import Export
from stageapp.guidance import actions as guidance
from stageapp.guidance.actions_talks import propose_talk
from stageapp.guidance.models import (
    ActionPoint,
    GuidanceQuestion,
    MeetingReport,
    TalkProposal,
)
from stageapp.logbook.actions import save_item, save_snapshot
from stageapp.logbook.actions_evidence import delete_evidence
from stageapp.logbook.actions_lists import keep_template
from stageapp.logbook.models import Activity, SavedItem
from stageapp.placements.actions_agreements import confirm, propose
from stageapp.placements.actions_teachers import arrange_substitution, ask_along
from stageapp.placements.models import (
    FixedMoment,
    Placement,
    PlacementTeacher,
    Substitution,
    TeacherLeave,
    TeacherTerms,
)
from stageapp.planning.models import Appointment
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.world import World, sign_in

TIP = {
    "kind": "tip",
    "feedup_nl": "Samen leer je meer.",
    "feedback_nl": "Je deed 75% alleen, bij langewoordenzonderspatiesdienergensopmogen.",
    "feedforward_nl": "Vraag iemand om een kwartier mee te kijken.",
    "why_nl": ["75% alleen, en deze tip verschijnt bij meer dan 60%."],
}
ENTRANCE = ("/login/", "/register/", "/password/reset/", "/password/reset/sent/")
#: Contents, each kind of answer to a search, a wide table, and lists with quotes.
GUIDE = (
    "/guide/",
    "/guide/?q=vertrouwen",
    "/guide/?q=anonimitiet",
    "/guide/forms-of-contact/",
    "/guide/a-sharp-question/",
    "/guide/keys-and-accessibility/",
)
#: A sentence of each speech act, and one too long for its line.
EVERY_ACT = (
    "Hallo Mira,\nDe les duurde lang. Wat vind jij ervan? Ik ben er erg zenuwachtig over. "
    "Morgen stuur ik je het verslag. Ik stop met de minor. "
    "Langewoordenzonderspatiesdienergensopmogenhoudenwaarzeookstaanindezeregel!"
)
#: The elements that stick out, the outermost first.
OUTSIDE = """[...document.querySelectorAll('main *')]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 4).map(one => one.outerHTML.slice(0, 80))"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("who", ["student", "teacher and visitor"])
def test_every_page_is_accessible_and_fits(
    open_page: OpenPage, violations: Callable[[Page], list[str]], who: str
) -> None:
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    placement = sanne.placements.get()
    activity = factories.activity(placement, "Langewoordenzonderspatiesdienergensopmogen " * 3)
    save_item(activity, by=sanne, at=timezone.now())
    question = factories.question(placement, teacher=world.teacher)
    guidance.share_question(question, at=timezone.now())
    tip = save_snapshot(placement, SavedItem.Kind.TIP, "alone", TIP, at=timezone.now())
    with_tip = factories.question(placement, "Met een tip", teacher=world.teacher)
    guidance.add_item(with_tip, tip, position=1)
    guidance.add_item(with_tip, factories.reflection(placement, "Gesprek"), position=2)
    photo = factories.evidence(placement, "Langewoordenzonderspatiesdienergensopmogen.jpg")
    guidance.add_item(with_tip, photo, position=3)
    guidance.share_question(with_tip, at=timezone.now())
    talked_about = factories.question(
        placement, "Besproken", teacher=world.teacher, core=EVERY_ACT, shared_at=timezone.now()
    )
    message = factories.message(talked_about, sanne, "Langewoordenzonderspatiesdieng " * 4)
    gone = factories.evidence(placement, "Langewoordenzonderspatiesdienergensopmogen.pdf")
    guidance.add_item(question, gone, position=1)
    guidance.withdraw_question(question, at=timezone.now())
    guidance.share_question(question, at=timezone.now())
    delete_evidence(gone, at=timezone.now())
    for source in (photo, factories.reflection(placement, is_draft=True)):
        save_item(source, by=sanne, at=timezone.now())
    draft = factories.question(placement, "Nog een concept", teacher=world.teacher)
    to_share = factories.guest_question(placement, name="Langewoordenzonderspatiesdienergens")
    with_guest = factories.guest_question(placement, name="Langewoordenzonderspatiesdienergens" * 3)
    guidance.share_question(with_guest, at=timezone.now())
    moment = helped_by_others(world, placement)
    link = agreed_terms(placement)
    point = points_of_all_kinds(placement, talked_about)
    things = everything_of(placement, activity)
    talk, report, proposal = talks_of_all_kinds(talked_about)
    pages: dict[User | None, list[str]] = {
        sanne: [
            "/",
            "/activities/",
            "/activities/new/",
            f"/activities/{activity.pk}/",
            f"/activities/{activity.pk}/edit/",
            f"/activities/?logged={activity.pk}",
            "/saved/",
            "/tips/",
            f"/guidance/new/?saved={tip.pk}",
            "/insights/",
            "/guidance/",
            "/guidance/new/",
            f"/guidance/{to_share.pk}/",
            f"/guidance/{with_guest.pk}/",
            "/guidance/new/?all=1",
            "/guidance/new/steps/",
            *(
                f"/guidance/{draft.pk}/steps/?step={one}"
                for one in ("core", "who", "form", "items")
            ),
            f"/guidance/{draft.pk}/",
            f"/guidance/{question.pk}/",
            f"/guidance/{question.pk}/close/",
            "/guidance/points/",
            f"/guidance/points/{point.pk}/",
            f"/guidance/messages/{message.pk}/point/",
            f"/guidance/{proposal.question_id}/",
            f"/guidance/{question.pk}/talk/",
            f"/guidance/talks/{talk.pk}/",
            f"/guidance/talks/{talk.pk}/move/",
            f"/guidance/talks/{talk.pk}/report/",
            f"/guidance/reports/{report.pk}/",
            f"/guidance/{talked_about.pk}/",
            "/placement/",
            "/placement/new/",
            f"/placement/agreements/{link.pk}/",
            "/profile/",
            "/news/",
            "/password/change/",
            "/email/",
            *things,
        ],
        world.teacher: [
            "/",
            "/calendar/",
            f"/guidance/{proposal.question_id}/",
            f"/guidance/talks/{talk.pk}/",
            f"/guidance/reports/{report.pk}/",
            "/students/",
            f"/students/{placement.pk}/",
            "/placement/terms/",
            "/students/along/",
            "/students/replacing/",
            "/students/week/",
            "/students/week/moments/new/",
            f"/students/week/moments/{moment.pk}/",
            f"/placement/agreements/{link.pk}/",
            "/news/",
            f"/guidance/{with_tip.pk}/",
            *GUIDE,
            f"/guidance/{talked_about.pk}/",
            f"/guidance/{talked_about.pk}/speech-acts/",
            f"/guidance/messages/{message.pk}/speech-acts/",
            f"/guidance/messages/{message.pk}/quote/",
            f"/guidance/{talked_about.pk}/quote/",
            "/guidance/words/",
            "/guidance/words/?kind=closing",
            "/profile/",
            f"/guidance/{question.pk}/",
        ],
        None: [*ENTRANCE, *GUIDE],
    }
    wrong: list[str] = []
    for person in [sanne] if who == "student" else [world.teacher, None]:
        page = open_page()
        if person:
            sign_in(page, person)
        for path in pages[person]:
            answer = page.goto(path)
            assert answer
            assert answer.status == 200, path
            wrong += violations(page) + too_wide(page, path)
    if wrong:
        pytest.fail("\n".join(wrong))


def helped_by_others(world: World, placement: Placement) -> FixedMoment:
    """Let one colleague guide along and another stand in; give the teacher moments that overlap."""
    along, substitute = factories.person("Jan Jansen"), factories.person("Tom Hendriks")
    programme, now = placement.cohort.programme, timezone.now()
    for person in (along, substitute):
        ProgrammeMembership.objects.create(programme=programme, person=person, role=Role.TEACHER)
    ask_along([placement.teacher_links.get()], along, by=world.teacher, at=now)
    arrange_substitution(
        Substitution(
            teacher=world.teacher,
            substitute=substitute,
            institution=programme.institution,
            starts_on=placement.today(),
            ends_on=placement.today() + timedelta(days=9),
        ),
        by=world.teacher,
        at=now,
    )
    for end in (13, 14):
        moment = FixedMoment.objects.create(
            teacher=world.teacher,
            weekday=2,
            starts=time(12),
            ends=time(end),
            place="Langewoordenzonderspatiesdienergensopmogen" * 2,
        )
    return moment


def talks_of_all_kinds(
    question: GuidanceQuestion,
) -> tuple[Appointment, MeetingReport, TalkProposal]:
    """Make a talk that was, a shared report with an addition, and moments that wait."""
    now, teacher = timezone.now(), question.teacher
    assert teacher
    long = "https://video.example/langewoordenzonderspatiesdienergensopmogenhoudenwaarzestaan"
    talk = factories.talk(question, starts_at=now - timedelta(minutes=5), location=long)
    report = factories.report(
        question,
        "Langewoordenzonderspatiesdienergensopmogen",
        shared_at=now - timedelta(hours=1),
        addition="Goed zo",
        confirmed_by=teacher,
        confirmed_at=now - timedelta(hours=2),
    )
    proposal = propose_talk(
        TalkProposal(question=question, place=long),
        [now + timedelta(days=number) for number in (1, 2, 3)],
        by=teacher,
        at=now,
    )
    return talk, report, proposal


def points_of_all_kinds(placement: Placement, question: GuidanceQuestion) -> ActionPoint:
    """Make points that are done, past and to come, of the student and of the teacher."""
    long, day = "Langewoordenzonderspatiesdienergensopmogen" * 2, timezone.localdate()
    factories.point(placement, "Gedaan", done_at=timezone.now())
    factories.point(placement, "Eerder", due_on=day - timedelta(days=3))
    factories.point(placement, long, question=question, owner=question.teacher, due_on=day)
    return factories.point(placement, long, question=question, due_on=day + timedelta(days=9))


def agreed_terms(placement: Placement) -> PlacementTeacher:
    """Let a student and the teacher have agreed on something, with a proposal open; with leave."""
    link, now = placement.teacher_links.get(part="main"), timezone.now()
    for number, moments in enumerate(("Dinsdag om 12.15 uur", "Donderdag om 9.00 uur")):
        terms = TeacherTerms(response_days=3, moments=moments, channels="Bel als het dringt.")
        propose(link, terms, by=link.teacher, at=now)
        if number == 0:
            proposal = placement.working_agreements.get()
            confirm(link, proposal.pk, by=placement.student, at=now)
    day = timezone.localdate()
    TeacherLeave.objects.create(teacher=link.teacher, starts_on=day, ends_on=day)
    return link


def everything_of(placement: Placement, activity: Activity) -> list[str]:
    """Make one of everything else in a logbook; return the pages about it."""
    long = "Langewoordenzonderspatiesdienergensopmogen" * 2
    evidence = factories.evidence(placement, f"{long}.jpg", activity=activity)
    goal = factories.goal(placement, long, description=long)
    chain = factories.chain(placement, long)
    factories.activity(placement, long, minutes=90, chain=chain, goal=goal)
    reflection = factories.reflection(placement, long, activity=activity)
    entry = factories.entry(placement.cohort, "person", long, owner=placement.student)
    deadline, appointment = factories.deadline(placement, long), factories.appointment(placement)
    absence = factories.absence(placement, reason=long)
    keep_template(activity, long, at=timezone.now())
    sheet = f"datum;omschrijving;uren\n{placement.today()};{long};1\n31-31-2026;{long};veel\n"
    brought = keep_sheet(placement, BytesIO(sheet.encode()), f"{long}.csv", at=timezone.now())
    export = ask_export(
        Export(placement=placement, kind="activities", format="docx", language="nl"),
        at=timezone.now(),
    )
    return [
        "/activities/?q=langewoorden&person=" + str(entry.pk),
        f"/activities/new/?like={activity.pk}",
        f"/activities/{activity.pk}/feedback/",
        "/evidence/",
        f"/evidence/{evidence.pk}/",
        "/reflections/",
        f"/reflections/new/?model={reflection.model_id}",
        f"/reflections/{reflection.pk}/",
        f"/reflections/{reflection.pk}/edit/",
        "/goals/",
        "/goals/new/",
        f"/goals/{goal.pk}/",
        f"/goals/{goal.pk}/edit/",
        "/chains/",
        f"/chains/{chain.pk}/",
        "/lists/",
        f"/guidance/new/?goal={goal.pk}",
        "/calendar/",
        f"/calendar/?week={placement.today():%G-W%V}",
        "/calendar/deadlines/new/",
        f"/calendar/deadlines/{deadline.pk}/",
        "/calendar/appointments/new/",
        f"/calendar/appointments/{appointment.pk}/",
        "/calendar/feed/",
        "/placement/absences/",
        f"/placement/absences/{absence.pk}/",
        "/export/",
        f"/export/{export.pk}/",
        "/import/",
        f"/import/{brought.pk}/",
    ]


def too_wide(page: Page, path: str) -> list[str]:
    """Tell where something is wider than the window, from a small phone (a desk at 400 %) on."""
    found = []
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            found.append(f"{path} is {wide} px too wide at {width} px: {page.evaluate(OUTSIDE)}")
    return found


def test_what_was_typed_survives_an_expired_sign_in(open_page: OpenPage) -> None:
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    page = open_page(phone=True)
    sign_in(page, sanne)
    page.goto("/activities/new/")
    page.locator("textarea[name=description]").fill("Een lange dag vol storingen")
    page.locator("input[name=duration_hours]").fill("6")
    page.context.clear_cookies(name="sessionid")

    page.locator(".form-end .button").first.click()
    page.locator("input[name=login]").fill(sanne.email)
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.locator("main button").click()

    page.wait_for_url("**/activities/new/")
    expect(page.locator("textarea[name=description]")).to_have_value("Een lange dag vol storingen")
    expect(page.locator("input[name=duration_hours]")).to_have_value("6")
    expect(page.get_by_text("Wat je eerder typte, staat er weer.")).to_be_visible()


def test_draft_is_forgotten_once_the_server_has_it(open_page: OpenPage) -> None:
    world = World()
    noor = world.noor
    factories.activity(noor.placements.get(), "Eerder")
    page = open_page()
    sign_in(page, noor)
    page.goto("/placement/")
    page.goto(f"/placement/{noor.placements.get().pk}/edit/")
    page.locator("textarea[name=assignment]").fill("Een dashboard over meldingen")
    page.locator(".form-end .button").click()
    page.wait_for_url("**/placement/")

    page.goto(f"/placement/{noor.placements.get().pk}/edit/")

    expect(page.locator("textarea[name=assignment]")).to_have_value("Een dashboard over meldingen")
    expect(page.get_by_text("Wat je eerder typte")).to_have_count(0)


def test_signing_out_wipes_drafts_from_the_browser(open_page: OpenPage) -> None:
    world = World()
    page = open_page()
    sign_in(page, world.noor)
    page.goto("/activities/new/")
    page.locator("textarea[name=description]").fill("Alleen voor mij")
    page.locator("textarea[name=description]").blur()  # leaving a field keeps it at once
    kept = "Object.keys(localStorage).filter(key => key.startsWith('draft:')).length"
    assert page.evaluate(kept) == 1

    page.goto("/profile/")
    page.locator("form[data-sign-out] button").click()
    page.wait_for_url("**/login/**")

    assert page.evaluate(kept) == 0


def test_everything_works_without_script(open_page: OpenPage) -> None:
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    page = open_page(phone=True, script=False)
    sign_in(page, sanne)
    page.goto("/activities/new/")
    page.locator("textarea[name=description]").fill("Zonder script vastgelegd")
    page.locator("input[name=duration_hours]").fill("1")
    page.locator(".chip", has_text="Programmeren").click()
    page.locator("fieldset:has(input[name=people]) .chip", has_text="Anders").click()
    page.locator("input[name=people_own]").fill("De stagecoördinator")
    page.locator(".chip", has_text="Makkelijk").click()
    page.locator(".form-end .button").first.click()
    expect(page.locator(".activity-row")).to_contain_text("De stagecoördinator")
    page.locator(".icon-button").click()
    page.goto("/saved/")
    expect(page.locator(".timeline")).to_contain_text("Zonder script vastgelegd")
    page.goto("/guidance/new/?all=1")
    page.locator("input[name=title]").fill("Werkt dit zo?")
    page.locator("textarea[name=core]").fill("Ik heb geen script.")
    page.locator(".item-picker input").first.check()
    page.locator(".form-end .button").click()
    page.get_by_role("button", name="Delen met Mira de Vries").click()
    page.goto("/activities/")
    page.locator(".stretched-link").first.click()
    page.get_by_role("button", name="Verwijderen").click()
    expect(page.get_by_text("De activiteit is verwijderd.")).to_be_visible()
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(page.locator("h1")).to_be_visible()

    desk = open_page(script=False)
    sign_in(desk, world.teacher)
    desk.goto("/students/?q=sanne")
    desk.get_by_role("link", name="Sanne Bakker").click()
    expect(desk.locator(".shared-item")).to_contain_text("Zonder script vastgelegd")
    desk.locator("textarea[name$=text]").fill("Ja hoor.")
    desk.get_by_role("button", name="Antwoorden").click()
    expect(desk.locator(".message")).to_contain_text("Ja hoor.")


def test_earlier_days_follow_by_keyboard_and_the_address_keeps_up(open_page: OpenPage) -> None:
    world = World()
    placement = world.noor.placements.get()
    for number in range(30):
        for _ in range(3):
            factories.activity(
                placement,
                f"Dag {number}",
                date=placement.today() - timedelta(days=number),
            )
    page = open_page()
    sign_in(page, world.noor)
    page.goto("/activities/")
    expect(page.locator(".activity-row")).to_have_count(18)  # whole days
    more = page.get_by_role("link", name="Eerdere dagen")

    more.focus()  # coming into view is enough; whoever stood on the link goes on at the new rows

    expect(page.locator(".activity-row", has_text="Dag 10").first).to_be_visible()
    first_new = page.locator(".activity-row", has_text="Dag 6").first
    expect(first_new.get_by_role("link")).to_be_focused()
    assert "before=" in page.url
    page.reload()
    expect(page.get_by_role("link", name="Naar het nieuwste")).to_be_visible()


def test_slow_double_click_sends_a_message_once(open_page: OpenPage) -> None:
    world = World()
    question = factories.question(world.noor.placements.get(), teacher=world.teacher)
    guidance.share_question(question, at=timezone.now())
    desk = open_page()
    sign_in(desk, world.teacher)
    desk.goto(f"/guidance/{question.pk}/")
    desk.locator("textarea").fill("Eén keer is genoeg.")

    desk.get_by_role("button", name="Antwoorden").dblclick()

    expect(desk.locator(".message")).to_have_count(1)
    assert question.messages.count() == 1
