"""Journeys: what pages of modules weigh, as sent."""

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Browse
from tests.journeys.education_pages import MODULE
from tests.journeys.server import RunningPortal
from tests.journeys.test_weight import KB, Meter, as_sent

FIRST, LATER = 40 * KB, 8 * KB
AFTERWARDS = 4 * KB
"""What makes a page better once it is read: with the first touch, or after three seconds."""
STEPS = [f"/library/{MODULE}/1", "/p/{jeanne}/education/" + MODULE + "/1"]


def _path(relais: RunningPortal, path: str) -> str:
    return path.replace("{jeanne}", str(relais.patient("Jeanne")))


def _visited(browse: Browse, relais: RunningPortal, path: str) -> tuple[Page, Meter]:
    """As long as it takes for what comes later to come."""
    # The meter cannot look into a service worker: what it fetches is added below.
    page = browse("paul" if path.startswith("/p/") else None, service_workers="block")
    meter = Meter(page)
    page.goto(_path(relais, path), wait_until="load")
    page.wait_for_timeout(5000)
    unseen = [page.locator("link[rel=icon]").get_attribute("href") or ""]
    if path.startswith("/p/"):
        unseen.append("/service-worker.js")
    for one in unseen:
        meter.bytes.setdefault(one, as_sent(page, one))
    return page, meter


@pytest.mark.parametrize("path", ["/library", *STEPS])
def test_a_first_visit_fits_the_budget(browse: Browse, relais: RunningPortal, path: str) -> None:
    _page, meter = _visited(browse, relais, path)
    later = {one: size for one, size in meter.bytes.items() if "/js/reading" in one}
    at_once = {one: size for one, size in meter.bytes.items() if one not in later}
    assert sum(at_once.values()) <= FIRST, meter.report()
    assert len(at_once) <= 6, meter.report()
    assert sum(later.values()) <= AFTERWARDS, meter.report()


@pytest.mark.parametrize("path", STEPS)
def test_a_later_step_is_one_small_request(
    browse: Browse, relais: RunningPortal, path: str
) -> None:
    page, _first = _visited(browse, relais, path)
    meter = Meter(page)
    wanted = _path(relais, path).removesuffix("/1") + "/2"
    page.goto(wanted)
    page.wait_for_timeout(4000)
    assert list(meter.bytes) == [wanted], meter.report()
    assert sum(meter.bytes.values()) <= LATER, meter.report()
