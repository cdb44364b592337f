"""Booking, moving and cancelling, for a patient."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_author, current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.booking import pages
from portal.blueprints.booking.choices import Partner, usual_zone
from portal.blueprints.booking.forms import (
    PROPOSED,
    BookingForm,
    CancelForm,
    MoveForm,
    ParticularsForm,
    typed_particulars,
)
from portal.blueprints.booking.moments import typed_timing
from portal.blueprints.booking.repeating import series_of
from portal.blueprints.booking.telling import done_word, tell
from portal.clock import now
from portal.db import transaction
from portal.errors import ChangedMeanwhileError
from portal.models.agenda import AppointmentStatus
from portal.models.base import new_id
from portal.scheduling import booking
from portal.scheduling.booking import OPEN_STATUSES, Done, NotPossibleNowError
from portal.scheduling.booking_series import book_series
from portal.scheduling.conflicts import ClashError
from portal.scheduling.series.recurrence import Recurrence, RecurrenceError
from portal.scheduling.wanted import Order, beside_version
from portal.scheduling.workshops.places import WorkshopFullError
from portal.web.form_values import uuid_of, version_of
from portal.web.i18n import gettext
from portal.web.page import redirect_to
from portal.web.recurrence_fields import recurrence_of

bp = Blueprint("booking", __name__, url_prefix="/p/<uuid:patient_id>/agenda")
_OUTCOMES = {"took_place": AppointmentStatus.FULFILLED, "missed": AppointmentStatus.NOSHOW}
_Act = Callable[..., Done]


@bp.get("/book")
@requires(Permission.AGENDA_BOOK)
def write_booking() -> Response:
    found = pages.partners()
    form: BookingForm = BookingForm.from_request(appointment_id=str(new_id()), who=_first(found))
    pages.prepare(form, usual_zone=usual_zone(found, standing=current_patient()))
    return pages.booking_page(form, found)


@bp.post("/book")
@requires(Permission.AGENDA_BOOK)
def book() -> Response:
    form: BookingForm = BookingForm.from_request()
    found = pages.partners()
    pages.prepare(form, usual_zone=usual_zone(found, standing=current_patient()))
    is_valid = form.is_sent_and_valid()
    partner = _partner(form, found)
    if form.who.data and partner is None:
        form.refuse("who", gettext("Choose somebody of the list"))
        is_valid = False
    if not is_valid:
        return pages.booking_page(form, found, pages.MISTAKE)
    order = _order(form, partner)
    try:
        rule = recurrence_of(form)
        if rule is not None:
            return _start_series(form, order, rule)
        act = partial(booking.book, order=order, is_anyway=form.anyway.data == "1")
        return _carry_out("booked", act)
    except ClashError as clash:
        return pages.booking_page(form, found, pages.clashing(clash))
    except RecurrenceError:
        form.refuse("repeats", gettext("No day follows from this: choose other days"))
    return pages.booking_page(form, found, pages.MISTAKE)


@bp.get("/<uuid:appointment_id>/move")
@requires(Permission.AGENDA_BOOK)
def write_move(appointment_id: UUID) -> Response:
    row = pages.kept(appointment_id)
    if row.status not in OPEN_STATUSES or row.workshop_id is not None:
        return _back(appointment_id)
    form: MoveForm = MoveForm.from_request(**typed_timing(row), version=str(row.version))
    pages.prepare(form)
    return pages.move_page(form, row)


@bp.post("/<uuid:appointment_id>/move")
@requires(Permission.AGENDA_BOOK)
def move(appointment_id: UUID) -> Response:
    row = pages.kept(appointment_id)
    form: MoveForm = MoveForm.from_request()
    pages.prepare(form, usual_zone=row.time_zone)
    if not form.is_sent_and_valid():
        return pages.move_page(form, row, pages.MISTAKE)
    version = version_of(form.version.data)
    act = partial(
        booking.move,
        appointment_id=appointment_id,
        version=version,
        timing=form.wanted_timing(),
        reason=form.reason.data or "",
        is_anyway=form.anyway.data == "1",
    )
    try:
        return _carry_out("moved", act)
    except ClashError as clash:
        return pages.move_page(form, row, pages.clashing(clash))
    except ChangedMeanwhileError:
        row = pages.kept(appointment_id)
        form.version.data = str(row.version)
        return pages.move_page(form, row, pages.stale(version))
    except NotPossibleNowError:
        return _back(appointment_id)


@bp.get("/<uuid:appointment_id>/correct")
@requires(Permission.AGENDA_BOOK)
def write_correction(appointment_id: UUID) -> Response:
    row = pages.kept(appointment_id)
    if row.status not in OPEN_STATUSES:
        return _back(appointment_id)
    form = ParticularsForm.from_request(**typed_particulars(row), version=str(row.version))
    return pages.correction_page(form, row)


@bp.post("/<uuid:appointment_id>/correct")
@requires(Permission.AGENDA_BOOK)
def correct(appointment_id: UUID) -> Response:
    row = pages.kept(appointment_id)
    form: ParticularsForm = ParticularsForm.from_request()
    if not form.is_sent_and_valid():
        return pages.correction_page(form, row, pages.MISTAKE)
    version = version_of(form.version.data)
    act = partial(
        booking.correct,
        appointment_id=appointment_id,
        version=version,
        beside=form.beside.data or "",
        particulars=form.wanted_particulars(),
    )
    try:
        return _carry_out("corrected", act)
    except ChangedMeanwhileError:
        row = pages.kept(appointment_id)
        form.version.data, form.beside.data = str(row.version), beside_version(row)
        return pages.correction_page(form, row, pages.stale(version))
    except NotPossibleNowError:
        return _back(appointment_id)


@bp.get("/<uuid:appointment_id>/cancel")
@requires(Permission.AGENDA_BOOK)
def ask_cancel(appointment_id: UUID) -> Response:
    row = pages.kept(appointment_id)
    if row.status not in OPEN_STATUSES:
        return _back(appointment_id)
    return pages.cancel_page(CancelForm.from_request(version=str(row.version)), row)


@bp.post("/<uuid:appointment_id>/cancel")
@requires(Permission.AGENDA_BOOK)
def cancel(appointment_id: UUID) -> Response:
    row = pages.kept(appointment_id)
    form: CancelForm = CancelForm.from_request()
    if not form.is_sent_and_valid():
        return pages.cancel_page(form, row, pages.MISTAKE)
    version = version_of(form.version.data)
    act = partial(
        booking.cancel,
        appointment_id=appointment_id,
        version=version,
        reason=form.reason.data or "",
    )
    try:
        return _carry_out("cancelled", act)
    except ChangedMeanwhileError:
        row = pages.kept(appointment_id)
        form.version.data = str(row.version)
        return pages.cancel_page(form, row, pages.stale(version))
    except NotPossibleNowError:
        return _back(appointment_id)


@bp.post("/<uuid:appointment_id>/restore")
@requires(Permission.AGENDA_BOOK)
def restore(appointment_id: UUID) -> Response:
    pages.kept(appointment_id)
    act = partial(booking.restore, appointment_id=appointment_id, version=_version())
    try:
        return _carry_out("restored", act)
    except WorkshopFullError:
        return _back(appointment_id, done="booking_full")
    except (ChangedMeanwhileError, NotPossibleNowError):
        return _back(appointment_id, done="booking_meanwhile")


@bp.post("/<uuid:appointment_id>/outcome")
@requires(Permission.AGENDA_BOOK)
def note_outcome(appointment_id: UUID) -> Response:
    """Nobody is told: it is over."""
    pages.kept(appointment_id)
    outcome = _OUTCOMES.get(request.form.get("outcome", ""))
    if outcome is None:
        return _back(appointment_id)
    act = partial(
        booking.note_outcome, appointment_id=appointment_id, version=_version(), outcome=outcome
    )
    try:
        return _carry_out("outcome", act, is_told=False)
    except (ChangedMeanwhileError, NotPossibleNowError):
        return _back(appointment_id, done="booking_meanwhile")


def _carry_out(done: str, act: _Act, *, is_told: bool = True) -> Response:
    by, at = current_author(Permission.AGENDA_BOOK), now()
    with transaction() as session:
        result = act(session, patient_id=current_patient().patient_id, by=by, at=at)
        appointment_id = result.appointment.id
        told = 0
        if result.is_changed and is_told:
            told = tell(session, result.appointment, viewer=current_viewer(), at=at)
    done = done_word(done, told) if result.is_changed else "booking_same"
    return _back(appointment_id, done=done)


def _start_series(form: BookingForm, order: Order, rule: Recurrence) -> Response:
    by, at, patient_id = current_author(Permission.AGENDA_BOOK), now(), current_patient().patient_id
    series = series_of(form, order, rule, patient_id=patient_id, by=by, at=at)
    with transaction() as session:
        started = book_series(
            session,
            series,
            first=order.timing,
            by=by,
            at=at,
            is_anyway=form.anyway.data == "1",
        )
        first_id, told = started.first.id, 0
        if started.is_new:
            told = tell(session, started.first, viewer=current_viewer(), at=at)
    done = done_word("series_booked", told) if started.is_new else "booking_same"
    return _back(first_id, done=done)


def _order(form: BookingForm, partner: Partner | None) -> Order:
    is_proposal = form.state.data == PROPOSED
    return Order(
        appointment_id=uuid_of(form.appointment_id.data) or new_id(),
        timing=form.wanted_timing(),
        particulars=form.wanted_particulars(),
        status=AppointmentStatus.PROPOSED if is_proposal else AppointmentStatus.BOOKED,
        respond_before=form.wanted_answer_day(),
        practitioner_id=partner.practitioner_id if partner else None,
        organization_id=partner.organization_id if partner else None,
    )


def _partner(form: BookingForm, found: list[Partner]) -> Partner | None:
    """Whoever was chosen; a professional books for nobody but themself, whatever was sent."""
    chosen = next((one for one in found if str(one.id) == form.who.data), None)
    if chosen is None and not form.who.data and not current_patient().is_coordinator:
        return found[0] if found else None
    return chosen


def _first(found: list[Partner]) -> str:
    """A professional books for themself; a coordinator chooses."""
    is_alone = len(found) == 1 and not current_patient().is_coordinator
    return str(found[0].id) if is_alone else ""


def _version() -> int:
    """What the reader saw."""
    return version_of(request.form.get("version"))


def _back(appointment_id: UUID, *, done: str | None = None) -> Response:
    """To the card of the appointment's page that says what was done."""
    anchor = "booking" if done else None
    where = url_for(
        "agenda.show_appointment", appointment_id=appointment_id, done=done, _anchor=anchor
    )
    return redirect_to(where)
