"""The text of an expert becomes what the format says, and the same in French typography."""

import pytest

from portal.education.markdown import Picture, Term, plain_text, render
from tests.education.texts import html_of, rendered

NBSP = "&nbsp;"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("Un *mot*, un **autre**.", "<p>Un <em>mot</em>, un <strong>autre</strong>.</p>"),
        ("un\ndeux  \ntrois", "<p>un\ndeux<br>trois</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("> a\nb", "<blockquote><p>a\nb</p></blockquote>"),
        ("a\n***\nb", "<p>a</p><hr><p>b</p>"),
        ("*a*b _c_d_", "<p><em>a</em>b <em>c_d</em></p>"),
        ("**a*b**", "<p><strong>a*b</strong></p>"),
        ("***a***", "<p><em><strong>a</strong></em></p>"),
        ("`` `a` ``", "<p><code>`a`</code></p>"),
        ("```html\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("\\*a\\* &eacute;&#33;", "<p>*a* é!</p>"),
        ("<b>a</b> 1 < 2 & 3", "<p>&lt;b&gt;a&lt;/b&gt; 1 &lt; 2 &amp; 3</p>"),
        ("", ""),
        ("#", ""),
        ("- ", "<ul><li></li></ul>"),
        (
            "| a | b |\n|:-:|---|\n| 1 | *2* |",
            '<table><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>'
            "<tbody><tr><td>1</td><td><em>2</em></td></tr></tbody></table>",
        ),
    ],
)
def test_common_mark(markdown: str, html: str) -> None:
    assert html_of(markdown) == html


@pytest.mark.parametrize(
    ("level", "html"),
    [
        (2, "<h2>a</h2><h2>b</h2><h3>c</h3><h6>d</h6><h2>e</h2>"),
        (3, "<h3>a</h3><h3>b</h3><h4>c</h4><h6>d</h6><h3>e</h3>"),
    ],
)
def test_headings_stand_below_the_title_of_the_page(level: int, html: str) -> None:
    text = "# a\n## b\n### c\n###### d\ne\n===\n"
    assert html_of(text, heading_level=level) == html


def _aside(*paragraphs: str) -> str:
    inside = "".join(f"<p>{one}</p>" for one in paragraphs)
    return f'<aside class="key-point"><strong>À retenir</strong>{inside}</aside>'


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("!! Appelez **vite**.", _aside("Appelez <strong>vite</strong>.")),
        ("!! Un\ndeux\n\ntrois", _aside("Un\ndeux") + "<p>trois</p>"),
        ("!! Un\n!! Deux", _aside("Un", "Deux")),
        ("avant\n!! Un", "<p>avant</p>" + _aside("Un")),
        ("- avant\n!! Un", "<ul><li>avant</li></ul>" + _aside("Un")),
        ("!! Un\n- après", _aside("Un") + "<ul><li>après</li></ul>"),
        ("> !! Un\nlà", f"<blockquote>{_aside('Un')}</blockquote><p>là</p>"),
        (
            "- a\n\n  !! Un\n  deux\n\nb",
            f"<ul><li><p>a</p>{_aside('Un<br>deux')}</li></ul><p>b</p>",
        ),
        ("!!Un", "<p>!!Un</p>"),
        ("!!", "<p>!!</p>"),
        ("\\!! Un", "<p>!! Un</p>"),
        ("Oui !! Un", f"<p>Oui{NBSP}!! Un</p>"),
    ],
)
def test_key_points(markdown: str, html: str) -> None:
    assert html_of(markdown) == html.replace("Un<br>", "Un\n")


def test_the_label_of_key_points_is_text() -> None:
    done = render("!! a", images={}, glossary={}, key_point="<i>", sprite_url="/s", typo=str)
    assert "<strong>&lt;i&gt;</strong>" in done.html


def test_words_of_the_glossary_lead_to_their_meanings() -> None:
    done = rendered(
        "[les *chevilles* gonflent](term:Œdème), [le cœur](term:insuffisance  cardiaque),"
        " [encore](<term:oe\u0064ème>), [encore](term:œde\u0300me) ![x](term:œdème)"
    )
    assert done.html == (
        '<p><a class="term" href="#term-1">les <em>chevilles</em> gonflent</a>,'
        ' <a class="term" href="#term-2">le cœur</a>, encore,'
        ' <a class="term" href="#term-1">encore</a> x</p>'
    )
    assert done.terms == (
        Term("œdème", "De l’eau dans les chevilles.", "term-1"),
        Term("insuffisance cardiaque", "Un cœur fatigué.", "term-2"),
    )


