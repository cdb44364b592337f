"""Whose agenda the reader follows, and what they chose for each."""

from datetime import datetime, time
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, exists, literal, select
from sqlmodel import Session

from portal.access.permissions import Permission
from portal.access.scope import MAX_PEOPLE
from portal.models import columns
from portal.models.calendar import ReminderChoice
from portal.models.care import Patient
from portal.models.rights import CareLink, CareLinkKind
from portal.scheduling.standings import RELATIVES, allows, standing_as_relative

_choice = columns(ReminderChoice)
_link = columns(CareLink)
_patient = columns(Patient)
_own_choice = ReminderChoice.__table__.alias("own_choice").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_own_link = CareLink.__table__.alias("own_link").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass


class Choice(NamedTuple):
    """One person whose agenda the reader sees; without any time nothing is sent."""

    patient_id: UUID
    given_name: str
    family_name: str
    is_own: bool
    color: str
    evening_before: time | None
    minutes_before: int | None
    only_accompanied: bool
    is_detailed: bool
    allows_details: bool
    quiet_from: time | None
    quiet_until: time | None
    patient_allows: bool
    """Whether the patients themselves let mails to their relatives say what it is."""

    @property
    def is_on(self) -> bool:
        return self.evening_before is not None or self.minutes_before is not None

    @property
    def may_be_detailed(self) -> bool:
        return self.is_own or self.patient_allows


_KEPT = Choice._fields[5:12]
_CHOICES = (
    RELATIVES.add_columns(
        *(_choice[name] for name in _KEPT),
        exists(literal(1))
        .where(
            _own_link.patient_id == _link.patient_id,
            _own_link.kind == CareLinkKind.SELF,
            _own_choice.patient_id == _own_link.patient_id,
            _own_choice.user_id == _own_link.user_id,
            _own_choice.allows_details,
        )
        .label("patient_allows"),
    )
    .outerjoin(
        ReminderChoice,
        and_(_choice.patient_id == _link.patient_id, _choice.user_id == _link.user_id),
    )
    .where(_link.user_id == bindparam("reader", type_=Uuid), _patient.is_deceased.is_(False))
    # Oneself first: here it is one's own mail.
    .order_by(_link.kind != CareLinkKind.SELF, _link.starts_at, _patient.id)
    .limit(MAX_PEOPLE)
)
_STORED = select(ReminderChoice).where(
    _choice.patient_id == bindparam("of_patient", type_=Uuid),
    _choice.user_id == bindparam("reader", type_=Uuid),
)


def choices_of(session: Session, *, user_id: UUID, at: datetime) -> list[Choice]:
    """Of those whose agenda is open to them now; whose is not, is not there."""
    rows = session.execute(_CHOICES, {"reader": user_id, "now": at}).mappings()
    return [
        Choice(
            row["patient_id"],
            row["given_name"],
            row["family_name"],
            row["kind"] is CareLinkKind.SELF,
            row["color"],
            row["evening_before"],
            row["minutes_before"],
            bool(row["only_accompanied"]),
            bool(row["is_detailed"]),
            bool(row["allows_details"]),
            row["quiet_from"],
            row["quiet_until"],
            bool(row["patient_allows"]),
        )
        for row in rows
        if allows(Permission.AGENDA_SEE, standing_as_relative(row, at=at))
    ]


def stored(session: Session, *, patient_id: UUID, user_id: UUID) -> ReminderChoice | None:
    values = {"of_patient": patient_id, "reader": user_id}
    found: ReminderChoice | None = session.execute(_STORED, values).scalar_one_or_none()
    return found
