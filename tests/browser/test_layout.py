"""How pages look on a phone and at a desk, as far as it can be measured."""

import pytest
from playwright.sync_api import Page

from stageapp.logbook.actions_lists import keep_template
from stageapp.placements.models import Placement
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

#: Words on two lines that would fit on one; a hyphen or a slash may end a line.
CUT_WORDS = """() => {
  const cut = [];
  const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.parentElement.getClientRects().length) continue;
    if (text.parentElement.closest('textarea, select')) continue;
    for (const word of text.data.matchAll(/[^\\s–/@.-]+/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const parts = [...range.getClientRects()];
      const width = parts.reduce((sum, part) => sum + part.width, 0);
      let block = text.parentElement;
      while (getComputedStyle(block).display === 'inline') block = block.parentElement;
      const isCut = new Set(parts.map(part => Math.round(part.top))).size > 1;
      const room = Math.max(block.clientWidth, block.parentElement.clientWidth - 64);
      if (isCut && width < room) cut.push(word[0]);
    }
  }
  return cut;
}"""
#: Links and buttons that a finger can miss; a stretched link is as large as its card.
LOW = """() => [...document.querySelectorAll('a, button, summary')]
  .filter(one => one.getClientRects().length)
  .filter(one => !one.matches('.stretched-link, .skip-link'))
  .filter(one => one.getBoundingClientRect().height < 24)
  .map(one => one.outerHTML.slice(0, 120))"""
#: Rows in which buttons that stand side by side differ.
UNEVEN = """() => [...document.querySelectorAll('.button-row, .form-end')].filter(row => {
  const boxes = [...row.querySelectorAll('.button')].map(one => one.getBoundingClientRect());
  return boxes.some((box, at) => {
    const before = boxes[at - 1];
    if (!before || Math.abs(before.top - box.top) > box.height / 2) return false;
    return Math.abs(before.top - box.top) > 0.5 || Math.abs(before.height - box.height) > 0.5;
  });
}).map(row => row.outerHTML.slice(0, 120))"""
#: The space between the bar of a form and the menu.
GAP = """() => document.querySelector('.main-navigation').getBoundingClientRect().top
  - document.querySelector('.form-end').getBoundingClientRect().bottom"""


def logbook_of(placement: Placement) -> list[str]:
    """Fill a logbook with long words of Dutch; return the pages about it."""
    words = placement.cohort.vocabulary
    placement.workplace.name = "Ziekenhuis Het Anker, afdeling Longgeneeskunde"
    placement.workplace.save()
    activity = factories.activity(
        placement,
        "Arbeidsomstandigheden besproken met de kwaliteitsfunctionaris",
        goal=factories.goal(placement, "Verantwoordelijkheid nemen"),
        chain=factories.chain(placement, "Kwaliteitsverbetering"),
    )
    activity.people.add(words.filter(kind="person").first())  # type: ignore[arg-type]
    activity.competences.set(placement.cohort.competences.all())
    factories.entry(
        placement.cohort, "person", "Kwaliteitsfunctionaris", owner=placement.student, position=1000
    )
    factories.evidence(placement, "schets.jpg", activity=activity)
    factories.reflection(placement, "Verantwoordelijkheid", activity=activity)
    keep_template(activity, "Kwaliteitsoverleg", at=activity.created_at)
    return [
        "/activities/",
        "/activities/new/",
        f"/activities/{activity.pk}/",
        "/goals/",
        f"/goals/{activity.goal_id}/",
        "/chains/",
        "/reflections/",
        "/evidence/",
        "/lists/",
        "/calendar/",
        "/placement/",
        "/placement/absences/",
        "/profile/",
    ]


def wrong_on(page: Page, path: str) -> list[str]:
    """Tell what is wrong with a page, from a small phone to a desk."""
    page.goto(path)
    found = []
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for name, script in (("cut", CUT_WORDS), ("low", LOW), ("uneven", UNEVEN)):
            found += [f"{path} {width} px, {name}: {one}" for one in page.evaluate(script)]
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
def test_words_are_whole_links_large_and_buttons_even(open_page: OpenPage, language: str) -> None:
    student = World().student(
        "Lotte Jansen", "lotte@demo.example", weeks=2, programme="verpleegkunde", language=language
    )
    paths = logbook_of(student.placements.get())
    page = open_page()
    sign_in(page, student)

    wrong = [problem for path in paths for problem in wrong_on(page, path)]

    if wrong:
        pytest.fail("\n".join(wrong))


@pytest.mark.parametrize("width", [320, 390, 768])
def test_bar_of_a_form_stands_right_on_the_menu(open_page: OpenPage, width: int) -> None:
    student = World().student("Sanne Bakker", "sanne@demo.example", weeks=2)
    page = open_page(phone=True)
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, student)

    page.goto("/activities/new/")

    assert abs(page.evaluate(GAP)) < 1


def test_focus_is_not_hidden_behind_the_bar(open_page: OpenPage) -> None:
    student = World().student("Sanne Bakker", "sanne@demo.example", weeks=2)
    page = open_page(phone=True)
    sign_in(page, student)
    page.goto("/activities/new/")
    page.locator("input[name=date]").focus()

    for _ in range(20):
        page.keyboard.press("Tab")
        box = page.evaluate(
            """() => {
                const bar = document.querySelector('.form-end');
                const focused = document.activeElement;
                if (focused.closest('.form-end, .main-navigation, footer')) return null;
                const shown = (focused.closest('.chip') ?? focused).getBoundingClientRect();
                return [shown.bottom, bar.getBoundingClientRect().top];
            }"""
        )
        if box is None:
            break
        assert box[0] <= box[1] + 1
