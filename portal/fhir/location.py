"""FHIR Location: kept as it came, and shown as the place of the appointments."""

from json import loads

from sqlalchemy import or_, update
from sqlmodel import col

from portal.fhir.elements import Json, text
from portal.fhir.identity import source_keys
from portal.fhir.incoming import Incoming
from portal.fhir.merge import Fields, fit
from portal.fhir.own import own_id
from portal.fhir.people import PROFESSIONAL_USES, address_of, phone_of
from portal.fhir.state import State
from portal.models.agenda import Appointment


def write(state: State, incoming: Incoming) -> None:
    if incoming.parent and own_id(incoming.parent.body):
        # The place within an appointment of ours is told by the appointment's own columns.
        incoming.key = source_keys(incoming)[0]
        return
    known = state.recognition.find(incoming)
    state.recognition.check_first(incoming, known)
    digest = state.digest(incoming)
    if state.is_unchanged(incoming, known, digest):
        return
    if known:
        _move_appointments(state, loads(known.content), incoming.body)
    state.keep(incoming, known, digest=digest, row_id=None)


def _move_appointments(state: State, old: Json, new: Json) -> None:
    """Appointments to come are where the place is now; past ones were where it was."""
    before, after = place_fields(state, old), place_fields(state, new)
    if before == after or not before["place"]:
        return
    is_to_come = or_(col(Appointment.starts_at).is_(None), col(Appointment.starts_at) > state.now)
    is_here = (col(getattr(Appointment, name)) == value for name, value in before.items())
    statement = update(Appointment).where(col(Appointment.source) == "fhir", is_to_come, *is_here)
    state.session.execute(statement.values(after))


def place_fields(state: State, body: Json) -> Fields:
    """Name, address and number, as an appointment shows them."""
    fields = {
        "place": text(body, "name") or text(body, "description"),
        "address": address_of(body, now=state.now, zone=state.zone),
        "phone": phone_of(body, uses=PROFESSIONAL_USES, now=state.now, zone=state.zone),
    }
    return fit(Appointment, fields)[0]
