"""The fields of what protects the account: the name of an app or passkey, a first code."""

from wtforms import StringField
from wtforms.validators import DataRequired

from portal.web.forms import AtMost, PortalForm, stripped
from portal.web.i18n import lazy_gettext as _l


def name_field() -> StringField:
    return StringField(
        filters=[stripped],
        validators=[
            DataRequired(_l("Write a name, for example “My phone”")),
            AtMost(100, _l("This name is too long")),
        ],
    )


def _code_field() -> StringField:
    return StringField(
        filters=[stripped],
        validators=[DataRequired(_l("Write the code")), AtMost(40, _l("This code is too long"))],
    )


class FactorNameForm(PortalForm):
    name = name_field()


class NewAppForm(PortalForm):
    name = name_field()
    code = _code_field()


class NewSheetForm(PortalForm):
    code = _code_field()
