"""How a series goes on from one of its dates, or why it ends there."""

from datetime import date, datetime, time
from uuid import UUID

from wtforms import Field, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, ValidationError

from portal.scheduling.series.changes import Wanted
from portal.scheduling.series.recurrence import Recurrence
from portal.web.form_values import number_of, time_of, uuid_of
from portal.web.forms import AtMost, PortalForm, stripped
from portal.web.i18n import lazy_gettext as _l
from portal.web.recurrence_fields import RecurrenceFields, recurrence_data, recurrence_of

LONGEST_MINUTES = 24 * 60
_fewer = _l("Write it in fewer words")
_PATTERN = ("repeats", "every", "weekdays", "monthly_by")
"""The fields that say on which days; the others say when it ends."""


class FromForm(PortalForm):
    """From which date on; the view sets `choices`: the dates to come with their days."""

    from_id = SelectField(validate_choice=False)
    version = HiddenField()
    choices: dict[UUID, date]

    def validate_from_id(self, field: SelectField) -> None:
        if uuid_of(field.data) not in self.choices:
            raise ValidationError(str(_l("Choose a date of the list")))

    @property
    def chosen(self) -> UUID | None:
        return uuid_of(self.from_id.data)


class EndForm(FromForm):
    reason = StringField(
        filters=[stripped],
        validators=[AtMost(300, _fewer), DataRequired(_l("Write why it ends"))],
    )


class ChangeForm(RecurrenceFields, FromForm):
    """The rule and the times that hold from the chosen date on."""

    starts = StringField(filters=[stripped], validators=[AtMost(20, _fewer)])
    ends = StringField(filters=[stripped], validators=[AtMost(20, _fewer)])
    duration = StringField(filters=[stripped], validators=[AtMost(10, _fewer)])
    reason = StringField(filters=[stripped], validators=[AtMost(300, _fewer)])
    rule: Recurrence
    """As it is now; set by the view."""

    def first_day_of_rule(self) -> date | None:
        return self.choices.get(self.chosen) if self.chosen else None

    def validate_repeats(self, field: Field) -> None:
        if field.data == "once":
            raise ValidationError(str(_l("Choose how often it repeats")))
        super().validate_repeats(field)

    def validate_starts(self, field: StringField) -> None:
        if time_of(field.data) is None:
            raise ValidationError(str(_l("Write the time like 14:30")))

    def validate_ends(self, field: StringField) -> None:
        if not field.data:
            return
        end, start = time_of(field.data), time_of(self.starts.data)
        if end is None:
            raise ValidationError(str(_l("Write the time like 14:30")))
        if start is not None and end <= start:
            raise ValidationError(str(_l("Choose an end that comes after the beginning")))

    def validate_duration(self, field: StringField) -> None:
        if field.data and not 0 < number_of(field.data) <= LONGEST_MINUTES:
            raise ValidationError(str(_l("Write a number of minutes, for example 30")))

    def wanted(self) -> Wanted:
        """Of a form that was found valid. Raises `RecurrenceError`."""
        start, end = time_of(self.starts.data) or time.min, time_of(self.ends.data)
        return Wanted(
            rule=self._rule(),
            at=start,
            window_minutes=_between(start, end) if end else None,
            duration_minutes=number_of(self.duration.data) or None,
            skips_holidays=bool(self.skips_holidays.data),
            reason=self.reason.data or "",
        )

    def _rule(self) -> Recurrence:
        """A rule that says more than the fields can, and whose days nobody touched, is kept."""
        typed = recurrence_of(self)
        if typed is None:
            raise ValueError("the form was not found valid")
        held = recurrence_data(self.rule, skips_holidays=False)
        if any(self[name].data != held[name] for name in _PATTERN):
            return typed
        return self.rule.ending(until=typed.until, count=typed.count)


def typed_times(
    at: time, window_minutes: int | None, duration_minutes: int | None
) -> dict[str, str]:
    """What the form holds for a series that is there."""
    end = ""
    if window_minutes:
        minutes = at.hour * 60 + at.minute + window_minutes
        end = f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
    return {"starts": f"{at:%H:%M}", "ends": end, "duration": str(duration_minutes or "")}


def _between(start: time, end: time) -> int:
    day = date(2000, 1, 1)
    length = datetime.combine(day, end) - datetime.combine(day, start)
    return int(length.total_seconds() // 60)
