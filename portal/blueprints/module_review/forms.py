"""A remark about a passage, what is answered to it, and until when a review holds."""

from datetime import date

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from portal.education.gates import LONGEST_REVIEW
from portal.education.remarks import LONGEST_QUOTE
from portal.web.form_values import day_of
from portal.web.forms import AtMost, PortalForm, paragraphs, stripped
from portal.web.i18n import lazy_gettext as _l

LONGEST_REMARK = 1000
_SHORTER = _l("Write it in fewer words")


class RemarkForm(PortalForm):
    place = HiddenField()
    quote = TextAreaField(
        filters=[paragraphs], validators=[AtMost(LONGEST_QUOTE, _l("Quote fewer words"))]
    )
    body = TextAreaField(
        filters=[paragraphs],
        validators=[AtMost(LONGEST_REMARK, _SHORTER), DataRequired(_l("Write your remark"))],
    )


class AnswerForm(PortalForm):
    """May be empty: that it is treated says enough."""

    answer = TextAreaField(filters=[paragraphs], validators=[AtMost(LONGEST_REMARK, _SHORTER)])


class ApproveForm(PortalForm):
    """The view sets `today`."""

    review_due = StringField(
        filters=[stripped], validators=[AtMost(40, _l("Write the day like 17/03/2027"))]
    )
    signed = BooleanField(validators=[DataRequired(_l("Tick the box to sign"))])
    revision = HiddenField()
    today: date

    def validate_review_due(self, field: StringField) -> None:
        day = day_of(field.data)
        if day is None:
            raise ValidationError(str(_l("Write the day like 17/03/2027")))
        if day <= self.today:
            raise ValidationError(str(_l("Choose a day that is still to come")))
        if day > self.today + LONGEST_REVIEW:
            raise ValidationError(str(_l("A review holds for two years at most.")))
