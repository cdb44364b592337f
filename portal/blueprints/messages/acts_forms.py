"""What those who answer write: an answer, a note, why they hand a conversation on."""

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, ValidationError

from portal.blueprints.messages.forms import MessageForm
from portal.messaging.sending import LONGEST_BODY, LONGEST_SUBJECT
from portal.models.messaging import MessageKind
from portal.web.exchange.texts import plain_line, plain_text
from portal.web.forms import AtMost, PortalForm
from portal.web.i18n import lazy_gettext as _l


class AnswerForm(MessageForm):
    """`kind` says for whom: `message` for the family, `note` for professionals alone."""

    kind = HiddenField()

    @property
    def written_as(self) -> MessageKind:
        is_note = self.kind.data == MessageKind.NOTE
        return MessageKind.NOTE if is_note else MessageKind.MESSAGE


class FirstForm(MessageForm):
    """The first message of a conversation that somebody who works begins."""

    subject = StringField(
        filters=[plain_line],
        validators=[
            AtMost(LONGEST_SUBJECT, _l("Write the subject in 120 characters at most")),
            DataRequired(_l("Write what it is about")),
        ],
    )


class HandOverForm(PortalForm):
    """`offered` says who reads messages: anybody else is refused."""

    to = RadioField(
        validate_choice=False, validators=[DataRequired(_l("Choose who answers from now on"))]
    )
    body = StringField(
        filters=[plain_text],
        validators=[
            AtMost(LONGEST_BODY, _l("Write it in 5,000 characters at most")),
            DataRequired(_l("Write why, in a few words: it is read before the conversation")),
        ],
    )
    key = HiddenField()
    version = HiddenField()

    offered: frozenset[str] = frozenset()

    def validate_to(self, field: RadioField) -> None:
        if field.data not in self.offered:
            raise ValidationError(str(_l("Choose who answers from now on")))
