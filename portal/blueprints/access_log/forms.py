"""What is written about a line of the log: the question, and its answer."""

import re

from wtforms import StringField
from wtforms.validators import DataRequired

from portal.web.forms import AtMost, PortalForm
from portal.web.i18n import lazy_gettext as _l

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _text(value: str | None) -> str:
    """Lines are kept; a browser sends them as CR LF."""
    return _CONTROL.sub("", (value or "").replace("\r\n", "\n")).strip()


class QuestionForm(PortalForm):
    message = StringField(
        filters=[_text], validators=[AtMost(1_000, _l("Write it in 1,000 characters at most"))]
    )


class AnswerForm(PortalForm):
    answer = StringField(
        filters=[_text],
        validators=[
            DataRequired(_l("Write your answer")),
            AtMost(4_000, _l("Write it in 4,000 characters at most")),
        ],
    )
