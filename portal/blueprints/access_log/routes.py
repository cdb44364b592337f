"""Who read the file: the page, the table, and asking about a line."""

from uuid import UUID

from flask import Blueprint, Response, make_response, request, url_for

from portal.access.guard import current_patient, current_viewer, may, requires
from portal.access.permissions import Permission
from portal.blueprints.access_log import export, filters, queries, question_queries, service, words
from portal.blueprints.access_log.days import days_of, whole_days
from portal.blueprints.access_log.forms import QuestionForm
from portal.blueprints.access_log.queries import LineRow, Reader
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import NotFoundError, TooManyRequestsError
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to

bp = Blueprint("access_log", __name__, url_prefix="/p/<uuid:patient_id>/access-log")
LINES_PER_PAGE = 200


@bp.get("")
@requires(Permission.ACCESS_LOG_SEE)
def show_log() -> Response:
    session, patient, asked = current_session(), current_patient(), filters.asked()
    zone = dates.zone(patient.time_zone)
    found = queries.lines(
        session,
        reader=_reader(),
        filters=asked.filters,
        limit=LINES_PER_PAGE + 1,
        before=asked.before,
    )
    rows = whole_days(found, limit=LINES_PER_PAGE, zone=zone)
    return page(
        "access_log/log.html",
        patient=patient,
        viewer=current_viewer(),
        sees_consents=may(Permission.CONSENTS_SEE),
        today=dates.local(now(), patient.time_zone).date(),
        asked=asked,
        days=days_of(rows, zone=zone),
        actors=filters.actor_choices(queries.actors(session, reader=_reader())),
        periods=filters.period_choices(),
        older=_address(rows[-1].sequence) if len(found) > len(rows) else "",
        words=words,
        address=_address,
    )


@bp.get("/export")
@requires(Permission.ACCESS_LOG_SEE, step_up=True)
def export_log() -> Response:
    rows = queries.lines(
        current_session(),
        reader=_reader(),
        filters=filters.asked().filters,
        limit=export.MOST_LINES,
    )
    response = make_response(export.table(rows, patient=current_patient()))
    response.content_type = "text/csv; charset=utf-8"
    # The name says nothing of the patient: files are left behind on shared computers.
    response.headers.set("Content-Disposition", "attachment", filename=gettext("readings.csv"))
    return response


@bp.get("/question")
@requires(Permission.ACCESS_LOG_SEE)
def write_question() -> Response:
    line = _line_of_address()
    if line.question_id is not None:
        return redirect_to(url_for("access_log.show_question", question_id=line.question_id))
    return _question_page(QuestionForm.from_request(), line)


@bp.post("/question")
@requires(Permission.ACCESS_LOG_SEE)
def ask_question() -> Response:
    form, line = QuestionForm.from_request(), _line_of_address()
    if not form.is_sent_and_valid():
        return _question_page(form, line, status=422)
    try:
        with transaction() as session:
            question_id = service.ask(
                session,
                keys=current_keys(),
                reader=_reader(),
                sequence=line.sequence,
                message=form.message.data,
                at=now(),
            )
    except TooManyRequestsError:
        form.refuse("message", gettext("You asked a lot today. Ask again tomorrow"))
        return _question_page(form, line, status=422)
    return redirect_to(url_for("access_log.show_question", question_id=question_id, done="asked"))


@bp.get("/questions/<uuid:question_id>")
@requires(Permission.ACCESS_LOG_SEE)
def show_question(question_id: UUID) -> Response:
    session, keys = current_session(), current_keys()
    question = question_queries.question_of_reader(
        session, reader=_reader(), question_id=question_id
    )
    line = queries.line(session, reader=_reader(), sequence=question.sequence)
    if line is None:
        raise NotFoundError("line")
    return page(
        "access_log/question.html",
        patient=current_patient(),
        line=line,
        asked_at=question.created_at,
        answered_at=question.answered_at,
        message=service.message_of(question, keys=keys),
        answer=service.answer_of(question, keys=keys),
        words=words,
        is_done="done" in request.args,
    )


def _question_page(form: QuestionForm, line: LineRow, *, status: int = 200) -> Response:
    return page(
        "access_log/ask.html",
        status=status,
        form=form,
        patient=current_patient(),
        line=line,
        words=words,
        has_contact=question_queries.has_contact(current_session()),
    )


def _line_of_address() -> LineRow:
    sequence = service.line_of_address(
        current_keys(),
        patient_id=current_patient().patient_id,
        address=request.args.get("line", ""),
    )
    found = sequence and queries.line(current_session(), reader=_reader(), sequence=sequence)
    if not found:
        raise NotFoundError("line")
    return found


def _reader() -> Reader:
    return Reader(current_patient().patient_id, current_viewer().id)


def _address(sequence: int) -> str:
    patient_id = current_patient().patient_id
    return service.address_of_line(current_keys(), patient_id=patient_id, sequence=sequence)
