"""What a passkey must not open: every lie, every copy, every second use is one refusal."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.identity import ceremonies
from portal.models.account import User, UserSession
from portal.models.credential import Passkey
from tests import factories
from tests.auth.authenticator import (
    ACCOUNT,
    ENROLMENT,
    SECOND_FACTOR,
    SIGN_IN,
    STEP_UP,
    Phone,
    give_passkey,
    options,
    touch,
)
from tests.auth.steps import cookie, is_in, password
from tests.pages import PageClient

REFUSED = "Cette clé d’accès n’a pas fonctionné"
LIES = {
    "the reader was not verified": {"is_verified": False},
    "nobody was there": {"is_present": False},
    "another site asked": {"origin": "https://relais.example.net"},
    "another port asked": {"origin": "http://localhost:8080"},
    "another scheme asked": {"origin": "https://localhost"},
    "a name that begins alike": {"origin": "http://localhost.example.net"},
    "the key of another portal": {"rp_id": "example.net"},
    "another challenge": {"challenge": "A" * 43},
    "a registration instead of a signature": {"kind": "webauthn.create"},
    "inside a page of somebody else": {"is_framed": True},
    "the handle of somebody else": {"handle": b"\0" * 16},
}
GARBAGE = [
    "",
    "{",
    "null",
    "[]",
    "{}",
    '{"id": null}',
    '{"id": 1, "rawId": "x"}',
    '{"id": "é"}',
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}',
    "[" * 15_000,
    '{"a":' * 3_000,
    "x" * 20_001,
]


@pytest.fixture
def user(session: Session, keys: KeyRing) -> User:
    user, _secret = factories.make_user(session, keys)
    session.commit()
    return user


@pytest.fixture
def phone(session: Session, user: User) -> Phone:
    phone = Phone(count=7)
    give_passkey(session, user, phone)
    session.commit()
    return phone


def _at_sign_in(_reader: PageClient, _session: Session, _user: User) -> str:
    return SIGN_IN


def _after_the_password(reader: PageClient, _session: Session, user: User) -> str:
    password(reader, user)
    return SECOND_FACTOR


def _signed_in(reader: PageClient, session: Session, user: User) -> str:
    reader.enter(session, user)
    return STEP_UP


Door = Callable[[PageClient, Session, User], str]
doors = pytest.mark.parametrize("door", [_at_sign_in, _after_the_password, _signed_in])


@doors
@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused(
    reader: PageClient, session: Session, user: User, phone: Phone, door: Door, lie: str
) -> None:
    act = door(reader, session, user)
    for name, value in LIES[lie].items():
        setattr(phone, name, value)
    answer = touch(reader, phone, act)
    assert answer.status_code == 422
    assert REFUSED in answer.text
    assert not cookie(answer, "sid")
    assert session.exec(select(Passkey)).one().last_used_at is None


@doors
def test_the_signature_of_another_key_is_refused(
    reader: PageClient, session: Session, user: User, phone: Phone, door: Door
) -> None:
    act = door(reader, session, user)
    phone.key = Phone().key
    assert touch(reader, phone, act).status_code == 422


@doors
@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_is_refused(
    reader: PageClient, session: Session, user: User, door: Door, text: str
) -> None:
    act = door(reader, session, user)
    options(reader, act)
    answer = reader.post(act, data={"credential": text})
    assert answer.status_code == 422
    assert REFUSED in answer.text


def test_a_passkey_that_does_not_say_whose_it_is_needs_a_password_first(
    reader: PageClient, user: User, phone: Phone
) -> None:
    phone.handle = None
    assert touch(reader, phone, SIGN_IN).status_code == 422
    password(reader, user)
    assert touch(reader, phone, SECOND_FACTOR).status_code == 303


@doors
def test_an_answer_is_good_once(
    app: Flask, reader: PageClient, session: Session, user: User, phone: Phone, door: Door
) -> None:
    act = door(reader, session, user)
    carried = {
        name: found.value
        for name in ("sid", "challenge")
        if (found := reader.client.get_cookie(name)) is not None
    }
    credential = phone.get(options(reader, act))
    ceremony = reader.client.get_cookie("passkey")
    assert ceremony is not None
    assert reader.post(act, data={"credential": credential}).status_code == 303
    # A count that is not kept must not be what stops the copy.
    session.exec(select(Passkey)).one().sign_count = 0
    session.commit()
    thief = PageClient(app)
    for name, value in (carried | {"passkey": ceremony.value}).items():
        thief.client.set_cookie(name, value)
    assert not cookie(thief.post(act, data={"credential": credential}), "sid")
    assert len(session.exec(select(UserSession)).all()) == 1


def test_of_thirty_two_hands_with_one_answer_one_gets_in(
    app: Flask, reader: PageClient, session: Session, phone: Phone
) -> None:
    session.exec(select(Passkey)).one().sign_count = 0
    session.commit()
    phone.count = 0
    credential = phone.get(options(reader, SIGN_IN))
    ceremony, hands = reader.client.get_cookie("passkey"), 32
    start = Barrier(hands)

    def try_it(_number: int) -> bool:
        thief = PageClient(app)
        assert ceremony is not None
        thief.client.set_cookie("passkey", ceremony.value)
        start.wait()
        answer = thief.post(SIGN_IN, data={"credential": credential})
        assert answer.status_code in (303, 422, 429)
        return bool(cookie(answer, "sid"))

    with ThreadPoolExecutor(hands) as pool:
        assert sum(pool.map(try_it, range(hands))) == 1
    assert len(session.exec(select(UserSession)).all()) == 1


@doors
@pytest.mark.parametrize("token", ["", "x", "%00", "\u00ff", "A" * 3_000])
def test_no_cookie_of_a_ceremony_breaks_a_page(
    reader: PageClient, session: Session, user: User, phone: Phone, door: Door, token: str
) -> None:
    act = door(reader, session, user)
    credential = phone.get(options(reader, act))
    reader.client.set_cookie("passkey", token)
    assert reader.post(act, data={"credential": credential}).status_code == 422


@doors
def test_an_answer_from_another_browser_is_refused(
    reader: PageClient, session: Session, user: User, phone: Phone, door: Door
) -> None:
    act = door(reader, session, user)
    credential = phone.get(options(reader, act))
    reader.client.delete_cookie("passkey")
    assert reader.post(act, data={"credential": credential}).status_code == 422


@doors
def test_an_answer_that_comes_too_late_is_refused(
    reader: PageClient, session: Session, user: User, phone: Phone, door: Door
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        act = door(reader, session, user)
        credential = phone.get(options(reader, act))
        clock.shift(ceremonies.LASTS)
        assert reader.post(act, data={"credential": credential}).status_code == 422


@pytest.mark.parametrize("asked_at", [SIGN_IN, SECOND_FACTOR, STEP_UP])
@pytest.mark.parametrize("used_at", [SIGN_IN, SECOND_FACTOR, STEP_UP])
def test_an_answer_serves_only_what_it_was_asked_for(
    reader: PageClient, session: Session, user: User, phone: Phone, asked_at: str, used_at: str
) -> None:
    password(reader, user)
    reader.enter(session, user)
    credential = phone.get(options(reader, asked_at))
    answer = reader.post(used_at, data={"credential": credential})
    assert answer.status_code == (303 if asked_at == used_at else 422)


@doors
def test_the_passkey_of_somebody_else_opens_only_their_account(
    app: Flask, session: Session, keys: KeyRing, user: User, phone: Phone, door: Door
) -> None:
    other, _secret = factories.make_user(session, keys)
    theirs = Phone()
    give_passkey(session, other, theirs)
    session.commit()
    reader = PageClient(app)
    act = door(reader, session, user)
    answer = touch(reader, theirs, act)
    if act != SIGN_IN:
        assert answer.status_code == 422
        return
    assert session.exec(select(UserSession)).one().user_id == other.id


def test_what_one_reader_was_asked_another_one_cannot_answer(
    reader: PageClient, session: Session, keys: KeyRing, user: User, phone: Phone
) -> None:
    other, _secret = factories.make_user(session, keys)
    theirs = Phone()
    give_passkey(session, other, theirs)
    reader.enter(session, user)
    asked = options(reader, STEP_UP)
    reader.enter(session, other)
    answer = reader.post(STEP_UP, data={"credential": theirs.get(asked)})
    assert answer.status_code == 422


@pytest.mark.parametrize("count", [7, 6, 0])
def test_a_count_that_did_not_grow_is_a_copied_key(
    reader: PageClient, session: Session, user: User, phone: Phone, count: int
) -> None:
    phone.count = count - 1 if count else 0
    assert touch(reader, phone, SIGN_IN).status_code == 422
    phone.count = 7
    assert touch(reader, phone, SIGN_IN).status_code == 303
    assert session.exec(select(Passkey)).one().sign_count == 8


@pytest.mark.parametrize("field", ["disabled_at", "enrolled_at"])
def test_an_account_that_is_closed_or_not_ready_is_refused_in_the_same_words(
    reader: PageClient, app: Flask, session: Session, user: User, phone: Phone, field: str
) -> None:
    stranger = touch(PageClient(app), Phone(), SIGN_IN)
    found = session.get_one(User, user.id)
    found.disabled_at, found.enrolled_at = (
        (now(), found.enrolled_at) if field == "disabled_at" else (None, None)
    )
    session.commit()
    refused = touch(reader, phone, SIGN_IN)
    assert (refused.status_code, stranger.status_code) == (422, 422)
    assert refused.text == stranger.text
    assert not is_in(reader)


def test_failures_of_a_passkey_lock_nobody_out(
    app: Flask, session: Session, user: User, phone: Phone
) -> None:
    phone.is_verified = False
    for _time in range(6):
        assert touch(PageClient(app), phone, SIGN_IN).status_code == 422
    phone.is_verified = True
    assert password(PageClient(app), user).status_code == 303
    assert touch(PageClient(app), phone, SIGN_IN).status_code == 303


def test_a_closed_account_cannot_confirm(
    reader: PageClient, session: Session, user: User, phone: Phone
) -> None:
    reader.enter(session, user)
    credential = phone.get(options(reader, STEP_UP))
    session.get_one(User, user.id).disabled_at = now()
    session.commit()
    assert reader.post(STEP_UP, data={"credential": credential}).status_code == 401


REGISTRATION_LIES = {name: lie for name, lie in LIES.items() if "handle" not in lie} | {
    "a registration instead of a signature": {"kind": "webauthn.get"},
    "a key of a kind that was not asked": {"algorithm": -35},
}


@pytest.mark.parametrize("lie", REGISTRATION_LIES)
def test_a_passkey_made_with_a_lie_is_not_added(
    reader: PageClient, session: Session, user: User, lie: str
) -> None:
    reader.enter(session, user)
    liar = Phone(**REGISTRATION_LIES[lie])
    credential = liar.create(options(reader, ACCOUNT))
    answer = reader.post(ACCOUNT, data={"name": "Mon téléphone", "credential": credential})
    assert answer.status_code == 422
    assert 'value="Mon téléphone"' in answer.text
    assert session.exec(select(Passkey)).all() == []


def test_a_passkey_of_somebody_cannot_be_added_to_another_account(
    reader: PageClient, session: Session, keys: KeyRing, user: User, phone: Phone
) -> None:
    other, _secret = factories.make_user(session, keys)
    reader.enter(session, other)
    credential = phone.create(options(reader, ACCOUNT))
    answer = reader.post(ACCOUNT, data={"name": "Le sien", "credential": credential})
    assert answer.status_code == 422
    assert session.exec(select(Passkey)).one().user_id == user.id


def test_nobody_adds_a_passkey_without_a_recent_factor(
    reader: PageClient, session: Session, user: User
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        reader.enter(session, user)
        credential = Phone().create(options(reader, ACCOUNT))
        clock.shift(timedelta(minutes=5))
        assert reader.post(f"{ACCOUNT}/options").status_code == 403
        answer = reader.post(ACCOUNT, data={"name": "Mon téléphone", "credential": credential})
    assert answer.status_code == 403
    assert "Mon téléphone" in answer.text
    assert "clientDataJSON" not in answer.text, "what was signed is kept nowhere"
    assert session.exec(select(Passkey)).all() == []


def test_without_a_password_first_there_is_no_second_step(reader: PageClient, phone: Phone) -> None:
    for act in (SECOND_FACTOR, ENROLMENT):
        assert reader.post(f"{act}/options").status_code == 404
        answer = reader.post(act, data={"credential": "{}"})
        assert answer.headers["Location"] == "/sign-in?too_late=1"


def test_a_stranger_is_asked_to_sign_in_before_confirming(reader: PageClient) -> None:
    for path in (STEP_UP, f"{STEP_UP}/options", ACCOUNT, f"{ACCOUNT}/options"):
        assert reader.post(path).status_code == 401
