"""Templates, style sheet, script and sprite know each other: nothing unstyled, nothing unused."""

import re
from pathlib import Path

import pytest

PORTAL = Path(__file__).parents[2] / "portal"
TEMPLATES = sorted((PORTAL / "templates").rglob("*.html"))
STYLES = sorted((PORTAL / "static" / "css").rglob("*.css"))
SCRIPTS = [*(PORTAL / "static" / "js").glob("[!h]*.js")]
_CLASS_ATTRIBUTE = re.compile(r'class(?:="|=\')((?:\{[%{].*?[%}]\}|[^"\'{])*)["\']', re.DOTALL)
_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_STRING = re.compile(r"'([^']*)'")
_WORD = re.compile(r"-?[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SELECTOR_CLASS = re.compile(r"\.(-?[a-z][a-z0-9-]*)")

# Classes that stand in pages for another reason than their look.
UNSTYLED_ON_PURPOSE: dict[str, str] = {}
# Classes that no template and no script writes out.
USED_OTHERWISE = {"htmx-request": "put on and taken off by htmx itself"}


def _classes_of_css() -> set[str]:
    found = set()
    for path in STYLES:
        css = re.sub(r'"[^"]*"|url\([^)]*\)', "", _COMMENT.sub("", path.read_text()))
        for selector in re.findall(r"([^{}]+)\{", css):
            found |= set(_SELECTOR_CLASS.findall(selector))
    return found


def _classes_of_templates() -> set[str]:
    """Plain words of class attributes, and the variants that macros put after `is-`."""
    found: set[str] = set()
    for path in TEMPLATES:
        for value in _CLASS_ATTRIBUTE.findall(path.read_text()):
            found |= {word for word in _JINJA.sub(" ", value).split() if not word.endswith("-")}
    return found


def _words_of_sources() -> set[str]:
    """Every word in a template, a script or a page's code: where a class may come from."""
    python = [PORTAL / "identity" / "totp.py", *(PORTAL / "education" / "markdown").glob("*.py")]
    text = "\n".join(path.read_text() for path in [*TEMPLATES, *SCRIPTS, *python])
    return set(re.findall(r"[A-Za-z0-9_-]+", text))


def test_every_class_of_a_page_is_styled() -> None:
    unstyled = _classes_of_templates() - _classes_of_css() - UNSTYLED_ON_PURPOSE.keys()
    assert sorted(unstyled) == []


def test_every_class_of_the_style_sheet_is_used() -> None:
    words = _words_of_sources()
    composed = {name for name in _classes_of_css() if name.removeprefix("is-") in words}
    unused = _classes_of_css() - words - composed - USED_OTHERWISE.keys()
    assert sorted(unused) == []


def test_the_exceptions_are_still_needed() -> None:
    assert not UNSTYLED_ON_PURPOSE.keys() & _classes_of_css()
    assert USED_OTHERWISE.keys() <= _classes_of_css()


def _sprite() -> set[str]:
    text = (PORTAL / "static" / "icons" / "sprite.svg").read_text()
    return set(re.findall(r'<symbol id="([a-z0-9-]+)"', text))


def _icons() -> set[str]:
    """Names given to the icon macro, to notices, to kinds, and to the tabs of the frame."""
    found: set[str] = set()
    for path in TEMPLATES:
        text = path.read_text()
        found |= set(re.findall(r"icon\('([a-z0-9-]+)'", text))
        found |= set(re.findall(r"notice\('[a-z]*', '([a-z0-9-]+)'\)", text))
        for table in re.findall(r"kind_icons = \{([^}]*)\}", text):
            found |= set(_STRING.findall(table)[1::2])
    chrome = (PORTAL / "web" / "chrome.py").read_text()
    found |= set(re.findall(r'"([a-z-]+)", gettext', chrome))
    return found


def test_every_icon_is_in_the_sprite_and_the_sprite_holds_no_other() -> None:
    assert len(_icons()) >= 20
    assert sorted(_icons() - _sprite()) == []
    assert sorted(_sprite() - _icons()) == []


def test_only_the_qr_code_is_put_on_a_page_unescaped() -> None:
    found = [
        (path.name, match)
        for path in TEMPLATES
        for match in re.findall(r"[\w.]+\s*\|\s*safe|autoescape[^%]*|Markup\(", path.read_text())
    ]
    assert {match for _name, match in found} == {"qr|safe"}, found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_a_script_a_style_or_a_foreign_address(path: Path) -> None:
    text = path.read_text()
    # A letter is no page: no style sheet of ours reaches it.
    styles = "<style" if path.parent.name == "email" else r"<style|\sstyle="
    assert not re.search(rf"{styles}|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text)


def test_no_code_builds_markup_outside_the_templates() -> None:
    # Texts of experts, once nothing but an allow-list is left of them.
    exception = PORTAL / "education" / "markdown" / "sanitizing.py"
    assert exception.read_text().count("Markup(") == 1
    for path in PORTAL.rglob("*.py"):
        text = path.read_text()
        assert "Markup(" not in text or path == exception, path.name
        assert "render_template_string" not in text, path.name
