"""A cookie planted in, or copied from, somebody's browser opens nothing."""

from flask import Flask
from sqlmodel import Session, select

from portal.access.sessions import step_up
from portal.clock import now
from portal.crypto import KeyRing, token_hash
from portal.models.account import UserSession
from tests import factories
from tests.auth.steps import both, is_in, password
from tests.pages import PageClient, code_of


def _cookie(reader: PageClient, name: str) -> str:
    found = reader.client.get_cookie(name)
    assert found is not None, f"no cookie {name}"
    return found.value


def test_a_planted_token_never_becomes_a_session(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    victim, thief = PageClient(app), PageClient(app)
    for reader in (victim, thief):
        reader.client.set_cookie("sid", "planted")
    both(victim, user, code_of(secret))
    assert is_in(victim)
    assert _cookie(victim, "sid") != "planted"
    assert not is_in(thief)


def test_a_planted_session_of_the_thief_is_not_what_the_victim_signs_in_to(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys)
    other, other_secret = factories.make_user(session, keys)
    session.commit()
    victim, thief = PageClient(app), PageClient(app)
    both(thief, other, code_of(other_secret))
    planted = _cookie(thief, "sid")
    victim.client.set_cookie("sid", planted)
    both(victim, user, code_of(secret))
    assert _cookie(victim, "sid") != planted
    assert not is_in(thief), "the session that the browser carried has ended"
    owners = {row.user_id: row.ended_at for row in session.exec(select(UserSession)).all()}
    assert owners[user.id] is None
    assert owners[other.id] is not None


def test_a_planted_step_of_the_thief_does_not_take_the_code_of_the_victim(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    """Otherwise the victim would write their day into the account of somebody else."""
    _user, secret = factories.make_user(session, keys)
    other, _other_secret = factories.make_user(session, keys)
    session.commit()
    thief, victim = PageClient(app), PageClient(app)
    password(thief, other)
    victim.client.set_cookie("challenge", _cookie(thief, "challenge"))
    assert victim.post("/sign-in/code", data={"code": code_of(secret)}).status_code == 422
    assert not is_in(victim)


def test_a_step_that_was_taken_cannot_be_taken_again(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    reader, thief = PageClient(app), PageClient(app)
    password(reader, user)
    thief.client.set_cookie("challenge", _cookie(reader, "challenge"))
    assert reader.post("/sign-in/code", data={"code": code_of(secret)}).status_code == 303
    later = code_of(secret, steps_ahead=1)
    answer = thief.post("/sign-in/code", data={"code": later})
    assert answer.headers["Location"] == "/sign-in?too_late=1"
    assert not is_in(thief)


def test_a_cookie_copied_before_sign_out_is_dead_after_it(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    reader, thief = PageClient(app), PageClient(app)
    both(reader, user, code_of(secret))
    for name in ("sid", "device", "challenge"):
        if (found := reader.client.get_cookie(name)) is not None:
            thief.client.set_cookie(name, found.value)
    assert is_in(thief), "it is a copy of a live session"
    reader.post("/sign-out")
    assert not is_in(thief)
    assert thief.get("/account").headers["Location"].startswith("/sign-in")


def test_a_cookie_copied_before_step_up_is_dead_after_it(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys)
    reader = PageClient(app)
    reader.enter(session, user)
    row = session.exec(select(UserSession)).one()
    token = step_up(session, session_id=row.id, at=now())
    session.commit()
    assert not is_in(reader)
    reader.client.set_cookie("sid", token)
    assert is_in(reader)


def test_neither_table_nor_cookie_of_a_session_holds_what_the_other_needs(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    reader, thief = PageClient(app), PageClient(app)
    both(reader, user, code_of(secret))
    stored = session.exec(select(UserSession)).one().token_hash
    assert stored == token_hash(_cookie(reader, "sid"))
    for stolen in (stored.hex(), str(session.exec(select(UserSession)).one().id)):
        thief.client.set_cookie("sid", stolen)
        assert not is_in(thief)
