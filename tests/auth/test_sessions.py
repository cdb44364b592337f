"""How long a session lasts, what its cookie looks like, and how it ends for good."""

from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal import create_app
from portal.config import Config
from portal.crypto import KeyRing, token_hash
from portal.models.account import User, UserSession
from tests import factories
from tests.auth.steps import both, cookie, is_in, password
from tests.pages import PageClient, code_of

NOON = 1_800_000_000
MINUTE, HOUR = 60, 3600


@pytest.fixture
def enrolled(session: Session, keys: KeyRing) -> tuple[User, str]:
    found = factories.make_user(session, keys)
    session.commit()
    return found


def _staff(session: Session, keys: KeyRing, kind: str) -> User:
    if kind == "professional":
        practitioner = factories.make_practitioner(session)
        return factories.make_user(session, keys, practitioner_id=practitioner.id)[0]
    user, _ = factories.make_user(session, keys, is_operator=kind == "operator")
    if kind == "coordinator":
        organization = factories.make_organization(session)
        factories.make_coordination(session, user=user, organization_id=organization.id)
    return user


def test_a_session_without_a_page_for_half_an_hour_is_over(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        reader.enter(session, enrolled[0])
        clock.shift(30 * MINUTE - 1)
        assert reader.get("/people").status_code == 200
        clock.shift(30 * MINUTE)
        assert reader.get("/people").status_code == 303


@pytest.mark.parametrize("kind", ["professional", "coordinator", "operator"])
def test_the_session_of_staff_is_over_after_a_quarter_of_an_hour(
    reader: PageClient, session: Session, keys: KeyRing, kind: str
) -> None:
    user = _staff(session, keys, kind)
    with time_machine.travel(NOON, tick=False) as clock:
        reader.enter(session, user)
        clock.shift(15 * MINUTE - 1)
        assert is_in(reader)
        clock.shift(1)
        assert not is_in(reader)


def test_no_session_lasts_longer_than_twelve_hours(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        reader.enter(session, enrolled[0])
        for _ in range(12 * 3 - 1):
            clock.shift(20 * MINUTE)
            assert reader.get("/people").status_code == 200
        clock.shift(20 * MINUTE)
        assert reader.get("/people").status_code == 303


def test_asking_whether_one_is_signed_in_prolongs_nothing(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        reader.enter(session, enrolled[0])
        for _ in range(2):
            clock.shift(14 * MINUTE)
            assert is_in(reader)
        clock.shift(2 * MINUTE)
        assert not is_in(reader)


def test_staying_prolongs_the_session(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        reader.enter(session, enrolled[0])
        clock.shift(29 * MINUTE)
        assert reader.post("/session/stay").status_code == 204
        clock.shift(29 * MINUTE)
        assert is_in(reader)


def test_staying_after_the_end_is_refused(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        reader.enter(session, enrolled[0])
        clock.shift(30 * MINUTE)
        assert reader.post("/session/stay").status_code == 401


def test_last_seen_is_written_at_most_once_a_minute(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    def last_seen() -> float:
        session.expire_all()
        row = session.exec(select(UserSession)).one()
        session.rollback()
        return row.last_seen_at.timestamp() - NOON

    with time_machine.travel(NOON, tick=False) as clock:
        reader.enter(session, enrolled[0])
        clock.shift(59)
        reader.get("/people")
        assert last_seen() == 0
        clock.shift(1)
        reader.get("/people")
        assert last_seen() == 60
        clock.shift(30)
        reader.get("/people")
        assert last_seen() == 60


def test_signing_out_ends_the_session_and_its_cookie_opens_nothing_again(
    app: Flask, session: Session, enrolled: tuple[User, str]
) -> None:
    reader, thief = PageClient(app), PageClient(app)
    reader.enter(session, enrolled[0])
    stolen = reader.client.get_cookie("sid")
    assert stolen is not None
    answer = reader.post("/sign-out")
    assert answer.headers["Location"] == "/sign-in?signed_out=1"
    assert any(
        line.startswith("sid=;") and "Max-Age=0" in line
        for line in answer.headers.getlist("Set-Cookie")
    )
    thief.client.set_cookie("sid", stolen.value)
    assert not is_in(thief)
    assert thief.get("/people").status_code == 303


def test_a_link_cannot_sign_anybody_out(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    reader.enter(session, enrolled[0])
    page = reader.get("/sign-out")
    assert page.status_code == 200
    assert '<form class="stack-large" method="post" action="/sign-out"' in page.text
    assert is_in(reader)


def test_each_sign_in_gives_a_new_token_and_the_table_holds_only_its_hash(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    reader.client.set_cookie("sid", "planted-by-somebody-else")
    with time_machine.travel(NOON, tick=False):
        line = cookie(both(reader, user, code_of(secret)), "sid")
    token = line.partition(";")[0].partition("=")[2]
    assert len(token) >= 43, "256 bits"
    row = session.exec(select(UserSession)).one()
    assert row.token_hash == token_hash(token)
    assert token.encode() not in row.token_hash


def test_signing_in_again_ends_the_session_that_the_browser_carried(
    app: Flask, session: Session, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    reader, thief = PageClient(app), PageClient(app)
    with time_machine.travel(NOON, tick=False):
        both(reader, user, code_of(secret))
        before = reader.client.get_cookie("sid")
        assert before is not None
        both(reader, user, code_of(secret, steps_ahead=1))
        after = reader.client.get_cookie("sid")
        assert after is not None
        assert before.value != after.value
        thief.client.set_cookie("sid", before.value)
        assert is_in(reader)
        assert not is_in(thief)


@pytest.fixture
def https_reader(config: Config, session: Session, tmp_path: Path) -> PageClient:
    from dataclasses import replace

    secure = replace(config, base_url="https://localhost", trusted_hosts=("localhost",))
    return PageClient(create_app(secure))


def test_cookies_are_bound_to_the_host_and_to_tls(
    https_reader: PageClient, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    base = {"base_url": "https://localhost"}
    form = {"email": user.email, "password": factories.PASSWORD}
    first = https_reader.post("/sign-in", data=form, **base)
    second = https_reader.post("/sign-in/code", data={"code": code_of(secret)}, **base)
    assert second.status_code == 303
    for answer, name in ((first, "challenge"), (second, "sid"), (second, "device")):
        parts = {part.strip() for part in cookie(answer, f"__Host-{name}").split(";")}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts, name
        assert not any(part.startswith("Domain") for part in parts)
    assert second.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_every_cookie_of_a_tls_site_is_secure(
    https_reader: PageClient, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    base = {"base_url": "https://localhost"}
    form = {"email": user.email, "password": factories.PASSWORD}
    https_reader.post("/sign-in?lang=fr", data=form, **base)
    code = {"code": code_of(secret)}
    answer = https_reader.post("/sign-in/code?lang=fr", data=code, **base)
    lines = answer.headers.getlist("Set-Cookie")
    assert len(lines) >= 4
    assert [line for line in lines if "Secure" not in line] == []


def test_the_cookie_on_this_machine_is_kept_from_scripts_and_other_sites(
    reader: PageClient, enrolled: tuple[User, str]
) -> None:
    user, secret = enrolled
    line = cookie(both(reader, user, code_of(secret)), "sid")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in line.split(";")}
    assert "Max-Age" not in line
    assert "Expires" not in line


def test_a_signed_in_reader_who_opens_the_sign_in_page_goes_on(
    reader: PageClient, session: Session, enrolled: tuple[User, str]
) -> None:
    reader.enter(session, enrolled[0])
    assert reader.get("/sign-in").headers["Location"] == "/"
    assert reader.get("/sign-in?next=/account").headers["Location"] == "/account"


def test_the_challenge_is_used_up(reader: PageClient, enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    with time_machine.travel(NOON, tick=False):
        password(reader, user)
        challenge = reader.client.get_cookie("challenge")
        assert challenge is not None
        reader.post("/sign-in/code", data={"code": code_of(secret)})
        other = PageClient(reader.app)
        other.client.set_cookie("challenge", challenge.value)
        answer = other.post("/sign-in/code", data={"code": code_of(secret, steps_ahead=1)})
    assert answer.headers["Location"] == "/sign-in?too_late=1"
    assert not is_in(other)
