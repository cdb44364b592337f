"""Appointments that the patient or a carer writes down, changes and deletes."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_author, current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.booking import pages
from portal.blueprints.booking.forms import OwnForm, typed_particulars
from portal.blueprints.booking.moments import typed_timing
from portal.blueprints.booking.routes import bp
from portal.blueprints.booking.telling import done_word, tell
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models.base import new_id
from portal.scheduling import booking, own_entries
from portal.scheduling.booking import OPEN_STATUSES, Done, NotPossibleNowError
from portal.scheduling.conflicts import ClashError
from portal.scheduling.own_entries import OWN_SOURCES, DeletedRow
from portal.scheduling.rows import AppointmentRow
from portal.scheduling.wanted import Order, beside_version
from portal.web import dates
from portal.web.appointment_cards.reading import visible_row
from portal.web.form_values import uuid_of, version_of
from portal.web.page import page, redirect_to

entries = Blueprint("own_entries", __name__, url_prefix="/p/<uuid:patient_id>/agenda")
_Act = Callable[..., Done]


@bp.get("/new")
@requires(Permission.AGENDA_ACT)
def write_own() -> Response:
    form: OwnForm = OwnForm.from_request(appointment_id=str(new_id()), kind="other")
    pages.prepare(form)
    return pages.own_page(form)


@bp.post("/new")
@requires(Permission.AGENDA_ACT)
def add_own() -> Response:
    form: OwnForm = OwnForm.from_request()
    pages.prepare(form)
    if not form.is_sent_and_valid():
        return pages.own_page(form, refusal=pages.MISTAKE)
    order = Order(
        appointment_id=uuid_of(form.appointment_id.data) or new_id(),
        timing=form.wanted_timing(),
        particulars=form.wanted_particulars(),
    )
    act = partial(booking.book, order=order, source="own", is_anyway=form.anyway.data == "1")
    try:
        return _shown("own_added", *_carry_out(act, is_told=False))
    except ClashError as clash:
        return pages.own_page(form, refusal=pages.clashing(clash))


@entries.get("/<uuid:appointment_id>/own")
@requires(Permission.AGENDA_ACT)
def write_change(appointment_id: UUID) -> Response:
    row = _own(appointment_id)
    if row.status not in OPEN_STATUSES:
        return _page_of(appointment_id)
    typed = {**typed_timing(row), **typed_particulars(row), "version": str(row.version)}
    form: OwnForm = OwnForm.from_request(**typed)
    pages.prepare(form)
    return pages.own_page(form, row)


@entries.post("/<uuid:appointment_id>/own")
@requires(Permission.AGENDA_ACT)
def change(appointment_id: UUID) -> Response:
    row = _own(appointment_id)
    form: OwnForm = OwnForm.from_request()
    starts = dates.local(row.starts_at, row.time_zone) if row.starts_at else None
    pages.prepare(form, usual_zone=row.time_zone, earliest=starts.date() if starts else None)
    if not form.is_sent_and_valid():
        return pages.own_page(form, row, pages.MISTAKE)
    version = version_of(form.version.data)
    act = partial(
        own_entries.rewrite,
        appointment_id=appointment_id,
        version=version,
        beside=form.beside.data or "",
        timing=form.wanted_timing(),
        particulars=form.wanted_particulars(),
        is_anyway=form.anyway.data == "1",
    )
    try:
        return _shown("own_changed", *_carry_out(act))
    except ClashError as clash:
        return pages.own_page(form, row, pages.clashing(clash))
    except ChangedMeanwhileError:
        row = _own(appointment_id)
        form.version.data, form.beside.data = str(row.version), beside_version(row)
        return pages.own_page(form, row, pages.stale(version))
    except NotPossibleNowError:
        return _page_of(appointment_id)


@entries.get("/<uuid:appointment_id>/delete")
@requires(Permission.AGENDA_ACT)
def ask_delete(appointment_id: UUID) -> Response:
    return pages.delete_page(_own(appointment_id))


@entries.post("/<uuid:appointment_id>/delete")
@requires(Permission.AGENDA_ACT)
def delete(appointment_id: UUID) -> Response:
    if _deleted(appointment_id) is not None:
        return _deleted_page(appointment_id)  # a second tap
    _own(appointment_id)
    version = _version()
    act = partial(own_entries.take_away, appointment_id=appointment_id, version=version)
    try:
        _done, told = _carry_out(act)
    except ChangedMeanwhileError:
        return pages.delete_page(_own(appointment_id), pages.stale(version))
    return _deleted_page(appointment_id, told)


@entries.get("/<uuid:appointment_id>/deleted")
@requires(Permission.AGENDA_ACT)
def show_deleted(appointment_id: UUID) -> Response:
    row = _deleted(appointment_id)
    if row is None:
        raise NotFoundError("deleted appointment")
    return page(
        "booking/deleted.html", patient=current_patient(), row=row, is_told="told" in request.args
    )


@entries.post("/<uuid:appointment_id>/put-back")
@requires(Permission.AGENDA_ACT)
def put_back(appointment_id: UUID) -> Response:
    if _deleted(appointment_id) is None:
        _own(appointment_id)  # a second tap, or 404
    act = partial(own_entries.put_back, appointment_id=appointment_id, version=_version())
    try:
        return _shown("own_put_back", *_carry_out(act))
    except ChangedMeanwhileError:
        return _deleted_page(appointment_id)


def _own(appointment_id: UUID) -> AppointmentRow:
    """Raises `NotFoundError` for what others keep: there is nothing here to change."""
    row = visible_row(appointment_id)
    if row.source not in OWN_SOURCES:
        raise NotFoundError("appointment of the family")
    return row


def _deleted(appointment_id: UUID) -> DeletedRow | None:
    return own_entries.deleted_entry(
        current_session(),
        patient_id=current_patient().patient_id,
        viewer_id=current_viewer().id,
        appointment_id=appointment_id,
    )


def _carry_out(act: _Act, *, is_told: bool = True) -> tuple[Done, int]:
    """What was done, and to how many it was told."""
    by, at = current_author(Permission.AGENDA_ACT), now()
    with transaction() as session:
        result = act(session, patient_id=current_patient().patient_id, by=by, at=at)
        told = 0
        if result.is_changed and is_told:
            told = tell(session, result.appointment, viewer=current_viewer(), at=at)
    return result, told


def _shown(done: str, result: Done, told: int) -> Response:
    done = done_word(done, told) if result.is_changed else "booking_same"
    return _page_of(result.appointment.id, done=done)


def _page_of(appointment_id: UUID, *, done: str | None = None) -> Response:
    anchor = "booking" if done else None
    where = url_for(
        "agenda.show_appointment", appointment_id=appointment_id, done=done, _anchor=anchor
    )
    return redirect_to(where)


def _deleted_page(appointment_id: UUID, told: int = 0) -> Response:
    is_told = 1 if told else None
    where = url_for("own_entries.show_deleted", appointment_id=appointment_id, told=is_told)
    return redirect_to(where)


def _version() -> int:
    """What the reader saw."""
    return version_of(request.form.get("version"))
