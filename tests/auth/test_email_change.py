"""The two links of an e-mail change: nothing moves without mailbox and account together."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.credential import EmailChange, SecurityEvent
from tests import factories
from tests.auth.steps import is_in
from tests.auth.steps import password as sign_in_with
from tests.letters import Waiting, waiting
from tests.pages import PageClient

NEW = "new@example.org"
NOON = 1_800_000_000


@pytest.fixture
def user(reader: PageClient, session: Session, keys: KeyRing) -> User:
    user, _ = factories.make_user(session, keys, email="old@example.org")
    reader.enter(session, user)
    return user


def _asked(reader: PageClient, session: Session, keys: KeyRing, new: str = NEW) -> tuple[str, str]:
    """The links in the new and in the old mailbox."""
    reader.post("/account/email", data={"email": new})
    found: dict[str, Waiting] = {one.letter: one for one in waiting(session, keys)}
    old = found.get("email_change_asked")
    return found["email_change_confirm"].path, old.path if old else ""


def _email(session: Session, user: User) -> str | None:
    session.rollback()
    return session.get_one(User, user.id, populate_existing=True).email


def test_the_link_of_the_new_mailbox_changes_the_address(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    confirm, _stop = _asked(reader, session, keys)
    page = reader.get(confirm)
    assert NEW in page.text
    assert _email(session, user) == "old@example.org", "reading the link changes nothing"
    answer = reader.post(confirm)
    assert answer.headers["Location"] == "/account?done=email"
    assert _email(session, user) == NEW
    assert sign_in_with(PageClient(app), NEW).headers["Location"] == "/sign-in/code"
    assert sign_in_with(PageClient(app), "old@example.org").status_code == 422


def test_both_mailboxes_are_told(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    confirm, _stop = _asked(reader, session, keys)
    reader.post(confirm)
    told = waiting(session, keys, "security_notice")
    assert {one.to for one in told} == {NEW, "old@example.org"}
    assert {one.values["kind"] for one in told} == {"email_changed"}
    assert len(told) == 2
    kinds = [one.kind for one in session.exec(select(SecurityEvent)).all()]
    assert kinds == ["email_change_asked", "email_changed"]


def test_a_first_address_is_confirmed_the_same_way(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys, email=None, username="jeanne.morel")
    reader.enter(session, user)
    confirm, _ = _asked(reader, session, keys)
    assert reader.post(confirm).status_code == 303
    assert _email(session, user) == NEW
    for name in (NEW, "jeanne.morel"):
        assert sign_in_with(PageClient(app), name).headers["Location"] == "/sign-in/code"


def test_a_stranger_who_got_the_mail_by_mistake_takes_nothing(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    confirm, _stop = _asked(reader, session, keys)
    stranger = PageClient(app)
    page = stranger.get(confirm)
    assert page.status_code == 200
    assert NEW not in page.text
    assert "old@example.org" not in page.text
    assert f'href="/sign-in?next={confirm}"' in page.text
    assert stranger.post(confirm).status_code == 401
    other, _ = factories.make_user(session, keys)
    stranger.enter(session, other)
    page = stranger.get(confirm)
    assert "pour un autre compte" in page.text
    assert NEW not in page.text
    assert stranger.post(confirm).status_code == 404
    assert _email(session, user) == "old@example.org"
    assert _email(session, other) == other.email
    assert reader.post(confirm).status_code == 303, "the owner can still use it"


def test_a_link_serves_once_and_for_a_day(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        reader.enter(session, user)
        confirm, stop = _asked(reader, session, keys)
        traveller.shift(24 * 3600 - 1)
        reader.enter(session, user)
        assert reader.get(confirm).status_code == 200
        assert reader.get(stop).status_code == 200
        traveller.shift(1)
        for link in (confirm, stop):
            assert reader.get(link).status_code == 404
            assert reader.post(link).status_code == 404
        assert _email(session, user) == "old@example.org"
    confirm, _stop = _asked_again(reader, session, keys, user)
    assert [reader.post(confirm).status_code for _ in range(2)] == [303, 404]
    changed = [one.kind for one in session.exec(select(SecurityEvent)).all()]
    assert changed.count("email_changed") == 1


def _asked_again(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> tuple[str, str]:
    before = {one.path for one in waiting(session, keys) if "path" in one.values}
    reader.enter(session, user)
    reader.post("/account/email", data={"email": "again@example.org"})
    fresh = [one for one in waiting(session, keys) if one.values.get("path", "") not in before]
    found = {one.letter: one.path for one in fresh if "path" in one.values}
    return found["email_change_confirm"], found["email_change_asked"]


def test_the_old_mailbox_stops_it_without_signing_in(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    confirm, stop = _asked(reader, session, keys)
    stranger = PageClient(app)
    assert stranger.get(stop).status_code == 200
    assert reader.get(confirm).status_code == 200, "reading it stops nothing"
    answer = stranger.post(stop)
    assert answer.headers["Location"] == "/email-change/stopped"
    assert "reste la même" in stranger.get("/email-change/stopped").text
    assert not is_in(stranger)
    assert reader.get(confirm).status_code == 404
    assert reader.post(confirm).status_code == 404
    assert _email(session, user) == "old@example.org"
    assert [stranger.get(stop).status_code, stranger.post(stop).status_code] == [404, 404]
    [notice] = waiting(session, keys)
    assert notice.values["kind"] == "email_change_cancelled"
    assert notice.to == "old@example.org"


def test_neither_link_does_the_work_of_the_other(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    confirm, stop = _asked(reader, session, keys)
    confirm_token, stop_token = confirm.rsplit("/", 1)[1], stop.rsplit("/", 1)[1]
    assert reader.post(f"/email-change/{stop_token}").status_code == 404
    assert reader.post(f"/email-change/stop/{confirm_token}").status_code == 404
    assert reader.post("/email-change/unknown").status_code == 404
    assert _email(session, user) == "old@example.org"


def test_an_address_taken_meanwhile_is_refused_in_words_and_the_link_is_not_used_up(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    confirm, _stop = _asked(reader, session, keys)
    other, _ = factories.make_user(session, keys, email=NEW)
    session.commit()
    answer = reader.post(confirm)
    assert answer.status_code == 409
    assert "autre compte" in answer.text
    assert _email(session, user) == "old@example.org"
    assert _email(session, other) == NEW
    change = session.exec(select(EmailChange)).one()
    assert change.confirmed_at is None
    assert waiting(session, keys, "security_notice") == []


def test_links_to_choose_a_password_die_with_the_old_mailbox(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    stranger = PageClient(app)
    stranger.post("/password-reset", data={"email": "old@example.org"})
    [reset] = waiting(session, keys, "password_reset")
    assert stranger.get(reset.path).status_code == 200
    confirm, _stop = _asked(reader, session, keys)
    assert reader.post(confirm).status_code == 303
    assert stranger.get(reset.path).status_code == 404


def test_a_closed_session_confirms_nothing(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    confirm, _stop = _asked(reader, session, keys)
    row = session.get_one(User, user.id)
    row.disabled_at = clock.now()
    session.commit()
    assert reader.post(confirm).status_code == 401
    assert _email(session, user) == "old@example.org"


def test_of_sixteen_hands_one_confirms(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    confirm, _stop = _asked(reader, session, keys)
    token = reader.client.get_cookie("sid")
    assert token is not None
    answers = _at_once(app, [(confirm, token.value)] * 16)
    assert sorted(answers) == [303] + [404] * 15
    changed = [one.kind for one in session.exec(select(SecurityEvent)).all()]
    assert changed.count("email_changed") == 1


def test_of_two_accounts_that_want_one_address_one_gets_it(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    wanted = []
    for _ in range(4):
        user, _secret = factories.make_user(session, keys)
        reader = PageClient(app)
        reader.enter(session, user)
        reader.post("/account/email", data={"email": NEW})
        token = reader.client.get_cookie("sid")
        assert token is not None
        wanted.append(token.value)
    links = [one.path for one in waiting(session, keys, "email_change_confirm")]
    assert len(links) == 4
    answers = _at_once(app, list(zip(links, wanted, strict=True)))
    assert sorted(answers) == [303, 409, 409, 409]
    session.rollback()
    assert len(session.exec(select(User).where(User.email == NEW)).all()) == 1


def _at_once(app: Flask, tries: list[tuple[str, str]]) -> list[int]:
    start = Barrier(len(tries))

    def post(one: tuple[str, str]) -> int:
        reader = PageClient(app)
        reader.client.set_cookie("sid", one[1])
        start.wait()
        return reader.post(one[0]).status_code

    with ThreadPoolExecutor(len(tries)) as pool:
        return list(pool.map(post, tries))
