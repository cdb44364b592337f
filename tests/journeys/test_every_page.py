"""Journeys: every page speaks one language, fits the narrowest phone, and axe finds nothing.

One visit answers for all of it: the way to some pages is long.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import violations, violations_of_colour
from tests.journeys.conftest import Browse
from tests.journeys.languages import ENGLISH, FRENCH, strangers
from tests.journeys.places import SPOTS
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot
from tests.journeys.widths import too_wide_at_320_pixels

SIZES = {"phone": (390, 844), "desk": (1280, 800)}


@pytest.fixture
def read_in_english(relais: RunningPortal) -> Iterator[None]:
    relais.speak("en")
    yield
    relais.speak("fr")


@pytest.mark.parametrize("spot", SPOTS, ids=str)
def test_a_page_is_french_accessible_and_narrow(
    browse: Browse, relais: RunningPortal, spot: Spot
) -> None:
    page = spot.opened(browse, relais)
    expect(page.get_by_role("heading", level=1, name=spot.heading, exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    found: dict[str, list[Any]] = {"English words": strangers(page, ENGLISH)}
    found |= _seen_by_axe(page)
    found |= too_wide_at_320_pixels(page)
    assert not any(found.values()), found


@pytest.mark.usefixtures("read_in_english")
@pytest.mark.parametrize("spot", SPOTS, ids=str)
def test_an_english_page_holds_no_french(
    browse: Browse, relais: RunningPortal, base_url: str, spot: Spot
) -> None:
    def with_english_phone(persona: str | None = None, **options: Any) -> Page:
        page = browse(persona, locale="en-GB", **options)
        # What a phone keeps of a reader who chose English, for pages without a session.
        page.context.add_cookies([{"name": "language", "value": "en", "url": base_url}])
        return page

    page = spot.opened(with_english_phone, relais)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert not strangers(page, FRENCH)


def _seen_by_axe(page: Page) -> dict[str, list[Any]]:
    found = {}
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="light")
        found[f"axe, {size}, light"] = violations(page)
        page.emulate_media(color_scheme="dark")
        found[f"axe, {size}, dark"] = violations_of_colour(page)
    return found
