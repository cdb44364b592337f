"""Thirty-two hands on one code: one gets in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.crypto import KeyRing
from portal.identity import recovery_codes, totp
from portal.models.account import User, UserSession
from portal.models.credential import SignInBudget
from tests import factories
from tests.auth.steps import cookie, password
from tests.pages import PageClient, code_of

HANDS = 32
NOON = 1_800_000_000


def _challenge(app: Flask, user: User) -> str:
    reader = PageClient(app)
    assert password(reader, user).status_code == 303
    found = reader.client.get_cookie("challenge")
    assert found is not None
    return found.value


def _at_once(app: Flask, user: User, code: Callable[[int], str], hands: int) -> list[TestResponse]:
    """The same step with the same challenge from as many browsers, all at the same time."""
    challenge, start = _challenge(app, user), Barrier(hands)

    def try_it(number: int) -> TestResponse:
        reader = PageClient(app)
        reader.client.set_cookie("challenge", challenge)
        start.wait()
        return reader.post("/sign-in/code", data={"code": code(number)})

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(try_it, range(hands)))


def _entered(answers: list[TestResponse]) -> int:
    assert {one.status_code for one in answers} <= {303, 422, 429}
    return sum(bool(cookie(one, "sid")) for one in answers)


@pytest.mark.parametrize("time", range(3))
def test_one_totp_code_lets_one_in(app: Flask, session: Session, keys: KeyRing, time: int) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    with time_machine.travel(NOON + time, tick=False):
        shown = code_of(secret)
        assert _entered(_at_once(app, user, lambda _: shown, HANDS)) == 1
    assert len(session.exec(select(UserSession)).all()) == 1


def test_one_recovery_code_lets_one_in(app: Flask, session: Session, keys: KeyRing) -> None:
    user, _secret = factories.make_user(session, keys)
    codes = recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=factories.LONG_AGO)
    session.commit()
    assert _entered(_at_once(app, user, lambda _: codes[0], HANDS)) == 1
    assert len(session.exec(select(UserSession)).all()) == 1


def test_of_fifty_wrong_codes_five_are_judged(
    app: Flask, session: Session, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, _secret = factories.make_user(session, keys)
    session.commit()
    judged: list[str] = []
    accept = totp.accept_code

    def count(*args: object, **kwargs: object) -> None:
        judged.append(str(kwargs["code"]))
        accept(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(totp, "accept_code", count)
    with time_machine.travel(NOON, tick=False):
        answers = _at_once(app, user, lambda number: f"{number:06d}", 50)
    assert _entered(answers) == 0
    assert 1 <= len(judged) <= 5
    assert sum(one.status_code == 429 for one in answers) >= 45
    assert session.exec(select(SignInBudget)).one().blocked_until is not None
