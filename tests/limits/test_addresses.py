"""Failures from one client address, over all accounts and all processes."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest
from flask import Flask
from sqlmodel import Session
from werkzeug.test import TestResponse

from portal.crypto import KeyRing
from portal.identity import passwords
from portal.models.account import User
from portal.web.limits import network_of
from tests import factories
from tests.auth.steps import both, is_in, password
from tests.limits.conftest import FAILURES, Make
from tests.pages import PageClient, code_of

WRONG = "un autre mot de passe"
_numbers = count()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which wrong passwords were judged; the slow hash is not what is tried here."""
    judged: list[str] = []
    verify = passwords.verify_password

    def note(stored: str | None, text: str) -> bool:
        judged.append(text)
        return text != WRONG and verify(stored, text)

    monkeypatch.setattr(passwords, "verify_password", note)
    return judged


def _guess(app: Flask, address: str = "198.51.100.7", **headers: str) -> TestResponse:
    """A wrong password for an account that nobody tried yet."""
    reader = PageClient(app)
    reader.client.environ_base["REMOTE_ADDR"] = address
    data = {"email": f"nobody-{next(_numbers)}@example.org", "password": WRONG}
    return reader.post("/sign-in", data=data, headers=headers)


def _statuses(app: Flask, times: int, address: str = "198.51.100.7") -> list[int]:
    return [_guess(app, address).status_code for _ in range(times)]


@pytest.fixture
def enrolled(session: Session, keys: KeyRing) -> tuple[User, str]:
    found = factories.make_user(session, keys)
    session.commit()
    return found


def test_one_guess_at_each_of_many_accounts_ends_after_so_many(
    counting: Make, quick: list[str]
) -> None:
    app = counting()
    assert _statuses(app, FAILURES + 3) == [422] * FAILURES + [429] * 3
    assert len(quick) == FAILURES, "what is refused is not judged"
    blocked = _guess(app)
    assert 890 <= int(blocked.headers["Retry-After"]) <= 900
    assert "<h1>Trop d" in blocked.text


def test_another_address_is_not_concerned(counting: Make) -> None:
    app = counting()
    _statuses(app, FAILURES + 1)
    assert _statuses(app, 1, "198.51.100.8") == [422]


def test_every_process_shares_the_count(counting: Make) -> None:
    apps = [counting() for _ in range(3)]
    statuses = [_guess(apps[number % 3]).status_code for number in range(FAILURES + 3)]
    assert statuses == [422] * FAILURES + [429] * 3


def test_both_steps_count(counting: Make, enrolled: tuple[User, str]) -> None:
    app = counting()
    _statuses(app, FAILURES - 2, "127.0.0.1")
    reader = PageClient(app)
    password(reader, enrolled[0])
    statuses = [reader.post("/sign-in/code", data={"code": "000000"}) for _ in range(3)]
    assert [one.status_code for one in statuses] == [422, 422, 429]


def test_a_ward_behind_one_address_is_not_locked_out_by_its_successes(
    counting: Make, session: Session, keys: KeyRing
) -> None:
    people = [factories.make_user(session, keys) for _ in range(FAILURES + 2)]
    session.commit()
    app = counting()
    for user, secret in people:
        reader = PageClient(app)
        assert both(reader, user, code_of(secret)).status_code == 303
        assert is_in(reader)
    assert _statuses(app, FAILURES + 1, "127.0.0.1") == [422] * FAILURES + [429]


def test_a_success_gives_no_failure_back(counting: Make, enrolled: tuple[User, str]) -> None:
    app = counting()
    user, secret = enrolled
    _statuses(app, FAILURES - 1, "127.0.0.1")
    assert both(PageClient(app), user, code_of(secret)).status_code == 303
    assert _statuses(app, 2, "127.0.0.1") == [422, 429]


def test_thirty_guesses_at_once_share_the_count(counting: Make, quick: list[str]) -> None:
    app, start = counting(), Barrier(30)
    statuses = []

    def guess(_number: int) -> int:
        start.wait()
        return _guess(app).status_code

    with ThreadPoolExecutor(30) as pool:
        statuses = list(pool.map(guess, range(30)))
    assert sorted(statuses) == [422] * FAILURES + [429] * (30 - FAILURES)
    assert len(quick) == FAILURES


def test_behind_a_proxy_the_client_is_counted_not_the_proxy(make: Make) -> None:
    app = make(proxies=1)
    far = [_guess(app, "10.0.0.1", **{"X-Forwarded-For": "203.0.113.9"}) for _ in range(11)]
    assert far[-1].status_code == 429
    other = _guess(app, "10.0.0.1", **{"X-Forwarded-For": "203.0.113.10"})
    assert other.status_code == 422


def test_a_forwarded_address_that_no_proxy_vouches_for_is_ignored(make: Make) -> None:
    app = make(proxies=0)
    statuses = [
        _guess(app, **{"X-Forwarded-For": f"203.0.113.{number}"}).status_code
        for number in range(FAILURES + 1)
    ]
    assert statuses[-1] == 429, "a made-up header buys no tries"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:1:2:3", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
        (None, "unknown"),
    ],
)
def test_one_line_of_the_internet_is_one_address(address: str | None, network: str) -> None:
    assert network_of(address) == network


def test_a_whole_ipv6_line_shares_the_count(make: Make) -> None:
    app = make()
    statuses = [
        _guess(app, f"2001:db8:1:2::{number + 1:x}").status_code for number in range(FAILURES + 1)
    ]
    assert statuses == [422] * FAILURES + [429]
    assert _guess(app, "2001:db8:1:3::1").status_code == 422


def test_strangers_at_the_same_address_do_not_stop_somebody_signed_in(
    counting: Make, enrolled: tuple[User, str], session: Session
) -> None:
    app = counting()
    reader, (user, secret) = PageClient(app), enrolled
    reader.enter(session, user)
    assert _statuses(app, FAILURES + 1, "127.0.0.1")[-1] == 429
    shown = {"code": code_of(secret), "next": "/account"}
    assert reader.post("/sign-in/confirm", data=shown).status_code == 303
