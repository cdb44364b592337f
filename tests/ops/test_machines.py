"""What machines ask for: health, the icon, the page for an absent network."""

import re

from flask import Flask

from tests.pages import PageClient


def test_the_icon_is_where_browsers_look_for_it(reader: PageClient, app: Flask) -> None:
    answer = reader.get("/favicon.ico")

    assert answer.status_code == 303
    assert answer.headers["Location"] == app.extensions["assets"].url("icons/relais.svg")
    assert "Set-Cookie" not in answer.headers


def test_the_page_without_network_asks_only_for_what_is_kept(reader: PageClient) -> None:
    script = reader.get("/service-worker.js").text
    kept = re.search(r"const STATIC = (\[.*?\]);", script)
    assert kept

    asked = set(re.findall(r'(?:href|src)=\\"(/[^#\\"]+)', script))
    # A link to follow: the worker of the library answers it from what the reader kept.
    asked.remove("/library/kept")

    assert any("/icons/relais" in url for url in asked), "else browsers ask for /favicon.ico"
    assert all(f'"{url}"' in kept[1] for url in asked), asked
