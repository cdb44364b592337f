"""Invitations as the demo's people make them, and as their guests open them."""

from datetime import timedelta
from itertools import count

from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from portal.clock import now
from portal.models.account import Invitation
from portal.models.outbox import OutboxMessage
from portal.outbox.queue import values_of
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

_guests = count(1)


def let_a_day_pass(relais: RunningPortal) -> None:
    """All these pages invite more than one person may within a day."""
    with relais.writing() as (session, _keys):
        session.execute(update(Invitation).values(created_at=now() - timedelta(days=2)))


def invite_relative(
    page: Page, relais: RunningPortal, *, patient: str, given: str, family: str, email: str = ""
) -> None:
    """Fill the form and send it; without an address, on paper."""
    let_a_day_pass(relais)
    relais.confirm_everybody()
    page.goto(f"/p/{relais.patient(patient)}/invitations/relative")
    page.locator("#given_name").fill(given)
    page.locator("#family_name").fill(family)
    page.locator("#relationship").select_option("NBOR")
    page.locator(f"input[name=way][value={'mail' if email else 'paper'}]").check()
    if email:
        page.locator("#email").fill(email)
    page.locator("#content form button.is-primary").click()


def a_sheet(browse: Browse, relais: RunningPortal) -> Page:
    """Claire holds the sheet of a neighbour of Louise."""
    page = browse("claire")
    family = "Kerbrat" + "abcdefghijklmnopqrstuvwxyz"[next(_guests) % 26]
    invite_relative(page, relais, patient="Louise", given="Odile", family=family)
    expect(page.locator(".invitation-sheet")).to_be_visible()
    return page


def code_of(sheet: Page) -> str:
    return sheet.locator(".invitation-sheet .secret").inner_text()


def mailed_link(relais: RunningPortal, email: str) -> str:
    """The path in the last invitation to that address."""
    with relais.writing() as (session, keys):
        statement = select(OutboxMessage).where(
            OutboxMessage.recipient == email,  # type: ignore[arg-type]
            OutboxMessage.letter == "invitation",  # type: ignore[arg-type]
        )
        rows = session.execute(statement).scalars().all()
        return values_of(max(rows, key=lambda row: row.id), keys=keys)["path"]


def an_opened_sheet(browse: Browse, relais: RunningPortal) -> Page:
    """A neighbour wrote the code of her sheet."""
    code = code_of(a_sheet(browse, relais))
    page = browse()
    page.goto("/invitation/code")
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")
    page.wait_for_url("**/invitation/sheet")
    return page


def a_patients_sheet(browse: Browse, relais: RunningPortal) -> Page:
    """Louise wrote the code of hers, and is asked for her date of birth."""
    page = browse("claire")
    let_a_day_pass(relais)
    relais.confirm_everybody()
    page.goto(f"/p/{relais.patient('Louise')}/invitations/patient")
    page.locator("input[name=way][value=paper]").check()
    page.locator("#content form button.is-primary").click()
    code = code_of(page)
    guest = browse()
    guest.goto("/invitation/code")
    guest.locator("#code").fill(code)
    guest.locator("#code").press("Enter")
    guest.wait_for_url("**/invitation/sheet")
    return guest


def a_birth_date_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_patients_sheet(browse, relais)
    page.locator("#birth_date").fill("01/01/1901")
    page.locator("#birth_date").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_wrong_code(browse: Browse, _relais: RunningPortal) -> Page:
    page = browse()
    page.goto("/invitation/code")
    page.locator("#code").fill("KKKKK-KKKKK")
    page.locator("#code").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_filled_list(browse: Browse, relais: RunningPortal) -> Page:
    page = a_sheet(browse, relais)
    page.goto(f"/p/{relais.patient('Louise')}/invitations")
    return page


def a_form_of(kind: str, persona: str = "claire", patient: str = "Louise"):
    def opened(browse: Browse, relais: RunningPortal) -> Page:
        page = browse(persona)
        relais.confirm_everybody()
        page.goto(f"/p/{relais.patient(patient)}/invitations/{kind}")
        return page

    return opened


def a_relative_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_form_of("relative", "jeanne", "Jeanne")(browse, relais)
    page.locator("#content form button.is-primary").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_colleague_form(browse: Browse, relais: RunningPortal) -> Page:
    page = browse("claire")
    relais.confirm_everybody()
    page.goto("/professional/invitations/colleague")
    return page


def an_invited_colleague(browse: Browse, relais: RunningPortal) -> Page:
    let_a_day_pass(relais)
    page = a_colleague_form(browse, relais)
    page.locator("#given_name").fill("Maëlle")
    page.locator("#family_name").fill("Le Bihan")
    page.locator("#email").fill("maelle.lebihan@example.org")
    page.locator("#content form button.is-primary").click()
    page.wait_for_url("**/professional/invitations?sent=*")
    return page
