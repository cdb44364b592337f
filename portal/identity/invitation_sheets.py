"""Invitations on paper, for people without e-mail: a link to scan, and a short code to type."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlmodel import Session

from portal.crypto import KeyRing, new_token, token_hash
from portal.errors import InvitationError, NotFoundError
from portal.identity import invitations, short_codes
from portal.identity.invitations import Place
from portal.identity.invitees import Invitee
from portal.models import columns
from portal.models.account import Invitation
from portal.models.base import UtcDateTime

_invitation = columns(Invitation)
# One statement: the sheet printed before stops working as this one begins to.
_RENEW = (
    update(Invitation)
    .where(
        _invitation.id == bindparam("invitation_id"),
        _invitation.email.is_(None),
        _invitation.accepted_at.is_(None),
        _invitation.withdrawn_at.is_(None),
        _invitation.ends_at > bindparam("at", type_=UtcDateTime),
    )
    .values(token_hash=bindparam("new_token"), code_digest=bindparam("new_code"))
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed once; only digests of the two secrets are kept."""

    invitation: Invitation
    token: str
    code: str
    """As `short_codes.grouped` prints it."""

    @property
    def path(self) -> str:
        return f"/invitation/{self.token}"


def invite_on_paper(
    session: Session,
    *,
    keys: KeyRing,
    names: tuple[str, str],
    place: Place,
    invited_by: UUID | None,
    at: datetime,
) -> Sheet:
    """Make an invitation for that name, and its sheet. Raises `NotFoundError`, also without one."""
    if not any(names):
        raise NotFoundError("name")
    token, code = new_token(), short_codes.new_code()
    row = invitations.made(
        session, token=token, place=place, invitee=Invitee(names), invited_by=invited_by, at=at
    )
    row.code_digest = digest_of(code, keys=keys)
    session.add(row)
    session.flush()
    return Sheet(row, token, short_codes.grouped(code))


def print_again(session: Session, *, keys: KeyRing, invitation_id: UUID, at: datetime) -> Sheet:
    """A new link and a new code; those of the sheet before open nothing any more.

    Valid as long as the first one was. Raises `NotFoundError` when it was used or withdrawn.
    """
    token, code = new_token(), short_codes.new_code()
    values = {
        "invitation_id": invitation_id,
        "new_token": token_hash(token),
        "new_code": digest_of(code, keys=keys),
        "at": at,
    }
    if session.connection().execute(_RENEW, values).rowcount != 1:
        raise NotFoundError("invitation")
    row = session.get_one(Invitation, invitation_id, populate_existing=True)
    return Sheet(row, token, short_codes.grouped(code))


def open_by_code(
    session: Session, *, keys: KeyRing, code: str, at: datetime, for_update: bool = False
) -> Invitation:
    """Raises `InvitationError` as `invitations.open_invitation` does; `code` as it was typed."""
    if not short_codes.is_whole(short_codes.plain(code)):
        raise InvitationError("unknown")
    mark = _invitation.code_digest == digest_of(code, keys=keys)
    return invitations.opened(session, mark=mark, at=at, for_update=for_update)


def digest_of(code: str, *, keys: KeyRing) -> bytes:
    return keys.hmac("invitation code", short_codes.plain(code))
