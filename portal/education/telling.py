"""Letters between those who write and those who review, in the transaction of what they tell."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal import outbox
from portal.crypto import KeyRing
from portal.models import columns
from portal.models.account import User
from portal.models.education import ModuleVersion
from portal.models.education_writing import ModuleReviewRequest

_user, _request = columns(User), columns(ModuleReviewRequest)
_TO = select(_user.email, _user.locale).where(
    _user.id == bindparam("of_user", type_=Uuid),
    _user.disabled_at.is_(None),
    _user.email.is_not(None),
)
_TO_STATE = {
    outbox.Letter.MODULE_CHANGES_ASKED,
    outbox.Letter.MODULE_APPROVED,
    outbox.Letter.MODULE_ENDS_SOON,
    outbox.Letter.MODULE_WITHDRAWN,
    outbox.Letter.MODULE_RETRACTED,
}
"""These lead to where the module stands, the others to its text."""


def tell(
    session: Session,
    letter: outbox.Letter,
    version: ModuleVersion,
    *,
    to: UUID,
    keys: KeyRing,
    at: datetime,
    **values: str,
) -> bool:
    """One letter about a version; none to an account without an address, or that was closed."""
    found = session.execute(_TO, {"of_user": to}).first()
    if found is None:
        return False
    path = f"/modules/{version.id}" + ("" if letter in _TO_STATE else "/review")
    outbox.post(
        session,
        keys=keys,
        letter=letter,
        to=found.email,
        locale=found.locale,
        user_id=to,
        subject_id=version.id,
        at=at,
        values={"path": path, "title": version.title} | values,
    )
    return True
