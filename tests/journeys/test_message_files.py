"""Journeys: a photo of the phone goes with a message, is seen in it, and opens."""

from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.journeys.conftest import Browse
from tests.journeys.messages_pages import Circle, a_circle, a_page
from tests.journeys.server import RunningPortal
from tests.journeys.watching import Watch
from tests.uploads import files

scripts = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
WORDS = "Voici la photo du pansement.\nEst-ce normal ?"


def _photo() -> FilePayload:
    """As a phone makes it: turned by the camera, with the place where it was taken."""
    picture = files.photo(size=(1600, 1200), orientation=6)
    return {"name": "IMG_20261122.jpg", "mimeType": "image/jpeg", "buffer": picture}


@pytest.fixture
def circle(relais: RunningPortal) -> Circle:
    return a_circle(relais)


def _choosing(browse: Browse, circle: Circle, **options: Any) -> Page:
    """Loïc has typed his text, and is where a file is chosen."""
    page = a_page(browse, circle, circle.people.paul, circle.thread, **options)
    page.locator("#body").fill(WORDS)
    page.get_by_role("button", name="Joindre une photo ou un PDF").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Joindre une photo ou un PDF")
    return page


def _joined(page: Page) -> Locator:
    page.locator("#file").set_input_files(_photo())
    page.get_by_label("Qu’y voit-on ?").fill("Le pansement de la cheville")
    page.get_by_role("button", name="Joindre", exact=True).click()
    return page.locator("#composer .attachment")


def _is_shown(picture: Locator) -> bool:
    """Its bytes arrived and are a picture."""
    picture.scroll_into_view_if_needed()
    address = picture.get_attribute("src") or ""
    answer = picture.page.request.get(address)
    return answer.ok and answer.headers["content-type"].startswith("image/")


@scripts
def test_a_photo_is_joined_sent_seen_and_opened(
    browse: Browse, circle: Circle, script: bool
) -> None:
    page = _choosing(browse, circle, java_script_enabled=script)
    joined = _joined(page)
    expect(joined).to_contain_text("IMG_20261122.jpg")
    expect(page.locator("#body")).to_have_value(WORDS)
    page.get_by_role("button", name="Envoyer pour Armelle").click()
    sent = page.locator("#exchange article").last
    picture = sent.get_by_role("img", name="Le pansement de la cheville")
    expect(picture).to_be_visible()
    assert _is_shown(picture)
    with page.expect_download() as download:
        sent.get_by_role("link", name="IMG_20261122.jpg").click()
    assert download.value.suggested_filename == "IMG_20261122.jpg"
    kept = download.value.path().read_bytes()
    assert kept.startswith(b"\xff\xd8")
    assert b"Telephone de Jeanne" not in kept
    assert [one.body for one in circle.messages()[1:]] == [WORDS]


@scripts
def test_a_file_that_cannot_be_joined_says_why_and_what_can(
    browse: Browse, circle: Circle, watch: Watch, script: bool
) -> None:
    watch.expect("/")
    page = _choosing(browse, circle, java_script_enabled=script)
    page.locator("#file").set_input_files(
        {"name": "page.html", "mimeType": "text/html", "buffer": b"<script>alert(1)</script>"}
    )
    page.get_by_role("button", name="Joindre", exact=True).click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_contain_text("Choisissez une photo (JPEG, PNG, WebP) ou un PDF")
    expect(page).to_have_title("Erreur : Joindre une photo ou un PDF — pour Armelle — Relais")
    if script:
        expect(summary).to_be_focused()
    expect(_joined(page)).to_contain_text("IMG_20261122.jpg")


def test_a_photo_on_its_way_is_shown_and_tried_again_when_the_network_was_lost(
    browse: Browse, circle: Circle, watch: Watch
) -> None:
    watch.expect("/")
    page = _choosing(browse, circle)
    tries: list[Route] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        tries.append(route)
        return route.abort("connectionreset") if len(tries) == 1 else route.fallback()

    page.route("**/attachments?*", lose_the_first)
    page.locator("#file").set_input_files(_photo())
    page.get_by_role("button", name="Joindre", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator("#composer .attachment")).to_have_count(1)
    assert len(tries) == 2


def test_without_a_network_the_photo_stays_chosen_and_leaves_when_asked_again(
    browse: Browse, circle: Circle
) -> None:
    page = _choosing(browse, circle)
    page.locator("#file").set_input_files(_photo())
    page.context.set_offline(True)
    page.get_by_role("button", name="Joindre", exact=True).click()
    expect(page.locator("#announcements")).not_to_be_empty()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    page.context.set_offline(False)
    page.get_by_role("button", name="Joindre", exact=True).click()
    expect(page.locator("#composer .attachment")).to_contain_text("IMG_20261122.jpg")
