"""The demo without a mail server: the operator reads what would have been sent."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.config import Smtp
from portal.crypto import KeyRing
from portal.db import Database
from portal.models.setting import Setting
from portal.outbox import Letter, post
from portal.outbox.mail import Sender
from portal.outbox.transport import ShownToOperator
from portal.outbox.worker import Worker
from portal.web.mail import Writer
from tests import factories
from tests.access.cast import CANARY
from tests.mailbox import SENDER
from tests.pages import PageClient
from tests.statements import counted


@pytest.fixture
def operator(session: Session, keys: KeyRing, reader: PageClient) -> PageClient:
    """Signed in, on a database that the demo made."""
    session.add(Setting(name="demo", value="2026-11-22"))
    user, _ = factories.make_user(session, keys, is_operator=True)
    reader.enter(session, user)
    return reader


def _send(
    app: Flask,
    session: Session,
    database: Database,
    keys: KeyRing,
    count: int = 1,
    *,
    locale: str = "en",
) -> None:
    for number in range(count):
        values = {"path": f"/invitation/token{number}", "days": "14"}
        to = f"to{number}@example.org"
        letter = Letter.INVITATION
        post(session, keys=keys, letter=letter, to=to, locale=locale, at=now(), values=values)
    session.commit()
    Worker(
        database=database,
        keys=keys,
        render=Writer(app.extensions["config"]),
        transport=ShownToOperator(),
        sender=Sender(SENDER, "localhost"),
    ).drain()


def test_a_mail_is_shown_with_its_link(
    app: Flask, operator: PageClient, session: Session, database: Database, keys: KeyRing
) -> None:
    assert "Aucun e-mail pour le moment" in operator.get("/ops/mail").text
    _send(app, session, database, keys)
    html = operator.get("/ops/mail").text
    assert "to0@example.org" in html
    assert 'lang="en">You are invited to join Relais</h2>' in html
    assert 'href="/invitation/token0">See the invitation</a>' in html
    assert 'href="/ops/mail"' in operator.get("/ops/accounts").text


def test_a_mail_to_somebody_whose_language_nobody_knows_says_its_own(
    app: Flask, operator: PageClient, session: Session, database: Database, keys: KeyRing
) -> None:
    _send(app, session, database, keys, locale="")
    html = operator.get("/ops/mail").text
    assert 'lang="fr">Une invitation à rejoindre Relais</h2>' in html


def test_the_newest_fifty_are_shown_at_the_cost_of_one(
    app: Flask, operator: PageClient, session: Session, database: Database, keys: KeyRing
) -> None:
    counts = []
    for count in (1, 60):
        _send(app, session, database, keys, count)
        with counted(app) as statements:
            html = operator.get("/ops/mail").text
        counts.append(len(statements))
    assert html.count("<article") == 50
    assert counts[0] == counts[1] <= 5


def test_what_still_waits_is_not_shown(
    operator: PageClient, session: Session, keys: KeyRing
) -> None:
    post(session, keys=keys, letter=Letter.INVITATION_ACCEPTED, to=CANARY, locale="fr", at=now())
    session.commit()
    assert CANARY not in operator.get("/ops/mail").text


def test_another_database_than_the_demos_has_no_such_page(
    app: Flask, reader: PageClient, session: Session, database: Database, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys, is_operator=True)
    reader.enter(session, user)
    _send(app, session, database, keys)
    answer = reader.get("/ops/mail")
    assert answer.status_code == 404
    assert "token0" not in answer.text
    assert "/ops/mail" not in reader.get("/ops/accounts").text


def test_with_a_mail_server_mails_are_for_their_readers_alone(
    app: Flask, operator: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp = Smtp("127.0.0.1", 25, SENDER, is_tls=False)
    monkeypatch.setitem(app.extensions, "config", replace(app.extensions["config"], smtp=smtp))
    assert operator.get("/ops/mail").status_code == 404
    assert "/ops/mail" not in operator.get("/ops/accounts").text


def test_nobody_but_the_operator_opens_it(
    app: Flask, operator: PageClient, session: Session, database: Database, keys: KeyRing
) -> None:
    _send(app, session, database, keys)
    user, _ = factories.make_user(session, keys)
    other = PageClient(app)
    assert other.get("/ops/mail").status_code == 303
    other.enter(session, user)
    answer = other.get("/ops/mail")
    assert answer.status_code == 403
    assert "token0" not in answer.text
