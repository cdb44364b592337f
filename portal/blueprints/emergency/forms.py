"""Whom the professional stands before, and why they need the file now."""

from typing import Any

from wtforms import RadioField, StringField
from wtforms.validators import AnyOf, DataRequired, StopValidation

from portal.identity import birth_dates
from portal.web.forms import AtMost, PortalForm, offered, stripped
from portal.web.i18n import gettext
from portal.web.i18n import lazy_gettext as _l
from portal.web.labels import N_

OTHER = "other"
USUAL_REASONS = {
    "unable": N_("The person cannot answer"),
    "acute": N_("Life or health in danger now"),
    "alone": N_("Nobody of their circle can be reached"),
}
SHORTEST, LONGEST = 10, 400


def _name(missing: Any) -> StringField:
    return StringField(
        filters=[stripped],
        validators=[DataRequired(missing), AtMost(100, _l("This name is too long"))],
    )


class EmergencyForm(PortalForm):
    family_name = _name(_l("Write the last name of the person"))
    given_name = _name(_l("Write the first name of the person"))
    birth_date = StringField(
        filters=[stripped], validators=[AtMost(40, _l("Write the date like this: 17/03/1945"))]
    )
    usual = RadioField(
        choices=offered([*USUAL_REASONS, OTHER]),
        validate_choice=False,
        validators=[AnyOf([*USUAL_REASONS, OTHER], message=_l("Choose why you open this file"))],
    )
    reason = StringField(
        filters=[stripped], validators=[AtMost(LONGEST, _l("Write it in fewer words"))]
    )

    def validate_birth_date(self, field: StringField) -> None:
        if birth_dates.read(field.data or "") is None:
            raise StopValidation(str(_l("Write the date like this: 17/03/1945")))

    def validate_reason(self, field: StringField) -> None:
        if self.usual.data == OTHER and len(field.data or "") < SHORTEST:
            raise StopValidation(str(_l("Write the reason, in 10 letters at least")))

    @property
    def born(self) -> str:
        return birth_dates.read(self.birth_date.data or "") or ""

    @property
    def whole_reason(self) -> str:
        """As the patient reads it."""
        usual = USUAL_REASONS.get(self.usual.data)
        parts = (gettext(usual) if usual else "", self.reason.data or "")
        return ". ".join(part for part in parts if part)
