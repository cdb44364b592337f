"""A goal in the patient's words, and what became of it."""

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired

from portal.education.programme.goals import LONGEST_WORDS
from portal.models.programme import GoalOutcome
from portal.web.forms import AtMost, PortalForm, offered, paragraphs
from portal.web.i18n import lazy_gettext as _l

UNSAID = "unsaid"


class GoalForm(PortalForm):
    words = TextAreaField(
        filters=[paragraphs],
        validators=[
            AtMost(LONGEST_WORDS, _l("Write it in fewer words")),
            DataRequired(_l("Write what you would like to be able to do")),
        ],
    )
    goal = HiddenField()
    """Made with the form: sent twice, it is one goal."""


class OutcomeForm(GoalForm):
    outcome = RadioField(choices=offered([UNSAID, *GoalOutcome]), default=UNSAID)

    @property
    def said(self) -> GoalOutcome | None:
        return None if self.outcome.data == UNSAID else GoalOutcome(self.outcome.data)
