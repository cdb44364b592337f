"""What is booked, for whom it is written down, why it is cancelled."""

from datetime import date
from urllib.parse import urlsplit

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, ValidationError

from portal.blueprints.booking.moments import DAYS, SubjectForm, TimingForm, fewer
from portal.models.agenda import AppointmentKind
from portal.scheduling.preparation import LONGEST_POINT, MOST_POINTS
from portal.scheduling.rows import AppointmentRow
from portal.scheduling.wanted import Particulars, beside_version
from portal.web.form_values import day_of, uuid_of
from portal.web.forms import AtMost, PortalForm, offered, stripped
from portal.web.i18n import lazy_gettext as _l
from portal.web.recurrence_fields import ONCE, RecurrenceFields

BOOKED, PROPOSED = "booked", "proposed"
_NAMES = (
    "title",
    "place",
    "address",
    "phone",
    "video_url",
    "transport",
    "preparation",
    "instructions",
    "performer_text",
)


def lines(value: str | None) -> str:
    """Each line stripped, those that are empty or said before left out."""
    typed = [stripped(line) for line in (value or "").splitlines()]
    return "\n".join(dict.fromkeys(line for line in typed if line))


class ParticularsForm(SubjectForm):
    """What there is to know beside the time."""

    performer_text = StringField(filters=[stripped], validators=[AtMost(200, fewer)])
    place = StringField(filters=[stripped], validators=[AtMost(200, fewer)])
    address = StringField(filters=[stripped], validators=[AtMost(400, fewer)])
    phone = StringField(filters=[stripped], validators=[AtMost(50, fewer)])
    video_url = StringField(filters=[stripped], validators=[AtMost(500, fewer)])
    needs_companion = BooleanField()
    transport = StringField(filters=[stripped], validators=[AtMost(300, fewer)])
    preparation = StringField(filters=[lines], validators=[AtMost(2000, fewer)])
    instructions = StringField(filters=[lines], validators=[AtMost(4000, fewer)])
    version = HiddenField()
    beside = HiddenField()
    """What stood in it of the words that do not raise the version."""

    def validate_phone(self, field: StringField) -> None:
        digits = sum(character.isdigit() for character in field.data or "")
        if field.data and digits < 2:
            raise ValidationError(str(_l("Write a phone number, for example 02 61 91 00 27")))

    def validate_video_url(self, field: StringField) -> None:
        if field.data and not _is_safe_link(field.data):
            raise ValidationError(str(_l("Write an address that begins with https://")))

    def validate_preparation(self, field: StringField) -> None:
        typed = (field.data or "").splitlines()
        if len(typed) > MOST_POINTS or any(len(line) > LONGEST_POINT for line in typed):
            raise ValidationError(str(_l("Write fewer lines, and shorter ones")))

    def wanted_particulars(self) -> Particulars:
        """Of a form that was found valid."""
        texts = {name: self[name].data or "" for name in _NAMES}
        return Particulars(
            kind=AppointmentKind(self.kind.data),
            needs_companion=bool(self.needs_companion.data),
            **texts,
        )


class BookingForm(RecurrenceFields, TimingForm, ParticularsForm):
    """`appointment_id` is made with the form, so that a second tap books nothing."""

    appointment_id = HiddenField()
    who = SelectField(validate_choice=False)
    state = RadioField(choices=offered([BOOKED, PROPOSED]), default=BOOKED)
    respond_before = StringField(filters=[stripped], validators=[AtMost(40, fewer)])
    anyway = HiddenField()

    def validate_timing(self, field: RadioField) -> None:
        super().validate_timing(field)
        if field.data == DAYS and self.repeats.data != ONCE:
            raise ValidationError(str(_l("A stay of several days does not repeat")))

    def validate_who(self, field: SelectField) -> None:
        if field.data and uuid_of(field.data) is None:
            raise ValidationError(str(_l("Choose somebody of the list")))

    def validate_respond_before(self, field: StringField) -> None:
        if self.state.data != PROPOSED or not field.data:
            return
        last, day = day_of(field.data), day_of(self.day.data)
        if last is None:
            raise ValidationError(str(_l("Write the day like 17/03/2027")))
        if last < self.earliest or (day is not None and last > day):
            raise ValidationError(str(_l("Choose a day between today and the appointment")))

    def wanted_answer_day(self) -> date | None:
        return day_of(self.respond_before.data) if self.state.data == PROPOSED else None


class OwnForm(TimingForm, ParticularsForm):
    """One that the patient or a carer writes down, or changes."""

    appointment_id = HiddenField()
    anyway = HiddenField()


class MoveForm(TimingForm):
    reason = StringField(filters=[stripped], validators=[AtMost(300, fewer)])
    version = HiddenField()
    anyway = HiddenField()


class CancelForm(PortalForm):
    reason = StringField(
        filters=[stripped],
        validators=[AtMost(300, fewer), DataRequired(_l("Write why it is cancelled"))],
    )
    version = HiddenField()


def typed_particulars(row: AppointmentRow) -> dict[str, str | bool]:
    """What the form holds for one that is there."""
    texts: dict[str, str | bool] = {name: getattr(row, name) for name in _NAMES}
    return texts | {
        "kind": row.kind.value,
        "needs_companion": row.needs_companion,
        "beside": beside_version(row),
    }


def _is_safe_link(text: str) -> bool:
    """`https`, with a host, without spaces and without a name and password before it."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    is_one_word = text.isascii() and not any(character in text for character in ' "<>\\')
    return parts.scheme == "https" and bool(host) and "@" not in parts.netloc and is_one_word
