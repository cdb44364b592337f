"""What a patient signed on paper, copied by a coordinator."""

from flask import Blueprint, Response, url_for

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.consent import notices, service
from portal.blueprints.consent.board import Choice
from portal.blueprints.consent.forms import PaperForm
from portal.blueprints.consent.routes import current_board
from portal.clock import now
from portal.consents.deciding import Author, Paper
from portal.db import transaction
from portal.web import dates
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to

bp = Blueprint("consent_paper", __name__, url_prefix="/p/<uuid:patient_id>/consents/paper")


@bp.get("")
@requires(Permission.CONSENTS_RECORD, step_up=True)
def write_paper() -> Response:
    return _paper_page(PaperForm.from_request(), current_board().consents)


@bp.post("")
@requires(Permission.CONSENTS_RECORD, step_up=True)
def record_paper() -> Response:
    patient, at, form = current_patient(), now(), PaperForm.from_request()
    choices = current_board().consents
    today = dates.local(at, patient.time_zone).date()
    form.offer([one.key for one in choices], today=today)
    if not form.is_sent_and_valid():
        return _paper_page(form, choices, status=422)
    chosen = next(one for one in choices if one.key == form.about.data)
    with transaction() as session:
        _row, counts = service.record_paper(
            session,
            chosen.question(patient.patient_id),
            is_yes=form.is_yes,
            paper=Paper(form.day, patient.time_zone, form.note.data),
            author=Author(current_viewer().id, "coordinator"),
            at=at,
        )
        notices.tell_of_paper(session, keys=current_keys(), patient_id=patient.patient_id, at=at)
    done = "paper" if counts else "paper-older"
    return redirect_to(url_for("consent.show_consents", done=done))


def _paper_page(form: PaperForm, choices: list[Choice], *, status: int = 200) -> Response:
    return page(
        "consent/paper.html",
        status=status,
        form=form,
        choices=choices,
        patient=current_patient(),
    )
