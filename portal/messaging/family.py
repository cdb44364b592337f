"""Who of the family reads messages, for those who write to know before they write."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, not_, or_

from portal.access.facts import active_link, is_hidden
from portal.access.permissions import Permission
from portal.models import columns
from portal.models.account import User
from portal.models.care import Patient
from portal.models.rights import CareLink, CareLinkKind
from portal.scheduling.standings import RELATIVES, allows, standing_as_relative

_user = columns(User)
_link = columns(CareLink)
_patient = columns(Patient)
_of_thread = bindparam("of_thread", type_=Uuid)
FAMILY_COLUMNS: Mapping[str, ColumnElement[Any]] = {
    **{str(column.key): column for column in RELATIVES.selected_columns},
    "own_given_name": _user.given_name,
}
"""What `standing_as_relative` needs, and the name of the reader."""


class FamilyReader(NamedTuple):
    user_id: UUID
    given_name: str
    is_patient: bool


def of_family(arm: Select[Any]) -> Select[Any]:
    """The accounts of the bound patient's family from which the bound thread is not hidden."""
    return (
        arm.select_from(CareLink)
        .join(User, _user.id == _link.user_id)
        .join(Patient, _patient.id == _link.patient_id)
        .where(
            _link.patient_id == bindparam("patient_id", type_=Uuid),
            active_link(),
            _user.disabled_at.is_(None),
            _user.enrolled_at.is_not(None),
            or_(_of_thread.is_(None), not_(is_hidden(_link.patient_id, _of_thread, _user.id))),
        )
    )


def family_readers(rows: Iterable[Mapping[str, Any]], *, at: datetime) -> list[FamilyReader]:
    """The patient first, then those who may read messages, by first name."""
    found = [
        FamilyReader(row["user_id"], row["own_given_name"], row["kind"] is CareLinkKind.SELF)
        for row in rows
        if allows(Permission.MESSAGES_SEE, standing_as_relative(row, at=at))
    ]
    return sorted(found, key=lambda one: (not one.is_patient, one.given_name, one.user_id))
