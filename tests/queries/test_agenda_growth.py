"""Ten years of daily visits behind a patient cost a page of the agenda nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.care import Patient
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

MOST = 5
PAGES = ("agenda", "agenda?view=list", "agenda?view=past", "agenda/print", "")
STEPS = 50
"""Instructions of SQLite's machine between two counts."""


def _patient(session: Session, keys: KeyRing, past: int) -> tuple[User, Patient]:
    patient = factories.make_patient(session)
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
    begin = clock.now()
    nurse = factories.make_practitioner(session)
    for number in range(past):
        # Not in the weeks that the pages show: each shows the same number of lines.
        starts_at = begin - timedelta(days=number // 3 + 21, hours=number % 3)
        session.add(_visit(patient, nurse.id, starts_at, status=AppointmentStatus.FULFILLED))
    for number in range(40):
        session.add(_visit(patient, nurse.id, begin + timedelta(hours=5 * number + 1)))
    stay = _visit(patient, nurse.id, begin - timedelta(days=9), kind=AppointmentKind.ADMISSION)
    stay.ends_at = begin + timedelta(days=3)
    session.add(stay)
    session.flush()
    return user, patient


def _visit(patient: Patient, nurse: Any, starts_at: Any, **fields: Any) -> Appointment:
    values = {"title": "Soin", "ends_at": starts_at + timedelta(minutes=30)} | fields
    return Appointment(patient_id=patient.id, practitioner_id=nurse, starts_at=starts_at, **values)


@contextmanager
def _work(app: Flask) -> Iterator[list[int]]:
    """How much SQLite did, in steps of its machine; nothing is counted elsewhere."""
    done = [0]
    engine = app.extensions["database"].engine

    def step() -> int:
        done[0] += 1
        return 0

    def watch(connection: Any, *_rest: Any) -> None:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.set_progress_handler(step, STEPS)

    event.listen(engine, "before_cursor_execute", watch)
    try:
        yield done
    finally:
        event.remove(engine, "before_cursor_execute", watch)


def test_ten_thousand_past_visits_cost_what_forty_cost(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    few, many = (_costs(app, session, keys, past) for past in (40, 10_000))
    for path in PAGES:
        assert few[path][0] == many[path][0] <= MOST, path
        assert many[path][1] <= 1.2 * few[path][1] + 20, path
        if app.extensions["database"].is_embedded:
            assert few[path][1] > 10, "nothing was counted"


def _costs(app: Flask, session: Session, keys: KeyRing, past: int) -> dict[str, tuple[int, int]]:
    """Path → statements, and steps of SQLite."""
    user, patient = _patient(session, keys, past)
    reader = PageClient(app)
    reader.enter(session, user)
    found = {}
    for path in PAGES:
        with counted(app) as statements, _work(app) as done:
            answer = reader.get(f"/p/{patient.id}/{path}")
        assert answer.status_code == 200
        assert "Soin" in answer.text
        found[path] = (len(statements), done[0])
    return found
