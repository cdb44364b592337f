"""What was done to an account, and each refused code, is a line in the log of the operator."""

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.identity import invitations
from portal.identity.invitations import Place
from portal.models.account import InvitationKind, User
from portal.models.credential import EmailChange, Passkey, TotpDevice
from tests import factories
from tests.auth.authenticator import ACCOUNT, Phone, give_passkey, options
from tests.pages import PageClient

SECURITY = "/account/security"
STRONG = "violon brouette cascade noisette"


@pytest.fixture
def user(reader: PageClient, session: Session, keys: KeyRing) -> User:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    return user


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level("INFO", logger="portal.security")
    return caplog


def _said(log: pytest.LogCaptureFixture, user: User) -> list[str]:
    """The events that name that account."""
    lines = [one for one in log.records if one.name == "portal.security"]
    return [one.getMessage() for one in lines if one.__dict__.get("account") == str(user.id)]


def test_a_passkey_added_renamed_and_removed(
    log: pytest.LogCaptureFixture, reader: PageClient, session: Session, user: User
) -> None:
    credential = Phone().create(options(reader, ACCOUNT))
    reader.post(ACCOUNT, data={"name": "Téléphone", "credential": credential})
    path = f"{ACCOUNT}/{session.exec(select(Passkey)).one().id}"
    session.rollback()
    reader.post(f"{path}/rename", data={"name": "Tablette"})
    reader.post(f"{path}/remove")
    assert _said(log, user) == ["passkey added", "passkey renamed", "passkey removed"]
    assert "Tablette" not in log.text


def test_what_was_refused_is_not_said_to_be_done(
    log: pytest.LogCaptureFixture, reader: PageClient, session: Session, user: User
) -> None:
    for app in session.exec(select(TotpDevice)).all():
        session.delete(app)
    passkey = give_passkey(session, user, Phone())
    session.commit()
    assert reader.post(f"{ACCOUNT}/{passkey.id}/remove").status_code == 422
    assert reader.post(f"{ACCOUNT}/{passkey.id}/rename", data={"name": ""}).status_code == 422
    assert reader.post("/account/email/cancel").status_code == 303
    assert _said(log, user) == []


def test_an_app_renamed(
    log: pytest.LogCaptureFixture, reader: PageClient, session: Session, user: User
) -> None:
    path = f"{SECURITY}/apps/{session.exec(select(TotpDevice)).one().id}/rename"
    session.rollback()
    reader.post(path, data={"name": "Tablette"})
    assert _said(log, user) == ["code app renamed"]


def test_a_change_of_address_called_off(
    log: pytest.LogCaptureFixture, reader: PageClient, session: Session, user: User
) -> None:
    reader.post("/account/email", data={"email": "nouvelle@example.org"})
    reader.post("/account/email/cancel")
    assert session.exec(select(EmailChange)).one().cancelled_at is not None
    assert _said(log, user) == ["e-mail change asked", "e-mail change cancelled"]


@pytest.mark.parametrize("kind", ["apps", "sheets"])
def test_a_wrong_first_code(
    log: pytest.LogCaptureFixture, reader: PageClient, user: User, kind: str
) -> None:
    reader.post(f"{SECURITY}/{kind}/new")
    form = {"name": "Téléphone", "code": "000000000"}
    assert reader.post(f"{SECURITY}/{kind}/pending", data=form).status_code == 422
    assert _said(log, user) == ["code refused"]


def test_a_wrong_first_code_of_somebody_who_was_invited(
    log: pytest.LogCaptureFixture, app: Flask, session: Session
) -> None:
    patient = factories.make_patient(session)
    place = Place(InvitationKind.CARER, patient_id=patient.id, relationship="DAU")
    token = invitations.invite(session, email="sylvie@example.org", place=place, at=now())
    session.commit()
    guest = PageClient(app)
    form = {"given_name": "Sylvie", "family_name": "Morel", "password": STRONG}
    assert guest.post(f"/invitation/{token}", data=form).status_code == 303
    assert guest.post("/enrolment", data={"code": "000000"}).status_code == 422
    assert _said(log, session.exec(select(User)).one()) == ["code refused"]
