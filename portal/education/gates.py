"""What keeps a text from being sent to review, and from being published.

The same rules stand in the database as constraints and triggers; here they have names, so that an
author reads what is lacking before the database refuses.
"""

from datetime import date, timedelta
from enum import StrEnum

from portal.education.content import Text
from portal.education.markdown import Picture, faults, plain_text
from portal.education.readability import measure
from portal.models.education import ModuleVersion

USUAL_REVIEW = timedelta(days=365)
LONGEST_REVIEW = timedelta(days=2 * 365)
"""What was true about a treatment is looked at again after that, whatever its reviewer thinks."""


class Gate(StrEnum):
    NO_SOURCE = "no_source"
    NO_QUESTION = "no_question"
    FAULTY_TEXT = "faulty_text"
    """A picture, a word of the glossary or a link that the text names is not there."""
    NOT_EXPERT = "not_expert"
    NOT_PROFESSIONAL = "not_professional"
    OWN_TEXT = "own_text"
    """Nobody reviews what they wrote, alone or with others."""
    NO_MEMBER = "no_member"
    """Writes or reviews, but not for the organization of the module."""
    NO_OPEN_REMARK = "no_open_remark"
    """Changes are asked for by saying what to change."""
    OPEN_REMARK = "open_remark"
    """A remark of whoever approves still waits to be treated."""
    TOO_LONG = "too_long"
    """Nobody answers for a text longer than `LONGEST_REVIEW`."""
    NO_REVIEW = "no_review"
    NO_REVIEW_DATE = "no_review_date"
    WRONG_STATE = "wrong_state"
    """Another act came before."""


def gates_of_text(text: Text) -> tuple[Gate, ...]:
    """What a text lacks, in the order in which it is written."""
    lacking = []
    pictures = {name: Picture("", 0, 0, said) for name, said in text.images.items()}
    if any(faults(said, pictures, text.glossary) for said in _texts(text)):
        lacking.append(Gate.FAULTY_TEXT)
    if not text.questions:
        lacking.append(Gate.NO_QUESTION)
    if not text.sources:
        lacking.append(Gate.NO_SOURCE)
    return tuple(lacking)


def readability_of(text: Text) -> float | None:
    """Kandel-Moles of all steps together, as they are read; none without words."""
    return measure("\n".join(plain_text(step.body) for step in text.steps)).score


def _texts(text: Text) -> list[str]:
    return [said for step in text.steps for said in (step.body, step.easy_body) if said]


def gates_of_review(version: ModuleVersion, *, today: date) -> tuple[Gate, ...]:
    """What a version lacks, beside its text, before anybody may read it."""
    lacking = []
    if version.reviewer_id is None or version.reviewed_at is None:
        lacking.append(Gate.NO_REVIEW)
    elif version.reviewer_id == version.author_id:
        lacking.append(Gate.OWN_TEXT)
    if version.review_due is None or version.review_due <= today:
        lacking.append(Gate.NO_REVIEW_DATE)
    return tuple(lacking)
