"""The team page."""

from flask import Blueprint, Response

from portal.access.guard import current_patient, current_viewer, may, requires
from portal.access.permissions import Permission
from portal.blueprints.care_team import queries
from portal.blueprints.care_team.circle import circle
from portal.blueprints.care_team.members import (
    first_to_call,
    former_members_of,
    members_of,
)
from portal.clock import now
from portal.db import current_session
from portal.web.page import page

bp = Blueprint("care_team", __name__, url_prefix="/p/<uuid:patient_id>/care-team")


@bp.get("")
@requires(Permission.CARE_TEAM_SEE)
def show_care_team() -> Response:
    patient, at = current_patient(), now()
    rows = queries.circle_members(
        current_session(), patient_id=patient.patient_id, viewer_id=current_viewer().id, at=at
    )
    members = members_of(rows, patient=patient, at=at)
    first = first_to_call(members)
    return page(
        "care_team/care_team.html",
        patient=patient,
        may_invite=may(Permission.INVITATIONS_MAKE),
        members=members,
        first=first,
        relatives=[one for one in members if one.is_relative],
        others=[one for one in members if not one.is_relative and one not in first],
        circle=circle(members),
        former=former_members_of(_former_rows(), usual_zone=patient.time_zone),
    )


def _former_rows() -> list[queries.FormerRow]:
    patient_id = current_patient().patient_id
    return queries.former_members(current_session(), patient_id=patient_id, at=now())
