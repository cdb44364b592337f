"""What is over, expired, or for a closed account is not sent."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.identity import invitations
from portal.identity.invitations import Place
from portal.models.account import Invitation, InvitationKind
from portal.models.credential import EmailChange, PasswordReset, Reproofing
from portal.models.outbox import OutboxState
from portal.outbox import Letter
from portal.outbox.worker import Worker
from tests import factories
from tests.mailbox import Mailbox
from tests.outbox.conftest import Look, Post

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TO = "sylvie@example.org"


def _withdrawn_invitation(session: Session, **fields: datetime) -> dict[str, object]:
    place = Place(InvitationKind.OPERATOR)
    invitations.invite(session, email=TO, place=place, at=NOON)
    row = session.exec(select(Invitation)).one()
    for name, value in fields.items():
        setattr(row, name, value)
    session.add(row)
    return {"letter": Letter.INVITATION, "subject_id": row.id}


def _reset(session: Session, user_id: object, **fields: datetime) -> dict[str, object]:
    values = {"created_at": NOON, "ends_at": NOON + HOUR} | fields
    row = PasswordReset(token_hash=b"t", user_id=user_id, **values)
    session.add(row)
    session.flush()
    return {
        "letter": Letter.PASSWORD_RESET,
        "subject_id": row.id,
        "values": {"path": "/password-reset/x", "minutes": "30"},
    }


def _change(session: Session, user_id: object, **fields: datetime) -> dict[str, object]:
    values = {"created_at": NOON, "ends_at": NOON + HOUR} | fields
    row = EmailChange(
        user_id=user_id, new_email="n@example.org", token_hash=b"t", cancel_hash=b"c", **values
    )
    session.add(row)
    session.flush()
    return {
        "letter": Letter.EMAIL_CHANGE_ASKED,
        "subject_id": row.id,
        "values": {"path": "/email-change/stop/x"},
    }


def _reproofing(session: Session, user_id: object, **fields: datetime) -> dict[str, object]:
    values = {"opened_at": NOON, "confirmed_at": NOON, "ends_at": NOON + HOUR} | fields
    row = Reproofing(user_id=user_id, document="passport", opened_by=user_id, **values)
    session.add(row)
    session.flush()
    return {
        "letter": Letter.REPROOFING_READY,
        "subject_id": row.id,
        "values": {"path": "/renewal/x"},
    }


OVER: dict[str, tuple[Callable[[Session, object], dict[str, object]], str]] = {
    "withdrawn invitation": (
        lambda session, _user: _withdrawn_invitation(session, withdrawn_at=NOON),
        "Invitation withdrawn",
    ),
    "accepted invitation": (
        lambda session, _user: _withdrawn_invitation(session, accepted_at=NOON),
        "Invitation accepted",
    ),
    "old invitation": (
        lambda session, _user: _withdrawn_invitation(session, ends_at=NOON),
        "Invitation expired",
    ),
    "used reset": (
        lambda session, user: _reset(session, user, used_at=NOON),
        "PasswordReset used",
    ),
    "old reset": (
        lambda session, user: _reset(session, user, ends_at=NOON),
        "PasswordReset expired",
    ),
    "cancelled change": (
        lambda session, user: _change(session, user, cancelled_at=NOON),
        "EmailChange cancelled",
    ),
    "confirmed change": (
        lambda session, user: _change(session, user, confirmed_at=NOON),
        "EmailChange confirmed",
    ),
    "cancelled re-proofing": (
        lambda session, user: _reproofing(session, user, cancelled_at=NOON),
        "Reproofing cancelled",
    ),
    "completed re-proofing": (
        lambda session, user: _reproofing(session, user, completed_at=NOON),
        "Reproofing completed",
    ),
}


@pytest.mark.parametrize("name", OVER)
def test_what_is_over_is_not_sent(
    worker: Worker,
    mailbox: Mailbox,
    session: Session,
    keys: KeyRing,
    post_mail: Post,
    look: Look,
    name: str,
) -> None:
    make, reason = OVER[name]
    user, _ = factories.make_user(session, keys)
    with time_machine.travel(NOON, tick=False):
        message = post_mail(**make(session, user.id))
        worker.drain()
    row = look(message)
    assert (row.state, row.last_error, row.values_sealed) == (OutboxState.DROPPED, reason, None)
    assert mailbox.mails == []


@pytest.mark.parametrize("make", [_reset, _change, _reproofing])
def test_what_is_not_over_is_sent(
    worker: Worker,
    mailbox: Mailbox,
    session: Session,
    keys: KeyRing,
    post_mail: Post,
    make: Callable[[Session, object], dict[str, object]],
) -> None:
    user, _ = factories.make_user(session, keys)
    with time_machine.travel(NOON, tick=False):
        post_mail(user_id=user.id, **make(session, user.id))
        worker.drain()
    assert len(mailbox.mails) == 1


def test_an_expired_mail_is_not_sent(
    worker: Worker, mailbox: Mailbox, post_mail: Post, look: Look
) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        message = post_mail(expires_at=NOON + HOUR)
        time.move_to(NOON + HOUR)
        worker.drain()
    assert (look(message).state, look(message).last_error) == (OutboxState.DROPPED, "expired")
    assert mailbox.mails == []


def test_a_closed_account_is_written_to_no_more(
    worker: Worker,
    mailbox: Mailbox,
    session: Session,
    keys: KeyRing,
    post_mail: Post,
    look: Look,
) -> None:
    user, _ = factories.make_user(session, keys, disabled_at=NOON)
    message = post_mail(user.email, user_id=user.id)
    worker.drain()
    assert look(message).state is OutboxState.DROPPED
    assert look(message).last_error == "the account is closed"
    assert mailbox.mails == []
