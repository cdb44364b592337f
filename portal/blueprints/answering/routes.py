"""What the patient answers, or a carer for them."""

from functools import partial
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import requires
from portal.access.permissions import Permission
from portal.blueprints.answering import pages
from portal.blueprints.answering.acting import Act, carry_out
from portal.blueprints.answering.forms import CALL, NO, OTHER, YES, AnswerForm
from portal.blueprints.answering.pages import MISTAKE, Refusal, stale
from portal.clock import now
from portal.errors import ChangedMeanwhileError
from portal.scheduling.conflicts import ClashError
from portal.scheduling.requests import answers
from portal.scheduling.requests import asking as requests
from portal.scheduling.requests.answers import AnswerRefusedError
from portal.scheduling.requests.asking import AskedAlreadyError
from portal.scheduling.workshops.places import WorkshopFullError
from portal.web.appointment_cards import Facts
from portal.web.appointment_cards.reading import read_facts, visible_row
from portal.web.form_values import version_of
from portal.web.page import redirect_to

bp = Blueprint(
    "answering", __name__, url_prefix="/p/<uuid:patient_id>/agenda/<uuid:appointment_id>"
)
_DONE = {YES: "accepted", NO: "declined", OTHER: "asked", CALL: "call-asked"}


@bp.get("/answer")
@requires(Permission.AGENDA_ACT)
def write_answer(appointment_id: UUID) -> Response:
    facts = read_facts(appointment_id)
    choices = pages.choices_of(facts)
    if not choices:
        return _back(appointment_id)
    asked = request.args.get("answer", "")
    known = [value for value, _words in choices]
    form = AnswerForm.from_request(answer=asked if asked in known else None)
    return pages.answer_page(form, facts)


@bp.post("/answer")
@requires(Permission.AGENDA_ACT)
def send_answer(appointment_id: UUID) -> Response:
    facts = read_facts(appointment_id)
    form = _form(facts)
    if not form.is_sent_and_valid():
        return pages.answer_page(form, facts, MISTAKE)
    return _answer(appointment_id, _act(form), _DONE[form.answer.data], form)


@bp.post("/undo-answer")
@requires(Permission.AGENDA_ACT)
def undo_answer(appointment_id: UUID) -> Response:
    return _answer(appointment_id, partial(answers.undo_decline, version=_version()), "undone")


@bp.post("/waiting-list")
@requires(Permission.AGENDA_ACT)
def join_waiting_list(appointment_id: UUID) -> Response:
    act = partial(answers.join_waiting_list, version=_version())
    return _answer(appointment_id, act, "waiting")


@bp.post("/waiting-list/leave")
@requires(Permission.AGENDA_ACT)
def leave_waiting_list(appointment_id: UUID) -> Response:
    act = partial(answers.leave_waiting_list, version=_version())
    return _answer(appointment_id, act, "left")


@bp.post("/requests/<uuid:change_request_id>/withdraw")
@requires(Permission.AGENDA_ACT)
def withdraw_request(appointment_id: UUID, change_request_id: UUID) -> Response:
    act = partial(requests.withdraw, request_id=change_request_id)
    return _answer(appointment_id, act, "withdrawn")


@bp.post("/requests/<uuid:change_request_id>/accept")
@requires(Permission.AGENDA_ACT)
def accept_other_time(appointment_id: UUID, change_request_id: UUID) -> Response:
    version = _version()
    act = partial(
        requests.accept_other,
        request_id=change_request_id,
        version=version,
        # Of a warning that was read: a page that is older has none.
        is_anyway=version_of(request.form.get("anyway")) == version and "anyway" in request.form,
    )
    return _answer(appointment_id, act, "moved")


@bp.post("/requests/<uuid:change_request_id>/refuse")
@requires(Permission.AGENDA_ACT)
def refuse_other_time(appointment_id: UUID, change_request_id: UUID) -> Response:
    act = partial(requests.refuse_other, request_id=change_request_id)
    return _answer(appointment_id, act, "refused")


def _answer(appointment_id: UUID, act: Act, done: str, form: AnswerForm | None = None) -> Response:
    """Carry it out; refused, the page of the answer says why, with what was typed."""
    # Whoever does not see the appointment learns nothing from the answer.
    visible_row(appointment_id)
    try:
        carry_out(act, Permission.AGENDA_ACT, appointment_id=appointment_id)
    except ChangedMeanwhileError:
        return _refused(appointment_id, form, stale(_version()))
    except AskedAlreadyError:
        return _refused(appointment_id, form, Refusal(status=409, reason="asked"))
    except WorkshopFullError:
        return _refused(appointment_id, form, Refusal(status=409, reason="full"))
    except ClashError as clash:
        return _refused(appointment_id, form, Refusal(status=422, clash=clash))
    except AnswerRefusedError as refused:
        return _refused(appointment_id, form, Refusal(status=422, reason=refused.reason))
    return _back(appointment_id, done)


def _refused(appointment_id: UUID, form: AnswerForm | None, refusal: Refusal) -> Response:
    facts = read_facts(appointment_id)
    return pages.answer_page(form or _form(facts), facts, refusal)


def _act(form: AnswerForm) -> Act:
    version = version_of(form.version.data)
    if form.answer.data == YES:
        return partial(answers.accept, version=version, is_anyway=form.is_anyway)
    if form.answer.data == NO:
        return partial(answers.decline, version=version, reason=form.text.data or "")
    return partial(requests.ask, version=version, wish=form.wish())


def _form(facts: Facts) -> AnswerForm:
    form: AnswerForm = AnswerForm.from_request()
    form.time_zone, form.at = facts.row.time_zone, now()
    return form


def _back(appointment_id: UUID, done: str | None = None) -> Response:
    address = url_for("agenda.show_appointment", appointment_id=appointment_id, done=done)
    return redirect_to(address + "#your-answer" if done else address)


def _version() -> int:
    """What the reader saw."""
    return version_of(request.form.get("version"))
