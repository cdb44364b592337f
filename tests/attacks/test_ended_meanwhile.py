"""A browser that is signed out while its request is under way changes nothing any more."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, update
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.models.account import User, UserSession
from portal.models.credential import PaperSheet, SecurityEvent, TotpDevice
from tests import factories
from tests.auth.authenticator import STEP_UP, Phone, give_passkey, options
from tests.auth.steps import codes_on, grow_stale, is_in, seed_on
from tests.factories import PASSWORD
from tests.pages import PageClient, code_of

APP, SHEET = "/account/security/apps/pending", "/account/security/sheets/pending"


@pytest.fixture
def secret(reader: PageClient, session: Session, keys: KeyRing) -> str:
    """The seed of somebody who is signed in."""
    user, secret = factories.make_user(session, keys)
    reader.enter(session, user)
    return secret


@contextmanager
def _signed_out_meanwhile(app: Flask) -> Iterator[None]:
    """Every session ends once the failure was charged, after the guard read the rights."""
    engine, commits = app.extensions["database"].engine, []

    def end_sessions(session: Session) -> None:
        commits.append(session)
        if len(commits) == 1:
            with engine.connect().execution_options(writing=True) as other:
                other.execute(update(UserSession).values(ended_at=now()))
                other.commit()

    event.listen(Session, "after_commit", end_sessions)
    try:
        yield
    finally:
        event.remove(Session, "after_commit", end_sessions)
    assert commits, "the failure was charged"


def _refused(app: Flask, reader: PageClient, path: str, form: dict[str, str]) -> None:
    with _signed_out_meanwhile(app):
        answer = reader.post(path, data=form)
    assert answer.status_code == 401
    assert not is_in(reader)


def test_no_password_is_changed(
    app: Flask, reader: PageClient, session: Session, secret: str
) -> None:
    before = session.exec(select(User)).one().password_hash
    session.rollback()
    form = {"current_password": PASSWORD, "password": "violon brouette cascade noisette"}
    _refused(app, reader, "/account/password", form)
    session.expire_all()
    assert session.exec(select(User)).one().password_hash == before
    assert session.exec(select(SecurityEvent)).all() == []


def test_no_app_is_added(app: Flask, reader: PageClient, session: Session, secret: str) -> None:
    reader.post("/account/security/apps/new")
    form = {"name": "Téléphone", "code": code_of(seed_on(reader, APP))}
    _refused(app, reader, APP, form)
    states = [one.confirmed_at is None for one in session.exec(select(TotpDevice)).all()]
    assert sorted(states) == [False, True], "the new one waits"


def test_no_sheet_is_added(app: Flask, reader: PageClient, session: Session, secret: str) -> None:
    reader.post("/account/security/sheets/new")
    _refused(app, reader, SHEET, {"code": codes_on(reader.get(SHEET))[0]})
    assert session.exec(select(PaperSheet)).one().confirmed_at is None


def test_no_code_is_used_up_by_a_step_up(
    app: Flask, reader: PageClient, session: Session, secret: str
) -> None:
    grow_stale(session)
    before = session.exec(select(TotpDevice)).one().last_step
    session.rollback()
    _refused(app, reader, "/sign-in/confirm", {"code": code_of(secret)})
    session.expire_all()
    assert session.exec(select(TotpDevice)).one().last_step == before


def test_no_passkey_confirms(app: Flask, reader: PageClient, session: Session, secret: str) -> None:
    phone = Phone()
    passkey = give_passkey(session, session.exec(select(User)).one(), phone)
    session.commit()
    credential = phone.get(options(reader, STEP_UP))
    _refused(app, reader, STEP_UP, {"credential": credential})
    session.refresh(passkey)
    assert passkey.last_used_at is None
