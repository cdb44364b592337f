"""Until when a review holds again, why a module is taken back, its settings, who goes on."""

from datetime import date
from uuid import UUID

from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from portal.education.gates import LONGEST_REVIEW
from portal.education.retraction import LONGEST_REASON, SHORTEST_REASON
from portal.models.education import Audience, Theme
from portal.web.form_values import day_of, uuid_of
from portal.web.forms import AtMost, PortalForm, offered, paragraphs, stripped
from portal.web.i18n import lazy_gettext as _l

EVERYBODY, SIGNED_IN = "everybody", "signed_in"


class RenewForm(PortalForm):
    """The view sets `today`."""

    review_due = StringField(
        filters=[stripped], validators=[AtMost(40, _l("Write the day like 17/03/2027"))]
    )
    signed = BooleanField(validators=[DataRequired(_l("Tick the box to sign"))])
    revision = HiddenField()
    today: date

    def validate_review_due(self, field: StringField) -> None:
        day = day_of(field.data)
        if day is None:
            raise ValidationError(str(_l("Write the day like 17/03/2027")))
        if day <= self.today:
            raise ValidationError(str(_l("Choose a day that is still to come")))
        if day > self.today + LONGEST_REVIEW:
            raise ValidationError(str(_l("A review holds for two years at most.")))


class RetractForm(PortalForm):
    reason = TextAreaField(
        filters=[paragraphs], validators=[AtMost(LONGEST_REASON, _l("Write it in fewer words"))]
    )

    def validate_reason(self, field: TextAreaField) -> None:
        if len(field.data or "") < SHORTEST_REASON:
            raise ValidationError(str(_l("Say to patients, in a sentence, why it is taken back")))


class SettingsForm(PortalForm):
    readers = RadioField(choices=offered((EVERYBODY, SIGNED_IN)), validate_choice=False)
    theme = RadioField(choices=offered(Theme), validate_choice=False)
    audience = RadioField(choices=offered(Audience), validate_choice=False)

    def validate_readers(self, field: RadioField) -> None:
        if field.data not in (EVERYBODY, SIGNED_IN):
            raise ValidationError(str(_l("Choose one of the answers")))

    def validate_theme(self, field: RadioField) -> None:
        if field.data not in list(Theme):
            raise ValidationError(str(_l("Choose what it is about")))

    def validate_audience(self, field: RadioField) -> None:
        if field.data not in list(Audience):
            raise ValidationError(str(_l("Choose for whom it is written")))


class HandOverForm(PortalForm):
    """The view sets `writer_ids`."""

    writer = RadioField(validate_choice=False)
    revision = HiddenField()
    writer_ids: set[UUID]

    def validate_writer(self, field: RadioField) -> None:
        if self.writer_id not in self.writer_ids:
            raise ValidationError(str(_l("Choose who goes on with it")))

    @property
    def writer_id(self) -> UUID | None:
        return uuid_of(self.writer.data)
