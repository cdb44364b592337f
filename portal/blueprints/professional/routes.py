"""The list of a professional's or coordinator's patients."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, may, requires
from portal.access.permissions import Permission
from portal.access.trail import note_patients
from portal.blueprints.professional.patient_queries import (
    Asked,
    PatientFilter,
    PatientRow,
    listed_patients,
)
from portal.clock import now
from portal.db import current_session
from portal.models.audit import Capacity
from portal.models.rights import GrantCategory
from portal.teams.own_day import own_day
from portal.web.forms import stripped
from portal.web.i18n import gettext
from portal.web.page import page

bp = Blueprint("professional", __name__, url_prefix="/professional")
PATIENTS_PER_PAGE = 50
LONGEST_SEARCH = 100


@bp.get("/patients")
@requires(Permission.PATIENTS_LIST, writes=True)
def list_patients() -> Response:
    after = _uuid(request.args.get("after", ""))
    asked = _asked()
    patients = _found(asked, after)
    shown = patients[:PATIENTS_PER_PAGE]
    goes_on = len(patients) > PATIENTS_PER_PAGE
    if asked.filters:
        # Names alone are a list of whom one cares for; what is amiss is read in each file.
        note_patients(current_viewer(), _capacities(shown), category=GrantCategory.CARE_TEAM)
    return page(
        "professional/patients.html",
        patients=shown,
        asked=asked,
        filters=_filters(),
        shows_state=bool(asked.filters),
        is_continued=after is not None,
        has_left=request.args.get("done") == "left",
        may_open_in_emergency=may(Permission.EMERGENCY_OPEN),
        next_url=_address(asked, after=shown[-1].id) if goes_on else None,
    )


def _found(asked: Asked, after: UUID | None) -> list[PatientRow]:
    session, viewer, at = current_session(), current_viewer(), now()
    today = own_day(session, practitioner_id=viewer.practitioner_id, reader_id=viewer.id, at=at)
    return listed_patients(
        session,
        viewer=viewer,
        today=today,
        at=at,
        limit=PATIENTS_PER_PAGE + 1,
        asked=asked,
        after_id=after,
    )


def _capacities(patients: list[PatientRow]) -> dict[UUID, Capacity]:
    return {
        one.id: Capacity.PROFESSIONAL if one.is_circle_member else Capacity.COORDINATOR
        for one in patients
    }


def _asked() -> Asked:
    known = {one.value for one in PatientFilter}
    chosen = {PatientFilter(one) for one in request.args.getlist("filter") if one in known}
    return Asked(stripped(request.args.get("q"))[:LONGEST_SEARCH], frozenset(chosen))


def _address(asked: Asked, *, after: UUID) -> str:
    chosen = sorted(asked.filters) or None
    return url_for("professional.list_patients", q=asked.text or None, filter=chosen, after=after)


def _filters() -> list[tuple[PatientFilter, str]]:
    return [
        (PatientFilter.NO_OWNER, gettext("A need that nobody answers for")),
        (PatientFilter.REVIEW_DUE, gettext("A need to look at again")),
        (PatientFilter.NO_DOCTOR, gettext("No regular doctor")),
        (PatientFilter.ENDING, gettext("A place in the circle that ends within 30 days")),
        (PatientFilter.LONG_TERM, gettext("A long-term condition recognised (ALD)")),
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
