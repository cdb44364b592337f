"""Journeys: no page speaks two languages."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page, expect

from portal.web.i18n import CATALOGUES
from tests.journeys.conftest import Browse
from tests.journeys.places import SPOTS, Spot
from tests.journeys.server import RunningPortal

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
# What is seen or read aloud: text that takes up room, names of things, the title. A mail to
# somebody else is in their language, and says so.
_WORDS = """() => {
  const found = [document.title], page = document.documentElement.lang;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: holder, data } = walker.currentNode;
    const isOurs = holder.closest('[lang]').lang === page;
    if (isOurs && holder.checkVisibility() && data.trim()) found.push(data);
  }
  for (const element of document.querySelectorAll('[aria-label], [alt], [placeholder]')) {
    for (const name of ['aria-label', 'alt', 'placeholder']) {
      if (element.hasAttribute(name)) found.push(element.getAttribute(name));
    }
  }
  return found;
}"""


def _plain(text: str) -> str:
    """Without the typography that pages add."""
    return " ".join(text.replace("’", "'").split())


def _catalogue() -> list[tuple[str, str]]:
    """English and French of each message whose words differ."""
    with (CATALOGUES / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="fr") if message.id]
    pairs = []
    for message in messages:
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        given = message.string or ""
        strings = [given] if isinstance(given, str) else list(given)
        pairs += [(_plain(i), _plain(s)) for i in ids for s in strings if _plain(i) != _plain(s)]
    return pairs


def _sentences(texts: list[str]) -> list[re.Pattern[str]]:
    """Those of two words or more, placeholders not counted; one word may be a name or a title."""
    found = []
    for text in sorted(set(texts)):
        parts = _PLACEHOLDER.split(text)
        if len(" ".join(parts).split()) >= 2:
            found.append(re.compile(".+".join(map(re.escape, parts))))
    return found


ENGLISH = _sentences([english for english, _french in _catalogue()])
FRENCH = _sentences([french for _english, french in _catalogue()])


def _strangers(page: Page, sentences: list[re.Pattern[str]]) -> list[str]:
    words = {_plain(text) for text in page.evaluate(_WORDS)}
    assert len(words) > 3, "the page says something"
    return sorted(text for text in words if any(one.fullmatch(text) for one in sentences))


@pytest.fixture
def read_in_english(relais: RunningPortal) -> Iterator[None]:
    relais.speak("en")
    yield
    relais.speak("fr")


@pytest.mark.parametrize("spot", SPOTS, ids=str)
def test_a_french_page_holds_no_english(browse: Browse, relais: RunningPortal, spot: Spot) -> None:
    page = spot.opened(browse, relais)
    expect(page.get_by_role("heading", level=1, name=spot.heading, exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert not _strangers(page, ENGLISH)


@pytest.mark.usefixtures("read_in_english")
@pytest.mark.parametrize("spot", SPOTS, ids=str)
def test_an_english_page_holds_no_french(
    browse: Browse, relais: RunningPortal, base_url: str, spot: Spot
) -> None:
    def with_english_phone(persona: str | None = None) -> Page:
        page = browse(persona, locale="en-GB")
        # What a phone keeps of a reader who chose English, for pages without a session.
        page.context.add_cookies([{"name": "language", "value": "en", "url": base_url}])
        return page

    page = spot.opened(with_english_phone, relais)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert not _strangers(page, FRENCH)


def test_the_link_on_the_sign_in_page_changes_the_language_for_good(browse: Browse) -> None:
    page = browse()
    page.goto("/sign-in")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello. Sign in.")
    page.goto("/sign-in")
    expect(page.locator("html")).to_have_attribute("lang", "en")
