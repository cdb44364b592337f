"""Journeys: what the first page and the next ones weigh, as sent."""

import warnings
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

KB = 1000
PAGES = {"home": "/", "agenda": "/agenda", "team": "/care-team", "messages": "/messages"}


class Meter:
    """Bytes that crossed the network for each address, headers included, as Chromium counts."""

    def __init__(self, page: Page) -> None:
        self.bytes: dict[str, float] = {}
        self._urls: dict[str, str] = {}
        devtools = page.context.new_cdp_session(page)
        devtools.on("Network.requestWillBeSent", self._sent)
        devtools.on("Network.loadingFinished", self._finished)
        devtools.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        self._urls[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        if event["encodedDataLength"] and event["requestId"] in self._urls:
            path = urlsplit(self._urls[event["requestId"]]).path
            self.bytes[path] = self.bytes.get(path, 0) + event["encodedDataLength"]

    def report(self) -> str:
        lines = [f"{size / KB:7.2f} kB  {path}" for path, size in self.bytes.items()]
        return "\n".join(["", *lines, f"{sum(self.bytes.values()) / KB:7.2f} kB  in all"])


def as_sent(page: Page, path: str) -> float:
    """An answer that the page's own meter does not see, asked for as a browser asks."""
    address = urljoin(page.url, path)
    asked = Request(address, headers={"Accept-Encoding": "gzip, br"})  # noqa: S310  # our own server
    with urlopen(asked, timeout=10) as answer:  # noqa: S310
        return len(answer.read()) + sum(len(n) + len(v) + 4 for n, v in answer.headers.items())


def _hope(name: str, measured: float, goal: float) -> None:
    if measured > goal * KB:
        warnings.warn(f"{name}: {measured / KB:.2f} kB, the goal is {goal} kB", stacklevel=2)


def _first_visit(browse: Browse, path: str) -> tuple[Page, Meter]:
    # The page's meter cannot look into a service worker; its own file is added below.
    page = browse("paul", service_workers="block")
    meter = Meter(page)
    page.goto(path, wait_until="networkidle")
    icon = page.locator("link[rel=icon]").get_attribute("href") or ""
    for unseen in (icon, "/service-worker.js"):
        meter.bytes.setdefault(unseen, as_sent(page, unseen))
    return page, meter


@pytest.mark.parametrize("name", PAGES)
def test_a_first_visit_fits_the_budget(browse: Browse, relais: RunningPortal, name: str) -> None:
    path = f"/p/{relais.patient('Jeanne')}{PAGES[name]}"
    _page, meter = _first_visit(browse, path)
    style = next(one for one in meter.bytes if "/css/app" in one)
    total, html_and_css = sum(meter.bytes.values()), meter.bytes[path] + meter.bytes[style]
    assert total <= 40 * KB, meter.report()
    assert html_and_css <= 18 * KB, meter.report()
    assert len(meter.bytes) <= 6, meter.report()
    _hope(f"first visit to {name}", total, 25)
    _hope(f"HTML and CSS of {name}", html_and_css, 14)


@pytest.mark.parametrize("name", PAGES)
def test_a_later_page_is_one_small_request(
    browse: Browse, relais: RunningPortal, name: str
) -> None:
    patient = f"/p/{relais.patient('Jeanne')}"
    page, _first = _first_visit(browse, "/account")
    meter = Meter(page)
    page.goto(f"{patient}{PAGES[name]}", wait_until="networkidle")
    assert list(meter.bytes) == [f"{patient}{PAGES[name]}"], meter.report()
    assert sum(meter.bytes.values()) <= 6 * KB, meter.report()
    _hope(f"later visit to {name}", sum(meter.bytes.values()), 3)
