"""Notes beside an appointment: written for some, deleted by who wrote them."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from portal.access.guard import current_author, current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.preparation.forms import NoteForm
from portal.clock import now
from portal.db import transaction
from portal.models.agreement import NoteAudience
from portal.models.base import new_id
from portal.scheduling import notes
from portal.scheduling.acts import locked
from portal.scheduling.details import audiences_of
from portal.scheduling.notes import TooManyNotesError
from portal.web.appointment_cards.notes import audience_words
from portal.web.appointment_cards.reading import visible_row
from portal.web.form_values import uuid_of
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to
from portal.web.visits import visit

bp = Blueprint(
    "notes", __name__, url_prefix="/p/<uuid:patient_id>/agenda/<uuid:appointment_id>/notes"
)


@bp.get("/new")
@requires(Permission.AGENDA_ACT)
def write_note(appointment_id: UUID) -> Response:
    return _form_page(appointment_id, _new_form())


@bp.post("/new")
@requires(Permission.AGENDA_ACT)
def add_note(appointment_id: UUID) -> Response:
    return _add(appointment_id, Permission.AGENDA_ACT)


@bp.get("/team")
@requires(Permission.AGENDA_BOOK)
def write_team_note(appointment_id: UUID) -> Response:
    """Every professional of the circle, whosever appointment it is."""
    return _form_page(appointment_id, _new_form())


@bp.post("/team")
@requires(Permission.AGENDA_BOOK)
def add_team_note(appointment_id: UUID) -> Response:
    return _add(appointment_id, Permission.AGENDA_BOOK)


@bp.post("/<uuid:note_id>/delete")
@requires(Permission.AGENDA_SEE)
def delete_note(appointment_id: UUID, note_id: UUID) -> Response:
    """One's own words, also for who may no longer write any."""
    with transaction() as session:
        visible_row(appointment_id)
        notes.delete_note(
            session,
            patient_id=current_patient().patient_id,
            appointment_id=appointment_id,
            note_id=note_id,
            author_id=current_viewer().id,
            at=now(),
        )
    return _back(appointment_id, "note_deleted", of=note_id)


@bp.post("/<uuid:note_id>/restore")
@requires(Permission.AGENDA_SEE)
def restore_note(appointment_id: UUID, note_id: UUID) -> Response:
    with transaction() as session:
        visible_row(appointment_id)
        notes.restore_note(
            session,
            patient_id=current_patient().patient_id,
            appointment_id=appointment_id,
            note_id=note_id,
            author_id=current_viewer().id,
            at=now(),
        )
    return _back(appointment_id, "note_restored")


def _new_form() -> NoteForm:
    form: NoteForm = NoteForm.from_request(note_id=str(new_id()))
    return form


def _add(appointment_id: UUID, permission: Permission) -> Response:
    form: NoteForm = NoteForm.from_request()
    form.offered = audiences_of(current_patient())
    note_id = uuid_of(form.note_id.data) or new_id()
    if not form.is_sent_and_valid():
        return _form_page(appointment_id, form, status=422)
    by, at, patient_id = current_author(permission), now(), current_patient().patient_id
    try:
        with transaction() as session:
            visible_row(appointment_id)
            notes.add_note(
                session,
                locked(session, patient_id=patient_id, appointment_id=appointment_id),
                note_id=note_id,
                text=form.text.data or "",
                audience=NoteAudience(form.audience.data),
                by=by,
                at=at,
                keys=current_keys(),
            )
    except TooManyNotesError:
        form.refuse("text", gettext("There are too many notes: delete those that are over first"))
        return _form_page(appointment_id, form, status=422)
    return _back(appointment_id, "note_added")


def _form_page(appointment_id: UUID, form: NoteForm, *, status: int = 200) -> Response:
    patient, row = current_patient(), visible_row(appointment_id)
    return page(
        "preparation/note.html",
        status=status,
        patient=patient,
        visit=visit(row, patient=patient, at=now()),
        form=form,
        audiences=[(one.value, audience_words(one, patient)) for one in audiences_of(patient)],
    )


def _back(appointment_id: UUID, done: str, *, of: UUID | None = None) -> Response:
    return redirect_to(
        url_for(
            "agenda.show_appointment",
            appointment_id=appointment_id,
            done=done,
            of=of,
            _anchor="notes",
        )
    )
