"""Somebody who lost every factor: an account of its own in the demo, and the pages about it."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlmodel import select

from portal.access.sessions import start_session
from portal.clock import now
from portal.demo import DEMO_PASSWORD
from portal.identity import queries, reproofing_requests, short_codes
from portal.identity.passwords import hash_password
from portal.identity.reproofing_requests import WayBack
from portal.identity.reproofing_scope import Staff
from portal.models.account import User
from portal.models.credential import IdentityDocument, Reproofing
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLink, CareLinkKind, PersonColor
from portal.outbox.queue import values_of
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

_numbers = count(1)


@dataclass(frozen=True)
class Lost:
    """Simone, a neighbour of Ahmed, who signs in with a user name or an address."""

    id: UUID
    name: str


def an_account(relais: RunningPortal, *, email: bool = True) -> Lost:
    number = next(_numbers)
    username, address = f"simone.guern{number}", f"simone{number}@example.org"
    with relais.writing() as (session, _keys):
        user = User(
            email=address if email else None,
            username=None if email else username,
            given_name="Simone",
            family_name="Guern",
            password_hash=hash_password(DEMO_PASSWORD),
            enrolled_at=now(),
        )
        session.add(user)
        session.flush()
        session.add(
            CareLink(
                patient_id=relais.patient("Ahmed"),
                user_id=user.id,
                kind=CareLinkKind.CARER,
                relationship="NBOR",
                color=PersonColor.TERRE,
                starts_at=now(),
            )
        )
    return Lost(user.id, user.sign_in_name)


def open_session(page: Page, relais: RunningPortal, lost: Lost) -> None:
    """The browser where Simone is still signed in."""
    with relais.writing() as (session, _keys):
        _row, token = start_session(
            session, user_id=lost.id, is_staff=False, user_agent="Chrome", at=now()
        )
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])


def opened(relais: RunningPortal, lost: Lost) -> UUID:
    """Claire met Simone."""
    with relais.writing() as (session, keys):
        row = reproofing_requests.open_request(
            session,
            keys=keys,
            user=session.get_one(User, lost.id),
            document=IdentityDocument.PASSPORT,
            staff=_staff(queries.user_of_email(session, "claire@example.org")),
            at=now(),
        )
        return row.id


def confirmed(relais: RunningPortal, lost: Lost, *, is_ready: bool = False) -> WayBack:
    """Claire met Simone, and Thomas confirmed it; with `is_ready`, a day ago."""
    request_id = opened(relais, lost)
    with relais.writing() as (session, keys):
        way = reproofing_requests.confirm(
            session,
            keys=keys,
            request_id=request_id,
            staff=_staff(queries.user_of_email(session, "thomas@example.org")),
            at=now(),
        )
    if is_ready:
        let_a_day_pass(relais, lost)
    return way


def let_a_day_pass(relais: RunningPortal, lost: Lost) -> None:
    with relais.writing() as (session, _keys):
        row = session.exec(select(Reproofing).where(Reproofing.user_id == lost.id)).one()
        row.ready_at = now() - timedelta(seconds=1)
        session.add(row)


def path_in_mail(relais: RunningPortal, lost: Lost, letter: str) -> str:
    """The link of the last such letter to Simone."""
    with relais.writing() as (session, keys):
        rows = session.exec(select(OutboxMessage).where(OutboxMessage.user_id == lost.id)).all()
        found = [row for row in rows if row.letter == letter]
        return values_of(found[-1], keys=keys)["path"]


def _staff(user: User | None) -> Staff:
    assert user is not None
    return Staff(id=user.id, name=f"{user.given_name} {user.family_name}")


def _as_staff(browse: Browse, relais: RunningPortal, persona: str, path: str) -> Page:
    page = browse(persona)
    relais.confirm_everybody()
    page.goto(f"/professional/reproofing{path}")
    return page


def the_list(browse: Browse, relais: RunningPortal) -> Page:
    opened(relais, an_account(relais))
    return _as_staff(browse, relais, "claire", "")


def an_opening(browse: Browse, relais: RunningPortal) -> Page:
    return _as_staff(browse, relais, "claire", "/new")


def an_opening_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = an_opening(browse, relais)
    page.locator("#name").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_request_of_mine(browse: Browse, relais: RunningPortal) -> Page:
    request_id = opened(relais, an_account(relais))
    return _as_staff(browse, relais, "claire", f"/{request_id}?opened=1")


def a_request_to_confirm(browse: Browse, relais: RunningPortal) -> Page:
    request_id = opened(relais, an_account(relais))
    return _as_staff(browse, relais, "admin", f"/{request_id}")


def a_request_for_an_operator(browse: Browse, relais: RunningPortal) -> Page:
    """Simone also helps somebody whom Claire and Thomas do not coordinate."""
    lost = an_account(relais)
    with relais.writing() as (session, _keys):
        session.add(
            CareLink(
                patient_id=relais.patient("Robert"),
                user_id=lost.id,
                kind=CareLinkKind.CARER,
                relationship="NBOR",
                color=PersonColor.TERRE,
                starts_at=now(),
            )
        )
    return _as_staff(browse, relais, "thomas", f"/{opened(relais, lost)}")


def a_confirmation(browse: Browse, relais: RunningPortal) -> Page:
    request_id = opened(relais, an_account(relais))
    return _as_staff(browse, relais, "thomas", f"/{request_id}/confirmation")


def a_confirmation_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_confirmation(browse, relais)
    page.locator("main form [type=submit]").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_sheet(browse: Browse, relais: RunningPortal) -> Page:
    page = a_confirmation(browse, relais)
    page.locator("#is_certain").check()
    page.locator("main form [type=submit]").click()
    expect(page.locator(".qr")).to_be_visible()
    return page


def a_request_in_the_delay(browse: Browse, relais: RunningPortal) -> Page:
    page = a_sheet(browse, relais)
    page.locator("main .button-row a").click()
    page.wait_for_selector("dl.details")
    return page


def a_code_with_mistakes(browse: Browse, _relais: RunningPortal) -> Page:
    page = browse()
    page.goto("/renewal/code")
    page.locator("#name").fill("simone@example.org")
    page.locator("#code").fill("K7WDM-3XH94")
    page.locator("#code").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_wait(browse: Browse, relais: RunningPortal) -> Page:
    page = browse()
    page.goto(f"/renewal/{confirmed(relais, an_account(relais)).token}")
    return page


def a_new_password(browse: Browse, relais: RunningPortal) -> Page:
    page = browse()
    page.goto(f"/renewal/{confirmed(relais, an_account(relais), is_ready=True).token}")
    return page


def a_new_password_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_new_password(browse, relais)
    page.locator("#password").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_stop(browse: Browse, relais: RunningPortal) -> Page:
    lost = an_account(relais)
    confirmed(relais, lost)
    page = browse()
    page.goto(path_in_mail(relais, lost, "reproofing_confirmed"))
    return page


def a_banner(browse: Browse, relais: RunningPortal) -> Page:
    lost = an_account(relais)
    opened(relais, lost)
    page = browse()
    open_session(page, relais, lost)
    page.goto("/account")
    return page


def a_closed_door(browse: Browse, relais: RunningPortal) -> Page:
    page = a_banner(browse, relais)
    relais.confirm_everybody()
    page.goto("/account/security/apps/new")
    return page


def type_code(page: Page, lost: Lost, way: WayBack) -> None:
    """On the page where the sheet is typed."""
    page.get_by_label("Votre identifiant").fill(lost.name)
    page.get_by_label("Code de la feuille").fill(short_codes.grouped(way.code).lower())
    page.get_by_role("button", name="Continuer").click()
