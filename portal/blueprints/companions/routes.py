"""Who goes along, and how they get there."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, url_for
from sqlmodel import Session

from portal.access.guard import current_author, current_patient, requires
from portal.access.permissions import Permission
from portal.blueprints.companions import pages
from portal.blueprints.companions.forms import AnswerForm, CompanionForm, TransportForm
from portal.clock import now
from portal.db import transaction
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models.agenda import Appointment
from portal.scheduling import companions
from portal.scheduling.acts import locked
from portal.scheduling.companions import Act, BusyError, NotACompanionError
from portal.scheduling.rows import AppointmentRow
from portal.web.appointment_cards.reading import read_facts, visible_details, visible_row
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import redirect_to
from portal.web.visits import visit

bp = Blueprint(
    "companions", __name__, url_prefix="/p/<uuid:patient_id>/agenda/<uuid:appointment_id>"
)
_Doing = Callable[[Session, Appointment, AppointmentRow], str]


@bp.get("/companion")
@requires(Permission.AGENDA_ACT)
def choose(appointment_id: UUID) -> Response:
    return pages.choice_page(appointment_id)


@bp.post("/companion")
@requires(Permission.AGENDA_ACT)
def save_choice(appointment_id: UUID) -> Response:
    form: CompanionForm = CompanionForm.from_request()
    choice = form.choice()
    if not form.is_sent_and_valid() or choice is None:
        return pages.choice_page(appointment_id, form, status=422)
    act = _act(Permission.AGENDA_ACT)

    def choosing(session: Session, appointment: Appointment, row: AppointmentRow) -> str:
        return companions.choose(
            session,
            appointment,
            choice,
            seen=form.as_seen(),
            details=visible_details(row),
            anyway=form.anyway.data == "1",
            act=act,
        )

    try:
        return _back(appointment_id, _carry_out(appointment_id, choosing))
    except ChangedMeanwhileError:
        return pages.choice_page(appointment_id, form, status=409)
    except BusyError:
        return pages.choice_page(appointment_id, form, status=422, is_busy=True)
    except NotACompanionError:
        form.refuse("who", gettext("Choose somebody of the list"))
        return pages.choice_page(appointment_id, form, status=422)


@bp.post("/transport")
@requires(Permission.AGENDA_ACT)
def save_transport(appointment_id: UUID) -> Response:
    form: TransportForm = TransportForm.from_request()
    if not form.is_sent_and_valid():
        return pages.choice_page(appointment_id, transport=form, status=422)
    act = _act(Permission.AGENDA_ACT)

    def saying(session: Session, appointment: Appointment, _row: AppointmentRow) -> str:
        is_changed = companions.say_transport(
            session,
            appointment,
            form.transport.data or "",
            version=form.seen_version,
            seen=form.was.data or "",
            act=act,
        )
        return "transport_said" if is_changed else "companion_same"

    try:
        return _back(appointment_id, _carry_out(appointment_id, saying))
    except ChangedMeanwhileError:
        return pages.choice_page(appointment_id, transport=form, status=409)


@bp.get("/companion/answer")
@requires(Permission.AGENDA_SEE)
def write_answer(appointment_id: UUID) -> Response:
    """Whoever was replaced meanwhile reads on the appointment's page who goes along."""
    facts = read_facts(appointment_id)
    if not facts.row.companion_is_viewer:
        return redirect_to(url_for("agenda.show_appointment", appointment_id=appointment_id))
    return pages.question_page(facts)


@bp.post("/companion/answer")
@requires(Permission.AGENDA_SEE)
def save_answer(appointment_id: UUID) -> Response:
    """Only ever about the reader's own place: who only sees the agenda decides on that."""
    form: AnswerForm = AnswerForm.from_request()
    own = visible_row(appointment_id)
    if not own.companion_is_viewer or own.companion_id is None:
        raise NotFoundError
    companion_id = own.companion_id
    if not form.is_sent_and_valid():
        return pages.question_page(read_facts(appointment_id), form, status=422)
    act = _act(Permission.AGENDA_SEE)

    def answering(session: Session, appointment: Appointment, _row: AppointmentRow) -> str:
        return companions.answer(
            session,
            appointment,
            companion_id=companion_id,
            version=form.seen_version,
            is_yes=form.answer.data == "yes",
            anyway=form.anyway.data == "1",
            act=act,
        )

    try:
        return _back(appointment_id, _carry_out(appointment_id, answering))
    except ChangedMeanwhileError:
        return pages.question_page(read_facts(appointment_id), form, status=409)
    except BusyError:
        return pages.question_page(read_facts(appointment_id), form, status=422, is_busy=True)


def _carry_out(appointment_id: UUID, doing: _Doing) -> str:
    """All or nothing, on the row as it stands now. Raises `NotFoundError` for a hidden one."""
    with transaction() as session:
        row = visible_row(appointment_id)
        patient_id = current_patient().patient_id
        appointment = locked(session, patient_id=patient_id, appointment_id=appointment_id)
        if not _is_open(row):
            raise ChangedMeanwhileError
        return doing(session, appointment, row)


def _is_open(row: AppointmentRow) -> bool:
    """Neither cancelled nor over."""
    return visit(row, patient=current_patient(), at=now()).state in ("booked", "unanswered")


def _act(permission: Permission) -> Act:
    return Act(by=current_author(permission), at=now(), keys=current_keys())


def _back(appointment_id: UUID, done: str) -> Response:
    return redirect_to(
        url_for(
            "agenda.show_appointment",
            appointment_id=appointment_id,
            done=done,
            _anchor="companion",
        )
    )
