"""Somebody holds the password of an account and nothing else: no address lets them further."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete
from sqlmodel import Session, SQLModel, select

from portal.crypto import KeyRing
from portal.db import begin_writing
from portal.models import columns
from portal.models.account import User, UserSession
from portal.models.credential import (
    EmailChange,
    KnownDevice,
    PaperSheet,
    Passkey,
    PasswordReset,
    RateLimit,
    RecoveryCode,
    SignInBudget,
    TotpDevice,
)
from tests import factories
from tests.attacks.routes import addresses, public_addresses
from tests.auth.steps import password
from tests.pages import PageClient

FORM = {
    "code": "000000",
    "password": "quatre autres mots sans rapport",
    "email": "thief@example.org",
    "name": "Thief",
    "given_name": "Thief",
    "family_name": "Thief",
    "credential": "{}",
    "method": "app",
}
WHAT_PROTECTS = (
    User,
    UserSession,
    TotpDevice,
    Passkey,
    PaperSheet,
    RecoveryCode,
    KnownDevice,
    PasswordReset,
    EmailChange,
)


@pytest.fixture
def user(session: Session, keys: KeyRing) -> User:
    found, _secret = factories.make_user(session, keys)
    session.commit()
    return found


def _rows(session: Session, table: type[SQLModel]) -> list[tuple[object, ...]]:
    rows = session.execute(select(*columns(table))).all()
    session.rollback()
    return sorted((tuple(row) for row in rows), key=repr)


def _thief(app: Flask, user: User) -> PageClient:
    reader = PageClient(app)
    assert password(reader, user).headers["Location"] == "/sign-in/code"
    return reader


@pytest.mark.parametrize("which", [addresses, public_addresses])
def test_no_page_opens_after_the_password(
    app: Flask, session: Session, user: User, which: Callable[[Flask, str], list[str]]
) -> None:
    reader = _thief(app, user)
    for path in which(app, "GET"):
        answer = reader.client.get(path)
        assert answer.status_code in (200, 303, 401, 404, 405, 503), path
        assert reader.client.get_cookie("sid") is None, path
        assert user.given_name not in answer.text, path
        if answer.status_code == 200:
            assert path in public_addresses(app, "GET"), path


def test_no_form_changes_what_protects_the_account(
    app: Flask, session: Session, user: User
) -> None:
    before = {table: _rows(session, table) for table in WHAT_PROTECTS}
    for path in addresses(app, "POST"):
        reader = _entered_again(app, session, user)
        answer = reader.post(path, data=FORM)
        line = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("sid=")]
        assert not [one for one in line if not one.startswith("sid=;")], path
    for table, rows in before.items():
        assert _rows(session, table) == rows, table.__name__


def _entered_again(app: Flask, session: Session, user: User) -> PageClient:
    """A right password with a fresh budget: each address is tried, none is spared by a 429."""
    session.rollback()
    begin_writing(session)
    for table in (SignInBudget, RateLimit):
        session.execute(delete(table))
    session.commit()
    session.info.pop("writing")
    return _thief(app, user)


def test_the_password_of_an_enrolled_account_begins_no_enrolment(
    app: Flask, session: Session, user: User
) -> None:
    reader = _thief(app, user)
    assert reader.get("/enrolment").headers["Location"] == "/sign-in?too_late=1"
    for data in ({"code": "000000"}, {"method": "sheet"}, {"method": "passkey"}):
        assert reader.post("/enrolment", data=data).headers["Location"] == "/sign-in?too_late=1"
