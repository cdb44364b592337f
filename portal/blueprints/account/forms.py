"""What can be changed of one's own account."""

from wtforms import BooleanField, PasswordField, RadioField, StringField
from wtforms.validators import AnyOf, DataRequired, InputRequired, StopValidation

from portal.config import LOCALES
from portal.identity import addresses, passwords
from portal.models.account import TextSize, Theme
from portal.web.forms import AtMost, PortalForm, offered, stripped
from portal.web.i18n import lazy_gettext as _l
from portal.web.time_zones import AS_INSTALLED, TIME_ZONES


def _one_of(*values: str) -> RadioField:
    return RadioField(
        choices=offered(values),
        validate_choice=False,
        validators=[AnyOf(values, message=_l("Choose one of the answers"))],
    )


def _name(missing: str) -> StringField:
    return StringField(
        filters=[stripped],
        validators=[DataRequired(missing), AtMost(100, _l("This name is too long"))],
    )


class ComfortForm(PortalForm):
    """Labels stand in the template; here only what may be chosen."""

    text_size = _one_of(*TextSize)
    theme = _one_of(*Theme)
    high_contrast = BooleanField()
    legible_font = BooleanField()
    locale = _one_of(*LOCALES)
    time_zone = StringField(
        default=AS_INSTALLED,
        validators=[AnyOf((AS_INSTALLED, *TIME_ZONES), message=_l("Choose one of the answers"))],
    )


class NameForm(PortalForm):
    given_name = _name(_l("Write your first name"))
    family_name = _name(_l("Write your last name"))


class EmailForm(PortalForm):
    email = StringField(
        filters=[stripped],
        validators=[
            DataRequired(_l("Write your e-mail address")),
            AtMost(addresses.MAX_LENGTH, _l("This e-mail address is too long")),
        ],
    )

    def validate_email(self, field: StringField) -> None:
        if not addresses.is_address(field.data or ""):
            raise StopValidation(str(_l("Write the whole address, such as jeanne@example.org")))


class PasswordForm(PortalForm):
    """Neither password is ever sent back to the page."""

    current_password = PasswordField(
        validators=[
            InputRequired(_l("Write your present password")),
            AtMost(1000, _l("This password is too long")),
        ]
    )
    password = PasswordField(
        validators=[
            InputRequired(_l("Choose a password")),
            AtMost(passwords.MAX_LENGTH, _l("Choose at most 128 characters")),
        ]
    )
    end_others = BooleanField()


class NoticesForm(PortalForm):
    notify_sign_ins = BooleanField()
    notify_invitations = BooleanField()
