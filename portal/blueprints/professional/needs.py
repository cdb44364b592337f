"""What a professional answers for, whoever the patient is."""

from uuid import UUID

from flask import Blueprint, Response, request

from portal.access.guard import current_viewer, may, requires
from portal.access.permissions import Permission
from portal.access.trail import note_patients
from portal.blueprints.professional.need_queries import After, MyNeed, Urgency, my_needs
from portal.clock import now
from portal.db import current_session
from portal.models.audit import Capacity
from portal.models.rights import GrantCategory
from portal.teams.own_day import own_day
from portal.web.i18n import gettext
from portal.web.page import page

bp = Blueprint("professional_needs", __name__, url_prefix="/professional/needs")
NEEDS_PER_PAGE = 50


@bp.get("")
@requires(Permission.PATIENTS_LIST, writes=True)
def list_needs() -> Response:
    session, viewer, at = current_session(), current_viewer(), now()
    today = own_day(session, practitioner_id=viewer.practitioner_id, reader_id=viewer.id, at=at)
    after = _after(request.args.get("after", ""))
    found = my_needs(
        session, viewer=viewer, today=today, at=at, limit=NEEDS_PER_PAGE + 1, after=after
    )
    shown = found[:NEEDS_PER_PAGE]
    note_patients(viewer, _capacities(shown), category=GrantCategory.CARE_TEAM)
    return page(
        "professional/needs.html",
        groups=_groups(shown),
        is_continued=after is not None,
        goes_on=_address(shown[-1].after) if len(found) > NEEDS_PER_PAGE else None,
        today=today,
        may_be_away=may(Permission.ABSENCES_OWN),
    )


def _capacities(needs: list[MyNeed]) -> dict[UUID, Capacity]:
    return {
        one.patient_id: Capacity.PROFESSIONAL if one.is_circle_member else Capacity.COORDINATOR
        for one in needs
    }


def _groups(needs: list[MyNeed]) -> list[tuple[str, list[tuple[UUID, str, list[MyNeed]]]]]:
    """Heading, then for each patient their id, name and needs; nothing empty."""
    titles = {
        Urgency.REVIEW_DUE: gettext("To look at again"),
        Urgency.NOBODY: gettext("Nobody answers for it"),
        Urgency.REST: gettext("In order"),
    }
    found = []
    for urgency, title in titles.items():
        by_patient: dict[UUID, list[MyNeed]] = {}
        for one in needs:
            if one.urgency == urgency:
                by_patient.setdefault(one.patient_id, []).append(one)
        if by_patient:
            found.append((title, [(key, _name(some), some) for key, some in by_patient.items()]))
    return found


def _name(needs: list[MyNeed]) -> str:
    return f"{needs[0].patient_given_name} {needs[0].patient_family_name}".strip()


def _address(after: After) -> str:
    return f"{after.urgency:d}.{after.patient_id}.{after.need_id}"


def _after(text: str) -> After | None:
    """The first page for whatever this page did not write itself."""
    try:
        urgency, patient_id, need_id = text.split(".")
        return After(Urgency(int(urgency)), UUID(patient_id), UUID(need_id))
    except ValueError:
        return None
