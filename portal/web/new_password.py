"""A new password in a form: judged in the reader's words, wherever one is chosen."""

from wtforms import Field, PasswordField
from wtforms.validators import InputRequired

from portal.errors import WeakPasswordError
from portal.identity import passwords
from portal.web.forms import AtMost, PortalForm
from portal.web.i18n import gettext
from portal.web.i18n import lazy_gettext as _l


class NewPasswordForm(PortalForm):
    """The new password is never sent back to the page."""

    password = PasswordField(
        validators=[
            InputRequired(_l("Choose a password")),
            AtMost(passwords.MAX_LENGTH, _l("Choose at most 128 characters")),
        ]
    )


def is_strong(form: PortalForm, field: Field, *, personal: list[str | None]) -> bool:
    """Whether that field holds a good password; else the form says beside it why not.

    `personal` holds the names and addresses of the account, which nobody should be able to try.
    """
    try:
        passwords.check_strength(field.data or "", personal=[text for text in personal if text])
    except WeakPasswordError as error:
        form.refuse(field.name, _weakness(error.reason))
        return False
    return True


def _weakness(reason: str) -> str:
    """What to do instead, for the reasons of `WeakPasswordError`."""
    sentences = {
        "too_short": gettext("Choose at least 12 characters, for example four words"),
        "too_long": gettext("Choose at most 128 characters"),
        "common": gettext(
            "This password is easy to guess. Choose four words that do not go together"
        ),
    }
    return sentences[reason]
