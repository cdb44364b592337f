"""A message, and what a new conversation begins with."""

from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import DataRequired

from portal.messaging.sending import LONGEST_BODY, LONGEST_SUBJECT
from portal.web.exchange.texts import plain_line, plain_text
from portal.web.forms import AtMost, PortalForm
from portal.web.i18n import lazy_gettext as _l

LONGEST_KEPT = 20_000
"""Characters of a draft: more than can be sent, so that a text that is too long is not lost."""


class MessageForm(PortalForm):
    """`key` is made with the form, so that a second tap sends nothing more."""

    body = StringField(
        filters=[plain_text],
        validators=[
            AtMost(
                LONGEST_BODY,
                _l("Write it in 5,000 characters at most, or send it as two messages"),
            ),
            DataRequired(_l("Write your message")),
        ],
    )
    key = HiddenField()


class ThreadForm(PortalForm):
    """In the order of the page, so that its problems are listed in that order."""

    to = RadioField(validate_choice=False, validators=[DataRequired(_l("Choose whom to write to"))])
    subject = StringField(
        filters=[plain_line],
        validators=[
            AtMost(LONGEST_SUBJECT, _l("Write the subject in 120 characters at most")),
            DataRequired(_l("Write what it is about")),
        ],
    )
    body = StringField(
        filters=[plain_text],
        validators=[
            AtMost(
                LONGEST_BODY,
                _l("Write it in 5,000 characters at most, or send it as two messages"),
            ),
            DataRequired(_l("Write your message")),
        ],
    )
    private = BooleanField()
    need = HiddenField()
    key = HiddenField()
