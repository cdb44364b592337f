"""Rows that were moved behind the portal's back, keys that are used twice, and at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.messaging.acts import locked
from portal.messaging.sending import KeyUsedError, Written, send_message
from portal.messaging.visibility import Reader
from portal.models.base import new_id
from portal.models.messaging import AnswerTemplate, Message
from tests.messaging.circle import WritingCircle, author, family_writes, make_circle
from tests.pages import PageClient


@pytest.fixture
def circle(session: Session, keys: KeyRing) -> WritingCircle:
    return make_circle(session, keys)


def _write(session: Session, keys: KeyRing, circle: WritingCircle, subject: str) -> UUID:
    sent = family_writes(
        session, keys, circle, to=circle.nadias_place, subject=subject, body=f"Zz{subject}"
    )
    session.commit()
    return sent.thread_id


@pytest.mark.parametrize(
    ("table", "column"),
    [("message", "body_sealed"), ("thread", "subject_sealed"), ("thread", "snippet_sealed")],
)
def test_a_text_that_was_moved_to_another_row_is_not_shown_there(
    reader: PageClient,
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    caplog: pytest.LogCaptureFixture,
    table: str,
    column: str,
) -> None:
    threads = [_write(session, keys, circle, subject) for subject in ("sujeta", "sujetb")]
    rows = session.execute(text(f"SELECT id, {column} FROM {table} ORDER BY id")).all()  # noqa: S608
    for row, other in zip(rows, reversed(rows), strict=True):
        session.execute(
            text(f"UPDATE {table} SET {column} = :sealed WHERE id = :id"),  # noqa: S608
            {"sealed": other[1], "id": row[0]},
        )
    session.commit()
    reader.enter(session, circle.jeanne.user)
    base = f"/p/{circle.patient.id}/messages"
    pages = [base, *(f"{base}/{one}" for one in threads), f"{base}/search?q=zz"]
    answers = [reader.get(path) for path in pages]
    assert 500 in {one.status_code for one in answers}
    for answer in answers:
        # The page of a problem shows nothing of the file; the others only what stands where it was.
        assert answer.status_code == 200 or "ujet" not in answer.text
    shown = reader.get(f"{base}/{threads[0]}").text
    assert ("Zzsujetb" in shown, "sujetb" in shown) == (False, False)
    assert "Zzsujet" not in caplog.text
    assert "Jeanne" not in caplog.text


def test_a_template_of_somebody_else_is_neither_changed_nor_found_out(
    reader: PageClient, session: Session, circle: WritingCircle
) -> None:
    data = {"title": "Zznadia", "body": "Zztexte", "owner": "own", "template_id": str(new_id())}
    reader.enter(session, circle.nadia.user)
    assert reader.post("/inbox/templates", data=data).status_code == 303
    reader.enter(session, circle.haddad.user)
    other = f"/inbox/templates/{data['template_id']}"
    assert reader.get(other).status_code == 404
    assert reader.post(other, data=data | {"title": "Zzmine"}).status_code == 404
    assert reader.post(f"{other}/delete").status_code == 404
    answers = [
        reader.post("/inbox/templates", data=data | {"template_id": one}).status_code
        for one in (data["template_id"], str(new_id()))
    ]
    assert answers == [303, 303]
    session.rollback()
    found = session.exec(select(AnswerTemplate).where(AnswerTemplate.title == "Zznadia")).all()
    assert str(found[0].id) == data["template_id"]
    assert found[0].practitioner_id == circle.nadia.user.practitioner_id


def test_one_key_in_two_conversations_at_once_is_one_message(
    session: Session, database: Database, keys: KeyRing, circle: WritingCircle
) -> None:
    threads = [_write(session, keys, circle, subject) for subject in ("a", "b")]
    patient_id, paul, is_written = circle.patient.id, author(circle.paul, "carer"), Event()
    reader = Reader(circle.paul.id, None, is_family=True)
    session.expunge_all()
    session.rollback()
    written = Written(body="Zzdeux", key=uuid4())

    def send(number: int) -> type[Exception] | None:
        if number:
            is_written.wait()
        with database.session() as own:
            begin_writing(own)
            thread = locked(
                own, patient_id=patient_id, thread_id=threads[number], reader=reader, at=now()
            )
            try:
                send_message(own, thread, written, by=paul, is_family=True, keys=keys, at=now())
            except KeyUsedError as refused:
                return type(refused)
            finally:
                is_written.set()
            if not number:
                sleep(0.3)  # the other stands before the same key meanwhile
            own.commit()
        return None

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(send, range(2))) == [None, KeyUsedError]
    assert len(session.exec(select(Message).where(Message.key == written.key)).all()) == 1


def test_one_tap_many_times_at_once_is_one_conversation(
    app: Flask, session: Session, circle: WritingCircle
) -> None:
    clients = [PageClient(app) for _ in range(6)]
    for client in clients:
        client.enter(session, circle.paul.user)
    start = Barrier(len(clients))
    data = {"key": str(uuid4()), "to": "coordination", "subject": "Zzune", "body": "Zzfois"}
    path = f"/p/{circle.patient.id}/messages/new"
    session.expunge_all()
    session.rollback()

    def send(client: PageClient) -> tuple[int, str]:
        start.wait()
        answer = client.post(path, data=data)
        return answer.status_code, answer.location or ""

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = set(pool.map(send, clients))
    assert [status for status, _ in answers] == [303]
    session.rollback()
    assert len(session.exec(select(Message)).all()) == 1
