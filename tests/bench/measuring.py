"""One installation on the embedded database, and pages asked for turn by turn."""

import sys
import time
from pathlib import Path
from statistics import median

from flask import Flask

from portal import create_app, migrations
from portal.config import Config
from portal.crypto import KeyRing
from tests.pages import PageClient

ROUNDS, WARMING_UP = 400, 40
BUDGET = 1.25
"""At most so many times as slow."""


def application(folder: Path) -> Flask:
    environ = {"PORTAL_INSTANCE_PATH": str(folder), "PORTAL_BASE_URL": "http://localhost"}
    config = Config.from_env(environ)
    KeyRing.generate().save(config.keys_file)
    app = create_app(config)
    migrations.upgrade(app.extensions["database"].engine)
    return app


def is_flat(name: str, pages: dict[int, tuple[PageClient, str]]) -> bool:
    """Prints what the page costs over few rows and over many, and how that compares.

    `pages` holds, for each number of rows behind it, who asks and for which path.
    """
    times = _times(pages)
    few, many = min(pages), max(pages)
    costs = {rows: median(times[rows]) * 1_000 for rows in (few, many)}
    ratio = costs[many] / costs[few]
    sys.stdout.write(
        f"{name} of {few:,}: {costs[few]:.2f} ms; of {many:,}: {costs[many]:.2f} ms;"
        f" ratio {ratio:.2f} (budget {BUDGET})\n"
    )
    return ratio <= BUDGET


def _times(pages: dict[int, tuple[PageClient, str]]) -> dict[int, list[float]]:
    """Turn by turn: what slows the machine slows both."""
    times: dict[int, list[float]] = {rows: [] for rows in pages}
    for number in range(WARMING_UP + ROUNDS):
        for rows, (reader, path) in pages.items():
            begin = time.perf_counter()
            # Without the checks of `PageClient`: they cost more than the page.
            answer = reader.client.get(path)
            spent = time.perf_counter() - begin
            assert answer.status_code == 200
            if number >= WARMING_UP:
                times[rows].append(spent)
    return times
