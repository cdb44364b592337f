"""A note, and who reads it."""

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, ValidationError

from portal.models.agreement import NoteAudience
from portal.scheduling.notes import LONGEST_NOTE
from portal.web.forms import AtMost, PortalForm, paragraphs
from portal.web.i18n import lazy_gettext as _l


class NoteForm(PortalForm):
    """`note_id` is made with the form, so that a second tap adds nothing.

    `offer` says whom this reader can write to: any other audience is refused.
    """

    text = StringField(
        filters=[paragraphs],
        validators=[
            DataRequired(_l("Write your note")),
            AtMost(LONGEST_NOTE, _l("Write it in 1,000 characters at most")),
        ],
    )
    audience = RadioField(validate_choice=False)
    note_id = HiddenField()

    offered: tuple[NoteAudience, ...] = ()

    def validate_audience(self, field: RadioField) -> None:
        if field.data not in self.offered:
            raise ValidationError(str(_l("Choose who reads the note")))
