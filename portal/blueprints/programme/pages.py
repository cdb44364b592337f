"""What the pages of a programme hold."""

from typing import Any
from uuid import UUID

from flask import Response

from portal.access.guard import current_patient, may
from portal.access.permissions import Permission
from portal.blueprints.programme.forms import GoalForm
from portal.db import current_session
from portal.education.programme import evaluation
from portal.education.programme.evaluation import Evaluation
from portal.education.programme.seen import Goal
from portal.errors import NotFoundError
from portal.models.base import new_id
from portal.models.programme import GoalOutcome
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.labels import N_
from portal.web.page import page
from portal.web.programme_cards import ProgrammeCard, programme_card

_OUTCOMES = {
    GoalOutcome.REACHED: N_("Reached"),
    GoalOutcome.PARTLY: N_("Partly reached"),
    GoalOutcome.NOT_YET: N_("Not yet"),
}


def programme_page(
    *,
    form: GoalForm | None = None,
    done: str = "",
    removed: UUID | None = None,
    status: int = 200,
    fragment: str | None = None,
) -> Response:
    """`removed` is a goal that can come back."""
    card = programme_card()
    return page(
        "programme/show.html",
        status=status,
        fragment=fragment,
        patient=current_patient(),
        card=card,
        form=form or GoalForm(data={"goal": str(new_id())}),
        outcomes=outcome_words(),
        evaluation=_evaluation(card),
        day_of=_day_of,
        may_act=may(Permission.EDUCATION_ACT),
        may_decide=may(Permission.CONSENTS_ACT),
        may_write=may(Permission.MESSAGES_ACT),
        done=done,
        removed=removed,
    )


def outcome_words() -> dict[str, str]:
    return {outcome.value: gettext(words) for outcome, words in _OUTCOMES.items()}


def of_programme(card: ProgrammeCard) -> dict[str, Any]:
    """What each act names first."""
    return {"patient_id": current_patient().patient_id, "programme_id": card.seen.programme.id}


def card_or_404() -> ProgrammeCard:
    """Raises `NotFoundError` also for who may decide of consents and not read the education."""
    card = programme_card() if may(Permission.EDUCATION_SEE) else None
    if card is None:
        raise NotFoundError("education programme")
    return card


def goal_of(card: ProgrammeCard, goal_id: UUID) -> Goal | None:
    return next((one for one in card.seen.goals if one.id == goal_id), None)


def _evaluation(card: ProgrammeCard | None) -> Evaluation | None:
    if card is None or not card.seen.programme.has_evaluation or card.is_proposed:
        return None
    return evaluation.read(current_session(), **of_programme(card), keys=current_keys())


def _day_of(instant: Any) -> str:
    return dates.full_day(dates.local(instant, current_patient().time_zone).date())
