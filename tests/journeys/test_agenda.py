"""Journeys: from week to week, the lists, one appointment."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Browse
from tests.journeys.places import BY_VIDEO, CANCELLED, SCAN
from tests.journeys.server import RunningPortal

WEEK = re.compile(r"week=\d{4}-W\d{2}")
Agenda = Callable[..., Page]


@pytest.fixture
def agenda(browse: Browse, relais: RunningPortal) -> Agenda:
    """Jeanne's, on her son's phone."""

    def agenda(path: str = "", **options: object) -> Page:
        page = browse("paul", **options)
        page.goto(f"/p/{relais.patient('Jeanne')}/agenda{path}")
        return page

    return agenda


def week_of(page: Page) -> str:
    return page.locator("#week").inner_text()


def test_the_next_week_comes_without_a_new_page(agenda: Agenda) -> None:
    page = agenda()
    this_week = week_of(page)
    page.evaluate("window.isTheSamePage = true")
    page.get_by_role("link", name="Semaine suivante").click()
    expect(page.locator("#week")).not_to_have_text(this_week)
    expect(page.locator("#week")).to_be_focused()
    expect(page).to_have_url(WEEK)
    assert page.evaluate("window.isTheSamePage") is True
    next_week = week_of(page)
    page.get_by_role("link", name="Semaine précédente").click()
    expect(page.locator("#week")).to_have_text(this_week)
    expect(page.locator("#week")).to_be_focused()
    page.go_back()
    expect(page.locator("#week")).to_have_text(next_week)
    page.go_back()
    expect(page.locator("#week")).to_have_text(this_week)


def test_the_address_of_a_week_leads_to_that_week(agenda: Agenda) -> None:
    page = agenda()
    page.get_by_role("link", name="Semaine suivante").click()
    expect(page).to_have_url(WEEK)
    shown = week_of(page)
    page.reload()
    expect(page.locator("#week")).to_have_text(shown)
    page.get_by_role("link", name="Revenir à cette semaine").click()
    expect(page.get_by_role("link", name="Revenir à cette semaine")).to_have_count(0)
    expect(page.locator("#week")).not_to_have_text(shown)


def test_without_script_the_weeks_are_plain_links(agenda: Agenda) -> None:
    page = agenda(java_script_enabled=False)
    this_week = week_of(page)
    page.get_by_role("link", name="Semaine suivante").click()
    expect(page).to_have_url(WEEK)
    expect(page.locator("#week")).not_to_have_text(this_week)
    page.get_by_role("link", name="Semaine précédente").click()
    expect(page.locator("#week")).to_have_text(this_week)


def test_the_three_views_show_what_comes_and_what_was(agenda: Agenda) -> None:
    page = agenda()
    views = page.get_by_role("navigation", name="Façons de voir l’agenda")
    views.get_by_role("link", name="À venir").click()
    expect(page).to_have_title(re.compile("^Tous les rendez-vous à venir"))
    expect(page.get_by_role("link", name="Échographie du cœur", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Première rencontre")).to_have_count(0)
    views.get_by_role("link", name="Passés").click()
    expect(page).to_have_title(re.compile("^Rendez-vous passés"))
    expect(page.get_by_role("link", name="Première rencontre")).to_be_visible()
    expect(page.get_by_role("link", name="Échographie du cœur", exact=True)).to_have_count(0)
    expect(views.locator("[aria-current]")).to_have_text("Passés")


def test_a_day_of_the_week_leads_to_its_visits(agenda: Agenda) -> None:
    page = agenda("?week=" + _week_with_visits(agenda))
    day = page.locator(".week-day[data-count]").first
    target = day.get_attribute("href") or ""
    day.click()
    expect(page).to_have_url(re.compile(f"{target}$"))
    expect(page.locator(target)).to_be_in_viewport()


def _week_with_visits(agenda: Agenda) -> str:
    """One with a day that is still to come: next week always has a visit of the nurse."""
    page = agenda()
    for _week in range(3):
        if page.locator(".week-day[data-count]").count():
            found = WEEK.search(page.url)
            if found:
                return found.group().removeprefix("week=")
        before = week_of(page)
        page.get_by_role("link", name="Semaine suivante").click()
        expect(page.locator("#week")).not_to_have_text(before)
    raise AssertionError("three weeks without a visit")


def test_an_appointment_is_opened_from_the_agenda_and_says_what_to_prepare(agenda: Agenda) -> None:
    page = agenda("?view=list")
    page.get_by_role("link", name="Échographie du cœur", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Échographie du cœur")
    expect(page.locator("main")).to_contain_text("Apporter les derniers résultats")
    expect(page.locator("main")).to_contain_text("C’est une proposition")
    page.locator(".back-link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agenda de Jeanne")


def test_the_phone_numbers_can_be_dialled(agenda: Agenda, relais: RunningPortal) -> None:
    page = agenda(f"/{relais.visit('Jeanne', **SCAN)}")
    calls = page.locator('main a[href^="tel:"]')
    expect(calls.first).to_be_visible()
    for call in calls.all():
        assert re.fullmatch(r"tel:\+33\d{9}", call.get_attribute("href") or "")
        assert re.search(r"(\d\d\s){4}\d\d", call.text_content() or ""), "the number is read aloud"


def test_a_cancelled_visit_says_so_and_a_video_visit_can_be_joined(
    agenda: Agenda, relais: RunningPortal
) -> None:
    page = agenda(f"/{relais.visit('Jeanne', **CANCELLED)}")
    expect(page.locator(".notice.is-alert")).to_contain_text("Ce rendez-vous est annulé.")
    page = agenda(f"/{relais.visit('Jeanne', **BY_VIDEO)}")
    join = page.get_by_role("link", name="Rejoindre la téléconsultation")
    expect(join).to_have_attribute("href", "https://visio.example.org/salle/4821")
