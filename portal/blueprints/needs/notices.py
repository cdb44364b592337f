"""Telling who became accountable or deputy: that there is something, and not what."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, or_, select
from sqlmodel import Session

from portal import outbox
from portal.access.facts import active_link
from portal.crypto import KeyRing
from portal.models import columns
from portal.models.account import User
from portal.models.care import CareTeamMember
from portal.models.rights import CareLink

FOR_PROFESSIONALS = "/professional/needs"
FOR_RELATIVES = "/"

_member = columns(CareTeamMember)
_link = columns(CareLink)
_user = columns(User)
_ACCOUNTS = (
    select(_user.id, _user.email, _user.locale, _member.practitioner_id)
    .select_from(CareTeamMember)
    .outerjoin(
        CareLink,
        and_(
            _link.patient_id == _member.patient_id,
            _link.related_person_id == _member.related_person_id,
            active_link(),
        ),
    )
    .join(
        User,
        or_(_user.practitioner_id == _member.practitioner_id, _user.id == _link.user_id),
    )
    .where(
        _member.patient_id == bindparam("of_patient", type_=Uuid),
        _member.id.in_(bindparam("of_members", expanding=True, type_=Uuid)),
        _user.id != bindparam("by", type_=Uuid),
        _user.disabled_at.is_(None),
        _user.email.is_not(None),
    )
    .order_by(_user.id)
)


def tell_entrusted(
    session: Session,
    *,
    keys: KeyRing,
    patient_id: UUID,
    need_id: UUID,
    members: Iterable[UUID],
    by: UUID,
    at: datetime,
) -> int:
    """One letter to each account; returns how many. An organization has none."""
    ids = sorted(members)
    if not ids:
        return 0
    values = {"of_patient": patient_id, "of_members": ids, "by": by, "now": at}
    found = {row.id: row for row in session.execute(_ACCOUNTS, values)}
    for user_id, row in found.items():
        path = FOR_RELATIVES if row.practitioner_id is None else FOR_PROFESSIONALS
        outbox.post(
            session,
            keys=keys,
            letter=outbox.Letter.NEED_ENTRUSTED,
            to=row.email,
            locale=row.locale,
            user_id=user_id,
            subject_id=need_id,
            at=at,
            values={"path": path},
        )
    return len(found)
