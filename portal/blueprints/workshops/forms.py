"""What a workshop is, when and where; why it is called off; to whom it is proposed."""

from datetime import date, datetime, timedelta
from uuid import UUID

from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from portal.scheduling.clocks import NoSuchTimeError, typed_instant_of
from portal.scheduling.workshops.acts import Plan
from portal.scheduling.workshops.listing import House, WorkshopCard
from portal.web import dates
from portal.web.form_values import day_of, number_of, time_of, uuid_of
from portal.web.forms import AtMost, PortalForm, stripped
from portal.web.i18n import lazy_gettext as _l
from portal.web.time_zones import TIME_ZONES

MOST_PLACES = 500
MOST_AT_ONCE = 30
_FURTHEST = timedelta(days=2 * 366)


def _lines(text: str | None) -> str:
    return "\n".join(stripped(line) for line in (text or "").splitlines()).strip()


def _text(most: int) -> StringField:
    fewer = _l("Write it in fewer words")
    return StringField(filters=[stripped], validators=[AtMost(most, fewer)])


class WorkshopForm(PortalForm):
    """The view sets `houses` and `hosts`, which the reader may choose, and the instant `at`."""

    organization = SelectField(validate_choice=False)
    title = StringField(
        filters=[stripped],
        validators=[
            AtMost(200, _l("Write it in fewer words")),
            DataRequired(_l("Write what the workshop is about")),
        ],
    )
    description = TextAreaField(
        filters=[_lines], validators=[AtMost(2000, _l("Write it in fewer words"))]
    )
    day = _text(40)
    starts = _text(20)
    ends = _text(20)
    time_zone = SelectField(validate_choice=False)
    place = _text(200)
    address = _text(300)
    phone = _text(50)
    host = SelectField(validate_choice=False)
    host_text = _text(200)
    capacity = _text(10)
    respond_before = _text(40)
    workshop_id = HiddenField()
    version = HiddenField()
    houses: list[House]
    host_ids: set[UUID]
    at: datetime

    def validate_organization(self, field: SelectField) -> None:
        if self.house is None:
            raise ValidationError(str(_l("Choose one of the list")))

    def validate_day(self, field: StringField) -> None:
        day = day_of(field.data)
        if day is None:
            raise ValidationError(str(_l("Write the day like 17/03/2027")))
        today = self.at.date()
        if day > today + _FURTHEST:
            raise ValidationError(str(_l("Check the year: this day is far away")))
        if day < today - timedelta(days=1):
            raise ValidationError(str(_l("Choose a day that is not over")))

    def validate_starts(self, field: StringField) -> None:
        if time_of(field.data) is None:
            raise ValidationError(str(_l("Write the time like 14:30")))
        starts_at = self._instant(field)
        if starts_at is not None and starts_at <= self.at:
            raise ValidationError(str(_l("Choose a time that is still to come")))

    def validate_ends(self, field: StringField) -> None:
        ends, starts = time_of(field.data), time_of(self.starts.data)
        if ends is None:
            raise ValidationError(str(_l("Write the time like 14:30")))
        if starts is not None and ends <= starts:
            raise ValidationError(str(_l("Choose an end that comes after the beginning")))
        self._instant(field)

    def validate_time_zone(self, field: SelectField) -> None:
        if field.data not in TIME_ZONES:
            raise ValidationError(str(_l("Choose one of the list")))

    def validate_host(self, field: SelectField) -> None:
        if field.data and uuid_of(field.data) not in self.host_ids:
            raise ValidationError(str(_l("Choose one of the list")))

    def validate_capacity(self, field: StringField) -> None:
        if not 0 < number_of(field.data) <= MOST_PLACES:
            raise ValidationError(str(_l("Write how many places there are, for example 8")))

    def validate_respond_before(self, field: StringField) -> None:
        if not field.data:
            return
        last, day = day_of(field.data), day_of(self.day.data)
        if last is None:
            raise ValidationError(str(_l("Write the day like 17/03/2027")))
        if last < self.at.date():
            raise ValidationError(str(_l("Choose a day that is not over")))
        if day is not None and last > day:
            raise ValidationError(str(_l("Choose a day before the workshop")))

    @property
    def house(self) -> House | None:
        return next((one for one in self.houses if str(one.id) == self.organization.data), None)

    def plan(self) -> Plan:
        """Of a form that was found valid. What is left out is that of the organization."""
        house, starts_at, ends_at = self.house, self._instant(self.starts), self._instant(self.ends)
        if house is None or starts_at is None or ends_at is None:
            raise ValueError("the form was not found valid")
        return Plan(
            title=self.title.data or "",
            description=self.description.data or "",
            starts_at=starts_at,
            ends_at=ends_at,
            time_zone=self.time_zone.data,
            place=self.place.data or house.name,
            address=self.address.data or ("" if self.place.data else house.address),
            phone=self.phone.data or house.phone,
            practitioner_id=uuid_of(self.host.data),
            host_text=self.host_text.data or "",
            capacity=number_of(self.capacity.data),
            respond_before=day_of(self.respond_before.data),
        )

    def _instant(self, field: StringField) -> datetime | None:
        """None while the day, the time or the zone cannot be read."""
        day, clock = day_of(self.day.data), time_of(field.data)
        if day is None or clock is None or self.time_zone.data not in TIME_ZONES:
            return None
        try:
            return typed_instant_of(datetime.combine(day, clock), self.time_zone.data)
        except NoSuchTimeError:
            raise ValidationError(
                str(_l("This time does not exist: the clocks go forward that night"))
            ) from None
        except OverflowError:
            return None  # of the first or the last year of all: the day is refused by itself


class ChangeForm(WorkshopForm):
    """Whose workshop it is stays."""

    organization = None  # type: ignore[assignment]  # takes the field away
    workshop_id = None  # type: ignore[assignment]  # takes the field away

    @property
    def house(self) -> House | None:
        return self.houses[0]


class CancelForm(PortalForm):
    reason = StringField(
        filters=[stripped],
        validators=[
            AtMost(200, _l("Write it in fewer words")),
            DataRequired(_l("Write why it is cancelled: everybody reads it")),
        ],
    )
    version = HiddenField()


class ProposeForm(PortalForm):
    patient = SelectMultipleField(validate_choice=False)

    def validate_patient(self, field: SelectMultipleField) -> None:
        if not field.data or not self.patient_ids:
            raise ValidationError(str(_l("Choose at least one patient")))
        if len(field.data) > MOST_AT_ONCE:
            raise ValidationError(str(_l("Choose fewer patients at once")))

    @property
    def patient_ids(self) -> set[UUID]:
        return {one for text in self.patient.data or () if (one := uuid_of(text)) is not None}


def typed(card: WorkshopCard) -> dict[str, str]:
    """What the form holds for a workshop that is there."""
    start = dates.local(card.starts_at, card.time_zone)
    end = dates.local(card.ends_at, card.time_zone)
    return {
        "organization": str(card.organization_id),
        "title": card.title,
        "description": card.description,
        "day": written(start.date()),
        "starts": f"{start:%H:%M}",
        "ends": f"{end:%H:%M}",
        "time_zone": card.time_zone,
        "place": card.place,
        "address": card.address,
        "phone": card.phone,
        "host": str(card.practitioner_id or ""),
        "host_text": card.host_text,
        "capacity": str(card.capacity),
        "respond_before": written(card.respond_before) if card.respond_before else "",
        "version": str(card.version),
    }


def written(day: date) -> str:
    """As people type it."""
    return f"{day:%d/%m/%Y}"
