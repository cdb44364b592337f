"""Whatever is written, what comes out holds only what experts may write; and it comes out soon."""

import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.education.markdown import plain_text
from portal.education.markdown.sanitizing import sanitized
from tests.education.hostile import VECTORS
from tests.education.hostile_html import HTML
from tests.education.markup import SPRITE, strangers
from tests.education.texts import faults_of, html_of

SYNTAX = (
    *"*_`[]()<>!#|-+:\\&\"'~= \n\t",
    "!! ",
    "- :pill: ",
    "- ",
    "1. ",
    "> ",
    "](term:œdème)",
    "](https://a.fr)",
    "![](image:scale",
    "|-|-|\n",
    "```",
    "<b>",
    "&#x",
    "    ",
    "\n\n",
)
TEXTS = st.lists(st.sampled_from(SYNTAX) | st.sampled_from(VECTORS) | st.text(max_size=8)).map(
    "".join
)


def test_the_corpus_is_large() -> None:
    assert len(set(VECTORS)) >= 200


@pytest.mark.parametrize("is_easy", [False, True])
def test_no_vector_leaves_anything_but_what_is_allowed(is_easy: bool) -> None:
    found = {text: strangers(html_of(text, is_easy=is_easy)) for text in VECTORS}
    assert {text: odd for text, odd in found.items() if odd} == {}


@given(text=TEXTS | st.text(), is_easy=st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_text_leaves_anything_but_what_is_allowed(text: str, is_easy: bool) -> None:
    assert strangers(html_of(text, is_easy=is_easy)) == []
    assert all(1 <= one.line <= text.count("\n") + text.count("\r") + 1 for one in faults_of(text))
    assert plain_text(text) == "\n".join(filter(None, plain_text(text).split("\n")))


def test_lone_surrogates_and_controls_are_left_out() -> None:
    assert html_of("a\ud800b\x00\x07\ufdd0\U0001ffff\u202ec&#x202e;") == "<p>abc</p>"


def test_the_allow_list_holds_by_itself() -> None:
    """Even markup that the renderer never writes comes out clean."""
    found = {text: [odd for odd in _strangers_of_loose(text) if "src=" not in odd] for text in HTML}
    assert {text: odd for text, odd in found.items() if odd} == {}


def _strangers_of_loose(text: str) -> list[str]:
    # Closed in an element so that what the vector leaves open ends there.
    return strangers(str(sanitized(f"<div>{text}</div>", sprite_url=SPRITE)))


@pytest.mark.parametrize(
    ("markup", "clean"),
    [
        ('<p class="button" id="a" style="b" title="c" data-a="d" hx-get="/e">f</p>', "<p>f</p>"),
        ('<a class="button" href="/x" rel="opener" target="_blank">a</a>', "<a>a</a>"),
        ('<a href="#main">a</a><a href="http://b">b</a>', "<a>a</a><a>b</a>"),
        ('<img src="//a" width="1e9" loading="eager" srcset="b">', "<img>"),
        ('<span class="picto"></span><span class="picto x"></span>', "<span></span><span></span>"),
        ('<svg class="icon"><use href="/a#b"></use></svg>a', "a"),
        ("<h1>a</h1><b>b</b>", "ab"),
    ],
)
def test_the_allow_list_knows_values(markup: str, clean: str) -> None:
    assert str(sanitized(markup, sprite_url=SPRITE)) == clean


LINES = {
    "quotations": ">" * 64_000,
    "lists": "- " * 32_000,
    "brackets": "[" * 64_000,
    "images": "![" * 32_000,
    "closed brackets": "[" * 32_000 + "]" * 32_000,
    "nested links": "[" * 12_000 + "a" + "](b)" * 12_000,
    "half links": "[a](" * 16_000,
    "emphasis": "*a_b " * 12_800,
    "deep emphasis": "*a " * 10_000 + "a* " * 10_000,
    "backticks": "".join("`" * size + " " for size in range(1, 350)),
    "references": "[a]: b\n" * 9_000,
    "tags": "<a " * 21_000,
    "entities": "&" * 64_000,
    "escapes": "\\" * 64_000,
    "words": "](term:" * 9_000,
    "key points": "!! a\n" * 12_800,
    "pictograms": "- :pill: a\n" * 5_800,
    "a long line": "a : " * 16_000,
}


@pytest.mark.parametrize("use", [html_of, plain_text, faults_of])
@pytest.mark.parametrize("text", LINES.values(), ids=LINES)
def test_long_and_deep_texts_end_soon(text: str, use: Callable[[str], object]) -> None:
    begun = time.process_time()
    use(text)
    # An order of magnitude above what it takes; what grows with the square takes minutes.
    assert time.process_time() - begun < 10


def test_depth_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    depth = 0

    def look(_frame: object, event: str, _value: object) -> None:
        nonlocal depth
        depth += {"call": 1, "return": -1}.get(event, 0)
        deepest.append(depth)

    deepest: list[int] = []
    html_of("a")
    sys.setprofile(look)
    try:
        for text in (">" * 10_000, "[" * 10_000 + "]" * 10_000, "- " * 5_000, "**a " * 5_000):
            html_of(text + "\n")
    finally:
        sys.setprofile(None)
    assert max(deepest) < 300
