"""What a carer may do, and for how long."""

from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.validators import AnyOf, ValidationError

from portal.access.offered_rights import OFFERED
from portal.blueprints.carers.service import PERIODS
from portal.web.forms import PortalForm, offered
from portal.web.i18n import lazy_gettext as _l

KEEP = "keep"
_PERIODS = (KEEP, *map(str, PERIODS))


class RightsForm(PortalForm):
    rights = SelectMultipleField(choices=offered(OFFERED), validate_choice=False)
    period = RadioField(
        choices=offered(_PERIODS),
        validate_choice=False,
        validators=[AnyOf(_PERIODS, message=_l("Choose one of the answers"))],
    )
    version = HiddenField()

    def validate_rights(self, field: SelectMultipleField) -> None:
        if not set(field.data or []) <= set(OFFERED):
            raise ValidationError(str(_l("Choose among the rights of this list")))

    @property
    def months(self) -> int | None:
        return None if self.period.data == KEEP else int(self.period.data)


class AskForm(PortalForm):
    right = RadioField(
        choices=offered(OFFERED),
        validate_choice=False,
        validators=[AnyOf(OFFERED, message=_l("Choose one of the answers"))],
    )
