"""See as Paul does: the standing of a relative, for the patient who decides what it opens."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.access.viewer import Viewer, standing_of, towards_patient
from portal.models import columns
from portal.models.account import User
from portal.models.rights import CareLink, GrantAction, GrantCategory

_user = columns(User)
_link = columns(CareLink)
_RELATIVE = towards_patient(
    select(
        _user.id,
        _user.email,
        _user.username,
        _user.given_name,
        _user.family_name,
        _user.practitioner_id,
    ).select_from(User)
).where(_link.id == bindparam("of_link", type_=Uuid), _user.disabled_at.is_(None))
RIGHTS = frozenset(f"{category}:{action}" for category in GrantCategory for action in GrantAction)


def find_relative(
    session: Session,
    *,
    viewer: Viewer,
    patient_id: UUID,
    link_id: UUID,
    rights: frozenset[str] | None,
    at: datetime,
) -> Viewer | None:
    """Who `viewer` would be if they were the relative behind that link; none if it is no more.

    `rights` stand in for what is granted now: what it would be like, before it is so.
    """
    values = {"patient_id": patient_id, "of_link": link_id, "now": at}
    row = session.execute(_RELATIVE, values).mappings().first()
    standing = standing_of(row, at=at) if row is not None else None
    if row is None or standing is None:
        return None
    if rights is not None:
        standing = replace(standing, grants=rights & RIGHTS)
    names = ("id", "email", "username", "given_name", "family_name", "practitioner_id")
    return replace(viewer, standing=standing, **{name: row[name] for name in names})
