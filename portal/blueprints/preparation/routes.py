"""What to prepare before a visit: boxes that the family ticks."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_author, current_patient, requires
from portal.access.permissions import Permission
from portal.clock import now
from portal.db import transaction
from portal.errors import ChangedMeanwhileError
from portal.scheduling import preparation
from portal.scheduling.acts import locked
from portal.web.appointment_cards.preparation import preparation_card
from portal.web.appointment_cards.reading import read_facts, visible_row
from portal.web.page import page, redirect_to, wants_fragment
from portal.web.visits import visit

bp = Blueprint(
    "preparation", __name__, url_prefix="/p/<uuid:patient_id>/agenda/<uuid:appointment_id>"
)


@bp.post("/preparation")
@requires(Permission.AGENDA_ACT)
def tick(appointment_id: UUID) -> Response:
    try:
        _tick(appointment_id)
    except ChangedMeanwhileError:
        return _list_page(appointment_id, status=409)
    if wants_fragment():
        return _list_page(appointment_id)
    address = url_for(
        "agenda.show_appointment", appointment_id=appointment_id, _anchor="preparation"
    )
    return redirect_to(address)


def _tick(appointment_id: UUID) -> None:
    by, at, patient = current_author(Permission.AGENDA_ACT), now(), current_patient()
    with transaction() as session:
        row = visible_row(appointment_id)
        appointment = locked(session, patient_id=patient.patient_id, appointment_id=appointment_id)
        if visit(row, patient=patient, at=at).state not in ("booked", "unanswered"):
            raise ChangedMeanwhileError
        preparation.tick(
            session,
            appointment,
            ticked=set(request.form.getlist("done")),
            seen=set(request.form.getlist("was")),
            by=by,
            at=at,
        )


def _list_page(appointment_id: UUID, *, status: int = 200) -> Response:
    """The list as it stands now; htmx gets the list alone."""
    facts = read_facts(appointment_id)
    return page(
        "preparation/list.html",
        fragment="preparation",
        status=status,
        visit=facts.visit,
        card=preparation_card(facts),
        meanwhile=status == 409,
    )
