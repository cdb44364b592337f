"""Somebody of the demo with an account of their own to change, and the pages about it."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from uuid import UUID

import pyotp
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from portal.access.sessions import start_session
from portal.clock import now
from portal.crypto import Cell
from portal.demo import DEMO_PASSWORD
from portal.identity.passwords import hash_password
from portal.models.account import User
from portal.models.credential import TotpDevice
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLink, CareLinkKind, PersonColor
from portal.outbox.queue import values_of
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

PASSWORD = DEMO_PASSWORD
WORDS = "violon brouette cascade noisette"
OTHER_PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
Opener = Callable[[Browse, RunningPortal], Page]
_numbers = count(1)


@dataclass(frozen=True)
class Owner:
    """Odette, a neighbour of Ahmed."""

    id: UUID
    name: str
    """What she signs in with."""
    seed: str
    """Of the app on her phone."""

    @property
    def code(self) -> str:
        return pyotp.TOTP(self.seed).now()


def an_owner(relais: RunningPortal, *, email: bool = True) -> Owner:
    number, seed = next(_numbers), pyotp.random_base32()
    with relais.writing() as (session, keys):
        user = User(
            email=f"odette{number}@example.org" if email else None,
            username=None if email else f"odette.kerbrat{number}",
            given_name="Odette",
            family_name="Kerbrat",
            password_hash=hash_password(PASSWORD),
            enrolled_at=now(),
        )
        session.add(user)
        session.flush()
        link = {"kind": CareLinkKind.CARER, "relationship": "NBOR", "color": PersonColor.TERRE}
        ahmed = relais.patient("Ahmed")
        session.add(CareLink(patient_id=ahmed, user_id=user.id, starts_at=now(), **link))
        phone = TotpDevice(user_id=user.id, secret_sealed=b"", confirmed_at=now(), created_at=now())
        phone.secret_sealed = keys.seal(
            seed.encode(), Cell("totp_device", "secret_sealed", phone.id)
        )
        session.add(phone)
        return Owner(user.id, user.sign_in_name, seed)


def signed_in(
    browse: Browse, relais: RunningPortal, owner: Owner, *, agent: str = "", **options: object
) -> Page:
    """A browser of hers that showed both factors just now."""
    page = browse(**options)
    token = add_session(relais, owner, agent or str(page.evaluate("navigator.userAgent")))
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return page


def add_session(relais: RunningPortal, owner: Owner, agent: str = OTHER_PHONE) -> str:
    with relais.writing() as (session, _keys):
        _row, token = start_session(
            session, user_id=owner.id, is_staff=False, user_agent=agent, at=now()
        )
        return token


def letter(relais: RunningPortal, to: str, kind: str) -> str:
    """The path in the newest letter of that kind to that address."""
    with relais.writing() as (session, keys):
        statement = select(OutboxMessage).where(
            OutboxMessage.recipient == to, OutboxMessage.letter == kind
        )
        row = session.exec(statement.order_by(col(OutboxMessage.id).desc())).first()
        assert row is not None, f"no {kind} was written to {to}"
        return values_of(row, keys=keys)["path"]


def at(path: str, *, email: bool = True) -> Opener:
    """A page of the account."""

    def opened(browse: Browse, relais: RunningPortal) -> Page:
        page = signed_in(browse, relais, an_owner(relais, email=email))
        page.goto(path)
        return page

    return opened


def with_mistakes(path: str, empty: str) -> Opener:
    """The same form, sent with one field empty."""

    def opened(browse: Browse, relais: RunningPortal) -> Page:
        page = at(path)(browse, relais)
        page.locator(f"#{empty}").fill("")
        page.locator(f"#{empty}").press("Enter")
        expect(page.locator("[data-error-summary]")).to_be_focused()
        return page

    return opened


def asked_email(page: Page, new: str) -> None:
    page.goto("/account/email")
    page.locator("#email").fill(new)
    page.locator("#email").press("Enter")
    page.wait_for_url("**/account/email?asked=1")


def a_pending_email(browse: Browse, relais: RunningPortal) -> Page:
    owner = an_owner(relais)
    page = signed_in(browse, relais, owner)
    asked_email(page, f"new.{owner.name}")
    return page


def a_confirmation(browse: Browse, relais: RunningPortal) -> Page:
    owner = an_owner(relais)
    page = signed_in(browse, relais, owner)
    asked_email(page, f"new.{owner.name}")
    page.goto(letter(relais, f"new.{owner.name}", "email_change_confirm"))
    return page


def a_confirmation_signed_out(browse: Browse, relais: RunningPortal) -> Page:
    page = a_confirmation(browse, relais)
    page.context.clear_cookies(name="sid")
    page.reload()
    return page


def a_confirmation_of_another(browse: Browse, relais: RunningPortal) -> Page:
    page = a_confirmation(browse, relais)
    token = add_session(relais, an_owner(relais))
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    page.reload()
    return page


def a_stop(browse: Browse, relais: RunningPortal) -> Page:
    owner = an_owner(relais)
    asked_email(signed_in(browse, relais, owner), f"new.{owner.name}")
    page = browse()
    page.goto(letter(relais, owner.name, "email_change_asked"))
    return page


def two_sessions(browse: Browse, relais: RunningPortal) -> Page:
    owner = an_owner(relais)
    add_session(relais, owner)
    page = signed_in(browse, relais, owner)
    page.goto("/account/sessions")
    return page


def a_history(browse: Browse, relais: RunningPortal) -> Page:
    page = a_pending_email(browse, relais)
    page.locator("form[action$='/email/cancel'] button").click()
    page.wait_for_url("**/account?done=email-cancelled")
    page.goto("/account/history")
    return page


def asked_reset(page: Page, name: str) -> None:
    page.goto("/password-reset")
    page.locator("#email").fill(name)
    page.locator("#email").press("Enter")
    page.wait_for_url("**/password-reset/sent")


def a_reset(browse: Browse, relais: RunningPortal) -> Page:
    owner, page = an_owner(relais), browse()
    asked_reset(page, owner.name)
    page.goto(letter(relais, owner.name, "password_reset"))
    return page


def a_reset_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_reset(browse, relais)
    page.locator("#code").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_reset_for_a_passkey(browse: Browse, relais: RunningPortal) -> Page:
    owner, page = an_owner(relais), browse()
    asked_reset(page, owner.name)
    with relais.writing() as (session, _keys):
        phone = session.exec(select(TotpDevice).where(TotpDevice.user_id == owner.id)).one()
        session.delete(phone)
    page.goto(letter(relais, owner.name, "password_reset"))
    return page
