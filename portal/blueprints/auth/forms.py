"""The fields of the sign-in pages: `email`, `password`, `code`."""

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, StopValidation

from portal.identity.addresses import is_address
from portal.identity.authentication import Method
from portal.web.forms import AtMost, PortalForm, stripped
from portal.web.i18n import lazy_gettext as _l


class SignInForm(PortalForm):
    email = StringField(
        filters=[stripped],
        validators=[
            DataRequired(_l("Write your e-mail address or your user name")),
            AtMost(254, _l("This name is too long")),
        ],
    )
    password = PasswordField(
        validators=[
            InputRequired(_l("Write your password")),
            AtMost(1000, _l("This password is too long")),
        ]
    )
    next = HiddenField(filters=[stripped])

    def validate_email(self, field: StringField) -> None:
        name = field.data or ""
        if not (_could_be_user_name(name) or is_address(name)):
            message = _l("Write the whole address, such as jeanne@example.org, without spaces")
            raise StopValidation(str(message))


class CodeForm(PortalForm):
    code = StringField(
        filters=[stripped],
        validators=[
            DataRequired(_l("Write the code")),
            AtMost(40, _l("This code is too long")),
        ],
    )

    method = HiddenField(filters=[stripped])
    """What the page asked for; what was written decides by its shape."""

    @property
    def asked(self) -> Method:
        return Method(self.method.data) if self.method.data in set(Method) else Method.APP


class StepUpForm(CodeForm):
    next = HiddenField(filters=[stripped])


class InvitationForm(PortalForm):
    given_name = StringField(
        filters=[stripped],
        validators=[
            DataRequired(_l("Write your first name")),
            AtMost(100, _l("This name is too long")),
        ],
    )
    family_name = StringField(
        filters=[stripped],
        validators=[
            DataRequired(_l("Write your last name")),
            AtMost(100, _l("This name is too long")),
        ],
    )
    password = PasswordField(validators=[InputRequired(_l("Choose a password"))])
    username = StringField(
        filters=[stripped], validators=[AtMost(100, _l("This name is too long"))]
    )
    """The user name that the page showed, on paper; compared, never believed."""


class BirthDateForm(PortalForm):
    birth_date = StringField(
        filters=[stripped],
        validators=[
            DataRequired(_l("Write your date of birth")),
            AtMost(40, _l("Write the day, the month and the year: 17/03/1945")),
        ],
    )


class SheetCodeForm(PortalForm):
    code = StringField(
        filters=[stripped],
        validators=[
            DataRequired(_l("Write the code of your sheet")),
            AtMost(40, _l("This code is too long")),
        ],
    )


def _could_be_user_name(text: str) -> bool:
    return "@" not in text and len(text.split()) == 1
