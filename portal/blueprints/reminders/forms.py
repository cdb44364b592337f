"""When, how much and how quietly."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import ValidationError

from portal.blueprints.reminders.queries import Choice
from portal.blueprints.reminders.service import Wanted
from portal.blueprints.reminders.words import length_before
from portal.scheduling.reminders.times import LONGEST_QUIET
from portal.web import dates
from portal.web.forms import PortalForm, offered
from portal.web.i18n import lazy_gettext as _l

NEVER = ""
NEUTRAL, DETAILED = "neutral", "detailed"
EVENINGS = tuple(time(hour, minute) for hour in range(15, 23) for minute in (0, 30))
MINUTES = (30, 60, 120, 180, 240, 360)
HOURS = tuple(time(hour) for hour in range(24))
_ANY_DAY = datetime(2024, 1, 1, tzinfo=UTC)


class ChoiceForm(PortalForm):
    """What may be chosen stands in the lists; a choice made elsewhere is one of them too."""

    evening = SelectField(validate_choice=False)
    minutes = SelectField(validate_choice=False)
    only_accompanied = BooleanField()
    detail = RadioField(
        choices=offered([NEUTRAL, DETAILED]), validate_choice=False, default=NEUTRAL
    )
    allows_details = BooleanField()
    quiet_from = SelectField(validate_choice=False)
    quiet_until = SelectField(validate_choice=False)

    @classmethod
    def of(cls, choice: Choice) -> "ChoiceForm":
        """As it was chosen, or as it was sent."""
        form: ChoiceForm = cls.from_request(
            evening=_code(choice.evening_before),
            minutes=str(choice.minutes_before or NEVER),
            only_accompanied=choice.only_accompanied,
            detail=DETAILED if choice.is_detailed and choice.may_be_detailed else NEUTRAL,
            allows_details=choice.allows_details,
            quiet_from=_code(choice.quiet_from),
            quiet_until=_code(choice.quiet_until),
        )
        return form

    def validate_evening(self, field: SelectField) -> None:
        _refuse_unless_time(field)

    def validate_minutes(self, field: SelectField) -> None:
        if field.data and field.data not in map(str, MINUTES):
            raise ValidationError(str(_l("Choose one of the answers")))

    def validate_detail(self, field: RadioField) -> None:
        if field.data not in (NEUTRAL, DETAILED):
            raise ValidationError(str(_l("Choose one of the answers")))

    def validate_quiet_from(self, field: SelectField) -> None:
        _refuse_unless_time(field)
        if self.quiet_until.data and not field.data:
            raise ValidationError(str(_l("Say when the quiet hours begin, or choose none")))

    def validate_quiet_until(self, field: SelectField) -> None:
        _refuse_unless_time(field)
        start, end = _time(self.quiet_from.data), _time(field.data)
        if start is not None and end is None:
            raise ValidationError(str(_l("Say when the quiet hours end, or choose none")))
        if start is not None and end is not None and not _is_short(start, end):
            raise ValidationError(
                str(_l("Choose quiet hours that last 16 hours at most, and that end later"))
            )

    def wanted(self) -> Wanted:
        return Wanted(
            evening_before=_time(self.evening.data),
            minutes_before=int(self.minutes.data) if self.minutes.data else None,
            only_accompanied=bool(self.only_accompanied.data),
            is_detailed=self.detail.data == DETAILED,
            allows_details=bool(self.allows_details.data),
            quiet_from=_time(self.quiet_from.data),
            quiet_until=_time(self.quiet_until.data),
        )

    def evenings(self) -> list[tuple[str, str]]:
        return _options(EVENINGS, self.evening.data)

    def lengths(self) -> list[tuple[str, str]]:
        return [(str(minutes), length_before(minutes)) for minutes in MINUTES]

    def hours(self, field: SelectField) -> list[tuple[str, str]]:
        return _options(HOURS, field.data)


def _is_short(start: time, end: time) -> bool:
    begins, ends = datetime.combine(_ANY_DAY, start), datetime.combine(_ANY_DAY, end)
    length = ends - begins if end > start else ends + timedelta(days=1) - begins
    return start != end and length <= LONGEST_QUIET


def _options(usual: Iterable[time], chosen: str | None) -> list[tuple[str, str]]:
    own = _time(chosen)
    found = sorted({*usual, own}) if own is not None else list(usual)
    return [(_code(one), dates.clock_short(one)) for one in found]


def _refuse_unless_time(field: SelectField) -> None:
    if field.data and _time(field.data) is None:
        raise ValidationError(str(_l("Choose one of the answers")))


def _code(value: time | None) -> str:
    return value.strftime("%H:%M") if value is not None else NEVER


def _time(text: str | None) -> time | None:
    try:
        return datetime.strptime(text or "", "%H:%M").replace(tzinfo=UTC).time()
    except ValueError:
        return None
