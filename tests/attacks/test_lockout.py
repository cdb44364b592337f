"""Somebody far away tries to keep the owner of an account out of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal import outbox
from portal.crypto import KeyRing
from portal.identity import history
from portal.models.account import User
from portal.models.credential import SecurityEventKind
from portal.models.outbox import OutboxMessage
from portal.outbox import queue
from tests import factories
from tests.auth.authenticator import SIGN_IN, Phone, give_passkey, touch
from tests.auth.steps import both, is_in, password
from tests.pages import PageClient, code_of

NOON = 1_800_000_000
WRONG = "un autre mot de passe"
FAR = "198.51.100.7"


@pytest.fixture
def enrolled(session: Session, keys: KeyRing) -> tuple[User, str]:
    found = factories.make_user(session, keys)
    session.commit()
    return found


def _stranger(app: Flask) -> PageClient:
    reader = PageClient(app)
    reader.client.environ_base["REMOTE_ADDR"] = FAR
    return reader


def _attack(app: Flask, user: User, times: int = 6) -> list[int]:
    return [password(_stranger(app), user, WRONG).status_code for _ in range(times)]


def test_the_owner_gets_in_from_their_own_phone_again_and_again(
    app: Flask, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False) as clock:
        phone = PageClient(app)
        both(phone, user, code_of(secret))
        for _day in range(3):
            phone.post("/sign-out")
            clock.shift(60 * 60 * 3)
            assert _attack(app, user)[-1] == 429
            assert both(phone, user, code_of(secret)).status_code == 303
            assert is_in(phone)


def test_a_passkey_opens_on_a_new_device_during_the_attack(
    app: Flask, session: Session, enrolled: tuple[User, str]
) -> None:
    user, _secret = enrolled
    phone, reader = Phone(), PageClient(app)
    give_passkey(session, user, phone)
    session.commit()
    assert _attack(app, user)[-1] == 429
    assert touch(reader, phone, SIGN_IN).status_code == 303
    assert is_in(reader)


def test_a_mailed_link_and_a_code_open_on_a_new_device_during_the_attack(
    app: Flask, session: Session, keys: KeyRing, enrolled: tuple[User, str]
) -> None:
    """Somebody without a passkey chooses a new password; the stranger has no such link."""
    user, secret = enrolled
    assert _attack(app, user)[-1] == 429
    reader = PageClient(app)
    reader.post("/password-reset", data={"email": user.email})
    form = {"password": "cinq mots tout neufs sans rapport", "code": code_of(secret)}
    assert reader.post(_mailed_path(session, keys), data=form).status_code == 303
    assert is_in(reader)


def test_who_reads_the_mail_of_the_owner_has_no_more_tries_than_a_stranger(
    app: Flask, session: Session, keys: KeyRing, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    form = {"password": "cinq mots tout neufs sans rapport", "code": "000000"}
    with time_machine.travel(NOON, tick=False):
        statuses = []
        for _link in range(3):
            PageClient(app).post("/password-reset", data={"email": user.email})
            path = _mailed_path(session, keys)
            statuses += [_stranger(app).post(path, data=form).status_code for _ in range(3)]
        assert statuses == [422] * 5 + [429] * 4
        right = _stranger(app).post(path, data=form | {"code": code_of(secret)})
        assert right.status_code == 429, "a right code waits as well"
        kinds = [line.kind for line in history.lines_of(session, user_id=user.id)]
        assert kinds.count(SecurityEventKind.SIGN_IN_BLOCKED) == 1
        assert both(PageClient(app), user, code_of(secret)).status_code == 303, "not at the door"


def test_an_attack_by_many_hands_is_told_once(
    app: Flask, session: Session, enrolled: tuple[User, str]
) -> None:
    user, _secret = enrolled
    start = Barrier(24)

    def guess(_number: int) -> int:
        reader = _stranger(app)
        start.wait()
        return password(reader, user, WRONG).status_code

    with ThreadPoolExecutor(24) as pool:
        statuses = list(pool.map(guess, range(24)))
    assert statuses.count(422) == 5
    kinds = [line.kind for line in history.lines_of(session, user_id=user.id)]
    assert kinds == [SecurityEventKind.SIGN_IN_BLOCKED]
    assert len(session.exec(select(OutboxMessage)).all()) == 1


def test_one_address_that_tries_everybody_stops_for_nobody_else(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    """The limit per address is the limit of that address."""
    user, secret = factories.make_user(session, keys)
    session.commit()
    limit = app.extensions["config"].failures_per_address
    with time_machine.travel(NOON, tick=False):
        for _ in range(limit):
            _stranger(app).post("/invitation/code", data={"code": ""})
        assert password(_stranger(app), user).status_code == 429
        assert both(PageClient(app), user, code_of(secret)).status_code == 303


def _mailed_path(session: Session, keys: KeyRing) -> str:
    """The path of the newest link."""
    session.rollback()
    letters = session.exec(
        select(OutboxMessage).where(OutboxMessage.letter == outbox.Letter.PASSWORD_RESET)
    ).all()
    newest = max(letters, key=lambda one: one.id)
    found = queue.values_of(newest, keys=keys)["path"]
    session.rollback()
    return found
