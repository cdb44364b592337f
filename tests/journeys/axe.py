"""What axe says of a page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

_EVERY_RULE = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
_RULES_OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def violations(page: Page) -> list[dict[str, Any]]:
    return _violations(page, _EVERY_RULE)


def violations_of_colour(page: Page) -> list[dict[str, Any]]:
    """Of a page that was already looked at in other colours: nothing else can differ."""
    return _violations(page, _RULES_OF_COLOUR)


def _violations(page: Page, rules: dict[str, Any]) -> list[dict[str, Any]]:
    options = {"resultTypes": ["violations"], "runOnly": rules}
    answer = Axe().run(page, options=options).response
    assert answer["passes"], "axe looked at something"
    return [
        {"rule": one["id"], "where": [node["html"][:200] for node in one["nodes"]]}
        for one in answer["violations"]
    ]
