"""Asking for another e-mail address: what is written to whom, and what is not said."""

from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.credential import EmailChange, SecurityEvent
from tests import factories
from tests.auth.steps import field_error
from tests.letters import sending_mail, waiting
from tests.pages import PageClient
from tests.statements import counted

NEW = "new@example.org"
NOON = 1_800_000_000


@pytest.fixture(autouse=True)
def mail_leaves(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "config", sending_mail(app))


@pytest.fixture
def user(reader: PageClient, session: Session, keys: KeyRing) -> User:
    user, _ = factories.make_user(session, keys, email="old@example.org")
    reader.enter(session, user)
    return user


def _email(session: Session, user: User) -> str | None:
    session.rollback()
    return session.get_one(User, user.id, populate_existing=True).email


def test_both_addresses_are_written_to_and_nothing_changes_yet(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    answer = reader.post("/account/email", data={"email": "  New@Example.ORG "})
    assert answer.headers["Location"] == "/account/email?asked=1"
    written = {one.to: one for one in waiting(session, keys)}
    assert written[NEW].letter == "email_change_confirm"
    assert written[NEW].path.startswith("/email-change/")
    assert written[NEW].values["hours"] == "24"
    assert written["old@example.org"].letter == "email_change_asked"
    assert written["old@example.org"].path.startswith("/email-change/stop/")
    assert len(written) == 2
    assert _email(session, user) == "old@example.org"
    assert NEW in reader.get("/account/email").text
    assert NEW in reader.get("/account").text
    kinds = [one.kind for one in session.exec(select(SecurityEvent)).all()]
    assert kinds == ["email_change_asked"]


def test_somebody_without_an_address_adds_one_and_no_other_letter_is_written(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys, email=None, username="jeanne.morel")
    reader.enter(session, user)
    reader.post("/account/email", data={"email": NEW})
    [letter] = waiting(session, keys)
    assert (letter.letter, letter.to) == ("email_change_confirm", NEW)


def test_an_address_that_is_taken_gets_the_same_answer_and_no_letter(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    factories.make_user(session, keys, email="taken@example.org")
    pages, counts = [], []
    for address in ("taken@example.org", "nobody@example.org"):
        user, _ = factories.make_user(session, keys)
        reader = PageClient(app)
        reader.enter(session, user)
        with counted(app) as statements:
            answer = reader.post("/account/email", data={"email": address})
        counts.append(len(statements))
        assert answer.headers["Location"] == "/account/email?asked=1"
        shown = reader.get("/account/email?asked=1").text
        shown = shown.replace(address, "X").replace(user.email or "", "Y")
        pages.append(shown.replace(str(user.id), "Z"))
    assert pages[0] == pages[1]
    assert abs(counts[0] - counts[1]) <= 1, "one letter less to write"
    recipients = [one.to for one in waiting(session, keys)]
    assert "taken@example.org" not in recipients
    assert "nobody@example.org" in recipients


def test_a_new_request_takes_the_place_of_the_one_before(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    reader.post("/account/email", data={"email": "first@example.org"})
    before = waiting(session, keys)
    reader.post("/account/email", data={"email": NEW})
    after = waiting(session, keys)
    assert not {one.path for one in before} & {one.path for one in after}
    for link in (one.path for one in before):
        assert reader.get(link).status_code == 404
        assert reader.post(link).status_code == 404
    assert _email(session, user) == "old@example.org"
    assert "first@example.org" not in reader.get("/account/email").text


def test_a_change_can_be_cancelled_from_the_account(
    reader: PageClient, session: Session, keys: KeyRing, user: User
) -> None:
    reader.post("/account/email", data={"email": NEW})
    confirm = next(one.path for one in waiting(session, keys) if one.to == NEW)
    answer = reader.post("/account/email/cancel")
    assert answer.headers["Location"] == "/account?done=email-cancelled"
    assert [one.letter for one in waiting(session, keys)] == ["security_notice"]
    assert reader.post(confirm).status_code == 404
    assert _email(session, user) == "old@example.org"
    assert NEW not in reader.get("/account/email").text
    reader.post("/account/email/cancel")
    kinds = [one.kind for one in session.exec(select(SecurityEvent)).all()]
    assert kinds == ["email_change_asked", "email_change_cancelled"], "once"


def test_five_a_day_and_the_sixth_says_when_to_come_back(
    reader: PageClient, session: Session, user: User
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        reader.enter(session, user)
        for number in range(5):
            data = {"email": f"n{number}@example.org"}
            assert reader.post("/account/email", data=data).status_code == 303
        answer = reader.post("/account/email", data={"email": NEW})
        assert answer.status_code == 422
        assert "demain" in field_error(answer)
        assert f'value="{NEW}"' in answer.text
        clock.shift(24 * 3600 + 1)
        reader.enter(session, user)
        assert reader.post("/account/email", data={"email": NEW}).status_code == 303
    assert len(session.exec(select(EmailChange)).all()) == 6


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jeanne",
        "jeanne@example",
        "a b@example.org",
        "old@example.org",
        "OLD@example.org",
        "a@example.org,b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "<a@example.org>",
        "é@example.org",
        f"{'a' * 250}@example.org",
    ],
)
def test_what_is_no_new_address_is_refused_and_kept_in_the_field(
    reader: PageClient, session: Session, keys: KeyRing, user: User, text: str
) -> None:
    answer = reader.post("/account/email", data={"email": text})
    assert answer.status_code == 422
    assert field_error(answer)
    assert waiting(session, keys) == []
    assert session.exec(select(EmailChange)).all() == []


def test_where_no_mail_leaves_the_page_says_so_and_asks_for_nothing(
    app: Flask, reader: PageClient, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'name="email"' in reader.get("/account/email").text
    monkeypatch.setitem(app.extensions, "config", replace(sending_mail(app), smtp=None))
    page = reader.get("/account/email").text
    assert "n’envoie pas d’e-mail" in page
    assert 'name="email"' not in page
