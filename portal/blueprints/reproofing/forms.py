"""Opening a request, and confirming one."""

from wtforms import BooleanField, StringField
from wtforms.validators import AnyOf, InputRequired

from portal.models.credential import IdentityDocument
from portal.web.forms import AtMost, PortalForm, stripped
from portal.web.i18n import lazy_gettext as _l


class OpeningForm(PortalForm):
    """`name` or `patient`: who they are is said in one way only."""

    name = StringField(filters=[stripped], validators=[AtMost(254, _l("This name is too long"))])
    patient = StringField(validators=[AtMost(36, _l("Choose a name"))])
    document = StringField(
        validators=[AnyOf(list(IdentityDocument), message=_l("Choose the document you saw"))]
    )
    is_seen = BooleanField(
        validators=[InputRequired(_l("Check it face to face first, then tick this box"))]
    )


class ConfirmationForm(PortalForm):
    is_certain = BooleanField(
        validators=[InputRequired(_l("Speak with your colleague first, then tick this box"))]
    )
