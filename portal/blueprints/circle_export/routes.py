"""The circle as FHIR R4, to take away."""

import json

from flask import Blueprint, Response, make_response, request

from portal.access.audit import capacity_of
from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.access.policy import can
from portal.access.trail import note_patients
from portal.clock import now
from portal.db import current_session
from portal.errors import NotFoundError, NotGrantedError
from portal.fhir.export import Profile, export_circle
from portal.models.rights import GrantCategory
from portal.web.i18n import gettext

bp = Blueprint("circle_export", __name__, url_prefix="/p/<uuid:patient_id>/circle-export")


@bp.get("")
@requires(Permission.CARE_TEAM_SEE)
def download() -> Response:
    """What the page of the team shows; the whole identity for the patient and the coordinators.

    With `?agenda=yes` the appointments too, and a line of its own in the log.
    """
    patient, profile, has_agenda = current_patient(), _profile(), _has_agenda()
    body = export_circle(
        current_session(),
        patient_id=patient.patient_id,
        profile=profile,
        is_full=patient.is_own or patient.is_coordinator,
        at=now(),
        has_agenda=has_agenda,
    )
    response = make_response(json.dumps(body, ensure_ascii=False, indent=2))
    response.mimetype = "application/fhir+json"
    # The name says nothing of the patient: files are left behind on shared computers.
    response.headers.set("Content-Disposition", "attachment", filename=gettext("care-circle.json"))
    return response


def _has_agenda() -> bool:
    """Raises `NotGrantedError` for those who ask for what was not opened to them."""
    if request.args.get("agenda") != "yes":
        return False
    viewer, patient = current_viewer(), current_patient()
    decision = can(viewer, Permission.AGENDA_SEE, patient)
    if not decision:
        raise NotGrantedError
    # As whom somebody looks at a page, they read nothing.
    if not patient.is_own:
        read_as = {patient.patient_id: capacity_of(patient, decision)}
        note_patients(viewer, read_as, category=GrantCategory.AGENDA)
    return True


def _profile() -> Profile:
    try:
        return Profile(request.args.get("profile", Profile.FRENCH))
    except ValueError:
        raise NotFoundError("profile") from None
