"""From one date of a series on: what is moved, what keeps what was agreed, what can be undone."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import Session

from portal import clock
from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import (
    AppointmentAct,
    AppointmentChange,
    ChangeRequest,
    RequestKind,
    RequestState,
)
from portal.models.care import Patient
from portal.models.series import AppointmentSeries
from portal.scheduling import acts
from portal.scheduling.letters.notices import About
from portal.scheduling.series import acts as series_acts
from portal.scheduling.series.acts import Act, PastDateError, Result
from portal.scheduling.series.changes import Wanted, change_following
from portal.scheduling.series.dates import write_ahead
from portal.scheduling.series.ending import end_following, take_end_back
from portal.scheduling.series.recurrence_text import parse
from tests import factories
from tests.series.ahead import next_monday, rows_of, started

PARIS = ZoneInfo("Europe/Paris")
AT_NINE = Wanted(
    rule=parse("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=8"),
    at=time(9),
    window_minutes=None,
    duration_minutes=30,
    skips_holidays=False,
    reason="Nouvelle tournée",
)


@dataclass
class Home:
    """A patient with a nurse who comes on Mondays and Thursdays at eight, ten times."""

    session: Session
    keys: KeyRing
    patient: Patient
    by: Author
    series: AppointmentSeries
    told: list[About]

    def act(self, number: int, *, version: int = 1, at: datetime | None = None) -> Act:
        """From the date of that number on."""
        return Act(
            patient_id=self.patient.id,
            series_id=self.series.id,
            from_id=self.rows[number].id,
            version=version,
            by=self.by,
            at=at or clock.now(),
        )

    def change(self, number: int, wanted: Wanted = AT_NINE) -> Result:
        return change_following(self.session, self.act(number), wanted, keys=self.keys)

    def end(self, number: int, *, at: datetime | None = None) -> Result:
        act = self.act(number, at=at)
        return end_following(self.session, act, reason="La plaie est guérie", keys=self.keys)

    @property
    def rows(self) -> list[Appointment]:
        return rows_of(self.session, self.series)

    def following(self, result: Result) -> AppointmentSeries:
        return self.session.get_one(AppointmentSeries, (self.patient.id, result.series_id))

    def move(self, row: Appointment, by: timedelta) -> None:
        """One date by itself, as a professional does it on its page."""
        assert row.starts_at is not None
        assert row.ends_at is not None
        wanted = {"starts_at": row.starts_at + by, "ends_at": row.ends_at + by}
        acts.change(self.session, row, wanted, act=AppointmentAct.MOVED, by=self.by, at=clock.now())


@pytest.fixture
def home(session: Session, keys: KeyRing, monkeypatch: pytest.MonkeyPatch) -> Home:
    told: list[About] = []

    def tell(_session: Session, about: About, *, keys: KeyRing) -> int:
        told.append(about)
        return 2

    monkeypatch.setattr(series_acts, "tell_family", tell)
    house = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=house.id)
    user, _ = factories.make_user(session, keys)
    by = Author(user.id, "coordinator")
    series = started(session, patient, by, rrule="FREQ=WEEKLY;BYDAY=MO,TH;COUNT=10")
    return Home(session, keys, patient, by, series, told)


def _days(rows: list[Appointment]) -> list[date]:
    return [row.starts_at.astimezone(PARIS).date() for row in rows if row.starts_at]


def _hours(rows: list[Appointment]) -> list[int]:
    return [row.starts_at.astimezone(PARIS).hour for row in rows if row.starts_at]


def _versions(rows: list[Appointment]) -> list[int]:
    return [row.version for row in rows]


def test_this_one_and_the_following_begin_at_another_time(home: Home) -> None:
    days, ids = _days(home.rows), [row.id for row in home.rows]
    result = home.change(2)
    following = home.following(result)
    assert (result.moved, result.cancelled, result.added, result.kept) == (8, 0, 0, 0)
    before, after = home.rows, rows_of(home.session, following)
    assert _hours(before) == [8, 8]
    assert _hours(after) == [9] * 8
    assert _days(before) + _days(after) == days
    assert [row.id for row in before + after] == ids, "notes and answers stay with their date"
    assert _versions(after) == [2] * 8
    assert home.series.rrule == f"FREQ=WEEKLY;BYDAY=MO,TH;UNTIL={days[2] - timedelta(1):%Y%m%d}"
    assert following.created_by == home.series.created_by


def test_people_are_told_once_and_each_date_has_its_line(home: Home) -> None:
    result = home.change(2)
    assert len(home.told) == 1
    assert result.told == 2
    lines = home.session.execute(
        select(AppointmentChange).where(AppointmentChange.act == AppointmentAct.MOVED)  # type: ignore[arg-type]  # a column
    ).scalars()
    assert [(line.reason, line.version) for line in lines] == [("Nouvelle tournée", 2)] * 8


def test_another_weekday_takes_the_place_of_the_one_of_its_week(home: Home) -> None:
    rule = parse("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=7")
    result = home.change(3, replace(AT_NINE, rule=rule, at=time(8)))
    after = rows_of(home.session, home.following(result))
    assert [day.weekday() for day in _days(after)] == [2, 0, 2, 0, 2, 0, 2]
    assert (result.moved, result.cancelled, result.added) == (4, 0, 0)
    # The first one is the Wednesday of the week of that Thursday: Monday stays where it is.
    assert _days(after)[0] == _days(home.rows)[-1] + timedelta(days=2)


def test_one_weekday_less_is_cancelled_and_never_deleted(home: Home) -> None:
    rule = parse("FREQ=WEEKLY;BYDAY=MO;COUNT=4")
    result = home.change(2, replace(AT_NINE, rule=rule, at=time(8)))
    assert (result.moved, result.cancelled) == (0, 4)
    rows = home.rows
    cancelled = [row for row in rows if row.status is AppointmentStatus.CANCELLED]
    assert {day.weekday() for day in _days(cancelled)} == {3}
    assert {row.cancellation_reason for row in cancelled} == {"Nouvelle tournée"}


def test_one_weekday_more_is_written(home: Home) -> None:
    rule = parse("FREQ=WEEKLY;BYDAY=MO,TU,TH;COUNT=12")
    result = home.change(2, replace(AT_NINE, rule=rule))
    assert (result.moved, result.added) == (8, 4)


def test_what_was_agreed_one_by_one_is_kept(home: Home) -> None:
    moved, cancelled = home.rows[4], home.rows[5]
    home.move(moved, timedelta(days=1, hours=2))
    acts.change(
        home.session,
        cancelled,
        {"status": AppointmentStatus.CANCELLED},
        act=AppointmentAct.CANCELLED,
        by=home.by,
        at=clock.now(),
    )
    agreed = moved.starts_at
    result = home.change(2)
    assert (result.moved, result.kept, result.added) == (6, 2, 0)
    home.session.expire_all()
    assert moved.starts_at == agreed
    assert cancelled.status is AppointmentStatus.CANCELLED
    assert moved.series_id == result.series_id
    assert moved.recurrence_start.astimezone(PARIS).hour == 9, "it stands for that new date"
    following = home.following(result)
    following.written_until = following.first_day - timedelta(days=1)
    assert write_ahead(home.session, following, at=clock.now()) == 0, "nobody comes twice"


def test_a_change_of_the_end_alone_moves_nothing_and_tells_nobody(home: Home) -> None:
    rule = parse("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=9")
    result = home.change(2, replace(AT_NINE, rule=rule, at=time(8)))
    assert (result.moved, result.cancelled, result.added) == (0, 0, 1)
    assert _versions(rows_of(home.session, home.following(result))) == [1] * 9
    assert home.told == []


def test_from_a_date_on_nothing_follows(home: Home) -> None:
    result = home.end(4)
    rows = home.rows
    assert [row.status is AppointmentStatus.CANCELLED for row in rows] == [False] * 4 + [True] * 6
    assert {row.cancellation_reason for row in rows[4:]} == {"La plaie est guérie"}
    assert result.cancelled == 6
    assert len(home.told) == 1
    assert write_ahead(home.session, home.series, at=clock.now()) == 0


def test_an_end_that_is_taken_back_leaves_everything_as_it_was(home: Home) -> None:
    rule, days = home.series.rrule, _days(home.rows)
    home.end(4)
    result = take_end_back(home.session, home.act(0, version=2), keys=home.keys)
    assert result.restored == 6
    assert result.added == 0
    rows = home.rows
    assert {row.status for row in rows} == {AppointmentStatus.BOOKED}
    assert {row.cancellation_reason for row in rows} == {""}
    assert _days(rows) == days
    assert home.series.rrule == rule
    assert home.series.ended_rrule == ""


def test_a_date_that_was_cancelled_before_stays_cancelled_when_the_end_is_taken_back(
    home: Home,
) -> None:
    wanted = {"status": AppointmentStatus.CANCELLED, "cancellation_reason": "Vacances"}
    acts.change(
        home.session,
        home.rows[6],
        wanted,
        act=AppointmentAct.CANCELLED,
        by=home.by,
        at=clock.now() - timedelta(hours=1),
    )
    assert home.end(4).cancelled == 5
    take_end_back(home.session, home.act(0, version=2), keys=home.keys)
    assert home.rows[6].cancellation_reason == "Vacances"


def test_an_endless_series_goes_on_when_its_end_is_taken_back(home: Home) -> None:
    endless = started(home.session, home.patient, home.by, rrule="FREQ=WEEKLY;BYDAY=TU")
    home.series = endless
    written = endless.written_until
    home.end(3)
    assert endless.written_until is None
    take_end_back(home.session, home.act(0, version=2), keys=home.keys)
    assert endless.written_until == written
    assert all(row.status is AppointmentStatus.BOOKED for row in home.rows)


def test_an_end_cannot_be_taken_back_twice_nor_after_another_act(home: Home) -> None:
    home.end(4)
    with pytest.raises(ChangedMeanwhileError):
        take_end_back(home.session, home.act(0, version=1), keys=home.keys)
    take_end_back(home.session, home.act(0, version=2), keys=home.keys)
    with pytest.raises(ChangedMeanwhileError):
        take_end_back(home.session, home.act(0, version=3), keys=home.keys)


def test_a_stale_form_changes_nothing(home: Home) -> None:
    home.end(6)
    with pytest.raises(ChangedMeanwhileError):
        home.change(2)
    with pytest.raises(ChangedMeanwhileError):
        home.end(2)


def test_what_is_over_is_not_changed(home: Home) -> None:
    late = home.rows[3].starts_at + timedelta(minutes=1)
    with pytest.raises(PastDateError):
        home.end(3, at=late)


def test_a_date_of_another_series_or_patient_is_not_found(home: Home) -> None:
    other = started(home.session, home.patient, home.by, rrule="FREQ=DAILY;COUNT=2")
    foreign: UUID = rows_of(home.session, other)[0].id
    with pytest.raises(NotFoundError):
        change_following(
            home.session, replace(home.act(2), from_id=foreign), AT_NINE, keys=home.keys
        )
    stranger = factories.make_patient(home.session)
    with pytest.raises(NotFoundError):
        end_following(
            home.session, replace(home.act(2), patient_id=stranger.id), reason="x", keys=home.keys
        )


@pytest.mark.parametrize(
    ("verb", "state"), [("change", RequestState.MOVED), ("end", RequestState.CANCELLED)]
)
def test_whoever_asked_for_another_time_has_their_answer(
    home: Home, verb: str, state: RequestState
) -> None:
    asked = ChangeRequest(
        patient_id=home.patient.id,
        appointment_id=home.rows[5].id,
        kind=RequestKind.CHANGE,
        asked_by=home.by.user_id,
        capacity="self",
        asked_at=clock.now(),
    )
    home.session.add(asked)
    home.session.flush()
    home.change(2) if verb == "change" else home.end(2)
    home.session.expire_all()
    assert (asked.state, asked.answered_by) == (state, home.by.user_id)


def test_the_first_date_of_all_can_be_changed_too(home: Home) -> None:
    first = next_monday()
    result = home.change(0, replace(AT_NINE, rule=parse("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=10")))
    assert result.moved == 10
    assert _days(rows_of(home.session, home.following(result)))[0] == first
    assert home.rows == []
