"""The papers of a programme from the family's side: the assessment, and what a doctor may read."""

from flask import Blueprint, Response, request

from portal.access.guard import requires
from portal.access.permissions import Permission
from portal.blueprints.programme_team import assessments, syntheses
from portal.blueprints.programme_team.assessments import Door
from portal.blueprints.programme_team.forms import AssessmentForm

bp = Blueprint("programme_shared", __name__, url_prefix="/p/<uuid:patient_id>/education/programme")
DOOR = Door("programme_shared", Permission.EDUCATION_ACT, "programme.show_programme")


@bp.get("/assessment")
@requires(Permission.EDUCATION_SEE)
def show_assessment() -> Response:
    return assessments.assessment_page(DOOR, done=request.args.get("done", ""))


@bp.post("/assessment")
@requires(Permission.EDUCATION_ACT)
def save_assessment() -> Response:
    return assessments.save(DOOR, AssessmentForm.from_request())


@bp.get("/assessment/history")
@requires(Permission.EDUCATION_SEE)
def show_history() -> Response:
    return assessments.history_page(DOOR)


@bp.get("/synthesis")
@requires(Permission.EDUCATION_SEE)
def show_synthesis() -> Response:
    """To a carer too who reads the education; only who decides consents answers."""
    return syntheses.family_page(done=request.args.get("done", ""))


@bp.post("/synthesis")
@requires(Permission.CONSENTS_ACT)
def answer_synthesis() -> Response:
    return syntheses.answer()


@bp.post("/synthesis/withdraw")
@requires(Permission.CONSENTS_ACT)
def withdraw_synthesis() -> Response:
    return syntheses.withdraw()
