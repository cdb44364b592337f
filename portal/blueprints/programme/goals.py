"""Goals: written by the patient, or by a carer in their own name for the patient."""

from uuid import UUID

from flask import Blueprint, Response, url_for
from sqlmodel import Session

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.programme.forms import UNSAID, GoalForm, OutcomeForm
from portal.blueprints.programme.pages import (
    card_or_404,
    goal_of,
    of_programme,
    outcome_words,
    programme_page,
)
from portal.clock import now
from portal.db import transaction
from portal.education.programme.goals import (
    TooManyGoalsError,
    add_goal,
    remove_goal,
    restore_goal,
    reword_goal,
    say_outcome,
)
from portal.education.programme.papers import NotUnderWayError
from portal.education.programme.seen import Goal
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models.base import new_id
from portal.web.form_values import uuid_of
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to
from portal.web.programme_cards import ProgrammeCard

bp = Blueprint(
    "programme_goals", __name__, url_prefix="/p/<uuid:patient_id>/education/programme/goals"
)


@bp.post("")
@requires(Permission.EDUCATION_ACT)
def add() -> Response:
    form: GoalForm = GoalForm.from_request()
    card = card_or_404()
    if not form.is_sent_and_valid():
        return programme_page(form=form, status=422)
    try:
        with transaction() as session:
            add_goal(
                session,
                **of_programme(card),
                goal_id=uuid_of(form.goal.data) or new_id(),
                words=form.words.data or "",
                by=current_viewer().id,
                at=now(),
                keys=current_keys(),
            )
    except (NotUnderWayError, TooManyGoalsError) as error:
        form.refuse("words", _why(error))
        return programme_page(form=form, status=422)
    return _back("added")


@bp.get("/<uuid:goal_id>")
@requires(Permission.EDUCATION_ACT)
def write_goal(goal_id: UUID) -> Response:
    card = card_or_404()
    goal = goal_of(card, goal_id)
    if goal is None or not card.is_under_way:
        raise NotFoundError("goal")
    form = OutcomeForm(data={"words": goal.words, "outcome": goal.outcome or UNSAID})
    return _goal_page(form, goal_id)


@bp.post("/<uuid:goal_id>")
@requires(Permission.EDUCATION_ACT)
def save_goal(goal_id: UUID) -> Response:
    form: OutcomeForm = OutcomeForm.from_request()
    card = card_or_404()
    if not form.is_sent_and_valid():
        return _goal_page(form, goal_id, status=422)
    try:
        with transaction() as session:
            _save(session, card, goal_of(card, goal_id), form)
    except (NotUnderWayError, ChangedMeanwhileError) as error:
        form.refuse("words", _why(error))
        return _goal_page(form, goal_id, status=422)
    return _back("goal-saved")


@bp.post("/<uuid:goal_id>/remove")
@requires(Permission.EDUCATION_ACT)
def remove(goal_id: UUID) -> Response:
    card = card_or_404()
    try:
        with transaction() as session:
            remove_goal(session, **of_programme(card), goal_id=goal_id, at=now())
    except NotUnderWayError:
        return programme_page(done="over", status=409)
    address = url_for(
        "programme.show_programme", done="goal-removed", goal=goal_id, _anchor="goals"
    )
    return redirect_to(address)


@bp.post("/<uuid:goal_id>/restore")
@requires(Permission.EDUCATION_ACT)
def restore(goal_id: UUID) -> Response:
    card = card_or_404()
    try:
        with transaction() as session:
            restore_goal(session, **of_programme(card), goal_id=goal_id)
    except (NotUnderWayError, ChangedMeanwhileError, TooManyGoalsError):
        return programme_page(done="goal-gone", status=409)
    return _back("goal-back")


def _save(session: Session, card: ProgrammeCard, goal: Goal | None, form: OutcomeForm) -> None:
    """Other words first; what became of it is then said of these."""
    if goal is None:
        raise ChangedMeanwhileError
    values = of_programme(card) | {"by": current_viewer().id, "at": now()}
    goal_id, words = goal.id, form.words.data or ""
    if words != goal.words:
        new = reword_goal(session, **values, goal_id=goal_id, words=words, keys=current_keys())
        goal_id = new.id
    say_outcome(session, form.said, **values, goal_id=goal_id)


def _goal_page(form: OutcomeForm, goal_id: UUID, *, status: int = 200) -> Response:
    return page(
        "programme/goal.html",
        status=status,
        patient=current_patient(),
        form=form,
        goal_id=goal_id,
        choices={UNSAID: gettext("I say nothing for now")} | outcome_words(),
    )


def _why(error: Exception) -> str:
    if isinstance(error, NotUnderWayError):
        return gettext("The programme is over: nothing is saved any more")
    if isinstance(error, TooManyGoalsError):
        return gettext("Remove a goal first: there are many already")
    return gettext("Somebody changed or removed this goal meanwhile: copy your words and go back")


def _back(done: str) -> Response:
    address = url_for("programme.show_programme", done=done, _anchor="goals")
    return redirect_to(address)
