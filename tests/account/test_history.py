"""The history of an account, in plain words, for its owner alone."""

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.identity import history
from portal.models.account import User
from portal.models.credential import SecurityEventKind as Kind
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

EVENING = datetime(2027, 1, 15, 22, 30, tzinfo=UTC)
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


def _note(
    session: Session, keys: KeyRing, user: User, kind: Kind, at: datetime, **facts: str
) -> None:
    history.record(session, keys=keys, user=user, kind=kind, at=at, **facts)


def test_a_line_says_what_happened_when_and_on_which_device(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    _note(session, keys, user, Kind.SIGNED_IN_NEW_DEVICE, EVENING, user_agent=PHONE)
    _note(session, keys, user, Kind.NAME_CHANGED, EVENING, detail="Paul <i>Morel</i>")
    with time_machine.travel(EVENING, tick=False):
        reader.enter(session, user)
        text = reader.get("/account/history").text
    assert "Connexion depuis un nouvel appareil" in text
    assert "Chrome sur Android" in text
    assert "Aujourd’hui" in text
    assert "23\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30" in text
    assert "Paul &lt;i&gt;Morel&lt;/i&gt;" in text


def test_the_days_are_those_of_where_the_reader_lives(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys, time_zone="Pacific/Noumea")
    _note(session, keys, user, Kind.SIGNED_IN, EVENING)
    with time_machine.travel(EVENING + timedelta(days=3), tick=False):
        reader.enter(session, user)
        text = reader.get("/account/history").text
    assert "Samedi 16 janvier" in text, "it was Friday in Paris"
    assert "9\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30" in text


def test_every_kind_has_a_sentence(reader: PageClient, session: Session, keys: KeyRing) -> None:
    user, _ = factories.make_user(session, keys)
    for kind in Kind:
        _note(session, keys, user, kind, EVENING)
    reader.enter(session, user)
    assert reader.get("/account/history").text.count("<li><p>") == len(Kind)


def test_nobody_reads_the_history_of_somebody_else(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    other, _ = factories.make_user(session, keys)
    _note(session, keys, other, Kind.EMAIL_CHANGED, EVENING, detail="secret@example.org")
    reader.enter(session, user)
    answer = reader.get("/account/history")
    assert "secret@example.org" not in answer.text
    assert "Rien ne s’est encore passé" in answer.text


def test_the_fifty_newest_lines_are_shown_by_as_many_statements_as_one(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    counts = []
    for rows in (1, 60):
        user, _ = factories.make_user(session, keys)
        for number in range(rows):
            at = EVENING + timedelta(minutes=number)
            _note(session, keys, user, Kind.NAME_CHANGED, at, detail=f"name {number}")
        reader = PageClient(app)
        reader.enter(session, user)
        with counted(app) as statements:
            text = reader.get("/account/history").text
        counts.append(len(statements))
    assert "name 59" in text
    assert "name 10" in text
    assert "name 9<" not in text
    assert counts[0] == counts[1] <= 5
