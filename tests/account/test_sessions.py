"""The browsers that are signed in: seen, and signed out from another one."""

from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.access.sessions import start_session
from portal.clock import now
from portal.crypto import KeyRing
from portal.models.account import User, UserSession
from portal.models.credential import SecurityEvent
from tests import factories
from tests.auth.steps import is_in
from tests.letters import waiting
from tests.pages import PageClient
from tests.statements import counted

NOON = 1_800_000_000  # 15 January 2027, 9 h in Paris
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def user(session: Session, keys: KeyRing) -> User:
    user, _ = factories.make_user(session, keys)
    session.commit()
    return user


def _session_id(session: Session, user: User, *, but: int = 0) -> str:
    rows = session.exec(select(UserSession).where(UserSession.user_id == user.id)).all()
    found = str(sorted(rows, key=lambda row: row.created_at)[but].id)
    session.rollback()
    return found


def _kinds(session: Session) -> list[str]:
    session.rollback()
    return [one.kind.value for one in session.exec(select(SecurityEvent)).all()]


def test_each_browser_is_said_in_words_with_its_times(
    reader: PageClient, session: Session, user: User
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        start_session(session, user_id=user.id, is_staff=False, user_agent=PHONE, at=now())
        clock.shift(600)
        reader.enter(session, user)
        text = reader.get("/account/sessions").text
    assert "Chrome sur Android" in text
    assert text.count("Cet appareil") == 1
    assert text.count("Déconnecter cet appareil") == 1, "not the one in hand"
    assert "aujourd’hui à 9\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}00" in text
    assert "aujourd’hui à 9\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}10" in text


def test_what_was_done_is_the_first_word_of_the_title(
    reader: PageClient, session: Session, user: User
) -> None:
    reader.enter(session, user)
    assert "<title>C’est fait" in reader.get("/account/sessions?ended=one").text
    assert "<title>Appareils" in reader.get("/account/sessions").text


def test_the_times_are_those_of_where_the_reader_lives(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys, time_zone="Indian/Reunion")
    with time_machine.travel(NOON, tick=False):
        reader.enter(session, user)
        text = reader.get("/account/sessions").text
    assert "aujourd’hui à 12\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}00" in text


def test_an_ended_browser_is_out_on_its_next_request(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    other = PageClient(app)
    other.enter(session, user)
    reader.enter(session, user)
    path = f"/account/sessions/{_session_id(session, user)}/end"
    assert reader.post(path).headers["Location"] == "/account/sessions?ended=one"
    assert not is_in(other)
    assert other.get("/account").headers["Location"].startswith("/sign-in?next=/account")
    assert is_in(reader)
    assert _kinds(session) == ["session_ended"]
    assert waiting(session, keys) == []
    assert (
        "L’autre appareil est déconnecté. Celui-ci reste ouvert"
        in reader.get("/account/sessions?ended=one").text
    )


def test_all_others_end_and_this_one_stays(
    app: Flask, reader: PageClient, session: Session, user: User
) -> None:
    others = [PageClient(app) for _ in range(3)]
    for other in others:
        other.enter(session, user)
    reader.enter(session, user)
    answer = reader.post("/account/sessions/end-others")
    assert answer.headers["Location"] == "/account/sessions?ended=others"
    assert [is_in(other) for other in others] == [False] * 3
    assert is_in(reader)
    assert _kinds(session) == ["sessions_ended"]
    reader.post("/account/sessions/end-others")
    assert _kinds(session) == ["sessions_ended"], "nothing happened the second time"


def test_the_browser_of_somebody_else_cannot_be_ended(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    stranger, _ = factories.make_user(session, keys)
    other = PageClient(app)
    other.enter(session, stranger)
    reader.enter(session, user)
    path = f"/account/sessions/{_session_id(session, stranger)}/end"
    assert reader.post(path).status_code == 404
    assert is_in(other)
    reader.post("/account/sessions/end-others")
    assert is_in(other)


def test_what_is_unknown_over_or_in_hand_cannot_be_ended(
    app: Flask, reader: PageClient, session: Session, user: User
) -> None:
    other = PageClient(app)
    other.enter(session, user)
    reader.enter(session, user)
    over, own = _session_id(session, user), _session_id(session, user, but=1)
    assert reader.post(f"/account/sessions/{over}/end").status_code == 303
    for gone in (over, own, uuid4()):
        assert reader.post(f"/account/sessions/{gone}/end").status_code == 404
    assert is_in(reader)
    assert _kinds(session) == ["session_ended"]


def test_sessions_that_are_over_are_not_shown(
    reader: PageClient, session: Session, user: User
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        start_session(session, user_id=user.id, is_staff=False, user_agent=PHONE, at=now())
        clock.shift(31 * 60)
        reader.enter(session, user)
        text = reader.get("/account/sessions").text
    assert "Chrome sur Android" not in text
    assert "nulle part ailleurs" in text


def test_what_a_browser_says_of_itself_is_never_markup(
    reader: PageClient, session: Session, user: User
) -> None:
    evil = "<script>alert(1)</script>"
    start_session(session, user_id=user.id, is_staff=False, user_agent=evil, at=now())
    reader.enter(session, user)
    assert "alert(1)" not in reader.get("/account/sessions").text


def test_the_list_costs_the_same_for_one_browser_and_for_forty(
    app: Flask, session: Session, user: User
) -> None:
    counts = []
    for rows in (1, 40):
        for _ in range(rows):
            start_session(session, user_id=user.id, is_staff=False, user_agent=PHONE, at=now())
        reader = PageClient(app)
        reader.enter(session, user)
        with counted(app) as statements:
            assert reader.get("/account/sessions").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5
