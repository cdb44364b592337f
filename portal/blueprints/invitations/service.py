"""Making invitations: by mail for those who have an address, else on paper."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.crypto import KeyRing
from portal.identity import invitation_sheets, invitations
from portal.identity.invitation_sheets import Sheet
from portal.identity.invitations import Place
from portal.identity.invitees import Invitee
from portal.models.account import Invitation


def offer(
    session: Session,
    *,
    keys: KeyRing,
    place: Place,
    invitee: Invitee,
    invited_by: UUID,
    at: datetime,
) -> Sheet | Invitation:
    """The sheet to print, or the invitation whose mail is queued. Raises as `invitations.made`."""
    if invitee.email:
        return invitations.invite_by_mail(
            session, keys=keys, invitee=invitee, place=place, invited_by=invited_by, at=at
        )
    return invitation_sheets.invite_on_paper(
        session, keys=keys, names=invitee.names, place=place, invited_by=invited_by, at=at
    )
