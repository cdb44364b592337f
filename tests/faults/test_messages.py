"""No room, no database, no mail: what was written is shown again, or sent; never silent."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, func, select
from werkzeug.test import TestResponse

from portal.access.sessions import cookie_name
from portal.config import Config
from portal.db import Database, begin_writing
from portal.models.messaging import Message, ThreadReader
from portal.models.outbox import OutboxMessage, OutboxState
from portal.models.rights import Grant
from portal.outbox import Letter
from tests.faults.writer import TEXT, Writer

LONG = "Le pansement se décolle. " * 190
SAME = {"Sec-Fetch-Site": "same-origin"}


def _rows(session: Session, writer: Writer) -> tuple[int, int, int]:
    """Messages, what is unread of them, and letters that wait."""
    session.rollback()
    of_thread = Message.thread_id == writer.thread_id
    messages = session.exec(select(func.count()).select_from(Message).where(of_thread)).one()
    unread = session.exec(select(func.sum(ThreadReader.unread))).one()
    waiting = OutboxMessage.state == OutboxState.PENDING
    letters = session.exec(select(func.count()).select_from(OutboxMessage).where(waiting)).one()
    return messages, unread, letters


def _says_it_again(answer: TestResponse, *, status: int = 503) -> None:
    """The text stands there as text, and one button sends the same form once more."""
    assert answer.status_code == status
    assert TEXT in unescape(answer.text)
    assert "<b>encore" not in answer.text
    assert "Ce que vous avez écrit" in answer.text
    assert "Renvoyer" in answer.text


@contextmanager
def _failing(app: Flask, statement: str, problem: Exception) -> Iterator[None]:
    """From a statement on that begins so, as when it meets the fault."""
    engine = app.extensions["database"].engine

    def fail(_connection: object, _cursor: object, sent: str, *_rest: object) -> None:
        if sent.upper().startswith(statement):
            raise OperationalError(sent, {}, problem)

    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", fail)


@contextmanager
def _full(app: Flask) -> Iterator[None]:
    """The file may not grow by a page any more, on any connection of this process."""
    engine = app.extensions["database"].engine
    engine.dispose()

    def no_more(connection: object, _record: object) -> None:
        # Pages that earlier tests freed would be room.
        connection.execute("VACUUM").close()  # type: ignore[attr-defined]  # the driver's
        pages = connection.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]  # the driver's
        connection.execute(f"PRAGMA max_page_count={pages}").close()  # type: ignore[attr-defined]  # the driver's

    event.listen(engine, "connect", no_more)
    try:
        yield
    finally:
        event.remove(engine, "connect", no_more)
        engine.dispose()


@contextmanager
def _impatient(app: Flask) -> Iterator[None]:
    """New connections wait for a lock no longer than a moment."""
    engine: Engine = app.extensions["database"].engine
    is_embedded = app.extensions["database"].is_embedded
    statement = "PRAGMA busy_timeout=100" if is_embedded else "SET lock_timeout = '100ms'"
    engine.dispose()

    def hurry(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", hurry)
    try:
        yield
    finally:
        event.remove(engine, "connect", hurry)
        engine.dispose()


@contextmanager
def _away(app: Flask) -> Iterator[None]:
    """No connection can be had, and those that were open are cut."""
    engine: Engine = app.extensions["database"].engine
    engine.dispose()

    def refuse(*_args: object) -> None:
        raise OperationalError("connect", {}, Exception("could not connect to server"))

    event.listen(engine, "do_connect", refuse)
    try:
        yield
    finally:
        event.remove(engine, "do_connect", refuse)


def test_a_full_disk_takes_nothing_half_and_gives_the_text_back(
    app: Flask, config: Config, session: Session, paul: Writer
) -> None:
    if not config.is_embedded:
        pytest.skip("PostgreSQL has no size that a test may choose: its error is tried below")
    taken, before = 0, _rows(session, paul)
    session.close()
    with _full(app):
        while (answer := paul.send(f"{taken}. {LONG}")).status_code == 303:
            taken, paul.key = taken + 1, uuid4()
            assert taken < 500, "the disk is never full"
        assert answer.status_code == 503
        assert LONG in unescape(answer.text)
        assert paul.browser.get("/healthz").status_code == 200
    assert _rows(session, paul)[0] == before[0] + taken
    assert [paul.send(LONG).status_code for _ in range(2)] == [303, 303]
    assert _rows(session, paul)[0] == before[0] + taken + 1


def test_whatever_statement_meets_the_full_disk_nothing_is_half_written(
    app: Flask, session: Session, paul: Writer
) -> None:
    before = _rows(session, paul)
    for statement in (
        "INSERT INTO MESSAGE",
        "UPDATE THREAD",
        "INSERT INTO OUTBOX",
        "UPDATE THREAD_READER",
    ):
        with _failing(app, statement, Exception("database or disk is full")):
            _says_it_again(paul.send())
        assert _rows(session, paul) == before, statement
    assert paul.send().status_code == 303
    assert _rows(session, paul)[0] == before[0] + 1


def test_the_database_is_away_and_the_same_form_arrives_once_when_it_is_back(
    app: Flask, session: Session, paul: Writer
) -> None:
    before = _rows(session, paul)
    session.close()
    with _away(app):
        for _ in range(3):
            answer = paul.send()
            _says_it_again(answer)
            assert int(answer.headers["Retry-After"]) == 30
    assert [paul.send().status_code for _ in range(2)] == [303, 303]
    assert _rows(session, paul)[0] == before[0] + 1


def test_connections_that_the_server_cut_lose_no_message(
    app: Flask, config: Config, session: Session, paul: Writer
) -> None:
    if config.is_embedded:
        pytest.skip("the file is in this process")
    before = _rows(session, paul)
    assert paul.send("Premier").status_code == 303
    session.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    session.rollback()
    paul.key = uuid4()
    answers = [paul.send().status_code for _ in range(2)]
    assert answers[-1] == 303
    assert _rows(session, paul)[0] == before[0] + 2


def test_a_database_that_somebody_holds_too_long_gives_the_text_back(
    app: Flask, database: Database, session: Session, paul: Writer
) -> None:
    before = _rows(session, paul)
    session.close()
    with _impatient(app), database.session() as holder:
        begin_writing(holder)
        if not database.is_embedded:
            holder.execute(text("LOCK TABLE message IN EXCLUSIVE MODE"))
        _says_it_again(paul.send())
        holder.rollback()
        assert paul.send().status_code == 303
    assert _rows(session, paul)[0] == before[0] + 1


def test_nobody_waits_for_a_lock_longer_than_ten_seconds(app: Flask, config: Config) -> None:
    """Also once a transaction was taken back."""
    asked = "PRAGMA busy_timeout" if config.is_embedded else "SHOW lock_timeout"
    with app.extensions["database"].engine.connect() as connection:
        connection.rollback()
        assert connection.execute(text(asked)).scalar_one() in (10_000, "10s")


def test_without_any_mail_server_the_message_is_there_and_its_letter_waits(
    session: Session, paul: Writer
) -> None:
    """Nothing of the mail is asked while somebody sends."""
    assert paul.send().status_code == 303
    session.rollback()
    waiting = session.exec(select(OutboxMessage)).all()
    assert {one.letter for one in waiting} == {Letter.MESSAGE_NEW}
    assert {one.state for one in waiting} == {OutboxState.PENDING}
    assert paul.circle.nadia.id in {one.user_id for one in waiting}


def test_an_answer_that_never_came_back_is_sent_again_and_is_there_once(
    session: Session, paul: Writer
) -> None:
    before = _rows(session, paul)
    assert [paul.send().status_code for _ in range(3)] == [303] * 3
    assert _rows(session, paul)[0] == before[0] + 1


def test_an_unexpected_error_gives_the_text_back_too(
    paul: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("zzcanaryzz")

    monkeypatch.setattr("portal.messaging.said_again.send_message", break_down)
    answer = paul.send()
    _says_it_again(answer, status=500)
    assert "zzcanaryzz" not in answer.text


def test_who_may_not_write_any_more_can_copy_the_text_and_not_send_it_again(
    session: Session, paul: Writer
) -> None:
    session.execute(delete(Grant))
    session.commit()
    answer = paul.send()
    assert answer.status_code == 403
    assert TEXT in unescape(answer.text)
    assert "Renvoyer" not in answer.text


def test_nothing_is_shown_back_to_another_site_or_to_a_browser_that_never_signed_in(
    app: Flask, paul: Writer
) -> None:
    data = {"key": str(paul.key), "body": TEXT}
    foreign = paul.browser.client.post(
        paul.path, data=data, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 403
    assert "pansement" not in foreign.text
    paul.browser.client.delete_cookie(cookie_name(app, "sid"))
    with _away(app):
        stranger = paul.browser.client.post("/p/x/messages", data=data, headers=SAME)
    assert "pansement" not in stranger.text
