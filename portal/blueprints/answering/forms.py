"""The answer of the family, and that of whoever keeps the appointment."""

from datetime import datetime
from typing import Any

from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError

from portal.models.agreement import RequestKind, RequestState
from portal.scheduling.clocks import NoSuchTimeError, typed_instant_of
from portal.scheduling.requests.asking import MOST_MOMENTS, PartOfDay, Wish
from portal.scheduling.requests.replies import Reply
from portal.web.form_values import day_of, time_of
from portal.web.forms import AtMost, PortalForm, offered, paragraphs
from portal.web.i18n import lazy_gettext as _l
from portal.web.request_words import wall_time

YES, NO, OTHER, CALL = "yes", "no", "other", "call"
LONGEST_TEXT = 1000
LONGEST_REASON = 300
_fewer = _l("Write it in fewer words")
_like_time = _l("Write the time like 14:30")
_like_day = _l("Write the day like 17/03/2027")
_is_skipped = _l("This time does not exist: the clocks go forward that night")


def _short(value: str | None) -> str:
    return (value or "").strip()[:40]


class AnswerForm(PortalForm):
    """The view sets `time_zone`, that of the place, and `at`."""

    answer = RadioField(choices=offered([YES, OTHER, CALL, NO]), validate_choice=False)
    parts = SelectMultipleField(validate_choice=False)
    day0 = StringField(filters=[_short])
    time0 = StringField(filters=[_short])
    day1 = StringField(filters=[_short])
    time1 = StringField(filters=[_short])
    day2 = StringField(filters=[_short])
    time2 = StringField(filters=[_short])
    text = TextAreaField(filters=[paragraphs], validators=[AtMost(LONGEST_TEXT, _fewer)])
    version = HiddenField()
    anyway = HiddenField()
    time_zone: str
    at: datetime

    @property
    def is_anyway(self) -> bool:
        """Whether the reader saw what else there is at the time of this very version."""
        return bool(self.anyway.data) and self.anyway.data == self.version.data

    def validate_answer(self, field: RadioField) -> None:
        if field.data not in (YES, NO, OTHER, CALL):
            raise ValidationError(str(_l("Choose one of the answers")))

    def validate_parts(self, field: SelectMultipleField) -> None:
        if self.answer.data != OTHER:
            return
        if set(field.data or ()) - set(PartOfDay):
            raise ValidationError(str(_l("Choose among the parts of the day")))
        if not (field.data or self.text.data or any(self[f"day{n}"].data for n in _MOMENTS)):
            raise ValidationError(str(_l("Say at least one moment that suits you")))

    def validate_day0(self, field: StringField) -> None:
        self._check_day(field, self.time0)

    def validate_day1(self, field: StringField) -> None:
        self._check_day(field, self.time1)

    def validate_day2(self, field: StringField) -> None:
        self._check_day(field, self.time2)

    def validate_time0(self, field: StringField) -> None:
        self._check_time(field, self.day0)

    def validate_time1(self, field: StringField) -> None:
        self._check_time(field, self.day1)

    def validate_time2(self, field: StringField) -> None:
        self._check_time(field, self.day2)

    def validate_text(self, field: TextAreaField) -> None:
        if self.answer.data == NO and len(field.data or "") > LONGEST_REASON:
            raise ValidationError(str(_fewer))

    def wish(self) -> Wish:
        """Of a form that was found valid; whoever wants a call names no moments."""
        if self.answer.data == CALL:
            return Wish(kind=RequestKind.CALL, text=self.text.data or "")
        chosen = set(self.parts.data or ())
        return Wish(
            kind=RequestKind.CHANGE,
            parts_of_day=tuple(one.value for one in PartOfDay if one in chosen),
            moments=tuple(dict.fromkeys(self._moments())),
            text=self.text.data or "",
        )

    def _moments(self) -> list[str]:
        found = []
        for n in _MOMENTS:
            day, clock = day_of(self[f"day{n}"].data), time_of(self[f"time{n}"].data)
            if day is not None and clock is not None:
                found.append(f"{datetime.combine(day, clock):%Y-%m-%dT%H:%M}")
        return found

    def _check_day(self, field: StringField, clock: StringField) -> None:
        if self.answer.data != OTHER or not (field.data or clock.data):
            return
        day = day_of(field.data)
        if day is None:
            raise ValidationError(str(_like_day))
        typed = time_of(clock.data)
        if typed is not None:
            check_moment(datetime.combine(day, typed), self.time_zone, at=self.at)

    def _check_time(self, field: StringField, day: StringField) -> None:
        if self.answer.data == OTHER and day.data and time_of(field.data) is None:
            raise ValidationError(str(_like_time))


_MOMENTS = range(MOST_MOMENTS)


def check_moment(wall: datetime, time_zone: str, *, at: datetime) -> datetime:
    """The instant; raises `ValidationError` for one that is over, or that no clock shows."""
    try:
        instant = typed_instant_of(wall, time_zone)
    except NoSuchTimeError:
        raise ValidationError(str(_is_skipped)) from None
    except OverflowError:
        raise ValidationError(str(_like_day)) from None
    if instant <= at:
        raise ValidationError(str(_l("Choose a moment that is still to come")))
    if (instant - at).days > 2 * 366:
        raise ValidationError(str(_l("Check the year: this day is far away")))
    return instant


MOVE = "move:"
KEEP, CALLED, PROPOSE = "keep", "called", "propose"
_STATES = {KEEP: RequestState.KEPT, CALLED: RequestState.CALLED, PROPOSE: RequestState.PROPOSED}


class ReplyForm(PortalForm):
    """The view sets `time_zone` and `at`, and `moments`, those that were asked for."""

    answer = RadioField(validate_choice=False)
    day = StringField(filters=[_short])
    time = StringField(filters=[_short])
    text = TextAreaField(filters=[paragraphs], validators=[AtMost(LONGEST_REASON, _fewer)])
    version = HiddenField()
    anyway = HiddenField()
    time_zone: str
    at: datetime
    moments: list[str]
    starts_at: datetime | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer.choices = []

    def validate_answer(self, field: RadioField) -> None:
        chosen = field.data or ""
        if chosen.startswith(MOVE):
            wall = wall_time(chosen.removeprefix(MOVE))
            if wall is None or chosen.removeprefix(MOVE) not in self.moments:
                raise ValidationError(str(_l("Choose one of the answers")))
            self.starts_at = check_moment(wall, self.time_zone, at=self.at)
        elif chosen not in _STATES:
            raise ValidationError(str(_l("Choose one of the answers")))

    def validate_day(self, field: StringField) -> None:
        if self.answer.data != PROPOSE:
            return
        day, clock = day_of(field.data), time_of(self.time.data)
        if day is None:
            raise StopValidation(str(_like_day))
        if clock is not None:
            wall = datetime.combine(day, clock)
            self.starts_at = check_moment(wall, self.time_zone, at=self.at)

    def validate_time(self, field: StringField) -> None:
        if self.answer.data == PROPOSE and time_of(field.data) is None:
            raise ValidationError(str(_like_time))

    @property
    def is_anyway(self) -> bool:
        """Whether the reader saw what else there is at this very time."""
        return self.starts_at is not None and self.anyway.data == self.starts_at.isoformat()

    def reply(self) -> Reply:
        """Of a form that was found valid."""
        state = _STATES.get(self.answer.data, RequestState.MOVED)
        return Reply(state=state, starts_at=self.starts_at, text=self.text.data or "")
