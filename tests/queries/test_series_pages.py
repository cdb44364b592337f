"""The pages about a series, and a week of it, cost the same however long it goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import Session

from portal import clock
from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.care import Patient
from portal.models.series import AppointmentSeries
from portal.scheduling.series.dates import start_series
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

MOST = 5
LATER_PAGE = 6 * 1024


def _reader(session: Session, keys: KeyRing, **fields: Any) -> tuple[User, Patient, Any]:
    """The coordinator, for whom a page costs most: with a line of the log, and every action."""
    house = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=house.id)
    claire, _ = factories.make_user(session, keys)
    factories.make_coordination(session, user=claire, organization_id=house.id)
    nurse = factories.make_practitioner(session)
    values: dict[str, Any] = {
        "rrule": "FREQ=DAILY",
        "first_day": clock.now().date(),
        "at": time(8),
        "title": "Pansement",
        "practitioner_id": nurse.id,
    }
    series = AppointmentSeries(patient_id=patient.id, **(values | fields))
    start_series(session, series, by=Author(claire.id, "coordinator"), at=clock.now())
    return claire, patient, series


@pytest.mark.parametrize("path", ["", "/change", "/end"])
def test_a_page_costs_the_same_for_two_dates_as_for_four_hundred(
    app: Flask, session: Session, keys: KeyRing, path: str
) -> None:
    counts = []
    for rrule in ("FREQ=DAILY;COUNT=2", "FREQ=DAILY"):
        tomorrow = clock.now().date() + timedelta(days=1)
        claire, patient, series = _reader(session, keys, rrule=rrule, first_day=tomorrow)
        reader = PageClient(app)
        reader.enter(session, claire)
        with counted(app) as statements:
            answer = reader.get(
                f"/p/{patient.id}/agenda/series/{series.id}{path}",
                headers={"Accept-Encoding": "br"},
            )
        assert answer.status_code == 200
        assert int(answer.headers["Content-Length"]) <= LATER_PAGE
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST


def test_a_week_page_costs_the_same_after_ten_years_of_daily_visits(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    counts, steps = [], []
    for days in (7, 3650):
        first_day = clock.now().date() - timedelta(days=days)
        claire, patient, _series = _reader(session, keys, first_day=first_day)
        reader = PageClient(app)
        reader.enter(session, claire)
        with counted(app) as statements, _steps(app) as taken:
            answer = reader.get(f"/p/{patient.id}/agenda")
        assert answer.text.count("Pansement") >= 7
        counts.append(len(statements))
        steps.append(sum(taken))
    assert counts[0] == counts[1] <= MOST
    assert steps[0] or not app.extensions["database"].is_embedded
    # Of the embedded database: how much it did, whatever else the machine does meanwhile.
    assert steps[1] <= 1.5 * steps[0]


@contextmanager
def _steps(app: Flask) -> Iterator[list[int]]:
    """The instructions of SQLite's machine, in hundreds; none on PostgreSQL."""
    database = app.extensions["database"]
    taken: list[int] = []

    def watch(connection: Any, _record: object, _proxy: object) -> None:
        connection.set_progress_handler(lambda: taken.append(1), 100)

    if not database.is_embedded:
        yield taken
        return
    event.listen(database.engine, "checkout", watch)
    try:
        yield taken
    finally:
        event.remove(database.engine, "checkout", watch)
        database.engine.dispose()
