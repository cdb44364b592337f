"""A real browser reads hostile texts without the policy that would stop them, and with htmx."""

import json
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Route

import portal
from tests.education.hostile import VECTORS
from tests.education.hostile_html import HTML
from tests.education.markup import ALLOWED, SPRITE
from tests.education.texts import html_of

ORIGIN = "http://reading.test"
STATIC = Path(portal.__file__).parent / "static"
HTMX = next((STATIC / "js").glob("htmx-*.min.js"))
# What a page of ours asks for by itself; the image is that of the module.
FILES = {
    "/htmx.js": (HTMX, "text/javascript"),
    SPRITE: (STATIC / "icons" / "pictograms.svg", "image/svg+xml"),
    "/images/scale": (STATIC / "icons" / "relais.svg", "image/svg+xml"),
}
# Puts everything in place a second time as text, which is where markup mutates; then touches it.
_PROVOKE = """
() => {
  const texts = [...document.querySelectorAll('.vector')];
  for (const text of texts) {
    text.innerHTML = text.innerHTML;
    window.htmx.process(text);
  }
  for (const node of document.querySelectorAll('.vector *')) {
    for (const name of ['mouseover', 'mouseenter', 'focus', 'load', 'error', 'toggle', 'begin']) {
      node.dispatchEvent(new Event(name));
    }
  }
}
"""
_LOOK = """
(names) => [...document.querySelectorAll('.vector')].flatMap((text, at) =>
  [...text.querySelectorAll('*')].flatMap((node) => {
    const isSvg = node.namespaceURI === 'http://www.w3.org/2000/svg';
    const name = (isSvg ? 'svg:' : '') + node.localName;
    const known = names[name];
    if (!known) return [[at, name]];
    return [...node.attributes]
      .filter(({ name: key, value }) =>
        !(key in known) || !new RegExp(`^(?:${known[key]})$`, 'u').test(value))
      .map(({ name: key, value }) => [at, `${name} ${key}=${value}`]);
  }))
"""


class Seen(NamedTuple):
    """What a browser did with a page of texts."""

    requests: list[str]
    dialogs: list[str]
    hits: int
    strangers: list[list[Any]]
    texts: int
    address: str


Read = Callable[[Sequence[str]], Seen]


@pytest.fixture
def read(browser: Browser) -> Iterator[Read]:
    contexts = []

    def read(texts: Sequence[str]) -> Seen:
        context = browser.new_context()
        contexts.append(context)
        requests: list[str] = []
        dialogs: list[str] = []

        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(ORIGIN)
            if path == "/":
                route.fulfill(body=_page(texts), content_type="text/html; charset=utf-8")
            elif path in FILES:
                file, media_type = FILES[path]
                route.fulfill(body=file.read_bytes(), content_type=media_type)
            else:
                requests.append(route.request.url)
                route.abort()

        context.route("**/*", answer)
        context.add_init_script("window.hits = 0; window.hit = () => { window.hits += 1; };")
        page = context.new_page()
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(f"{ORIGIN}/", wait_until="load")
        page.evaluate(_PROVOKE)
        # Two frames and a timer: what waits for its turn has had it.
        page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
        return Seen(
            requests,
            dialogs,
            page.evaluate("window.hits"),
            page.evaluate(_LOOK, json.loads(json.dumps(ALLOWED))),
            page.locator("main > .vector").count(),
            page.url,
        )

    yield read
    for context in contexts:
        context.close()


def _page(texts: Sequence[str]) -> str:
    sections = "".join(f'<div class="vector">{text}</div>\n' for text in texts)
    return (
        f'<!doctype html><html lang="fr"><title>{escape("Étape")}</title><link rel="icon"'
        f' href="data:,"><script src="/htmx.js"></script><main>{sections}</main></html>'
    )


@pytest.mark.parametrize("is_easy", [False, True], ids=["whole text", "easy reading"])
def test_no_hostile_text_becomes_more_than_text(read: Read, is_easy: bool) -> None:
    seen = read([html_of(text, is_easy=is_easy) for text in VECTORS])
    assert [(VECTORS[at], what) for at, what in seen.strangers] == []
    assert seen == Seen([], [], 0, [], len(VECTORS), f"{ORIGIN}/")


# What stands in the corpus to act in one of these ways, given to the browser as it is.
ACTING = [
    "<script>hit()</script>",
    "<img src=x onerror=hit()>",
    "<svg><script>hit()</script></svg>",
    "<details open ontoggle=hit()><summary>x</summary></details>",
]


@pytest.mark.parametrize("text", ACTING)
def test_the_same_text_acts_where_nothing_stops_it(read: Read, text: str) -> None:
    assert text in HTML
    seen = read([text])
    assert seen.hits
    assert seen.strangers


@pytest.mark.parametrize(
    "text",
    [
        '<img src="/evil.png">',
        "<link rel=stylesheet href=/evil.css>",
        "<div hx-get=/evil hx-trigger=load>x</div>",
    ],
)
def test_a_request_would_be_seen(read: Read, text: str) -> None:
    assert text in HTML
    assert any("/evil" in address for address in read([text]).requests)


def test_a_dialog_and_a_broken_page_would_be_seen(read: Read) -> None:
    seen = read(["<script>alert('x')</script>", "</div></main><p>", "a"])
    assert seen.dialogs == ["x"]
    assert seen.texts < 3
