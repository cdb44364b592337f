"""What is written about a line of the log: the question, and its answer."""

from wtforms import StringField
from wtforms.validators import DataRequired

from portal.web.forms import AtMost, PortalForm, paragraphs
from portal.web.i18n import lazy_gettext as _l


class QuestionForm(PortalForm):
    message = StringField(
        filters=[paragraphs], validators=[AtMost(1_000, _l("Write it in 1,000 characters at most"))]
    )


class AnswerForm(PortalForm):
    answer = StringField(
        filters=[paragraphs],
        validators=[
            DataRequired(_l("Write your answer")),
            AtMost(4_000, _l("Write it in 4,000 characters at most")),
        ],
    )
