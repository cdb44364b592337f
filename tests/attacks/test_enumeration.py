"""Whether somebody has an account here is a secret about their health: no door tells it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session
from werkzeug.test import TestResponse

from portal.crypto import KeyRing
from portal.identity import passwords
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

KNOWN, UNKNOWN = "known@example.org", "other@example.org"
WRONG = "un autre mot de passe"
KINDS: dict[str, dict[str, Any]] = {
    "enrolled": {},
    "never finished": {"enrolled_at": None},
    "closed": {"disabled_at": factories.LONG_AGO},
}


@dataclass(frozen=True)
class Work:
    """What an answer cost, and what it said; a clock would measure the machine as well."""

    status: int
    text: str
    headers: tuple[str, ...]
    statements: int
    hashes: int


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The slow hashes that were verified."""
    verified: list[str] = []
    hasher = passwords._hasher

    class Counting:
        def __getattr__(self, name: str) -> object:
            return getattr(hasher, name)

        def verify(self, stored: str, text: str) -> bool:
            verified.append(stored.rsplit("$", 2)[0])
            return bool(hasher.verify(stored, text))

    monkeypatch.setattr(passwords, "_hasher", Counting())
    return verified


def _work(app: Flask, hashes: list[str], name: str, ask: Callable[..., TestResponse]) -> Work:
    hashes.clear()
    with counted(app) as statements:
        answer = ask(PageClient(app), name)
    skipped = ("X-Request-Id", "Date")
    headers = tuple(f"{key}: {text}" for key, text in answer.headers if key not in skipped)
    return Work(
        status=answer.status_code,
        text=answer.text.replace(name, "X"),
        headers=tuple(sorted(line for line in headers if not line.startswith("Content-Length"))),
        statements=len(statements),
        hashes=len(hashes),
    )


def _sign_in(reader: PageClient, name: str) -> TestResponse:
    return reader.post("/sign-in", data={"email": name, "password": WRONG})


@pytest.mark.parametrize("kind", KINDS)
def test_the_sign_in_page_answers_the_same_after_the_same_work(
    app: Flask, session: Session, keys: KeyRing, hashes: list[str], kind: str
) -> None:
    factories.make_user(session, keys, email=KNOWN, **KINDS[kind])
    session.commit()
    _sign_in(PageClient(app), "warm@example.org")
    known = _work(app, hashes, KNOWN, _sign_in)
    unknown = _work(app, hashes, UNKNOWN, _sign_in)
    assert known == unknown
    assert known.hashes == 1
    assert known.status == 422


def test_a_user_name_is_no_easier_to_find_than_an_address(
    app: Flask, session: Session, keys: KeyRing, hashes: list[str]
) -> None:
    factories.make_user(session, keys, email=None, username="jeanne-m")
    session.commit()
    _sign_in(PageClient(app), "warm@example.org")
    known = _work(app, hashes, "jeanne-m", _sign_in)
    assert known == _work(app, hashes, "jeanne-n", _sign_in)
    assert (known.status, known.hashes) == (422, 1)


def test_a_spent_budget_says_nothing_either(
    app: Flask, session: Session, keys: KeyRing, hashes: list[str]
) -> None:
    factories.make_user(session, keys, email=KNOWN)
    session.commit()
    for name in (KNOWN, UNKNOWN):
        for _ in range(5):
            _sign_in(PageClient(app), name)
    known = _work(app, hashes, KNOWN, _sign_in)
    unknown = _work(app, hashes, UNKNOWN, _sign_in)
    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert (known.statements, known.hashes) == (unknown.statements, 0)


def _ask_for_a_link(reader: PageClient, name: str) -> TestResponse:
    return reader.post("/password-reset", data={"email": name})


def _renew(reader: PageClient, name: str) -> TestResponse:
    return reader.post("/renewal/code", data={"name": name, "code": "ABCDE-FGHJK"})


@pytest.mark.parametrize("kind", [*KINDS, "without an address"])
def test_asking_for_a_new_password_tells_nothing(
    app: Flask, session: Session, keys: KeyRing, hashes: list[str], kind: str
) -> None:
    has_none = kind == "without an address"
    name = "jeanne-m" if has_none else KNOWN
    fields = {"email": None, "username": name} if has_none else {"email": KNOWN} | KINDS[kind]
    factories.make_user(session, keys, **fields)
    session.commit()
    _ask_for_a_link(PageClient(app), "warm@example.org")
    known = _work(app, hashes, name, _ask_for_a_link)
    unknown = _work(app, hashes, UNKNOWN, _ask_for_a_link)
    assert known == unknown
    assert known.status == 303


def test_asking_too_often_tells_nothing_either(
    app: Flask, session: Session, keys: KeyRing, hashes: list[str]
) -> None:
    factories.make_user(session, keys, email=KNOWN)
    session.commit()
    works = [_work(app, hashes, KNOWN, _ask_for_a_link) for _ in range(6)]
    unknown = _work(app, hashes, UNKNOWN, _ask_for_a_link)
    assert {work.statements for work in works[1:]} == {unknown.statements}
    assert {(work.status, work.headers) for work in works} == {(303, unknown.headers)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_way_back_tells_nothing(
    app: Flask, session: Session, keys: KeyRing, hashes: list[str], kind: str
) -> None:
    factories.make_user(session, keys, email=KNOWN, **KINDS[kind])
    session.commit()
    _renew(PageClient(app), "warm@example.org")
    known = _work(app, hashes, KNOWN, _renew)
    assert known == _work(app, hashes, UNKNOWN, _renew)
    assert (known.status, known.hashes) == (422, 0)
