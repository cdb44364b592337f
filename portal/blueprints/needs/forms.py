"""What is needed, who answers for it, and when it is looked at again."""

from datetime import date, timedelta
from uuid import UUID

from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, ValidationError

from portal.blueprints.needs.service import Kind
from portal.blueprints.needs.writing import Wanted
from portal.identity import birth_dates
from portal.models.need import NeedCode
from portal.web.forms import AtMost, PortalForm, stripped
from portal.web.i18n import lazy_gettext as _l

LONGEST_REVIEW = timedelta(days=366)
_TYPE = "type:"
_fewer = _l("Write it in fewer words")


def uuid_of(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def day_of(text: str | None) -> date | None:
    read = birth_dates.read(text or "")
    return date.fromisoformat(read) if read else None


def version_of(text: str | None) -> int | None:
    """None when it is missing or no number."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def written(day: date) -> str:
    """As people type it."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def kind_of(text: str | None) -> Kind | None:
    """`dressing`, or `type:` and the id of one that the organization added."""
    text = text or ""
    if text in NeedCode.__members__.values():
        return Kind(code=text)
    own = uuid_of(text.removeprefix(_TYPE)) if text.startswith(_TYPE) else None
    return Kind(need_type_id=own) if own is not None else None


class NeedForm(PortalForm):
    """To add one; `today` is the patient's, set by the view.

    `need_id` is made with the form, so that a second tap adds nothing.
    """

    kind = SelectField(validate_choice=False)
    detail = StringField(filters=[stripped], validators=[AtMost(200, _fewer)])
    owner = SelectField(validate_choice=False)
    deputy = SelectField(validate_choice=False)
    contact_text = StringField(filters=[stripped], validators=[AtMost(200, _fewer)])
    frequency = StringField(filters=[stripped], validators=[AtMost(100, _fewer)])
    review_on = StringField(filters=[stripped], validators=[AtMost(40, _fewer)])
    need_id = HiddenField()
    version = HiddenField()
    today: date

    def validate_kind(self, field: SelectField) -> None:
        if kind_of(field.data) is None:
            raise ValidationError(str(_l("Choose what is needed")))

    def validate_owner(self, field: SelectField) -> None:
        if field.data and uuid_of(field.data) is None:
            raise ValidationError(str(_l("Choose somebody of the list")))

    def validate_review_on(self, field: StringField) -> None:
        day = day_of(field.data)
        if day is None:
            raise ValidationError(str(_l("Write the day of the review like 17/03/2027")))
        if day <= self.today:
            raise ValidationError(str(_l("Choose a day that is still to come")))
        if day > self.today + LONGEST_REVIEW:
            raise ValidationError(str(_l("Choose a day within a year")))

    def validate_deputy(self, field: SelectField) -> None:
        if field.data and uuid_of(field.data) is None:
            raise ValidationError(str(_l("Choose somebody of the list")))
        if field.data and field.data == self.owner.data:
            raise ValidationError(str(_l("Choose somebody else to stand in")))

    def wanted(self) -> Wanted:
        return Wanted(
            detail=self.detail.data or "",
            owner_id=uuid_of(self.owner.data),
            deputy_id=uuid_of(self.deputy.data),
            contact_text=self.contact_text.data or "",
            frequency=self.frequency.data or "",
            review_on=day_of(self.review_on.data),
        )


class ChangeForm(NeedForm):
    """What a need is stays."""

    kind = None  # type: ignore[assignment]  # takes the field away
    need_id = None  # type: ignore[assignment]  # takes the field away


class OwnerForm(PortalForm):
    owner = SelectField(validate_choice=False)


class EndForm(PortalForm):
    reason = StringField(
        filters=[stripped],
        validators=[AtMost(200, _fewer), DataRequired(_l("Write why it is over"))],
    )
    version = HiddenField()


class TypeForm(PortalForm):
    label = StringField(
        filters=[stripped],
        validators=[AtMost(80, _fewer), DataRequired(_l("Write the name of the need"))],
    )
    organization = SelectField(validate_choice=False)
