"""A note, and who reads it."""

import re

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, ValidationError

from portal.models.agreement import NoteAudience
from portal.scheduling.notes import LONGEST_NOTE
from portal.web.forms import AtMost, PortalForm
from portal.web.i18n import lazy_gettext as _l

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _text(value: str | None) -> str:
    """Lines are kept; a browser sends them as CR LF."""
    return _CONTROL.sub("", (value or "").replace("\r\n", "\n")).strip()


class NoteForm(PortalForm):
    """`note_id` is made with the form, so that a second tap adds nothing.

    `offer` says whom this reader can write to: any other audience is refused.
    """

    text = StringField(
        filters=[_text],
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
