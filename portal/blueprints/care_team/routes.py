"""The team page."""

from flask import Blueprint, Response

from portal.access.guard import current_patient, current_viewer, may, requires
from portal.access.permissions import Permission
from portal.blueprints.care_team import queries
from portal.blueprints.care_team.circle import circle
from portal.blueprints.care_team.former import FormerMember, former_members_of
from portal.blueprints.care_team.members import first_to_call
from portal.blueprints.care_team.now import team_now
from portal.blueprints.care_team.words import Clock
from portal.clock import now
from portal.db import current_session
from portal.teams.reading import read_team
from portal.web.page import page

bp = Blueprint("care_team", __name__, url_prefix="/p/<uuid:patient_id>/care-team")


@bp.get("")
@requires(Permission.CARE_TEAM_SEE)
def show_care_team() -> Response:
    patient, at = current_patient(), now()
    rows = read_team(
        current_session(), patient_id=patient.patient_id, viewer_id=current_viewer().id, at=at
    )
    team = team_now(rows, patient=patient, clock=Clock(at, patient.time_zone))
    members = [one for one in team.members if not one.waits_for_consent]
    first = first_to_call(members)
    return page(
        "care_team/care_team.html",
        patient=patient,
        needs=team.needs,
        services=team.services,
        members=team.members,
        first=first,
        relatives=[one for one in members if one.is_relative],
        others=[one for one in members if not one.is_relative and one not in first],
        waiting=team.waiting,
        circle=circle(members),
        former=_former(),
        may_invite=may(Permission.INVITATIONS_MAKE),
        may_settle=may(Permission.CARE_TEAM_ACT),
        may_answer=may(Permission.CONSENTS_ACT),
        may_manage=may(Permission.CIRCLE_MANAGE),
        may_leave=may(Permission.CIRCLE_LEAVE),
        may_see_agenda=may(Permission.AGENDA_SEE),
        may_write=may(Permission.MESSAGES_ACT),
    )


def _former() -> list[FormerMember]:
    patient = current_patient()
    rows = queries.former_members(current_session(), patient_id=patient.patient_id, at=now())
    return former_members_of(rows, usual_zone=patient.time_zone)
