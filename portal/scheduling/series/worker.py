"""The worker writes the dates of series further ahead, as time goes by."""

import logging
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, select
from sqlmodel import Session

from portal.clock import now
from portal.db import Database, begin_writing
from portal.models import columns
from portal.models.series import AppointmentSeries
from portal.scheduling.series.dates import HORIZON, locked_series, write_ahead
from portal.scheduling.series.recurrence import RecurrenceError

SLACK = 30
"""A series is written further once so many days less than `HORIZON` are ahead: once a month."""
log = logging.getLogger("portal.scheduling")

_s = columns(AppointmentSeries)
_DUE = (
    select(_s.patient_id, _s.id)
    .where(
        _s.written_until < bindparam("before", type_=Date),
        _s.id.not_in(bindparam("put_aside", type_=Uuid, expanding=True)),
    )
    .order_by(_s.written_until, _s.patient_id, _s.id)
    .limit(1)
)


@dataclass
class WriteSeriesAhead:
    """One series at a time, the most urgent first; what cannot be written holds up no other."""

    _put_aside: set[UUID] = field(default_factory=set)

    def work(self, database: Database) -> bool:
        """Write one series; False when none is due."""
        at = now()
        with database.session() as session:
            found = self._next(session, at=at)
        if found is None:
            return False
        patient_id, series_id = found
        try:
            _write(database, patient_id, series_id, at=at)
        except RecurrenceError:
            # No form and no import lets such a rule in; the others still have to be written.
            log.exception("series %s cannot be written ahead", series_id)
            self._put_aside.add(series_id)
        return True

    def _next(self, session: Session, *, at: datetime) -> tuple[UUID, UUID] | None:
        values = {"before": _due_before(at), "put_aside": list(self._put_aside)}
        found = session.execute(_DUE, values).first()
        return (found.patient_id, found.id) if found is not None else None


def _due_before(at: datetime) -> date:
    return at.astimezone(UTC).date() + timedelta(days=HORIZON - SLACK)


def _write(database: Database, patient_id: UUID, series_id: UUID, *, at: datetime) -> None:
    with database.session() as session:
        begin_writing(session)
        # Whoever waited for the lock finds nothing left to write.
        series = locked_series(session, patient_id=patient_id, series_id=series_id)
        write_ahead(session, series, at=at)
        session.commit()
