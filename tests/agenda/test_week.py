"""The week: which days, in whose wall time, and what stands when it is empty."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlmodel import Session

from portal.blueprints.agenda.service import week_from, week_of
from portal.crypto import KeyRing
from portal.models.agenda import AppointmentStatus
from tests.agenda.pages import AgendaReader, agenda_reader, days, titles
from tests.pages import PageClient

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 10:00 in Paris


@pytest.fixture
def agenda(reader: PageClient, session: Session, keys: KeyRing) -> Iterator[AgendaReader]:
    with time_machine.travel(TUESDAY, tick=False):
        yield agenda_reader(reader, session, keys)


def _at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_this_week_begins_with_today_and_ends_with_what_is_over(agenda: AgendaReader) -> None:
    agenda.add(_at(23, 8), title="Monday")
    agenda.add(_at(24, 15), title="Today")
    agenda.add(_at(29, 22), title="Sunday")
    agenda.add(_at(30, 8), title="Next Monday")
    html = agenda.page()
    assert days(html) == ["2026-11-24", "2026-11-29", "2026-11-23"]
    assert titles(html) == ["Today", "Sunday", "Monday"]
    assert "Earlier this week" in html
    assert "Next Monday" in html.partition("After that")[2]


def test_another_week_stands_in_order(agenda: AgendaReader) -> None:
    agenda.add(_at(17, 8), title="Tuesday")
    agenda.add(_at(16, 8), title="Monday")
    html = agenda.page("?week=2026-W47")
    assert titles(html) == ["Monday", "Tuesday"]
    assert "Earlier this week" not in html
    assert "Back to this week" in html


def test_midnight_is_that_of_the_patient(agenda: AgendaReader) -> None:
    agenda.add(datetime(2026, 11, 29, 22, 59, tzinfo=UTC), title="Last minute of Sunday")
    agenda.add(datetime(2026, 11, 29, 23, 0, tzinfo=UTC), title="First of Monday")
    assert titles(agenda.page("?week=2026-W48")) == ["Last minute of Sunday"]
    assert titles(agenda.page("?week=2026-W49")) == ["First of Monday"]


@pytest.mark.parametrize(
    ("zone", "today"), [("Indian/Reunion", "2026-11-25"), ("Europe/Paris", "2026-11-24")]
)
def test_today_is_that_of_the_patient(
    reader: PageClient, session: Session, keys: KeyRing, zone: str, today: str
) -> None:
    with time_machine.travel(datetime(2026, 11, 24, 20, 30, tzinfo=UTC), tick=False):
        agenda = agenda_reader(reader, session, keys, time_zone=zone)
        agenda.add(datetime(2026, 11, 24, 20, 45, tzinfo=UTC), time_zone=zone)
        html = agenda.page()
    assert days(html) == [today]
    assert 'aria-current="date"' in html
    title = html.partition(f'id="title-{today}"')[2]
    assert title.startswith(">today"), "the day of the place is called today"


def test_the_week_of_the_clock_change_has_its_days(agenda: AgendaReader) -> None:
    agenda.add(datetime(2026, 10, 24, 22, 30, tzinfo=UTC), title="Half past midnight")
    agenda.add(datetime(2026, 10, 25, 22, 30, tzinfo=UTC), title="Half past eleven")
    html = agenda.page("?week=2026-W43")
    assert days(html) == ["2026-10-25"]
    assert "0:30" in html
    assert "23:30" in html


def test_weeks_begin_and_end_at_midnight_on_both_sides_of_the_clock_change() -> None:
    week = week_of(date(2026, 10, 25), time_zone="Europe/Paris")
    assert week.starts_at.astimezone(UTC) == datetime(2026, 10, 18, 22, tzinfo=UTC)
    assert week.ends_at.astimezone(UTC) == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert [day.isoformat() for day in week.days][::6] == ["2026-10-19", "2026-10-25"]


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2026-W01", date(2025, 12, 29)),
        ("2026-W53", date(2026, 12, 28)),
        ("2027-W01", date(2027, 1, 4)),
        ("2020-W53", date(2020, 12, 28)),
    ],
)
def test_iso_weeks_cross_the_year(text: str, monday: date) -> None:
    week = week_from(text, time_zone="Europe/Paris")
    assert week is not None
    assert week.monday == monday
    assert week.iso == text
    assert week.following.previous == week


@pytest.mark.parametrize(
    "text", ["2027-W53", "2026-W54", "2026-W00", "", "2026-48", "1899-W10", "9999-W52", "٢٠٢٦-W٤٨"]
)
def test_what_is_no_week_is_none(text: str) -> None:
    assert week_from(text, time_zone="Europe/Paris") is None


def test_the_arrows_lead_across_the_year(agenda: AgendaReader) -> None:
    html = agenda.page("?week=2026-W53")
    assert "week=2026-W52" in html
    assert "week=2027-W01" in html


def test_a_fragment_is_the_agenda_alone(agenda: AgendaReader) -> None:
    agenda.add(_at(24, 15), title="Today")
    fragment = agenda.page(htmx=True).strip()
    assert fragment.startswith('<div id="agenda">')
    assert "<html" not in fragment
    assert titles(fragment) == ["Today"]
    restored = agenda.reader.get(
        f"/p/{agenda.patient.id}/agenda",
        htmx=True,
        headers={"HX-History-Restore-Request": "true"},
    )
    assert restored.text.startswith("<!doctype")


def test_a_week_without_anything_says_when_the_next_is(agenda: AgendaReader) -> None:
    agenda.add(_at(3, 9, month=12), title="Dentist")
    html = agenda.page()
    assert "Nothing planned this week" in html
    assert "Thursday 3 December: Dentist" in html


def test_an_agenda_without_anything_to_come_offers_the_past(agenda: AgendaReader) -> None:
    agenda.add(_at(3, 9), title="Long over")
    assert "See past appointments" in agenda.page()


def test_a_stay_that_began_before_stands_above_the_week(agenda: AgendaReader) -> None:
    start = _at(3, 9)
    agenda.add(start, ends_at=start + timedelta(days=60), title="Rehabilitation")
    html = agenda.page()
    assert "Already going on" in html
    assert titles(html) == ["Rehabilitation"]
    assert titles(agenda.page("?view=list")) == ["Rehabilitation"]
    assert titles(agenda.page("?view=past")) == []


def test_a_cancelled_visit_stays_but_leaves_no_dot(agenda: AgendaReader) -> None:
    agenda.add(_at(26, 9), title="Off", status=AppointmentStatus.CANCELLED)
    html = agenda.page()
    assert titles(html) == ["Off"]
    assert "Cancelled" in html
    assert "data-count" not in html


def test_the_dots_count_to_three(agenda: AgendaReader) -> None:
    for hour in range(8, 13):
        agenda.add(_at(26, hour))
    assert 'data-count="3"' in agenda.page()
    assert "5 appointments" in agenda.page()


def test_what_was_entered_in_error_is_nowhere(agenda: AgendaReader) -> None:
    wrong = agenda.add(_at(24, 15), title="Oops", status=AppointmentStatus.ENTERED_IN_ERROR)
    agenda.add(_at(20, 15), title="Oops", status=AppointmentStatus.ENTERED_IN_ERROR)
    agenda.add(None, title="Oops", status=AppointmentStatus.ENTERED_IN_ERROR)
    for query in ("", "?view=list", "?view=past"):
        assert "Oops" not in agenda.page(query)
    assert "Oops" not in agenda.reader.get(f"/p/{agenda.patient.id}/").text
    assert agenda.reader.get(f"/p/{agenda.patient.id}/agenda/{wrong.id}").status_code == 404


def test_a_proposal_without_a_date_stands_below_this_week_only(agenda: AgendaReader) -> None:
    agenda.add(
        None,
        title="To be chosen",
        status=AppointmentStatus.PROPOSED,
        requested_start=date(2026, 12, 1),
        requested_end=date(2026, 12, 5),
    )
    html = agenda.page()
    assert "To be chosen" in titles(html)
    assert "Between Tuesday 1 December and Saturday 5 December" in html
    assert titles(agenda.page("?week=2026-W49")) == []


def test_a_cancelled_proposal_without_a_date_is_not_waited_for(agenda: AgendaReader) -> None:
    agenda.add(None, title="Off", status=AppointmentStatus.CANCELLED)
    assert titles(agenda.page()) == []


def test_the_next_one_carries_the_sun(agenda: AgendaReader) -> None:
    agenda.add(_at(24, 15), title="Off", status=AppointmentStatus.CANCELLED)
    agenda.add(_at(24, 16), title="On")
    agenda.add(_at(24, 17), title="Later")
    rows = agenda.page().split("<li")
    assert ["is-next" in row for row in rows if "visit-title" in row] == [False, True, False]


def test_a_full_week_is_shown_whole(agenda: AgendaReader) -> None:
    for day in range(23, 30):
        for hour in range(8, 19):
            agenda.add(_at(day, hour), title=f"Visit {day} {hour}")
    shown = titles(agenda.page("?week=2026-W48"))
    assert len(shown) == 77
    assert "no appointment" not in agenda.page("?week=2026-W48")
