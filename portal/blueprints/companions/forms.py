"""Who goes along, and how: what the form says, and what stood in it."""

from uuid import UUID

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import ValidationError

from portal.scheduling.companions import NOBODY, WANTED, Seen
from portal.web.form_values import uuid_of, version_of
from portal.web.forms import AtMost, PortalForm, stripped
from portal.web.i18n import lazy_gettext as _l


class SeenForm(PortalForm):
    """What the reader saw: `version` of the appointment, and the last line of its history."""

    version = HiddenField()
    seen = HiddenField()

    @property
    def last_line(self) -> UUID | None:
        return uuid_of(self.seen.data)

    @property
    def seen_version(self) -> int:
        return version_of(self.version.data)


class CompanionForm(SeenForm):
    who = RadioField(validate_choice=False)
    state = HiddenField()
    anyway = HiddenField()

    def validate_who(self, field: RadioField) -> None:
        if self.choice() is None:
            raise ValidationError(str(_l("Choose who comes along")))

    def choice(self) -> UUID | str | None:
        if self.who.data in (NOBODY, WANTED):
            return str(self.who.data)
        return uuid_of(self.who.data)

    def as_seen(self) -> Seen:
        return Seen(version=self.seen_version, state=self.state.data or "")


class AnswerForm(SeenForm):
    """The reader's own yes or no."""

    answer = RadioField(validate_choice=False)
    anyway = HiddenField()

    def validate_answer(self, field: RadioField) -> None:
        if field.data not in ("yes", "no"):
            raise ValidationError(str(_l("Choose an answer")))


class TransportForm(SeenForm):
    transport = StringField(
        filters=[stripped], validators=[AtMost(300, _l("Write it in fewer words"))]
    )
    was = HiddenField(filters=[stripped])
    """The words that stood in the field."""
