"""The papers of a programme from the team's side: assessment, evaluation, synthesis."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.programme_team import assessments, suggesting, syntheses
from portal.blueprints.programme_team.assessments import Door
from portal.blueprints.programme_team.finding import goals_and_items, of, programme
from portal.blueprints.programme_team.forms import (
    AssessmentForm,
    EvaluationForm,
    SynthesisForm,
    outcome_of,
)
from portal.clock import now
from portal.db import current_session, transaction
from portal.education.programme import evaluation, synthesis, telling
from portal.education.programme.followed import followed
from portal.education.programme.papers import NotUnderWayError
from portal.errors import ChangedMeanwhileError
from portal.models.programme import GoalOutcome
from portal.web.form_values import uuid_of
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to

bp = Blueprint("programme_papers", __name__, url_prefix="/p/<uuid:patient_id>/education/team")
DOOR = Door("programme_papers", Permission.EDUCATION_FOLLOW, "programme_team.show_programme")


@bp.get("/assessment")
@requires(Permission.EDUCATION_FOLLOW)
def show_assessment() -> Response:
    return assessments.assessment_page(DOOR, done=request.args.get("done", ""))


@bp.post("/assessment")
@requires(Permission.EDUCATION_FOLLOW)
def save_assessment() -> Response:
    return assessments.save(DOOR, AssessmentForm.from_request())


@bp.get("/assessment/history")
@requires(Permission.EDUCATION_FOLLOW)
def show_history() -> Response:
    return assessments.history_page(DOOR)


@bp.get("/evaluation")
@requires(Permission.EDUCATION_FOLLOW)
def write_evaluation() -> Response:
    return _evaluation_page()


@bp.post("/evaluation")
@requires(Permission.EDUCATION_FOLLOW)
def save_evaluation() -> Response:
    form = EvaluationForm.from_request()
    if not form.is_sent_and_valid():
        return _evaluation_page(form, status=422)
    ends, texts = request.form.get("ends") == "yes", form.texts | {"sessions": _sessions()}
    try:
        with transaction() as session:
            evaluation.write(
                session,
                texts,
                _outcomes(),
                **of(form.programme_id),
                base=form.base_number,
                by=current_viewer().id,
                at=now(),
                keys=current_keys(),
                ends=ends,
            )
    except (ChangedMeanwhileError, NotUnderWayError):
        return _evaluation_page(form, status=409)
    done = "ended" if ends else "evaluated"
    return redirect_to(url_for("programme_team.show_programme", done=done))


@bp.get("/synthesis")
@requires(Permission.EDUCATION_FOLLOW)
def show_synthesis() -> Response:
    return syntheses.team_page(done=request.args.get("done", ""))


@bp.get("/synthesis/write")
@requires(Permission.EDUCATION_FOLLOW)
def write_synthesis() -> Response:
    return _synthesis_page()


@bp.post("/synthesis/write")
@requires(Permission.EDUCATION_FOLLOW)
def save_synthesis() -> Response:
    form = SynthesisForm.from_request()
    if not form.is_sent_and_valid():
        return _synthesis_page(form, status=422)
    patient_id, viewer, at, keys = (
        current_patient().patient_id,
        current_viewer(),
        now(),
        current_keys(),
    )
    try:
        with transaction() as session:
            synthesis.write(
                session,
                form.texts,
                **of(form.programme_id),
                base=form.base_number,
                by=viewer.id,
                at=at,
                keys=keys,
            )
            telling.tell_family(
                session,
                patient_id=patient_id,
                by=viewer.id,
                at=at,
                keys=keys,
                needed=Permission.CONSENTS_ACT,
            )
    except (ChangedMeanwhileError, NotUnderWayError):
        return _synthesis_page(form, status=409)
    return redirect_to(url_for("programme_papers.show_synthesis", done="asked"))


def _evaluation_page(form: EvaluationForm | None = None, *, status: int = 200) -> Response:
    there = programme()
    goals, items = goals_and_items(there.id)
    read = followed(current_session(), **of(there.id)) if there.shares_progress else {}
    said = _outcomes() if form is not None else {one.id: one.outcome for one in goals}
    if form is None:
        texts = there.evaluation_texts
        data = {"changed": texts.get("changed"), "what_next": texts.get("next")}
        form = EvaluationForm(data=data)
    if status in (200, 409):
        form.programme.data, form.base.data = str(there.id), str(there.evaluation)
    return page(
        "programme_team/evaluation.html",
        status=status,
        patient=current_patient(),
        programme=there,
        goals=goals,
        said=said,
        followed_items=[one for one in items if one.id in read and read[one.id].finished_at],
        form=form,
        is_stale=status == 409,
    )


def _sessions() -> str:
    """What was followed to the end, while the patient shows it."""
    there = programme()
    return suggesting.session_words(there) if there.shares_progress else ""


def _synthesis_page(form: SynthesisForm | None = None, *, status: int = 200) -> Response:
    there = programme()
    if form is None:
        form = SynthesisForm(data=suggesting.first_words(there))
    if status in (200, 409):
        form.programme.data, form.base.data = str(there.id), str(there.synthesis)
    return page(
        "programme_team/write_synthesis.html",
        status=status,
        patient=current_patient(),
        programme=there,
        form=form,
        is_stale=status == 409,
    )


def _outcomes() -> dict[UUID, GoalOutcome | None]:
    """`outcome-ID` of each goal that the form showed."""
    found = {}
    for name, value in request.form.items():
        prefix, _, goal = name.partition("-")
        goal_id = uuid_of(goal) if prefix == "outcome" else None
        if goal_id is not None:
            found[goal_id] = outcome_of(value)
    return found
