"""What the owner of an account is written while a way back is open. No letter opens anything."""

from datetime import datetime

from sqlmodel import Session

from portal import outbox
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.credential import Reproofing

CODE_PAGE = "/renewal/code"
"""Where the sheet is typed: a link with a token would make the mailbox the only factor."""


def post_confirmed(
    session: Session,
    *,
    keys: KeyRing,
    row: Reproofing,
    user: User,
    cancel_token: str,
    at: datetime,
) -> None:
    """At once, with the link that stops it."""
    if not user.email or row.ready_at is None:
        return
    # Without a subject: it is sent even when the request is cancelled meanwhile.
    outbox.post(
        session,
        keys=keys,
        letter=outbox.Letter.REPROOFING_CONFIRMED,
        to=user.email,
        locale=user.locale,
        user_id=user.id,
        values={"path": f"/renewal/stop/{cancel_token}", "ready_at": row.ready_at.isoformat()},
        at=at,
        expires_at=row.ends_at,
    )


def post_ready(
    session: Session, *, keys: KeyRing, row: Reproofing, user: User, at: datetime
) -> None:
    """When the delay is over; a sheet that is printed again changes nothing in it."""
    if not user.email or row.ready_at is None:
        return
    outbox.post(
        session,
        keys=keys,
        letter=outbox.Letter.REPROOFING_READY,
        to=user.email,
        locale=user.locale,
        user_id=user.id,
        subject_id=row.id,
        values={"path": CODE_PAGE},
        at=at,
        available_at=max(row.ready_at, at),
        expires_at=row.ends_at,
    )


def withdraw(session: Session, *, row: Reproofing, at: datetime) -> None:
    """The letter that would say that it is open."""
    outbox.drop_about(session, subject_id=row.id, at=at)
