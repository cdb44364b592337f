"""Who stands how towards a patient, asked outside a request: before a letter, and as it leaves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, Uuid, bindparam, not_, select, union
from sqlmodel import Session

from portal.access import facts
from portal.access.facts import active_link, is_hidden
from portal.access.majority import is_minor
from portal.access.permissions import Permission
from portal.access.policy import PATIENT_POLICY
from portal.access.viewer import Standing, mandates_of, standing_of, towards_patient
from portal.models import columns
from portal.models.account import Coordination, User
from portal.models.agenda import Appointment
from portal.models.care import Patient
from portal.models.rights import CareLink

MOST_READERS = 60

_user = columns(User)
_patient = columns(Patient)
_link = columns(CareLink)
_coordination = columns(Coordination)
_a = columns(Appointment)
_accounts = User.__table__.alias("keeper")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_files = Patient.__table__.alias("kept_file")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_of_patient = bindparam("patient_id", type_=Uuid)
_of_appointment = bindparam("of_appointment", type_=Uuid)

RELATIVES = (
    select(
        _user.id.label("user_id"),
        _user.email,
        _user.locale,
        _user.time_zone.label("own_time_zone"),
        _patient.id.label("patient_id"),
        _patient.given_name,
        _patient.family_name,
        _patient.gender,
        _patient.birth_date,
        _patient.time_zone,
        _link.id.label("link_id"),
        _link.kind,
        _link.color,
        _link.related_person_id,
        facts.rights_granted.label("grants"),
        facts.mandates_in_force.label("mandates"),
    )
    .select_from(CareLink)
    .join(User, _user.id == _link.user_id)
    .join(Patient, _patient.id == _link.patient_id)
    .where(active_link(), _user.disabled_at.is_(None))
)
"""Patients and relatives with an open account; what they may do is for `standing_as_relative`."""
_FAMILY = RELATIVES.where(
    _link.patient_id == _of_patient,
    _user.email.is_not(None),
    _user.id != bindparam("by", type_=Uuid),
    not_(is_hidden(_link.patient_id, _of_appointment, _user.id)),
).limit(MOST_READERS)
_practitioner_of_visit = (
    select(_a.practitioner_id)
    .where(_a.patient_id == _of_patient, _a.id == _of_appointment)
    .scalar_subquery()
)
_MAY_KEEP = union(
    select(_accounts.c.id).where(_accounts.c.practitioner_id == _practitioner_of_visit),
    select(_coordination.user_id)
    .join_from(Coordination, _files, _files.c.organization_id == _coordination.organization_id)
    .where(_files.c.id == _of_patient, _coordination.ended_at.is_(None)),
)
_reader = (
    _user.id.label("user_id"),
    _user.email,
    _user.locale,
    _user.practitioner_id,
    (_user.practitioner_id == _practitioner_of_visit).label("is_of_visit"),
)
_KEEPERS = (
    towards_patient(select(*_reader).select_from(User))
    .where(
        _user.id.in_(_MAY_KEEP),
        _user.email.is_not(None),
        _user.disabled_at.is_(None),
        not_(is_hidden(_patient.id, _of_appointment, _user.id)),
    )
    .order_by(_user.id)
    .limit(MOST_READERS)
)
_ONE = towards_patient(
    select(_user.id.label("user_id"), _link.related_person_id).select_from(User)
).where(_user.id == bindparam("of_user", type_=Uuid), _user.disabled_at.is_(None))


class Person(NamedTuple):
    """An account that can be written to, and what it is to the patient."""

    user_id: UUID
    email: str
    locale: str | None
    related_person_id: UUID | None
    standing: Standing


class Keeper(NamedTuple):
    """A professional or a coordinator who can be written to."""

    user_id: UUID
    email: str
    locale: str | None
    is_of_visit: bool
    """The professional of the appointment, not a coordinator beside them."""


def allows(permission: Permission, standing: Standing | None) -> bool:
    """What the policy says of somebody who is not there."""
    rules = PATIENT_POLICY[permission]
    return standing is not None and any(rule(standing) for rule in rules)


def family_of(
    session: Session, *, patient_id: UUID, appointment_id: UUID, by: UUID, at: datetime
) -> list[Person]:
    """The patient and the relatives, without `by` and those from whom it is hidden."""
    values = {
        "patient_id": patient_id,
        "of_appointment": appointment_id,
        "by": by,
        "now": at,
    }
    return [
        Person(
            row["user_id"],
            row["email"],
            row["locale"],
            row["related_person_id"],
            standing_as_relative(row, at=at),
        )
        for row in session.execute(_FAMILY, values).mappings()
    ]


def keepers_of(
    session: Session, *, patient_id: UUID, appointment_id: UUID, at: datetime
) -> list[Keeper]:
    """Its professional and the coordinators, as far as they may book in this file now."""
    values = {"patient_id": patient_id, "of_appointment": appointment_id, "now": at}
    return [
        Keeper(row["user_id"], row["email"], row["locale"], bool(row["is_of_visit"]))
        for row in session.execute(_KEEPERS, values).mappings()
        if allows(Permission.AGENDA_BOOK, standing_of(row, at=at))
    ]


def standing_towards(
    session: Session, *, user_id: UUID, patient_id: UUID, at: datetime
) -> tuple[Standing | None, UUID | None]:
    """What an account is to a patient now, and who it is among the relatives."""
    values = {"of_user": user_id, "patient_id": patient_id, "now": at}
    row = session.execute(_ONE, values).mappings().first()
    if row is None:
        return None, None
    return standing_of(row, at=at), row["related_person_id"]


def standing_as_relative(row: RowMapping | Mapping[str, Any], *, at: datetime) -> Standing:
    """From a row of `RELATIVES`: nothing of what they may be besides, as a professional."""
    values: dict[str, Any] = {
        "patient_id": row["patient_id"],
        "given_name": row["given_name"],
        "family_name": row["family_name"],
        "gender": row["gender"],
        "time_zone": row["time_zone"],
        "link_kind": row["kind"],
        "link_id": row["link_id"],
        "color": row["color"],
        "is_minor": is_minor(row["birth_date"], time_zone=row["time_zone"], at=at),
        "grants": frozenset(str(row["grants"] or "").split(",")) - {""},
        "mandates": mandates_of(row["mandates"]),
    }
    return Standing(**values)
