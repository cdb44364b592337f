"""Journeys: a public module is kept on the device, read without network, and taken away again."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Browse
from tests.journeys.education_pages import MODULE, QUESTION
from tests.journeys.server import RunningPortal

STEP = f"/library/{MODULE}/1"
_TEXTS = """async () => {
  const texts = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) texts.push(await (await cache.match(request)).text());
  }
  return texts;
}"""
_ADDRESSES = """async (slug) => {
  const cache = await caches.open('relais-module-' + slug);
  return (await cache.keys()).map(({ url }) => new URL(url).pathname + new URL(url).search);
}"""
_CONTROLLED = """async () => (await navigator.serviceWorker.ready)
  && navigator.serviceWorker.controller || (location.reload(), false)"""


def _keep(page: Page) -> None:
    page.locator("h1").click()
    page.get_by_role("button", name="Garder sur cet appareil").click()
    expect(page.get_by_role("button", name="Retirer de cet appareil")).to_be_focused()
    expect(page.locator("[data-keep] [role=status]")).to_contain_text("Gardé sur cet appareil")


def _kept(browse: Browse) -> Page:
    page = browse()
    page.goto(STEP)
    _keep(page)
    page.wait_for_function(_CONTROLLED, polling=500)
    return page


def test_a_whole_module_is_read_without_network(browse: Browse) -> None:
    page = _kept(browse)
    page.context.set_offline(True)
    page.goto("/library/chutes-a-domicile/1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pas de connexion")
    page.get_by_role("link", name="Lire les modules gardés ici").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("À lire sans connexion")
    page.locator("h1").click()
    page.get_by_role("link", name="Se peser chaque matin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Comprendre pourquoi se peser")
    assert page.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > 20
    page.get_by_role("link", name="Lecture facile").click()
    page.wait_for_url("**/1?easy=1")
    for number in range(2, 6):
        page.get_by_role("link", name="J’ai lu").click()
        page.wait_for_url(f"**/{number}?easy=1")
    page.get_by_role("link", name="J’ai lu, les questions").or_(
        page.get_by_role("link", name="J’ai lu")
    ).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Valider ma réponse").click()
    page.get_by_role("link", name="autres mots").or_(
        page.get_by_role("link", name="autrement")
    ).first.click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Valider ma réponse").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("connexion")


def test_what_is_kept_is_listed_with_its_day_and_size_and_removed(browse: Browse) -> None:
    page = _kept(browse)
    page.goto("/library/preparer-le-pilulier/1")
    _keep(page)
    page.get_by_role("link", name="Ce que garde cet appareil").click()
    page.locator("h1").click()
    rows = page.locator("[data-shelf] li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(" ko")
    expect(rows.first).to_contain_text("202")
    page.get_by_role("button", name="Retirer Se peser").click()
    expect(rows).to_have_count(1)
    expect(page.locator("[data-shelf] [role=status]")).to_have_text("Retiré de cet appareil.")
    expect(page.get_by_role("heading", name="À lire sans connexion")).to_be_focused()
    names = page.evaluate("caches.keys()")
    assert f"relais-module-{MODULE}" not in names
    assert "relais-module-preparer-le-pilulier" in names


def test_a_copy_made_while_signed_in_is_the_one_that_everybody_gets(
    browse: Browse, relais: RunningPortal
) -> None:
    page = browse("paul")
    page.goto(f"/p/{relais.patient('Jeanne')}/education/{MODULE}/1")
    _keep(page)
    for text in page.evaluate(_TEXTS):
        for word in ("Paul", "Jeanne", relais.patient("Jeanne"), "sign-out"):
            assert str(word) not in text
    addresses = page.evaluate(_ADDRESSES, MODULE)
    assert all(one.startswith(("/library", "/static/")) for one in addresses)


def test_a_withdrawn_module_leaves_the_device(browse: Browse) -> None:
    page = browse()
    page.goto(STEP)
    page.locator("h1").click()
    expect(page.get_by_role("button", name="Garder sur cet appareil")).to_be_visible()
    # As if it had been kept before it was withdrawn: nothing of that address is there any more.
    page.evaluate(
        """async () => {
          const cache = await caches.open('relais-module-retire');
          const about = { slug: 'retire', title: 'Retiré', lang: 'fr', version: '1' };
          const said = JSON.stringify({ ...about, at: 1, bytes: 9 });
          await cache.put('/library?about', new Response(said));
          await navigator.serviceWorker.register('/library/worker.js');
        }"""
    )
    page.wait_for_function(_CONTROLLED, polling=500)
    page.goto("/library/chutes-a-domicile/1")
    page.wait_for_function("async () => !(await caches.has('relais-module-retire'))")


def test_whoever_asks_for_nothing_keeps_nothing(browse: Browse) -> None:
    page = browse()
    page.goto(STEP)
    page.locator("h1").click()
    expect(page.get_by_role("button", name="Garder sur cet appareil")).to_be_visible()
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations()") == []
