"""Pictograms of easy reading: each name that may be written has its drawing."""

import re
from pathlib import Path

import pytest

import portal
from portal.education.markdown import pictograms
from tests.education.markup import SPRITE
from tests.education.texts import html_of

STATIC = Path(portal.__file__).parent / "static"


def _picto(name: str) -> str:
    return (
        '<span class="picto"><svg class="icon" aria-hidden="true" focusable="false">'
        f'<use href="{SPRITE}#{name}"/></svg></span>'
    )


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        (
            "- :pill: Prenez-le.\n- Puis : *mangez*.",
            f'<ul class="picto-list"><li>{_picto("pill")}<span>Prenez-le.</span></li>'
            "<li><span>Puis&nbsp;: <em>mangez</em>.</span></li></ul>",
        ),
        (
            "1. :pill: a\n\n2. :bed: b",
            f'<ol class="picto-list"><li>{_picto("pill")}<span>a</span></li>'
            f"<li>{_picto('bed')}<span>b</span></li></ol>",
        ),
        (
            "- :pill: a\n  - b",
            f'<ul class="picto-list"><li>{_picto("pill")}<div>a<ul><li>b</li></ul></div></li></ul>',
        ),
        (
            "- a\n  - :pill: b",
            f'<ul><li>a<ul class="picto-list"><li>{_picto("pill")}<span>b</span></li></ul>'
            "</li></ul>",
        ),
        ("- :nothing: a", "<ul><li>:nothing: a</li></ul>"),
        ("- :pill:a", "<ul><li>:pill:a</li></ul>"),
        ("- a :pill: b", "<ul><li>a&nbsp;:pill: b</li></ul>"),
        ("- \\:pill: a", "<ul><li>:pill: a</li></ul>"),
        (":pill: a", "<p>:pill: a</p>"),
    ],
)
def test_the_pictogram_stands_before_the_sentence(markdown: str, html: str) -> None:
    assert html_of(markdown, is_easy=True) == html


def test_the_whole_text_shows_none() -> None:
    assert html_of("- :pill: a") == "<ul><li>:pill: a</li></ul>"


def test_the_file_of_drawings_holds_exactly_the_names_that_may_be_written() -> None:
    text = (STATIC / pictograms.FILE).read_text()
    assert set(re.findall(r'<symbol id="([a-z0-9-]+)"', text)) == pictograms.PICTOGRAMS
    assert text.count("<symbol") == len(pictograms.PICTOGRAMS)


def test_the_address_of_the_drawings_is_escaped() -> None:
    html = pictograms.drawn(pictograms.place("pill"), '/"><script>')
    assert '<use href="/&quot;&gt;&lt;script&gt;#pill"/>' in html
