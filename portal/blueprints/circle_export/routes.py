"""The circle as FHIR R4, to take away."""

import json

from flask import Blueprint, Response, make_response, request

from portal.access.guard import current_patient, requires
from portal.access.permissions import Permission
from portal.clock import now
from portal.db import current_session
from portal.errors import NotFoundError
from portal.fhir.export import Profile, export_circle
from portal.web.i18n import gettext

bp = Blueprint("circle_export", __name__, url_prefix="/p/<uuid:patient_id>/circle-export")


@bp.get("")
@requires(Permission.CARE_TEAM_SEE)
def download() -> Response:
    """What the page of the team shows; the whole identity for the patient and the coordinators."""
    patient, profile = current_patient(), _profile()
    body = export_circle(
        current_session(),
        patient_id=patient.patient_id,
        profile=profile,
        is_full=patient.is_own or patient.is_coordinator,
        at=now(),
    )
    response = make_response(json.dumps(body, ensure_ascii=False, indent=2))
    response.mimetype = "application/fhir+json"
    # The name says nothing of the patient: files are left behind on shared computers.
    response.headers.set("Content-Disposition", "attachment", filename=gettext("care-circle.json"))
    return response


def _profile() -> Profile:
    try:
        return Profile(request.args.get("profile", Profile.FRENCH))
    except ValueError:
        raise NotFoundError("profile") from None
