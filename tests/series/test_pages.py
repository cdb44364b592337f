"""The page of a series: the rule in words, its dates, what differs."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal import clock
from portal.access.audit import Author
from portal.models.agenda import AppointmentStatus
from portal.models.agreement import AppointmentAct
from portal.models.rights import HiddenItem
from portal.scheduling import acts
from tests.series.home import Home


def test_the_rule_is_said_in_words(home: Home) -> None:
    series = home.series(
        rrule="FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20991220", at=time(7), window_minutes=120
    )
    home.enter("jeanne")
    answer = home.get(series)
    words = "Tous les lundis et jeudis, entre 7\u00a0h et 9\u00a0h, jusqu’au 20 décembre 2099"
    assert words in answer.text
    assert "Nadia Belkacem, infirmière" in answer.text


def test_later_dates_stand_on_the_next_page(home: Home) -> None:
    series = home.series(rrule="FREQ=WEEKLY;BYDAY=MO;COUNT=15")
    rows = home.rows(series)
    home.enter("paul")
    first = home.get(series)
    shown = [str(row.id) in first.text for row in rows]
    assert shown == [True] * 12 + [False] * 3
    after = first.text.split("?after=")[1].split('"')[0]
    second = home.get(series, f"?after={after}")
    assert [str(row.id) in second.text for row in rows] == [False] * 12 + [True] * 3
    assert home.get(series, "?after=x").status_code == 200


def test_what_differs_is_said_apart(home: Home) -> None:
    series = home.series()
    moved, cancelled = home.rows(series)[1], home.rows(series)[2]
    by, at = Author(home.people["nadia"].id, "professional"), clock.now()
    home.session.add_all([moved, cancelled])
    assert moved.starts_at is not None
    later = {"starts_at": moved.starts_at + timedelta(hours=6), "ends_at": None}
    acts.change(home.session, moved, later, act=AppointmentAct.MOVED, by=by, at=at)
    off = {"status": AppointmentStatus.CANCELLED}
    acts.change(home.session, cancelled, off, act=AppointmentAct.CANCELLED, by=by, at=at)
    home.session.commit()
    home.enter("jeanne")
    text = home.get(series).text
    apart = text.split('id="exceptions"')[1]
    assert "14\u00a0h\u00a000" in apart
    assert "8\u00a0h\u00a000 · Annulé" in apart
    assert "Déplacé. L’heure habituelle était jeudi" in apart
    assert "Annulé" in apart


def test_whoever_sees_no_date_of_it_does_not_find_the_series(home: Home) -> None:
    series = home.series(rrule="FREQ=WEEKLY;BYDAY=MO;COUNT=2", title="Infusion")
    rows = home.rows(series)
    _hide(home, rows[0].id)
    home.enter("paul")
    text = home.get(series).text
    assert str(rows[0].id) not in text
    assert str(rows[1].id) in text
    _hide(home, rows[1].id)
    assert home.get(series).status_code == 404
    home.enter("jeanne")
    assert str(rows[0].id) in home.get(series).text


def _hide(home: Home, item_id: object) -> None:
    home.session.rollback()
    home.session.add(
        HiddenItem(
            patient_id=home.patient.id,
            item_id=item_id,
            care_link_id=home.link.id,
            category="agenda",
            created_by=home.people["jeanne"].id,
            created_at=clock.now(),
        )
    )
    home.session.commit()


def test_a_hidden_date_leaves_no_gap_that_a_public_holiday_would_not_leave(home: Home) -> None:
    """The words are those of the rule, and dates that are left out are named nowhere."""
    series = home.series(skips_holidays=True, left_out=["2027-01-04"])
    home.enter("paul")
    text = home.get(series).text
    assert "Pas les jours fériés" in text
    assert "4 janvier" not in text


def test_another_clock_than_the_patients_is_said(home: Home) -> None:
    series = home.series(time_zone="Indian/Reunion")
    home.enter("paul")
    text = home.get(series).text
    assert "La Réunion" in text
    assert "8\u00a0h\u00a000" in text
    starts_at = home.rows(series)[0].starts_at
    assert starts_at is not None
    assert starts_at.astimezone(ZoneInfo("Indian/Reunion")).time() == time(8)


@pytest.mark.parametrize("path", ["/change", "/end"])
def test_a_form_begins_with_what_is_there(home: Home, path: str) -> None:
    series = home.series(rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=4", window_minutes=90)
    rows = home.rows(series)
    home.enter("nadia")
    text = home.get(series, f"{path}?from={rows[2].id}").text
    assert f'<option value="{rows[2].id}" selected>' in text
    if path == "/change":
        assert 'value="08:00"' in text
        assert 'value="09:30"' in text
        assert 'name="weekdays" value="3" checked' in text
        last: date = datetime.combine(_day(rows[3].starts_at), time()).date()
        assert f'value="{last.isoformat()}"' in text, "of a number of times, the last day"


def _day(instant: datetime | None) -> date:
    assert instant is not None
    return instant.astimezone(ZoneInfo("Europe/Paris")).date()
