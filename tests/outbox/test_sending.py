"""What is committed is sent once, in order, and what was in it is forgotten."""

from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import event
from sqlmodel import Session, select

from portal.clock import now
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database
from portal.identity import history
from portal.models.credential import SecurityEventKind
from portal.models.outbox import OutboxMessage, OutboxState
from portal.outbox import Letter, post
from portal.outbox.transport import ShownToOperator
from portal.outbox.worker import Worker
from tests import factories
from tests.mailbox import Mailbox
from tests.outbox.conftest import Look, MakeWorker, Post

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TO = "sylvie@example.org"


def test_a_mail_arrives_as_a_whole(
    worker: Worker, mailbox: Mailbox, post_mail: Post, config: Config
) -> None:
    message = post_mail()
    assert worker.drain() == 1
    (mail,) = mailbox.mails
    headers = mail.message
    assert mail.to == TO
    assert headers["To"] == TO
    assert headers["From"] == "Relais <relais@example.org>"
    assert mail.id == f"<{message.id}@localhost>"
    assert mail.subject == "Une invitation à rejoindre Relais"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert headers["Date"].datetime <= now()
    assert [name for name in headers if name.lower().startswith("list-")] == []
    assert headers.get_content_type() == "multipart/alternative"
    assert mail.text.startswith("Bonjour,\n")
    assert mail.url == f"{config.base_url}/invitation/abcdef"
    assert f'<a href="{config.base_url}/invitation/abcdef"' in mail.html
    assert '<html lang="fr" dir="ltr">' in mail.html
    assert mail.raw.isascii(), "every server on the way takes it"


def test_what_was_in_it_is_forgotten_once_it_is_sent(
    worker: Worker, post_mail: Post, look: Look
) -> None:
    message = post_mail()
    assert look(message).values_sealed is not None
    worker.drain()
    row = look(message)
    assert (row.state, row.values_sealed, row.lease_token) == (OutboxState.SENT, None, None)
    assert row.done_at is not None


def test_the_demo_keeps_it_to_show_it(
    make_worker: MakeWorker, mailbox: Mailbox, post_mail: Post, look: Look
) -> None:
    message = post_mail()
    assert make_worker(transport=ShownToOperator()).drain() == 1
    row = look(message)
    assert row.state is OutboxState.SENT
    assert row.values_sealed is not None
    assert mailbox.mails == []


def test_what_was_rolled_back_is_never_sent(
    worker: Worker, mailbox: Mailbox, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    history.record(session, keys=keys, user=user, kind=SecurityEventKind.PASSWORD_CHANGED, at=now())
    assert session.exec(select(OutboxMessage)).one().recipient == user.email
    session.rollback()
    assert worker.drain() == 0
    assert mailbox.mails == []


def test_mails_leave_in_their_order(worker: Worker, mailbox: Mailbox, post_mail: Post) -> None:
    addresses = [f"{name}@example.org" for name in "cabcba"]
    for address in addresses:
        post_mail(address)
    worker.drain()
    assert [mail.to for mail in mailbox.mails] == addresses
    ids = [mail.id for mail in mailbox.mails]
    assert ids == sorted(ids)


def test_nothing_leaves_before_its_time(worker: Worker, mailbox: Mailbox, post_mail: Post) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        post_mail(available_at=NOON + 24 * HOUR)
        time.move_to(NOON + 24 * HOUR - timedelta(seconds=1))
        assert worker.drain() == 0
        time.move_to(NOON + 24 * HOUR)
        assert worker.drain() == 1
    assert len(mailbox.mails) == 1


def test_a_mail_that_waits_for_its_time_holds_no_other_back(
    worker: Worker, mailbox: Mailbox, post_mail: Post
) -> None:
    post_mail(available_at=now() + HOUR)
    second = post_mail()
    assert worker.drain() == 1
    assert mailbox.mails[0].id.startswith(f"<{second.id}@")


def test_an_idle_worker_asks_for_no_write_lock(
    worker: Worker, database: Database, session: Session
) -> None:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        assert worker.drain() == 0
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    assert len(seen) >= 1
    assert all(one.startswith(("SELECT", "BEGIN")) for one in seen)
    assert "BEGIN IMMEDIATE" not in seen


def test_the_notice_of_a_change_reaches_its_owner_in_their_language_and_time(
    worker: Worker, mailbox: Mailbox, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys, locale="en", time_zone="Indian/Reunion")
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1"
    kind = SecurityEventKind.PASSWORD_CHANGED
    history.record(session, keys=keys, user=user, kind=kind, at=NOON, user_agent=agent)
    session.commit()
    with time_machine.travel(NOON, tick=False):
        worker.drain()
    (mail,) = mailbox.to(user.email or "")
    assert mail.subject == "Your password was changed"
    assert "22 November 2026 at 16:00 (Réunion Time)" in mail.text
    assert "Device: Safari on iPhone." in mail.text
    assert mail.path == "/account/sessions"


def test_addresses_and_old_lines_are_forgotten_after_a_month(
    make_worker: MakeWorker, session: Session, keys: KeyRing, post_mail: Post, look: Look
) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        sent, dead = post_mail("a@example.org"), post_mail("b@example.org", Letter("invitation"))
        dead_id = dead.id
        make_worker().drain()
        row = look(dead)
        row.state = OutboxState.DEAD
        row.values_sealed = b"kept for a month"
        session.add(row)
        session.commit()
        time.move_to(NOON + timedelta(days=30))
        make_worker().do_hourly()
        assert look(sent).recipient == "a@example.org"
        time.move_to(NOON + timedelta(days=30, seconds=1))
        make_worker().do_hourly()
        session.rollback()
        ids = session.exec(select(OutboxMessage.id)).all()
        assert ids == [dead_id]
        assert look(dead).values_sealed is None
        assert look(dead).state is OutboxState.DEAD, "the operator still sees it"


def test_a_worker_that_is_started_for_once_forgets_what_is_old(
    make_worker: MakeWorker, session: Session, post_mail: Post
) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        post_mail()
        assert make_worker().drain() == 1
        time.move_to(NOON + timedelta(days=30, seconds=1))
        assert make_worker().drain() == 0
        session.rollback()
        assert session.exec(select(OutboxMessage)).all() == []


def test_two_letters_of_one_transaction_are_two_mails(
    worker: Worker, mailbox: Mailbox, session: Session, keys: KeyRing
) -> None:
    for address in ("old@example.org", "new@example.org"):
        values = {"path": "/email-change/x", "hours": "24"}
        letter = Letter.EMAIL_CHANGE_CONFIRM
        post(session, keys=keys, letter=letter, to=address, locale=None, values=values, at=now())
    session.commit()
    assert worker.drain() == 2
    assert [mail.to for mail in mailbox.mails] == ["old@example.org", "new@example.org"]
