"""The ways to the pages of modules: a module of the demo, read by somebody of their own."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

MODULE = "insuffisance-cardiaque-se-peser"
QUESTION = "Vous avez pris 2 kg en 3 jours. Vous vous sentez bien. Que faites-vous ?"
AGAIN = "Lundi : 70 kg. Jeudi : 72 kg. Votre souffle est bon. Quel est le bon geste ?"


def _read_by(who: str, rest: str) -> Callable[[Browse, RunningPortal], Page]:
    def opened(browse: Browse, relais: RunningPortal) -> Page:
        page = browse(who)
        page.goto(f"/p/{relais.patient('Jeanne')}/education{rest}")
        return page

    return opened


def _visited(rest: str) -> Callable[[Browse, RunningPortal], Page]:
    def opened(browse: Browse, _relais: RunningPortal) -> Page:
        page = browse()
        page.goto(f"/library{rest}")
        return page

    return opened


def _answered(browse: Browse, relais: RunningPortal) -> Page:
    page = _read_by("paul", f"/{MODULE}/questions/1")(browse, relais)
    page.get_by_role("radio").first.check()
    page.locator("main form button").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("?")
    return page


def _word_explained(browse: Browse, relais: RunningPortal) -> Page:
    page = _visited(f"/{MODULE}/1")(browse, relais)
    page.locator("h1").click()
    page.wait_for_selector("[aria-haspopup=dialog]")
    page.get_by_role("link", name="œdème", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    return page


def _kept_on_the_device(browse: Browse, relais: RunningPortal) -> Page:
    page = _visited(f"/{MODULE}/1")(browse, relais)
    page.locator("h1").click()
    page.locator("[data-keep-it]").click()
    expect(page.locator("[data-forget-it]")).to_be_visible()
    return page


SPOTS = (
    Spot("modules", "Apprendre", _read_by("jeanne", "")),
    Spot("modules-of-a-carer", "Apprendre", _read_by("paul", "")),
    Spot("module-step", "Comprendre pourquoi se peser", _read_by("paul", f"/{MODULE}/1")),
    Spot("module-easy", "Se peser de la même façon", _read_by("paul", f"/{MODULE}/2?easy=1")),
    Spot("module-question", QUESTION, _read_by("paul", f"/{MODULE}/questions/1")),
    Spot("module-again", AGAIN, _read_by("paul", f"/{MODULE}/questions/1?again=1")),
    Spot("module-answer", "Pas tout à fait : regardons ensemble", _answered),
    Spot("module-end", "Et maintenant ?", _read_by("paul", f"/{MODULE}/end")),
    Spot("module-search", "Chercher un module", _read_by("paul", "?q=ballance+sel")),
    Spot("module-on-paper", "Se peser chaque matin", _read_by("paul", f"/{MODULE}/print")),
    Spot("library", "Comprendre, pour mieux vivre", _visited("")),
    Spot("library-step", "Comprendre pourquoi se peser", _visited(f"/{MODULE}/1")),
    Spot("library-search", "Comprendre, pour mieux vivre", _visited("?q=sel&theme=heart")),
    Spot("library-nothing", "Comprendre, pour mieux vivre", _visited("?q=ballance+xyz")),
    Spot("library-easy", "Comprendre pourquoi se peser", _visited(f"/{MODULE}/1?easy=1")),
    Spot("library-word", "Comprendre pourquoi se peser", _word_explained),
    Spot("library-kept", "Comprendre pourquoi se peser", _kept_on_the_device),
    Spot("library-on-paper", "Se peser chaque matin", _visited(f"/{MODULE}/print?easy=1")),
    Spot("library-question", QUESTION, _visited(f"/{MODULE}/questions/1")),
)
