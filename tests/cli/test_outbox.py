"""`python -m portal outbox`: what waits, what was given up, and what to do about it."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.outbox import OutboxMessage, OutboxState
from portal.outbox import Letter, post

AT = datetime(2025, 11, 22, 12, 0, tzinfo=UTC)
TO = "zzcanaryzz@example.org"


@pytest.fixture
def message(session: Session, keys: KeyRing) -> OutboxMessage:
    """One that was given up."""
    values = {"path": "/invitation/zzsecretzz", "days": "14"}
    message = post(
        session, keys=keys, letter=Letter.INVITATION, to=TO, locale="fr", at=AT, values=values
    )
    message.state, message.attempts, message.done_at = OutboxState.DEAD, 9, AT
    message.last_error = "452 mailbox full"
    session.add(message)
    session.flush()
    return message


def _look(session: Session, message: OutboxMessage) -> OutboxMessage:
    session.rollback()
    session.expire_all()
    return session.get_one(OutboxMessage, message.id)


def test_an_empty_outbox_is_counted(run, session: Session) -> None:
    done = run("outbox", "list")
    assert done.exit_code == 0, done.output
    assert done.stdout == "0 pending, 0 sent, 0 dropped, 0 dead\n"


def test_the_list_says_what_is_wrong_and_to_whom_only_when_asked(
    run, session: Session, keys: KeyRing, message: OutboxMessage
) -> None:
    waits = post(session, keys=keys, letter=Letter.INVITATION_ACCEPTED, to=TO, locale="fr", at=AT)
    done = run("outbox", "list")
    assert done.stdout.splitlines() == [
        "1 pending, 0 sent, 0 dropped, 1 dead",
        f"oldest that waits: {waits.id}  invitation_accepted  due 2025-11-22 12:00 UTC  0 attempts",
        f"dead: {message.id}  invitation  given up 2025-11-22 12:00 UTC  9 attempts"
        "  452 mailbox full",
    ]
    assert run("outbox", "list", "--addresses").stdout.count(TO) == 2
    assert "zzsecretzz" not in done.output


@pytest.mark.parametrize("words", [lambda message: (message.id,), lambda _message: ("--all",)])
def test_what_was_given_up_can_be_sent_again(
    run, session: Session, message: OutboxMessage, words
) -> None:
    done = run("outbox", "retry", *words(message))
    assert done.stdout == "1 will be sent again.\n"
    row = _look(session, message)
    assert (row.state, row.attempts, row.done_at) == (OutboxState.PENDING, 0, None)
    assert row.available_at > AT
    assert row.values_sealed is not None


def test_a_text_that_is_gone_cannot_be_sent_again(
    run, session: Session, message: OutboxMessage
) -> None:
    message.values_sealed = None
    session.add(message)
    done = run("outbox", "retry", message.id)
    assert done.exit_code == 1
    assert "its text is gone" in done.stderr
    assert run("outbox", "retry", "--all").stdout == "0 will be sent again.\n"
    assert _look(session, message).state is OutboxState.DEAD
    assert "(its text is gone)" in run("outbox", "list").stdout


@pytest.mark.parametrize("state", [OutboxState.SENT, OutboxState.DROPPED, OutboxState.PENDING])
def test_only_what_was_given_up_is_sent_again(
    run, session: Session, message: OutboxMessage, state: OutboxState
) -> None:
    message.state = state
    session.add(message)
    assert run("outbox", "retry", message.id).exit_code == 1
    assert run("outbox", "retry", "--all").stdout == "0 will be sent again.\n"
    assert _look(session, message).state is state


@pytest.mark.parametrize("state", [OutboxState.DEAD, OutboxState.PENDING])
def test_dropping_forgets_what_was_in_it(
    run, session: Session, message: OutboxMessage, state: OutboxState
) -> None:
    message.state = state
    session.add(message)
    assert run("outbox", "drop", message.id).stdout == "Dropped.\n"
    row = _look(session, message)
    assert (row.state, row.values_sealed) == (OutboxState.DROPPED, None)
    again = run("outbox", "drop", message.id)
    assert again.exit_code == 1
    assert "does not wait" in again.stderr


@pytest.mark.parametrize(
    "words", [("retry",), ("retry", "not-an-id"), ("drop",), ("retry", "--all", "0" * 32)]
)
def test_a_wrong_request_is_refused_in_words(run, session: Session, words: tuple[str, ...]) -> None:
    done = run("outbox", *words)
    assert done.exit_code == 2
    assert done.stderr.strip().splitlines()[-1].startswith("Error: ")
