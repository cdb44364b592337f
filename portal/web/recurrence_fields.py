"""The fields of a form that say how a visit repeats; a form mixes them in beside its `day`."""

from datetime import date, timedelta
from typing import Protocol

from wtforms import BooleanField, Field, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import StopValidation, ValidationError

from portal.scheduling.series.recurrence import MOST_TIMES, Frequency, Recurrence
from portal.web.form_values import day_of, number_of
from portal.web.forms import AtMost, offered, stripped
from portal.web.i18n import lazy_gettext as _l
from portal.web.recurrence_words import weekday_name

ONCE = "once"
BY_DAY, BY_WEEKDAY = "day", "weekday"
NEVER, ON_DAY, AFTER_TIMES = "never", "day", "times"
FREQUENCIES = tuple(one.value.lower() for one in Frequency)
WEEKDAYS = tuple(str(day) for day in range(7))
_ENDS = (NEVER, ON_DAY, AFTER_TIMES)
_MOST_PERIODS = 99
_FURTHEST = timedelta(days=10 * 366)
_fewer = _l("Write it in fewer words")


class _Form(Protocol):
    repeats: RadioField
    every: StringField
    weekdays: SelectMultipleField
    monthly_by: SelectField
    ends_how: RadioField
    until: StringField
    times: StringField

    def first_day_of_rule(self) -> date | None: ...


class RecurrenceFields:
    """To mix into a `PortalForm` that has a field `day`, or its own `first_day_of_rule`.

    Only what belongs to the chosen way of repeating is read, so nothing has to be emptied.
    """

    repeats = RadioField(choices=offered([ONCE, *FREQUENCIES]), default=ONCE, validate_choice=False)
    every = StringField(default="1", filters=[stripped], validators=[AtMost(10, _fewer)])
    weekdays = SelectMultipleField(choices=offered(WEEKDAYS), validate_choice=False, default=list)
    monthly_by = SelectField(
        choices=offered([BY_DAY, BY_WEEKDAY]), default=BY_DAY, validate_choice=False
    )
    ends_how = RadioField(choices=offered(_ENDS), default=NEVER, validate_choice=False)
    until = StringField(filters=[stripped], validators=[AtMost(40, _fewer)])
    times = StringField(filters=[stripped], validators=[AtMost(10, _fewer)])
    skips_holidays = BooleanField()

    def first_day_of_rule(self) -> date | None:
        return day_of(self.day.data)  # type: ignore[attr-defined]  # of the form it is mixed into

    @staticmethod
    def weekday_choices() -> list[tuple[str, str]]:
        """Value and name, from Monday."""
        return [(one, weekday_name(int(one))) for one in WEEKDAYS]

    def validate_repeats(self: _Form, field: Field) -> None:
        if field.data not in (ONCE, *FREQUENCIES):
            raise ValidationError(str(_l("Choose how often it repeats")))

    def validate_every(self: _Form, field: Field) -> None:
        if self.repeats.data not in FREQUENCIES:
            return
        if not 1 <= number_of(field.data) <= _MOST_PERIODS:
            raise StopValidation(str(_l("Write a number from 1 to 99")))

    def validate_weekdays(self: _Form, field: Field) -> None:
        if self.repeats.data == "weekly" and any(one not in WEEKDAYS for one in field.data or ()):
            raise ValidationError(str(_l("Choose days of the week")))

    def validate_monthly_by(self: _Form, field: Field) -> None:
        if self.repeats.data == "monthly" and field.data not in (BY_DAY, BY_WEEKDAY):
            raise ValidationError(str(_l("Choose one of the two")))

    def validate_ends_how(self: _Form, field: Field) -> None:
        if self.repeats.data in FREQUENCIES and field.data not in _ENDS:
            raise ValidationError(str(_l("Choose when it ends")))

    def validate_until(self: _Form, field: Field) -> None:
        if self.repeats.data not in FREQUENCIES or self.ends_how.data != ON_DAY:
            return
        day, first = day_of(field.data), self.first_day_of_rule()
        if day is None:
            raise StopValidation(str(_l("Write the last day like 17/03/2027")))
        if first is not None and day < first:
            raise StopValidation(str(_l("The last day comes before the first day")))
        if first is not None and day - first > _FURTHEST:
            raise StopValidation(str(_l("Check the year: this day is far away")))

    def validate_times(self: _Form, field: Field) -> None:
        if self.repeats.data not in FREQUENCIES or self.ends_how.data != AFTER_TIMES:
            return
        if not 1 <= number_of(field.data) <= MOST_TIMES:
            raise StopValidation(str(_l("Write a number of times, for example 20")))


def recurrence_of(form: _Form) -> Recurrence | None:
    """Of a form that was found valid; None when it takes place once.

    Its rule is written in full; `series.skips_holidays` is a field of its own. Raises
    `RecurrenceError` when no day follows from it.
    """
    first = form.first_day_of_rule()
    if form.repeats.data not in FREQUENCIES or first is None:
        return None
    frequency = Frequency(form.repeats.data.upper())
    ordinals, weekdays = _weekdays(form, frequency, first)
    rule = Recurrence(
        frequency=frequency,
        interval=number_of(form.every.data),
        weekdays=weekdays,
        ordinals=ordinals,
        count=number_of(form.times.data) if form.ends_how.data == AFTER_TIMES else None,
        until=day_of(form.until.data) if form.ends_how.data == ON_DAY else None,
    )
    return rule.starting(first)


def recurrence_data(rule: Recurrence, *, skips_holidays: bool) -> dict[str, object]:
    """What the fields hold for a rule that is there."""
    how = NEVER if rule.is_endless else AFTER_TIMES if rule.count else ON_DAY
    return {
        "repeats": rule.frequency.value.lower(),
        "every": str(rule.interval),
        "weekdays": [] if rule.ordinals else [str(day) for day in rule.weekdays],
        "monthly_by": BY_WEEKDAY if rule.ordinals else BY_DAY,
        "ends_how": how,
        "until": rule.until.isoformat() if rule.until else "",
        "times": str(rule.count or ""),
        "skips_holidays": skips_holidays,
    }


def _weekdays(
    form: _Form, frequency: Frequency, first: date
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Ordinals and weekdays. Of a month it is the weekday of the first day: "the second Tuesday".

    The fifth of a month is the last one: a month of four would be left out.
    """
    if frequency is Frequency.WEEKLY:
        chosen = tuple(sorted({int(one) for one in form.weekdays.data or ()}))
        return (), chosen or (first.weekday(),)
    if frequency is Frequency.MONTHLY and form.monthly_by.data == BY_WEEKDAY:
        nth = (first.day - 1) // 7 + 1
        return (nth if nth < 5 else -1,), (first.weekday(),)
    return (), ()
