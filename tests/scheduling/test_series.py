"""The dates of a series are written ahead, once, whatever happens meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from portal import clock
from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.db import Database
from portal.models.agenda import AppointmentStatus
from portal.models.agreement import AppointmentAct, AppointmentChange
from portal.models.care import Patient
from portal.models.series import AppointmentSeries
from portal.scheduling.series import worker as series_worker
from portal.scheduling.series.dates import HORIZON, start_series, write_ahead
from portal.scheduling.series.recurrence import RecurrenceError
from portal.scheduling.series.worker import WriteSeriesAhead
from tests import factories
from tests.series.ahead import make_series, next_monday, rows_of, started

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def by(session: Session, keys: KeyRing) -> Author:
    user, _ = factories.make_user(session, keys)
    return Author(user.id, "coordinator")


@pytest.fixture
def jeanne(session: Session) -> Patient:
    house = factories.make_organization(session)
    return factories.make_patient(session, organization_id=house.id)


def test_each_date_is_a_row_with_its_line_of_history(
    session: Session, jeanne: Patient, by: Author
) -> None:
    series = make_series(jeanne, rrule="FREQ=WEEKLY;BYDAY=MO,TH;COUNT=6")
    assert start_series(session, series, by=by, at=clock.now()) == 6
    rows = rows_of(session, series)
    assert [row.starts_at.astimezone(PARIS).weekday() for row in rows] == [0, 3] * 3
    assert {row.starts_at.astimezone(PARIS).time() for row in rows} == {time(8)}
    assert {row.ends_at - row.starts_at for row in rows} == {timedelta(minutes=30)}
    assert {row.status for row in rows} == {AppointmentStatus.BOOKED}
    assert series.written_until is None, "nothing can follow"
    lines = session.execute(select(AppointmentChange)).scalars().all()
    assert {line.appointment_id for line in lines} == {row.id for row in rows}
    assert {(line.act, line.actor_id, line.capacity) for line in lines} == {
        (AppointmentAct.BOOKED, by.user_id, "coordinator")
    }


def test_a_form_that_is_sent_twice_makes_one_series(
    session: Session, jeanne: Patient, by: Author
) -> None:
    first = started(session, jeanne, by, rrule="FREQ=DAILY;COUNT=3")
    again = make_series(jeanne, rrule="FREQ=DAILY;COUNT=3", id=first.id)
    assert start_series(session, again, by=by, at=clock.now()) == 0
    assert len(rows_of(session, first)) == 3


def test_a_proposed_series_is_proposed_date_by_date(
    session: Session, jeanne: Patient, by: Author
) -> None:
    series = started(
        session, jeanne, by, rrule="FREQ=DAILY;COUNT=2", status=AppointmentStatus.PROPOSED
    )
    assert {row.status for row in rows_of(session, series)} == {AppointmentStatus.PROPOSED}
    acts = session.execute(select(AppointmentChange.act)).scalars()
    assert set(acts) == {AppointmentAct.PROPOSED}


def test_the_first_day_becomes_the_first_on_which_it_takes_place(
    session: Session, jeanne: Patient, by: Author
) -> None:
    series = started(session, jeanne, by, rrule="FREQ=WEEKLY;BYDAY=WE;COUNT=2")
    assert series.first_day == next_monday() + timedelta(days=2)


def test_a_rule_without_any_day_starts_nothing(
    session: Session, jeanne: Patient, by: Author
) -> None:
    with pytest.raises(RecurrenceError):
        started(session, jeanne, by, rrule="FREQ=DAILY;UNTIL=20200101")
    assert session.execute(select(func.count()).select_from(AppointmentSeries)).scalar() == 0


def test_a_window_is_kept_in_wall_time_across_summer_time(
    session: Session, jeanne: Patient, by: Author
) -> None:
    series = started(
        session,
        jeanne,
        by,
        now=datetime(2026, 3, 20, tzinfo=UTC),
        rrule="FREQ=DAILY;COUNT=20",
        first_day=date(2026, 3, 20),
        window_minutes=120,
        time_zone="Europe/Paris",
    )
    rows = rows_of(session, series)
    walls = {
        (row.starts_at.astimezone(PARIS).time(), row.ends_at.astimezone(PARIS).time())
        for row in rows
    }
    assert walls == {(time(8), time(10))}
    assert {row.starts_at.hour for row in rows} == {6, 7}, "in UTC it moved"
    assert all(row.is_window for row in rows)


def test_what_is_left_out_and_public_holidays_get_no_row(
    session: Session, jeanne: Patient, by: Author
) -> None:
    series = started(
        session,
        jeanne,
        by,
        now=datetime(2026, 12, 20, tzinfo=UTC),
        rrule="FREQ=DAILY;UNTIL=20261228",
        first_day=date(2026, 12, 23),
        left_out=["2026-12-24"],
        skips_holidays=True,
    )
    days = [row.starts_at.astimezone(PARIS).day for row in rows_of(session, series)]
    assert days == [23, 26, 27, 28]


def test_the_holidays_are_those_of_the_house(session: Session, by: Author) -> None:
    house = factories.make_organization(session, holiday_region="alsace_moselle")
    patient = factories.make_patient(session, organization_id=house.id)
    series = started(
        session,
        patient,
        by,
        now=datetime(2026, 12, 20, tzinfo=UTC),
        rrule="FREQ=DAILY;UNTIL=20261228",
        first_day=date(2026, 12, 24),
        skips_holidays=True,
    )
    days = [row.starts_at.astimezone(PARIS).day for row in rows_of(session, series)]
    assert days == [24, 27, 28], "the 26th is a holiday in Alsace"


def test_writing_ahead_again_adds_nothing(session: Session, jeanne: Patient, by: Author) -> None:
    series = started(session, jeanne, by)
    before = [row.id for row in rows_of(session, series)]
    assert write_ahead(session, series, at=clock.now()) == 0
    # As after a crash between the rows and the note of how far they go.
    series.written_until = series.first_day - timedelta(days=1)
    assert write_ahead(session, series, at=clock.now()) == 0
    assert [row.id for row in rows_of(session, series)] == before


def test_a_date_that_was_moved_is_not_written_a_second_time(
    session: Session, jeanne: Patient, by: Author
) -> None:
    series = started(session, jeanne, by, rrule="FREQ=DAILY;COUNT=3")
    moved = rows_of(session, series)[1]
    moved.starts_at += timedelta(hours=5)
    moved.ends_at = None
    session.flush()
    series.written_until = series.first_day - timedelta(days=1)
    assert write_ahead(session, series, at=clock.now()) == 0
    assert len(rows_of(session, series)) == 3


def test_the_worker_writes_further_once_the_end_comes_near(
    session: Session, database: Database, jeanne: Patient, by: Author
) -> None:
    long_ago = clock.now() - timedelta(days=200)
    series = started(session, jeanne, by, now=long_ago, first_day=long_ago.date())
    key = (series.patient_id, series.id)
    session.commit()
    worker = WriteSeriesAhead()
    assert worker.work(database) is True
    assert worker.work(database) is False
    session.expire_all()
    now = session.get_one(AppointmentSeries, key)
    assert now.written_until >= clock.now().date() + timedelta(days=HORIZON - 1)
    rows = rows_of(session, now)
    assert len({row.recurrence_start for row in rows}) == len(rows)
    assert (rows[-1].recurrence_start - clock.now()).days >= HORIZON - 7


def test_two_workers_at_once_write_each_date_once(
    session: Session, database: Database, jeanne: Patient, by: Author
) -> None:
    long_ago = clock.now() - timedelta(days=300)
    series = started(
        session, jeanne, by, rrule="FREQ=DAILY", now=long_ago, first_day=long_ago.date()
    )
    session.commit()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: WriteSeriesAhead().work(database), range(4)))
    rows = rows_of(session, series)
    starts = [row.recurrence_start for row in rows]
    assert len(starts) == len(set(starts))
    assert {later - earlier for earlier, later in pairwise(starts)} <= {
        timedelta(hours=hours) for hours in (23, 24, 25)
    }, "no day is missing"
    lines = session.execute(select(func.count()).select_from(AppointmentChange)).scalar()
    assert lines == len(rows)


def test_a_worker_that_is_killed_half_way_leaves_no_half(
    session: Session,
    database: Database,
    jeanne: Patient,
    by: Author,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    long_ago = clock.now() - timedelta(days=300)
    series = started(session, jeanne, by, now=long_ago, first_day=long_ago.date())
    session.commit()
    before = len(rows_of(session, series))
    session.commit()

    def killed(*args: object, **kwargs: object) -> int:
        write_ahead(*args, **kwargs)  # type: ignore[arg-type]  # passed through
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(series_worker, "write_ahead", killed)
        with pytest.raises(KeyboardInterrupt):
            WriteSeriesAhead().work(database)
    assert len(rows_of(session, series)) == before
    session.commit()
    WriteSeriesAhead().work(database)
    assert len(rows_of(session, series)) > before


def test_a_series_that_cannot_be_written_holds_up_no_other(
    session: Session, database: Database, jeanne: Patient, by: Author
) -> None:
    long_ago = clock.now() - timedelta(days=300)
    broken = started(session, jeanne, by, now=long_ago, first_day=long_ago.date())
    broken.written_until -= timedelta(days=20)
    broken.rrule = "FREQ=NEVER"
    whole = started(session, jeanne, by, now=long_ago, first_day=long_ago.date())
    session.commit()
    worker = WriteSeriesAhead()
    while worker.work(database):
        pass
    session.expire_all()
    assert whole.written_until > clock.now().date() + timedelta(days=HORIZON - 2)
