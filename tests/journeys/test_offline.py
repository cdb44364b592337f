"""Journeys: the network goes away and comes back."""

from playwright.sync_api import expect

from tests.journeys.conftest import Browse
from tests.journeys.places import no_network
from tests.journeys.server import RunningPortal

_KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      kept.push([new URL(request.url).pathname, answer.headers.get('content-type') ?? '',
                 await answer.text()]);
    }
  }
  return kept;
}"""


def test_without_network_a_page_says_so_and_the_way_back_works(
    browse: Browse, relais: RunningPortal
) -> None:
    page = no_network(browse, relais)
    expect(page.get_by_role("heading", level=1)).to_have_text("Pas de connexion")
    expect(page.locator("main")).to_contain_text("Cet appareil n’est pas connecté à Internet.")
    expect(page.get_by_role("link", name="15 Samu")).to_be_visible()
    assert "Jeanne" not in page.content()
    font = page.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert font > 20, "the style is there"
    page.context.set_offline(False)
    page.get_by_role("link", name="Réessayer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pour qui consultez-vous ?")


def test_nothing_of_a_patient_stays_on_the_device(browse: Browse, relais: RunningPortal) -> None:
    page = no_network(browse, relais)
    page.context.set_offline(False)
    page.goto(f"/p/{relais.patient('Jeanne')}/care-team")
    kept = page.evaluate(_KEPT)
    paths = [path for path, _kind, _text in kept]
    assert any(path.startswith("/static/css/") for path in paths)
    assert all(path.startswith("/static/") or path == "/service-worker.js" for path in paths)
    for path, kind, text in kept:
        assert "html" not in kind, path
        assert not any(word in text for word in ("Jeanne", "Morel", "Haddad")), path
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("indexedDB.databases()") == []
