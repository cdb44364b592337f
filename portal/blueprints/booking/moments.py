"""When it is, as a form asks it: an exact time, a window, or several days."""

from datetime import date, datetime, time, timedelta
from typing import TypeVar

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, ValidationError

from portal.models.agenda import Appointment, AppointmentKind
from portal.scheduling.clocks import NoSuchTimeError, typed_instant_of
from portal.scheduling.rows import AppointmentRow
from portal.scheduling.wanted import Timing, end_of
from portal.web import dates
from portal.web.form_values import day_of, number_of, time_of
from portal.web.forms import AtMost, PortalForm, offered, stripped
from portal.web.i18n import lazy_gettext as _l
from portal.web.time_zones import TIME_ZONES

EXACT, WINDOW, DAYS = "exact", "window", "days"
FURTHEST = timedelta(days=2 * 366)
"""Nobody books further ahead: a later day is a slip of the finger."""
LONGEST_STAY = timedelta(days=366)
LONGEST_VISIT_MINUTES = 24 * 60
_T = TypeVar("_T")
_LAST_MINUTE = time(23, 59)
fewer = _l("Write it in fewer words")


class SubjectForm(PortalForm):
    """What it is; it stands first on every page, and so do its mistakes."""

    kind = SelectField(validate_choice=False)
    title = StringField(
        filters=[stripped],
        validators=[AtMost(200, fewer), DataRequired(_l("Write what it is about"))],
    )

    def validate_kind(self, field: SelectField) -> None:
        if field.data not in AppointmentKind.__members__.values():
            raise ValidationError(str(_l("Choose where it takes place")))


class TimingForm(PortalForm):
    """The view sets `earliest`, the first day that may be chosen, and `usual_zone`."""

    timing = RadioField(
        choices=offered([EXACT, WINDOW, DAYS]), default=EXACT, validate_choice=False
    )
    day = StringField(filters=[stripped], validators=[AtMost(40, fewer)])
    starts = StringField(filters=[stripped], validators=[AtMost(20, fewer)])
    ends = StringField(filters=[stripped], validators=[AtMost(20, fewer)])
    last_day = StringField(filters=[stripped], validators=[AtMost(40, fewer)])
    duration = StringField(filters=[stripped], validators=[AtMost(10, fewer)])
    time_zone = SelectField(validate_choice=False)
    earliest: date
    usual_zone: str

    def validate_timing(self, field: RadioField) -> None:
        if field.data not in (EXACT, WINDOW, DAYS):
            raise ValidationError(str(_l("Choose one of the three")))

    def validate_day(self, field: StringField) -> None:
        day = day_of(field.data)
        if day is None:
            raise ValidationError(str(_l("Write the day like 17/03/2027")))
        if day < self.earliest:
            raise ValidationError(str(_l("Choose a day that is not over")))
        if day > self.earliest + FURTHEST:
            raise ValidationError(str(_l("Check the year: this day is far away")))

    def validate_starts(self, field: StringField) -> None:
        clock = time_of(field.data)
        if clock is None:
            raise ValidationError(str(_l("Write the time like 14:30")))
        self._refuse_skipped(day_of(self.day.data), clock)

    def validate_ends(self, field: StringField) -> None:
        if self.timing.data == EXACT or (self.timing.data == DAYS and not field.data):
            return
        clock, start = time_of(field.data), time_of(self.starts.data)
        if clock is None:
            raise ValidationError(str(_l("Write the time like 14:30")))
        if self.timing.data == WINDOW and start is not None and clock <= start:
            raise ValidationError(str(_l("Choose an end that comes after the beginning")))
        last = self.last_day if self.timing.data == DAYS else self.day
        self._refuse_skipped(day_of(last.data), clock)

    def validate_last_day(self, field: StringField) -> None:
        if self.timing.data != DAYS:
            return
        day, first = day_of(field.data), day_of(self.day.data)
        if day is None:
            raise ValidationError(str(_l("Write the last day like 17/03/2027")))
        if first is not None and day <= first:
            raise ValidationError(str(_l("Choose a last day that comes after the first")))
        if first is not None and day - first > LONGEST_STAY:
            raise ValidationError(str(_l("Check the year: this stay is too long")))

    def validate_duration(self, field: StringField) -> None:
        if self.timing.data == DAYS or not field.data:
            return
        if not 0 < number_of(field.data) <= LONGEST_VISIT_MINUTES:
            raise ValidationError(str(_l("Write a number of minutes, for example 30")))

    def validate_time_zone(self, field: SelectField) -> None:
        if field.data not in TIME_ZONES and field.data != self.usual_zone:
            raise ValidationError(str(_l("Choose one of the list")))

    def wanted_timing(self) -> Timing:
        """Of a form that was found valid."""
        day, start = _known(day_of(self.day.data)), _known(time_of(self.starts.data))
        starts_at = self._instant(day, start)
        minutes = number_of(self.duration.data) or None
        kind = self.timing.data
        if kind == DAYS:
            last = _known(day_of(self.last_day.data))
            ends_at = self._instant(last, time_of(self.ends.data) or _LAST_MINUTE)
            minutes = None
        elif kind == WINDOW:
            ends_at = self._instant(day, _known(time_of(self.ends.data)))
        else:
            ends_at = end_of(starts_at, minutes)  # type: ignore[assignment]  # none without a length
        return Timing(
            starts_at=starts_at,
            ends_at=ends_at,
            is_window=kind == WINDOW,
            time_zone=self.time_zone.data,
            duration_minutes=minutes,
        )

    def _refuse_skipped(self, day: date | None, clock: time) -> None:
        if day is None or self.time_zone.data not in {*TIME_ZONES, self.usual_zone}:
            return
        try:
            self._instant(day, clock)
        except NoSuchTimeError:
            raise ValidationError(
                str(_l("This time does not exist: the clocks go forward that night"))
            ) from None
        except OverflowError:
            return  # of the first or the last year of all: the day is refused by itself

    def _instant(self, day: date, clock: time) -> datetime:
        return typed_instant_of(datetime.combine(day, clock), self.time_zone.data)


def typed_timing(row: AppointmentRow | Appointment) -> dict[str, str]:
    """What the form holds for one that is there; nothing while its date is open."""
    if row.starts_at is None:
        return {"timing": EXACT, "time_zone": row.time_zone}
    start = dates.local(row.starts_at, row.time_zone)
    end = dates.local(row.ends_at, row.time_zone) if row.ends_at else None
    kind = EXACT
    if row.is_window:
        kind = WINDOW
    elif end is not None and end.date() > start.date():
        kind = DAYS
    minutes = row.duration_minutes
    if kind == EXACT and end is not None and minutes is None:
        minutes = int((end - start).total_seconds() // 60)
    is_open_end = kind == DAYS and end is not None and end.time() == _LAST_MINUTE
    return {
        "timing": kind,
        "day": start.date().isoformat(),
        "starts": _typed(start),
        "ends": _typed(end) if end is not None and kind != EXACT and not is_open_end else "",
        "last_day": end.date().isoformat() if end is not None and kind == DAYS else "",
        "duration": str(minutes or ""),
        "time_zone": row.time_zone,
    }


def _typed(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def _known(value: _T | None) -> _T:
    if value is None:
        raise ValueError("the form was not found valid")
    return value
