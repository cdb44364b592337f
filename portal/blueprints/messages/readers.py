"""Which relatives read a conversation: the patient, or who represents them, decides."""

from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.hidden import hidden_from
from portal.access.hiding import CarerRow, carers_to_choose, hide
from portal.access.permissions import Permission
from portal.clock import now
from portal.db import current_session, transaction
from portal.messaging.acts import locked
from portal.messaging.conversations import read_conversation
from portal.messaging.sealing import open_text, subject_cell
from portal.messaging.visibility import Reader, reader_of
from portal.models.rights import GrantCategory
from portal.web.hiding_form import HidingForm
from portal.web.page import page, redirect_to

bp = Blueprint("message_readers", __name__, url_prefix="/p/<uuid:patient_id>/messages")


@bp.get("/<uuid:thread_id>/readers")
@requires(Permission.MESSAGES_HIDE)
def choose_readers(thread_id: UUID) -> Response:
    subject, kept = _subject(thread_id), _kept_from(thread_id)
    form = HidingForm.from_request(
        links=[str(one) for one in kept if one is not None], is_secret=None in kept
    )
    return _form_page(form, thread_id, subject, _carers(thread_id))


@bp.post("/<uuid:thread_id>/readers")
@requires(Permission.MESSAGES_HIDE)
def save_readers(thread_id: UUID) -> Response:
    form, patient = HidingForm.from_request(), current_patient()
    subject, carers = _subject(thread_id), _carers(thread_id)
    form.offer([one.link_id for one in carers])
    if not form.is_sent_and_valid():
        return _form_page(form, thread_id, subject, carers, status=422)
    offered: set[UUID | None] = {one.link_id for one in carers}
    with transaction() as session:
        # A representative from whom it was kept meanwhile does not show it to anybody.
        locked(
            session,
            patient_id=patient.patient_id,
            thread_id=thread_id,
            reader=_reader(),
            at=now(),
        )
        hide(
            session,
            patient_id=patient.patient_id,
            item_id=thread_id,
            category=GrantCategory.MESSAGES,
            of_links=form.chosen(),
            offered=offered | ({None} if patient.is_own else set()),
            by=current_viewer().id,
            at=now(),
        )
    return redirect_to(url_for("message_readers.choose_readers", thread_id=thread_id, saved=1))


def _reader() -> Reader:
    return reader_of(current_viewer(), current_patient())


def _subject(thread_id: UUID) -> str:
    """Raises `NotFoundError` for a conversation that this reader does not see."""
    found = read_conversation(
        current_session(),
        patient_id=current_patient().patient_id,
        thread_id=thread_id,
        reader=_reader(),
        at=now(),
        limit=1,
    )
    keys = current_app.extensions["keys"]
    return open_text(keys, found.thread.subject_sealed, subject_cell(thread_id))


def _kept_from(thread_id: UUID) -> set[UUID | None]:
    kept = hidden_from(
        current_session(), patient_id=current_patient().patient_id, item_id=thread_id, at=now()
    )
    return {one.care_link_id for one in kept}


def _carers(thread_id: UUID) -> list[CarerRow]:
    return carers_to_choose(
        current_session(),
        patient_id=current_patient().patient_id,
        item_id=thread_id,
        category=GrantCategory.MESSAGES,
        at=now(),
    )


def _form_page(
    form: HidingForm,
    thread_id: UUID,
    subject: str,
    carers: list[CarerRow],
    *,
    status: int = 200,
) -> Response:
    patient = current_patient()
    return page(
        "messages/readers.html",
        status=status,
        form=form,
        patient=patient,
        thread_id=thread_id,
        subject=subject,
        carers=carers,
        # From parents and guardians too, which is why they are not offered it themselves.
        may_keep_secret=patient.is_own,
        is_saved="saved" in request.args,
    )
