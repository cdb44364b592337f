"""The week of a patient with ten thousand past visits, against that of one with ten."""

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

from flask import Flask
from sqlmodel import Session

from portal import clock, create_app, migrations
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import begin_writing
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient

FEW, MANY = 10, 10_000
ROUNDS, WARMING_UP = 400, 40
BUDGET = 1.25
"""At most so many times as slow."""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        app = _application(Path(folder))
        readers = {past: _reader(app, past) for past in (FEW, MANY)}
        times = _times(readers)
    few, many = (median(times[past]) * 1_000 for past in (FEW, MANY))
    ratio = many / few
    sys.stdout.write(
        f"week of {FEW} past visits: {few:.2f} ms; of {MANY}: {many:.2f} ms;"
        f" ratio {ratio:.2f} (budget {BUDGET})\n"
    )
    return 0 if ratio <= BUDGET else 1


def _application(folder: Path) -> Flask:
    environ = {"PORTAL_INSTANCE_PATH": str(folder), "PORTAL_BASE_URL": "http://localhost"}
    config = Config.from_env(environ)
    KeyRing.generate().save(config.keys_file)
    app = create_app(config)
    migrations.upgrade(app.extensions["database"].engine)
    return app


def _reader(app: Flask, past: int) -> tuple[PageClient, UUID]:
    with app.extensions["database"].session() as session:
        begin_writing(session)
        patient = factories.make_patient(session)
        user, _ = factories.make_user(session, app.extensions["keys"])
        factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
        _fill(session, patient.id, past)
        reader, patient_id = PageClient(app), patient.id
        reader.enter(session, user)
    return reader, patient_id


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


def _times(readers: dict[int, tuple[PageClient, UUID]]) -> dict[int, list[float]]:
    """Turn by turn: what slows the machine slows both."""
    times: dict[int, list[float]] = {past: [] for past in readers}
    for number in range(WARMING_UP + ROUNDS):
        for past, (reader, patient_id) in readers.items():
            begin = time.perf_counter()
            # Without the checks of `PageClient`: they cost more than the page.
            answer = reader.client.get(f"/p/{patient_id}/agenda")
            spent = time.perf_counter() - begin
            assert answer.status_code == 200
            if number >= WARMING_UP:
                times[past].append(spent)
    return times
