"""Which sentences of a page are of another language."""

import re

from babel.messages.pofile import read_po
from playwright.sync_api import Page

from portal.web.i18n import CATALOGUES

_WORD = re.compile(r"[^\W\d_]{2,}")
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
        if len(_WORD.findall(" ".join(parts))) >= 2:
            found.append(re.compile(".+".join(map(re.escape, parts))))
    return found


ENGLISH = _sentences([english for english, _french in _catalogue()])
FRENCH = _sentences([french for _english, french in _catalogue()])


def strangers(page: Page, sentences: list[re.Pattern[str]]) -> list[str]:
    """What the page says in those sentences, which are of another language."""
    words = {_plain(text) for text in page.evaluate(_WORDS)}
    assert len(words) > 3, "the page says something"
    return sorted(text for text in words if any(one.fullmatch(text) for one in sentences))
