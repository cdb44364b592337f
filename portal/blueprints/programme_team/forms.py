"""What a team proposes and why; the texts of the papers, each with the state it was written on."""

from uuid import UUID

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired

from portal.education.programme import assessment, evaluation, synthesis
from portal.education.programme.items import LONGEST_REASON
from portal.education.programme.papers import LONGEST
from portal.education.programme.proposing import LONGEST_TITLE
from portal.models.programme import GoalOutcome
from portal.web.form_values import number_of, uuid_of
from portal.web.forms import AtMost, PortalForm, paragraphs, stripped
from portal.web.i18n import lazy_gettext as _l

UNSAID = ""


def _text(*validators: object) -> TextAreaField:
    shorter = AtMost(LONGEST, _l("Write it in fewer words"))
    return TextAreaField(filters=[paragraphs], validators=[shorter, *validators])


class ProgrammeForm(PortalForm):
    title = StringField(
        filters=[stripped],
        validators=[
            AtMost(LONGEST_TITLE, _l("Write it in fewer words")),
            DataRequired(_l("Write what the programme is about")),
        ],
    )


class ItemForm(PortalForm):
    """A module or a workshop, by its id."""

    programme = HiddenField()
    chosen = RadioField(
        validate_choice=False, validators=[DataRequired(_l("Choose one of the list"))]
    )
    reason = TextAreaField(
        filters=[paragraphs], validators=[AtMost(LONGEST_REASON, _l("Write it in fewer words"))]
    )

    @property
    def chosen_id(self) -> UUID | None:
        return uuid_of(self.chosen.data)


class PaperForm(PortalForm):
    """`base` is the number of the state that was read; `programme` whose paper it is."""

    programme = HiddenField()
    base = HiddenField()

    @property
    def programme_id(self) -> UUID:
        return uuid_of(self.programme.data) or UUID(int=0)

    @property
    def base_number(self) -> int:
        return number_of(self.base.data)


class AssessmentForm(PaperForm):
    daily = _text()
    knows = _text()
    hard = _text()
    helps = _text()
    wishes = _text()

    @property
    def texts(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in assessment.QUESTIONS}


class EvaluationForm(PaperForm):
    """`outcome-ID` of each goal is read beside it: `outcomes`."""

    changed = _text()
    what_next = _text()

    @property
    def texts(self) -> dict[str, str]:
        fields = dict(zip(evaluation.QUESTIONS, (self.changed, self.what_next), strict=True))
        return {name: field.data or "" for name, field in fields.items()}


class SynthesisForm(PaperForm):
    heading = _text(DataRequired(_l("Write what the programme is about")))
    situation = _text()
    goals = _text()
    sessions = _text()
    what_next = _text()

    @property
    def texts(self) -> dict[str, str]:
        fields = (self.heading, self.situation, self.goals, self.sessions, self.what_next)
        return dict(zip(synthesis.PARTS, (field.data or "" for field in fields), strict=True))


class AnswerForm(PortalForm):
    number = HiddenField()
    answer = StringField(validators=[AnyOf(["yes", "no"], message=_l("Choose one of the answers"))])


def outcome_of(text: str) -> GoalOutcome | None:
    """None for what nobody said yet, and for what no form of ours sends."""
    return GoalOutcome(text) if text in set(GoalOutcome) else None
