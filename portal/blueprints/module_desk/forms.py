"""Whose review is asked for and until when; how a module is published."""

from datetime import date
from uuid import UUID

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import ValidationError

from portal.education.requests import LONGEST_TIME
from portal.web.form_values import day_of, uuid_of
from portal.web.forms import AtMost, PortalForm, offered, stripped
from portal.web.i18n import lazy_gettext as _l

ORDINARY, URGENT = "ordinary", "urgent"


class SubmissionForm(PortalForm):
    """The view sets `reviewer_ids`, who may be asked, and `today`."""

    reviewer = RadioField(validate_choice=False)
    due_on = StringField(
        filters=[stripped], validators=[AtMost(40, _l("Write the day like 17/03/2027"))]
    )
    revision = HiddenField()
    reviewer_ids: set[UUID]
    today: date

    def validate_reviewer(self, field: RadioField) -> None:
        if self.reviewer_id not in self.reviewer_ids:
            raise ValidationError(str(_l("Choose who reviews it")))

    def validate_due_on(self, field: StringField) -> None:
        day = day_of(field.data)
        if day is None:
            raise ValidationError(str(_l("Write the day like 17/03/2027")))
        if day <= self.today:
            raise ValidationError(str(_l("Choose a day that is still to come")))
        if day > self.today + LONGEST_TIME:
            raise ValidationError(str(_l("Check the year: this day is far away")))

    @property
    def reviewer_id(self) -> UUID | None:
        return uuid_of(self.reviewer.data)


class PublishForm(PortalForm):
    kind = RadioField(choices=offered((ORDINARY, URGENT)), validate_choice=False)
    revision = HiddenField()

    def validate_kind(self, field: RadioField) -> None:
        if field.data not in (ORDINARY, URGENT):
            raise ValidationError(str(_l("Choose how it is published")))

    @property
    def is_urgent(self) -> bool:
        return bool(self.kind.data == URGENT)
