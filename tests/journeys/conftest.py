"""One demo and one browser for each worker; every journey is watched."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.journeys.acts import sign_in
from tests.journeys.server import RunningPortal
from tests.journeys.watching import Watch

# The shell first: the same engine without the surroundings that nobody sees.
_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome", "chrome")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Browse = Callable[..., Page]
"""`browse("paul")`: a page of that person's own phone; `browse()`: of a stranger's."""


def _browser_program(playwright: Playwright) -> str | None:
    """The system's Chromium, or Playwright's own; without any, the journeys are not run."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None and not Path(playwright.chromium.executable_path).exists():
        missing = "no Chromium was found: the journeys in a real browser were not run"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(playwright: Playwright) -> dict[str, Any]:
    program = _browser_program(playwright)
    own = {"executable_path": program} if program else {}
    return own | {"headless": True, "args": list(_FLAGS)}


@pytest.fixture(scope="session")
def relais(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    running = RunningPortal(tmp_path_factory.mktemp("demo"))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def base_url(relais: RunningPortal) -> str:
    return relais.url


@pytest.fixture(scope="session")
def browser_context_args(base_url: str) -> dict[str, Any]:
    return {
        "base_url": base_url,
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "viewport": {"width": 390, "height": 844},
        "reduced_motion": "reduce",
    }


@pytest.fixture
def watch(base_url: str) -> Watch:
    return Watch(base_url)


@pytest.fixture(scope="session")
def signed_in_phones() -> dict[str, Any]:
    """What the browser of each person keeps once they signed in."""
    return {}


@pytest.fixture
def browse(
    browser: Browser,
    browser_context_args: dict[str, Any],
    relais: RunningPortal,
    watch: Watch,
    signed_in_phones: dict[str, Any],
) -> Iterator[Browse]:
    contexts: list[BrowserContext] = []

    def opened(**options: Any) -> Page:
        context = browser.new_context(**(browser_context_args | options))
        context.set_default_timeout(10_000)
        contexts.append(context)
        watch.follow(context)
        return context.new_page()

    def browse(persona: str | None = None, **options: Any) -> Page:
        if persona is None:
            return opened(**options)
        if persona not in signed_in_phones:
            page = opened()
            sign_in(page, relais, persona)
            signed_in_phones[persona] = page.context.storage_state()
            page.context.close()
        return opened(storage_state=signed_in_phones[persona], **options)

    yield browse
    for context in contexts:
        context.close()
    watch.check()
