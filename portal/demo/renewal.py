"""Brings the demo's appointments and messages back around today, on another day."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel, col, delete, or_, select

from portal.crypto import KeyRing
from portal.db import begin_writing
from portal.demo import agreements, messages
from portal.demo.cast import Cast, gather
from portal.demo.circle import agenda
from portal.demo.days import local_day
from portal.demo.visits import OWN_OF_DEMO, PILLS, series_id
from portal.models import columns
from portal.models.account import User
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import (
    AppointmentChange,
    AppointmentNote,
    ChangeRequest,
    PreparationTick,
)
from portal.models.calendar import ReminderSent
from portal.models.care import Patient, RelatedPerson
from portal.models.directory import Organization, Practitioner
from portal.models.series import AppointmentSeries, Workshop
from portal.models.setting import Setting

DEMO_SOURCE = "demo"
_Row = TypeVar("_Row", bound=SQLModel)
_Person = TypeVar("_Person", Patient, Practitioner, RelatedPerson)


def renew(session: Session, *, keys: KeyRing, now: datetime) -> bool:
    """Write appointments and messages anew on another day than the last; true when it did.

    Everything else stays as it was left: accounts, settings, people added since.
    """
    begin_writing(session)
    mark = session.get_one(Setting, "demo")
    today = local_day(now).isoformat()
    if mark.value == today:
        return False
    cast = gather(now=now, password_hash="")
    _take_up_stored_rows(session, cast)
    _take_away_visits(session)
    visits = agenda(cast, now=now)
    said = agreements.rows(agreements.Stage(cast, visits, now), keys=keys)
    for row in said:
        if isinstance(row, (AppointmentSeries, Workshop)):
            _put_again(session, row)
    session.flush()
    session.add_all(visits)
    session.flush()
    session.add_all(row for row in said if not isinstance(row, (AppointmentSeries, Workshop)))
    messages.take_away(session, cast)
    messages.write(session, cast, keys=keys, now=now)
    mark.value = today
    session.add(mark)
    session.flush()
    return True


def _take_away_visits(session: Session) -> None:
    """The demo's own, with the dates that the worker wrote of its rules, and what was said."""
    doomed = select(Appointment.id).where(
        or_(
            col(Appointment.source) == DEMO_SOURCE,
            col(Appointment.external_uid).startswith(OWN_OF_DEMO),
            col(Appointment.series_id) == series_id(PILLS),
        )
    )
    for said in (PreparationTick, AppointmentNote, ChangeRequest, AppointmentChange, ReminderSent):
        session.exec(delete(said).where(columns(said).appointment_id.in_(doomed)))
    session.exec(delete(Appointment).where(col(Appointment.id).in_(doomed)))


def _put_again(session: Session, row: AppointmentSeries | Workshop) -> None:
    """Other appointments may lead to it: it moves, and keeps the places that were taken."""
    if isinstance(row, Workshop):
        row.capacity = max(row.capacity, _taken(session, row.id) + row.places_taken)
        row.places_taken += _taken(session, row.id)
    session.merge(row)


def _taken(session: Session, workshop: UUID) -> int:
    booked = col(Appointment.status) == AppointmentStatus.BOOKED
    return len(
        session.exec(
            select(Appointment.id).where(col(Appointment.workshop_id) == workshop, booked)
        ).all()
    )


def _take_up_stored_rows(session: Session, cast: Cast) -> None:
    for user in cast.users.values():
        _take_id(user, _first(session, User, email=user.email))
    for place in cast.organizations.values():
        _take_id(place, _first(session, Organization, name=place.name))
    for professional in cast.practitioners.values():
        _take_id(professional, _named(session, Practitioner, professional))
    for patient in cast.patients.values():
        _take_id(patient, _named(session, Patient, patient))
    for (patient_key, _), relative in cast.relatives.items():
        patient_id = cast.patients[patient_key].id
        relative.patient_id = patient_id
        _take_id(relative, _named(session, RelatedPerson, relative, patient_id=patient_id))


def _named(session: Session, table: type[_Person], row: _Person, **more: object) -> _Person:
    names = {"given_name": row.given_name, "family_name": row.family_name}
    return _first(session, table, **names, **more)


def _first(session: Session, table: type[_Row], **values: object) -> _Row:
    # The oldest of that name: the seed came before anything imported.
    statement = select(table).filter_by(**values).order_by("id").limit(1)
    return session.exec(statement).one()


def _take_id(row: SQLModel, stored: SQLModel) -> None:
    row.id = stored.id  # type: ignore[attr-defined]  # every one of these tables has an id
