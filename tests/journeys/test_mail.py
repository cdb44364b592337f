"""Journeys: a mail is read, on the operator's page of the demo, and from a real mail server."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import enrol, sign_in
from tests.journeys.axe import violations
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.sheets import invite_relative
from tests.mailbox import Mailbox

CHOOSE = "Choisissez un nouveau mot de passe"


def _ask_for_a_new_password(page: Page, email: str) -> None:
    page.goto("/password-reset")
    page.get_by_role("textbox").fill(email)
    page.get_by_role("textbox").press("Enter")
    page.wait_for_url("**/password-reset/sent")


def test_the_operator_of_the_demo_opens_the_link_of_a_mail(
    browse: Browse, relais: RunningPortal
) -> None:
    _ask_for_a_new_password(browse(), "sylvie@example.org")
    operator = browse("admin")
    operator.goto("/ops/accounts")
    operator.get_by_role("link", name="E-mails").first.click()
    mail = operator.get_by_role("article").filter(has_text="sylvie@example.org").first
    for _second in range(20):  # the worker looks every second
        if mail.is_visible():
            break
        operator.wait_for_timeout(500)
        operator.reload()
    expect(mail.get_by_role("heading")).to_have_text(CHOOSE)
    expect(mail).to_contain_text("Ce n’était pas vous ?")
    path = mail.get_by_role("link", name=CHOOSE).get_attribute("href")
    assert path is not None
    assert path.startswith("/password-reset/")
    reader = browse()
    reader.goto(path)
    expect(reader.get_by_role("heading", level=1)).to_have_text(CHOOSE)


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def posting(mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """A demo whose mails leave through a mail server."""
    running = RunningPortal(tmp_path_factory.mktemp("posting"), mailbox=mailbox)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def page_of_posting(posting: RunningPortal, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=posting.url, locale="fr-FR")
    yield context.new_page()
    context.close()


def test_a_mail_arrives_once_the_mail_server_is_back(
    page_of_posting: Page, posting: RunningPortal, mailbox: Mailbox
) -> None:
    page = page_of_posting
    mailbox.stop()
    _ask_for_a_new_password(page, "sylvie@example.org")
    page.wait_for_timeout(1_500)
    assert "ConnectionRefusedError" in posting.command("outbox", "list")
    mailbox.start()
    mail = mailbox.wait_for("sylvie@example.org", subject=CHOOSE)
    assert mail.url.startswith(f"{posting.url}/password-reset/")
    page.goto(mail.path)
    expect(page.get_by_role("heading", level=1)).to_have_text(CHOOSE)
    assert posting.command("outbox", "list").startswith("0 pending")


def test_somebody_invited_by_mail_comes_in_and_the_inviter_is_told(
    page_of_posting: Page, posting: RunningPortal, mailbox: Mailbox, browser: Browser
) -> None:
    jeanne = page_of_posting
    sign_in(jeanne, posting, "jeanne")
    friend = {"given": "Lucie", "family": "Le Dantec", "email": "lucie@example.org"}
    invite_relative(jeanne, posting, patient="Jeanne", **friend)

    mail = mailbox.wait_for("lucie@example.org")
    assert not any(word in mail.raw.decode() for word in ("Jeanne", "Morel", "Lucie", "Tilleuls"))
    phone = browser.new_context(base_url=posting.url, locale="fr-FR")
    lucie = phone.new_page()
    lucie.goto(mail.path)
    enrol(lucie, posting)
    expect(lucie).to_have_url(f"/p/{posting.patient('Jeanne')}/")
    again = phone.new_page()
    again.goto(mail.path)
    expect(again.get_by_role("heading", level=1)).to_have_text(
        "Cette invitation ne peut pas servir"
    )
    phone.close()
    told = mailbox.wait_for("jeanne@example.org")
    assert "Lucie" not in told.raw.decode()


def test_with_a_mail_server_the_operator_reads_nobodys_mail(
    page_of_posting: Page, posting: RunningPortal
) -> None:
    sign_in(page_of_posting, posting, "admin")
    page_of_posting.goto("/ops/accounts")
    expect(page_of_posting.get_by_role("link", name="E-mails")).to_have_count(0)
    answer = page_of_posting.goto("/ops/mail")
    assert answer is not None
    assert answer.status == 404


def test_a_letter_can_be_read_by_everybody(page_of_posting: Page, mailbox: Mailbox) -> None:
    _ask_for_a_new_password(page_of_posting, "paul@example.org")
    html = mailbox.wait_for("paul@example.org", subject=CHOOSE).html
    # A page that was nowhere yet: the portal's policy would take the letter's styles away.
    page = page_of_posting.context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            page.set_content(html)
            assert violations(page) == [], (scheme, width)
            sideways = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not page.evaluate(sideways), (scheme, width)
    assert asked == [], "a letter fetches nothing"
