"""Which date takes the place of which, when the days of a series change."""

from datetime import date, timedelta

from portal.scheduling.series.pairing import pair

MONDAY = date(2026, 12, 7)


def _weekly(*days: int, weeks: int = 4) -> list[date]:
    return [MONDAY + timedelta(weeks=week, days=day) for week in range(weeks) for day in days]


def test_the_same_days_stay_the_same() -> None:
    days = _weekly(0, 3)
    assert pair(days, days) == {day: day for day in days}


def test_another_weekday_stays_within_its_week() -> None:
    assert pair(_weekly(0), _weekly(1)) == dict(zip(_weekly(0), _weekly(1), strict=True))
    # Thursday becomes Wednesday of the same week, not of the next one.
    assert pair(_weekly(0, 3), _weekly(0, 2)) == dict(
        zip(_weekly(0, 3), _weekly(0, 2), strict=True)
    )


def test_one_weekday_less_pushes_no_other_along() -> None:
    assert pair(_weekly(0, 3), _weekly(0)) == {day: day for day in _weekly(0)}


def test_one_weekday_more_takes_no_date_away() -> None:
    assert pair(_weekly(0), _weekly(0, 3)) == {day: day for day in _weekly(0)}


def test_another_day_of_the_month_stays_within_its_month() -> None:
    old = [date(2027, month, 3) for month in (1, 2, 3)]
    new = [date(2027, month, 25) for month in (1, 2, 3)]
    assert pair(old, new) == dict(zip(old, new, strict=True))


def test_no_day_is_given_twice() -> None:
    found = pair(_weekly(0, 1, 2, 3), _weekly(3, 4))
    assert len(set(found.values())) == len(found)