FIGURE = (
    '<figure><img src="/images/scale" width="640" height="480" loading="lazy" decoding="async"'
    ' alt="Une balance &quot;plate&quot;">'
)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("![](image:scale)", f"{FIGURE}</figure>"),
        (
            '![](image:scale "Posée : l\'eau")',
            f"{FIGURE}<figcaption>Posée{NBSP}: l’eau</figcaption></figure>",
        ),
        ("- ![](image:scale)", f"<ul><li>{FIGURE}</figure></li></ul>"),
        ("![](image:scale)\n![](image:scale)", f"{FIGURE}</figure>" * 2),
        ("![ici](image:scale) a", "<p>ici a</p>"),
        ("![](image:other)", ""),
        ("![](https://evil.test/a.png)", ""),
        ("![](/static/a.png)", ""),
        ("![](data:image/png;base64,AAAA)", ""),
    ],
)
def test_images_are_those_of_the_module(markdown: str, html: str) -> None:
    assert html_of(markdown) == html


def test_an_image_from_another_host_never_reaches_the_page() -> None:
    for src in ("https://evil.test/a", "//evil.test/a", "/\\evil.test/a", "data:image/png,a"):
        images = {"a": Picture(src, 1, 1, "a")}
        done = render(
            "![](image:a)", images=images, glossary={}, key_point="", sprite_url="/s", typo=str
        )
        assert "<img" in done.html
        assert "src" not in done.html


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("[a](https://ameli.fr/x?y=1&z#t)", '<a href="https://ameli.fr/x?y=1&amp;z#t" {rel}>a</a>'),
        ('[a](HTTPS://ameli.fr "t")', '<a href="https://ameli.fr" {rel}>a</a>'),
        ("<https://ameli.fr>", '<a href="https://ameli.fr" {rel}>https://ameli.fr</a>'),
        ("[a]\n\n[a]: https://ameli.fr:443", '<a href="https://ameli.fr:443" {rel}>a</a>'),
        ("[`a`](https://ameli.fr)", '<a href="https://ameli.fr" {rel}><code>a</code></a>'),
        ("[é](https://é.fr/é)", '<a href="https://xn--9ca.fr/%C3%A9" {rel}>é</a>'),
        ("[a](https://ameli.fr@evil.test)", "a"),
        ("[a](http://ameli.fr)", "a"),
        ("[a](javascript:hit\\(\\))", "a"),
        ("[a](/account)", "a"),
        ("a[](https://ameli.fr)[![](image:scale)](https://ameli.fr)", "a"),
    ],
)
def test_links_lead_to_pages_of_others_over_https(markdown: str, html: str) -> None:
    expected = html.replace("{rel}", 'rel="noopener noreferrer"')
    assert html_of(markdown) == f"<p>{expected}</p>"


def test_the_typography_is_french() -> None:
    text = "L'eau : 2 kg en 3 jours ! « Oui » à 14 h 30 ; **non** ? `l'a !` [d'ici](https://a.fr)"
    assert html_of(text) == (
        f"<p>L’eau{NBSP}: 2{NBSP}kg en 3 jours{NBSP}! «{NBSP}Oui{NBSP}» à 14{NBSP}h{NBSP}30{NBSP};"
        f" <strong>non</strong>{NBSP}? <code>l'a !</code>"
        ' <a href="https://a.fr" rel="noopener noreferrer">d’ici</a></p>'
    )


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("# a\nb *c*\nd\n\n- e\n- f\n\n> g", ["a", "b c d", "e", "f", "g"]),
        ("!! a\n!! b\n\nc", ["a", "b", "c"]),
        ("[a](https://x.fr) [b](term:œdème) <b>", ["a b <b>"]),
        ("- :pill: a\n- :other: b\n\n:pill: c", ["a", ":other: b", ":pill: c"]),
        ('![d](image:scale "a\nb")\n\n`c`', ["a b", "c"]),
        ("|a|b|\n|-|-|\n|c|d|\n\n```\ne\nf\n```", ["a", "b", "c", "d", "e f"]),
        ("a&nbsp;b\\!\u202e  \nc", ["a b! c"]),
    ],
)
def test_plain_text_is_one_block_on_each_line(markdown: str, lines: list[str]) -> None:
    assert plain_text(markdown).split("\n") == lines
