"""Brings the demo's appointments back around today, when it is started on another day."""

from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, delete, select

from portal.db import begin_writing
from portal.demo.cast import Cast, gather
from portal.demo.circle import agenda
from portal.demo.days import local_day
from portal.models.agenda import Appointment
from portal.models.care import Patient, RelatedPerson
from portal.models.directory import Organization, Practitioner
from portal.models.setting import Setting

DEMO_SOURCE = "demo"
_Row = TypeVar("_Row", bound=SQLModel)
_Person = TypeVar("_Person", Patient, Practitioner, RelatedPerson)


def renew(session: Session, *, now: datetime) -> bool:
    """Write the appointments anew on another day than the last; true when it did.

    Everything else stays as it was left: accounts, settings, people added since.
    """
    begin_writing(session)
    mark = session.get_one(Setting, "demo")
    today = local_day(now).isoformat()
    if mark.value == today:
        return False
    cast = gather(now=now, password_hash="")
    _take_up_stored_rows(session, cast)
    session.exec(delete(Appointment).where(col(Appointment.source) == DEMO_SOURCE))
    session.add_all(agenda(cast, now=now))
    mark.value = today
    session.add(mark)
    session.flush()
    return True


def _take_up_stored_rows(session: Session, cast: Cast) -> None:
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
