"""Words that are written often."""

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired

from portal.messaging.templates import LONGEST_BODY, LONGEST_TITLE
from portal.web.exchange.texts import plain_line, plain_text
from portal.web.forms import AtMost, PortalForm
from portal.web.i18n import lazy_gettext as _l

OWN = "own"


class TemplateForm(PortalForm):
    """`owner` is `own` or a team; `template_id` is made with the form."""

    title = StringField(
        filters=[plain_line],
        validators=[
            AtMost(LONGEST_TITLE, _l("Write the title in 80 characters at most")),
            DataRequired(_l("Give it a title, to find it again")),
        ],
    )
    body = StringField(
        filters=[plain_text],
        validators=[
            AtMost(LONGEST_BODY, _l("Write it in 2,000 characters at most")),
            DataRequired(_l("Write the text")),
        ],
    )
    owner = RadioField(validate_choice=False)
    template_id = HiddenField()


class SearchForm(PortalForm):
    """Words of a message or of its subject."""

    q = StringField()
