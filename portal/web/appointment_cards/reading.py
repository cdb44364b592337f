"""One appointment as this reader may see it, for the pages that act on it."""

from uuid import UUID

from portal.access.guard import current_patient, current_viewer, may
from portal.access.permissions import Permission
from portal.clock import now
from portal.db import current_session
from portal.errors import NotFoundError
from portal.scheduling import appointments
from portal.scheduling.details import audiences_of, read_details
from portal.scheduling.keepers import keeps
from portal.scheduling.rows import AppointmentRow, Details
from portal.web.appointment_cards.facts import Facts
from portal.web.visits import visit


def visible_row(appointment_id: UUID) -> AppointmentRow:
    """Raises `NotFoundError` for one that this reader does not see."""
    row = appointments.appointment(
        current_session(),
        patient_id=current_patient().patient_id,
        viewer_id=current_viewer().id,
        appointment_id=appointment_id,
    )
    if row is None:
        raise NotFoundError("appointment")
    return row


def visible_details(row: AppointmentRow) -> Details:
    """Of a row that was found to be visible.

    The agenda alone does not open the list of relatives: without it the reader knows of
    themself and of whoever goes along.
    """
    patient, viewer = current_patient(), current_viewer()
    details = read_details(
        current_session(),
        patient_id=patient.patient_id,
        appointment_id=row.id,
        audiences=audiences_of(patient),
        at=now(),
    )
    if may(Permission.CARE_TEAM_SEE):
        return details
    known = [
        one
        for one in details.companions
        if one.user_id == viewer.id or one.related_person_id == row.companion_id
    ]
    return details._replace(companions=known)


def read_facts(appointment_id: UUID) -> Facts:
    """By two statements. Raises `NotFoundError`."""
    patient, viewer, at = current_patient(), current_viewer(), now()
    row = visible_row(appointment_id)
    return Facts(
        row=row,
        visit=visit(row, patient=patient, at=at),
        details=visible_details(row),
        patient=patient,
        viewer=viewer,
        at=at,
        may_act=may(Permission.AGENDA_ACT),
        may_book=may(Permission.AGENDA_BOOK) and keeps(row, viewer=viewer, standing=patient),
    )
