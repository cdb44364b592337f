"""The page where an appointment is hidden from relatives, or shown to them again."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.hidden import hidden_from
from portal.access.hiding import CarerRow, carers_to_choose, hide
from portal.access.permissions import Permission
from portal.blueprints.hiding import queries
from portal.clock import now
from portal.db import current_session, transaction
from portal.models.rights import GrantCategory
from portal.web.hiding_form import HidingForm
from portal.web.page import page, redirect_to

bp = Blueprint("hiding", __name__, url_prefix="/p/<uuid:patient_id>/agenda")


@bp.get("/<uuid:appointment_id>/hidden")
@requires(Permission.AGENDA_HIDE)
def choose_relatives(appointment_id: UUID) -> Response:
    links = _kept_from(appointment_id)
    form = HidingForm.from_request(
        links=[str(one) for one in links if one is not None], is_secret=None in links
    )
    return _form_page(form, appointment_id, _carers(appointment_id))


@bp.post("/<uuid:appointment_id>/hidden")
@requires(Permission.AGENDA_HIDE)
def hide_appointment(appointment_id: UUID) -> Response:
    form, carers, patient = HidingForm.from_request(), _carers(appointment_id), current_patient()
    form.offer([one.link_id for one in carers])
    _shown(appointment_id)
    if not form.is_sent_and_valid():
        return _form_page(form, appointment_id, carers, status=422)
    offered: set[UUID | None] = {one.link_id for one in carers}
    with transaction() as session:
        hide(
            session,
            patient_id=patient.patient_id,
            item_id=appointment_id,
            category=GrantCategory.AGENDA,
            of_links=form.chosen(),
            offered=offered | ({None} if _may_keep_secret(appointment_id) else set()),
            by=current_viewer().id,
            at=now(),
        )
    return redirect_to(url_for("hiding.choose_relatives", appointment_id=appointment_id, saved=1))


def _kept_from(appointment_id: UUID) -> set[UUID | None]:
    kept = hidden_from(
        current_session(),
        patient_id=current_patient().patient_id,
        item_id=appointment_id,
        at=now(),
    )
    return {one.care_link_id for one in kept}


def _may_keep_secret(appointment_id: UUID) -> bool:
    """A minor, from their parents; and whoever came of age meanwhile may tell it again."""
    patient = current_patient()
    return patient.is_own and (patient.is_minor or None in _kept_from(appointment_id))


def _carers(appointment_id: UUID) -> list[CarerRow]:
    return carers_to_choose(
        current_session(),
        patient_id=current_patient().patient_id,
        item_id=appointment_id,
        category=GrantCategory.AGENDA,
        at=now(),
    )


def _shown(appointment_id: UUID) -> queries.HiddenAppointment:
    """Raises `NotFoundError` for one that this reader does not see."""
    return queries.appointment_to_hide(
        current_session(),
        patient_id=current_patient().patient_id,
        viewer_id=current_viewer().id,
        appointment_id=appointment_id,
    )


def _form_page(
    form: HidingForm, appointment_id: UUID, carers: list[CarerRow], *, status: int = 200
) -> Response:
    return page(
        "hiding/hidden.html",
        status=status,
        form=form,
        patient=current_patient(),
        appointment=_shown(appointment_id),
        appointment_id=appointment_id,
        carers=carers,
        may_keep_secret=_may_keep_secret(appointment_id),
        is_saved="saved" in request.args,
    )
