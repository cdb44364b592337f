"""Who takes part in a way back, and the steps that its tests repeat."""

import html
import re
from dataclasses import dataclass
from datetime import timedelta

import pyotp
import time_machine
from flask import Flask
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.clock import now
from portal.crypto import KeyRing
from portal.identity import reproofing_requests
from portal.identity.reproofing_requests import WayBack
from portal.identity.reproofing_scope import Staff
from portal.models.account import User
from portal.models.care import Patient
from portal.models.credential import IdentityDocument, Reproofing, SecurityEvent
from portal.models.directory import Organization
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLinkKind
from portal.outbox.queue import values_of
from tests import factories
from tests.pages import PageClient

NEW_PASSWORD = "violon brouette cascade noisette"
LIST = "/professional/reproofing"
DAY = timedelta(hours=24)


@dataclass
class Cast:
    """Jeanne lost everything; Claire and Thomas coordinate her organization, Camille operates."""

    organization: Organization
    patient: Patient
    jeanne: User
    secret: str
    claire: User
    thomas: User
    camille: User


def make_cast(session: Session, keys: KeyRing, **fields: object) -> Cast:
    organization = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=organization.id)
    values = {"email": "jeanne@example.org", "given_name": "Jeanne"} | fields
    jeanne, secret = factories.make_user(session, keys, **values)
    factories.make_link(session, patient=patient, user=jeanne, kind=CareLinkKind.SELF)
    camille, _ = factories.make_user(session, keys, given_name="Camille", is_operator=True)
    claire = make_coordinator(session, keys, organization, "Claire")
    thomas = make_coordinator(session, keys, organization, "Thomas")
    session.commit()
    return Cast(organization, patient, jeanne, secret, claire, thomas, camille)


def make_coordinator(
    session: Session, keys: KeyRing, organization: Organization, given_name: str
) -> User:
    user, _ = factories.make_user(session, keys, given_name=given_name)
    factories.make_coordination(session, user=user, organization_id=organization.id)
    session.commit()
    return user


def staff(user: User) -> Staff:
    name = f"{user.given_name} {user.family_name}"
    return Staff(id=user.id, name=name, is_operator=user.is_operator)


def signed_in(app: Flask, session: Session, user: User) -> PageClient:
    reader = PageClient(app)
    reader.enter(session, user)
    return reader


def opened(session: Session, keys: KeyRing, cast: Cast) -> Reproofing:
    """Claire met Jeanne, now."""
    row = reproofing_requests.open_request(
        session,
        keys=keys,
        user=cast.jeanne,
        document=IdentityDocument.PASSPORT,
        staff=staff(cast.claire),
        at=now(),
    )
    session.commit()
    return row


def confirmed(session: Session, keys: KeyRing, cast: Cast) -> tuple[Reproofing, WayBack]:
    """Claire met Jeanne and Thomas confirmed it, now."""
    row = opened(session, keys, cast)
    way = reproofing_requests.confirm(
        session, keys=keys, request_id=row.id, staff=staff(cast.thomas), at=now()
    )
    session.commit()
    return row, way


def ask(reader: PageClient, **fields: str) -> TestResponse:
    """Send the form that opens a request."""
    data = {"document": "identity_card", "is_seen": "on"} | fields
    return reader.post(f"{LIST}/new", data=data)


def press_confirm(reader: PageClient, row: Reproofing) -> TestResponse:
    return reader.post(f"{LIST}/{row.id}/confirmation", data={"is_certain": "on"})


def fresh(session: Session, row: Reproofing) -> Reproofing:
    session.rollback()
    return session.get_one(Reproofing, row.id, populate_existing=True)


def enrol_anew(reader: PageClient, path: str) -> TestResponse:
    """A new password, then a new app; the answer to its first code."""
    answer = reader.post(path, data={"password": NEW_PASSWORD})
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/enrolment"), answer.text
    return confirm_app(reader)


def confirm_app(reader: PageClient) -> TestResponse:
    code = pyotp.TOTP(secret_on(reader)).at(now())
    return reader.post("/enrolment", data={"code": code, "method": "app"})


def secret_on(reader: PageClient) -> str:
    """The key that the page of enrolment shows."""
    found = re.search(r'id="secret">(.*?)</p>', reader.get("/enrolment?method=app").text, re.DOTALL)
    assert found, "the page shows a key"
    return re.sub(r"<[^>]*>|\s", "", html.unescape(found[1]))


def letters(session: Session, name: str) -> list[OutboxMessage]:
    session.rollback()
    rows = session.exec(select(OutboxMessage).order_by(OutboxMessage.id))  # type: ignore[arg-type]
    return [row for row in rows if row.letter == name]


def values(row: OutboxMessage, keys: KeyRing) -> dict[str, str]:
    return values_of(row, keys=keys)


def history_of(session: Session, user: User) -> list[str]:
    session.rollback()
    rows = session.exec(select(SecurityEvent).order_by(SecurityEvent.id))  # type: ignore[arg-type]
    return [row.kind.value for row in rows if row.user_id == user.id]


def later(moment: timedelta) -> time_machine.travel:
    return time_machine.travel(now() + moment, tick=False)
