"""The week of a patient with ten thousand past visits, against that of one with ten."""

from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlmodel import Session

from portal import clock
from portal.db import begin_writing
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.rights import CareLinkKind
from tests import factories
from tests.bench.measuring import is_flat
from tests.pages import PageClient

FEW, MANY = 10, 10_000


def measure(app: Flask) -> bool:
    return is_flat("week with past visits", {past: _reader(app, past) for past in (FEW, MANY)})


def _reader(app: Flask, past: int) -> tuple[PageClient, str]:
    with app.extensions["database"].session() as session:
        begin_writing(session)
        patient = factories.make_patient(session)
        user, _ = factories.make_user(session, app.extensions["keys"])
        factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
        _fill(session, patient.id, past)
        reader, path = PageClient(app), f"/p/{patient.id}/agenda"
        reader.enter(session, user)
    return reader, path


def _fill(session: Session, patient_id: UUID, past: int) -> None:
    begin = clock.now()
    long_ago = [begin - timedelta(days=n // 3 + 21, hours=n % 3) for n in range(past)]
    coming = [begin + timedelta(hours=5 * n + 1) for n in range(40)]
    for starts_at in long_ago + coming:
        is_over = starts_at < begin
        session.add(
            Appointment(
                patient_id=patient_id,
                title="Soin",
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=30),
                status=AppointmentStatus.FULFILLED if is_over else AppointmentStatus.BOOKED,
            )
        )
    session.flush()
