"""Journeys: every page, light and dark, on a phone and at a desk, as axe sees it."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.journeys.conftest import Browse
from tests.journeys.places import SPOTS, Spot
from tests.journeys.server import RunningPortal

SIZES = {"phone": (390, 844), "desk": (1280, 800)}
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


@pytest.mark.parametrize("spot", SPOTS, ids=str)
def test_axe_finds_nothing_against_a_page(
    browse: Browse, relais: RunningPortal, spot: Spot
) -> None:
    page = spot.opened(browse, relais)
    found = {}
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found[f"{size}, {scheme}"] = violations(page)
    assert not any(found.values()), found


def violations(page: Page) -> list[dict[str, Any]]:
    answer = Axe().run(page, options=RULES).response
    assert answer["passes"], "axe looked at something"
    return [
        {"rule": one["id"], "where": [node["html"][:200] for node in one["nodes"]]}
        for one in answer["violations"]
    ]
