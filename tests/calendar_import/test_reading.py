"""What is read of a calendar file that somebody sent, whoever they are."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar.timezone import tzp

from portal.scheduling.calendar_files.reading import MOST_VISITS, FileVisit, read_calendar
from portal.scheduling.calendar_files.text import CalendarRefusedError, Refusal
from tests.calendar_import.files import AT, LETTER_OF_A_HOSPITAL, calendar, event

HOME_MADE = (
    "BEGIN:VTIMEZONE\nTZID:Heure locale\n"
    "BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0200\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n"
    "BEGIN:DAYLIGHT\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0300\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE"
)


def _read(content: str | bytes, zone: str = "Europe/Paris") -> list[FileVisit]:
    sent = content.encode() if isinstance(content, str) else content
    return read_calendar(sent, time_zone=zone, at=AT).visits


def _one(content: str | bytes, zone: str = "Europe/Paris") -> FileVisit:
    (visit,) = _read(content, zone)
    return visit


def _starts(content: str) -> list[str]:
    return [visit.starts_at.strftime("%d/%m %H:%M") for visit in _read(content)]


def _refusal(content: bytes) -> Refusal:
    with pytest.raises(CalendarRefusedError) as refused:
        read_calendar(content, time_zone="Europe/Paris", at=AT)
    return refused.value.reason


def test_a_hospitals_file_tells_when_where_and_from_whom() -> None:
    visit = _one(LETTER_OF_A_HOSPITAL)
    assert visit.title == "Consultation de cardiologie"
    assert visit.starts_at == datetime(2026, 12, 3, 8, 30, tzinfo=UTC)
    assert visit.ends_at == datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
    assert (visit.time_zone, visit.sender) == ("Europe/Paris", "CHU de Rennes, cardiologie")
    assert visit.place == "Hôpital Pontchaillou, bâtiment B"
    assert visit.instructions == "Venir à jeun.\nApporter la carte Vitale, s’il vous plaît."
    assert visit.key == "cardio-118@chu.example.org"


@pytest.mark.parametrize(
    ("start", "instant", "zone"),
    [
        ("DTSTART:20261203T083000Z", "08:30", "Europe/Paris"),
        ("DTSTART;TZID=Indian/Reunion:20261203T123000", "08:30", "Indian/Reunion"),
        ("DTSTART;TZID=Romance Standard Time:20261203T093000", "08:30", "Europe/Paris"),
        ("DTSTART;TZID=/some.maker/20200101/Europe/Paris:20261203T093000", "08:30", "Europe/Paris"),
        ("DTSTART;TZID=Heure locale:20261203T103000", "08:30", "Europe/Paris"),
        ("DTSTART;TZID=Heure locale:20260703T103000", "07:30", "Europe/Paris"),
    ],
)
def test_the_clock_of_the_place_is_followed(start: str, instant: str, zone: str) -> None:
    visit = _one(calendar(HOME_MADE, event(start)))
    assert f"{visit.starts_at:%H:%M}" == instant
    assert (visit.time_zone, visit.is_floating) == (zone, False)


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART:20261203T093000",
        "DTSTART;TZID=Mars/Olympus:20261203T093000",
        "DTSTART;TZID=../../etc/passwd:20261203T093000",
        "DTSTART;TZID=" + "x" * 5000 + ":20261203T093000",
    ],
)
def test_a_time_on_no_known_clock_is_the_patients_and_says_so(start: str) -> None:
    visit = _one(calendar(event(start)), "Indian/Reunion")
    assert visit.starts_at == datetime(2026, 12, 3, 5, 30, tzinfo=UTC)
    assert (visit.time_zone, visit.is_floating) == ("Indian/Reunion", True)


def test_the_zone_of_one_file_means_nothing_in_the_next() -> None:
    before = dict(vars(tzp))
    _one(calendar(HOME_MADE, event("DTSTART;TZID=Heure locale:20261203T103000")))
    later = _one(calendar(event("DTSTART;TZID=Heure locale:20261203T103000")))
    assert later.is_floating
    assert later.starts_at == datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
    assert dict(vars(tzp)) == before


def test_a_day_without_a_time_is_that_whole_day() -> None:
    visit = _one(calendar(event("DTSTART;VALUE=DATE:20261203")))
    assert (visit.is_all_day, visit.is_window) == (True, True)
    assert visit.starts_at == datetime(2026, 12, 2, 23, tzinfo=UTC)
    assert visit.ends_at == datetime(2026, 12, 3, 22, 59, tzinfo=UTC)


def test_a_stay_ends_on_the_evening_before_its_dtend() -> None:
    stay = _one(calendar(event("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261206")))
    assert not stay.is_window
    assert stay.ends_at == datetime(2026, 12, 5, 22, 59, tzinfo=UTC)


def test_a_rule_is_written_out_across_the_change_of_the_clocks() -> None:
    rule = event(
        "DTSTART;TZID=Europe/Paris:20270322T090000", "DURATION:PT30M", "RRULE:FREQ=WEEKLY;COUNT=3"
    )
    assert _starts(calendar(rule)) == ["22/03 08:00", "29/03 07:00", "05/04 07:00"]
    assert {one.ends_at - one.starts_at for one in _read(calendar(rule)) if one.ends_at} == {
        timedelta(minutes=30)
    }


def test_exceptions_move_cancel_and_add_dates() -> None:
    rule = event(
        "DTSTART;TZID=Europe/Paris:20261207T090000",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "EXDATE;TZID=Europe/Paris:20261214T090000",
        "RDATE;TZID=Europe/Paris:20261209T090000",
    )
    moved = event(
        "DTSTART;TZID=Europe/Paris:20261222T150000",
        "RECURRENCE-ID;TZID=Europe/Paris:20261221T090000",
    )
    visits = _read(calendar(moved, rule))
    assert [f"{one.starts_at:%d %H:%M}" for one in visits if not one.is_cancelled] == [
        *("07 08:00", "09 08:00", "22 14:00", "28 08:00")
    ]
    assert [f"{one.starts_at:%d}" for one in visits if one.is_cancelled] == ["14"]
    assert {one.key.partition(" ")[2][:8] for one in visits} >= {"20261221", "20261214"}


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYHOUR=1,2,3;BYSECOND=0,1,2",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;COUNT=999999999",
        "FREQ=MONTHLY;BYDAY=9MO",
    ],
)
def test_no_rule_keeps_anybody_waiting(rule: str) -> None:
    events = [
        event("DTSTART;TZID=Europe/Paris:20261207T090000", f"RRULE:{rule}", uid=f"r{number}")
        for number in range(50)
    ]
    began = time.monotonic()
    with suppress(CalendarRefusedError):
        assert len(_read(calendar(*events))) <= MOST_VISITS
    assert time.monotonic() - began < 8


def test_an_endless_rule_is_written_out_for_a_while_and_says_so() -> None:
    sent = calendar(event("DTSTART:20200101T090000Z", "RRULE:FREQ=DAILY"))
    found = read_calendar(sent.encode(), time_zone="Europe/Paris", at=AT)
    assert len(found.visits) in (59, 60)
    assert found.goes_on
    assert found.visits[0].starts_at >= AT - timedelta(hours=1)


@pytest.mark.parametrize("how", ["STATUS:CANCELLED", "METHOD:CANCEL"])
def test_a_cancellation_is_one(how: str) -> None:
    method, line = (how, "") if how.startswith("METHOD") else ("METHOD:PUBLISH", how)
    assert _one(calendar(event("DTSTART:20261203T083000Z", line), method=method)).is_cancelled


def test_of_two_versions_in_one_file_the_newer_one_is_taken() -> None:
    old = event("DTSTART:20261203T083000Z", "SEQUENCE:1", "DTSTAMP:20261101T000000Z")
    new = event("DTSTART:20261204T083000Z", "SEQUENCE:2", "DTSTAMP:20261001T000000Z")
    assert _starts(calendar(new, old)) == ["04/12 08:30"]


def test_markup_becomes_words_and_nothing_that_acts() -> None:
    visit = _one(
        calendar(
            event(
                "DTSTART:20261203T083000Z",
                "SUMMARY:<b>Radio</b> \u202etxt",
                "DESCRIPTION:<p>Venir &agrave; jeun</p><script>alert(1)</script><a "
                'href="javascript:x">ici</a>',
                "URL:javascript:alert(1)",
                "CONFERENCE;VALUE=URI:http://example.org/visio",
            )
        )
    )
    assert visit.title == "Radio txt"
    assert visit.instructions == "Venir à jeun\nici"
    assert visit.video_url == ""


def test_words_of_a_maker_stand_where_no_organizer_does() -> None:
    assert _one(calendar(event("DTSTART:20261203T083000Z"))).sender == "Agenda Hôpital"


def test_old_letters_are_read() -> None:
    sent = calendar(event("DTSTART:20261203T083000Z", "SUMMARY:Contrôle à l’hôpital"))
    for coding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert _one(sent.encode(coding)).title == "Contrôle à l’hôpital"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b" \r\n", Refusal.EMPTY),
        (b"x" * 200_001, Refusal.TOO_LARGE),
        (b"PK\x03\x04\x00\x00" + b"\x00" * 500, Refusal.NOT_A_CALENDAR),
        (b"%PDF-1.7 une convocation", Refusal.NOT_A_CALENDAR),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR", Refusal.NO_EVENTS),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT", Refusal.UNREADABLE),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR", Refusal.UNREADABLE),
        (calendar(*["BEGIN:VEVENT\nEND:VEVENT"] * 7000).encode(), Refusal.TOO_MANY),
        (calendar(event("DTSTART:bientôt")).encode(), Refusal.NO_DATES),
        (calendar(event()).encode(), Refusal.NO_DATES),
        (calendar(event("DTSTART:00010101T000000Z")).encode(), Refusal.NO_DATES),
        (
            calendar(event("DTSTART:20200101T090000Z", "RRULE:FREQ=DAILY;COUNT=2")).encode(),
            Refusal.OVER,
        ),
        (
            calendar("BEGIN:VTODO\n" * 9000 + "END:VTODO\n" * 9000).encode(),
            Refusal.NO_EVENTS,
        ),
    ],
    ids=lambda value: value if isinstance(value, Refusal) else "file",
)
def test_what_cannot_be_kept_is_refused_with_a_reason(content: bytes, reason: Refusal) -> None:
    assert _refusal(content) is reason


@pytest.mark.parametrize(
    "line",
    [
        "SUMMARY:" + "é" * 90_000,
        "DESCRIPTION:" + "<" * 90_000,
        "DESCRIPTION:" + "<script>" * 9_000,
        "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "QUJD" * 20_000,
        "DTEND:99999999T999999Z",
        "DURATION:P99999999999W",
        "SEQUENCE:many",
        "RECURRENCE-ID:never",
        "EXDATE:" + ",".join(["20261203T083000Z"] * 5_000),
        'ORGANIZER;CN="' + "x" * 50_000 + '":mailto:a@example.org',
        "ORGANIZER:\udc80".encode("utf-8", "replace").decode(),
    ],
)
def test_one_strange_line_is_no_reason_to_fail(line: str) -> None:
    began = time.monotonic()
    try:
        assert len(_one(calendar(event("DTSTART:20261203T083000Z", line))).title) <= 300
    except CalendarRefusedError:
        assert line.startswith("RECURRENCE-ID")
    assert time.monotonic() - began < 2


_LINES = st.sampled_from(
    [
        *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM"),
        *("END:VALARM", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:STANDARD", "END:STANDARD"),
        *("DTSTART:20261203T083000Z", "DTSTART;VALUE=DATE:20261203", "DTSTART;TZID=x:2026"),
        *("RRULE:FREQ=DAILY", "RRULE:FREQ=MONTHLY;BYMONTHDAY=31", "TZID:x", "DTEND:20261203"),
        *("TZOFFSETFROM:+9999", "TZOFFSETTO:+0100", "RECURRENCE-ID:20261203", "DURATION:-P1D"),
        *("EXDATE:20261203,x", "RDATE;VALUE=PERIOD:20261203T083000Z/PT1H", "UID:", "STATUS:;=,"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(_LINES | st.text(max_size=30), max_size=25), raw=st.binary(max_size=60))
def test_whatever_is_sent_is_read_or_refused(lines: list[str], raw: bytes) -> None:
    body = "\n".join(lines).encode("utf-8", errors="replace")
    framed: list[Any] = [raw, body, calendar(event(*lines)).encode("utf-8", "replace") + raw]
    for content in framed:
        with suppress(CalendarRefusedError):
            assert read_calendar(content, time_zone="Europe/Paris", at=AT).visits
