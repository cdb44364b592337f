"""`python -m portal user`: closing an account, and opening it again."""

from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.account import UserSession
from tests import factories
from tests.factories import PASSWORD
from tests.pages import PageClient, code_of


def test_a_closed_account_loses_its_sessions_at_once(
    run, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _secret = factories.make_user(session, keys)
    reader.enter(session, user)
    assert reader.get("/account").status_code == 200
    done = run("user", "disable", user.email.upper())
    assert done.exit_code == 0, done.output
    assert "1 sessions ended" in done.stdout
    assert reader.get("/account").status_code == 303
    session.expire_all()
    assert all(row.ended_at for row in session.exec(select(UserSession)).all())


def test_a_closed_account_cannot_sign_in_until_it_is_opened(
    run, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys)
    run("user", "disable", user.email)
    answer = reader.post("/sign-in", data={"email": user.email, "password": PASSWORD})
    assert answer.status_code == 422
    run("user", "enable", user.email)
    assert reader.sign_in(user, secret).headers["Location"] == "/"


def test_an_account_closed_between_the_steps_does_not_get_in(
    run, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, secret = factories.make_user(session, keys)
    session.commit()
    first = reader.post("/sign-in", data={"email": user.email, "password": PASSWORD})
    assert first.headers["Location"] == "/sign-in/code"
    run("user", "disable", user.email)
    answer = reader.post("/sign-in/code", data={"code": code_of(secret)})
    assert "too_late" in answer.headers["Location"]
    assert reader.get("/account").status_code == 303


def test_an_unknown_address_is_said(run) -> None:
    done = run("user", "disable", "nobody@example.org")
    assert done.exit_code == 1
    assert "there is no account nobody@example.org" in done.stderr
