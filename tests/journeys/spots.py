"""What a page is that can be looked at."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal


@dataclass(frozen=True)
class Spot:
    """A page that can be looked at; `opened` stands on it, under this heading in French."""

    name: str
    heading: str
    opened: Callable[[Browse, RunningPortal], Page]

    def __str__(self) -> str:
        return self.name
