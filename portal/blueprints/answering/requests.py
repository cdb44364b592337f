"""What awaits the answer of whoever keeps an appointment, and that answer."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.access.trail import note_patients
from portal.access.viewer import Standing
from portal.blueprints.answering import pages
from portal.blueprints.answering.acting import carry_out
from portal.blueprints.answering.forms import PROPOSE, ReplyForm
from portal.blueprints.answering.pages import MISTAKE, Refusal, stale
from portal.clock import now
from portal.db import current_session
from portal.errors import ChangedMeanwhileError
from portal.models.agreement import RequestKind, RequestState
from portal.models.audit import Capacity
from portal.models.rights import GrantCategory
from portal.scheduling.conflicts import ClashError
from portal.scheduling.requests import replies
from portal.scheduling.requests.answers import AnswerRefusedError
from portal.scheduling.requests.awaiting import AwaitingRow, awaiting_requests
from portal.web import dates, request_words
from portal.web.appointment_cards import Facts
from portal.web.appointment_cards.reading import read_facts
from portal.web.form_values import uuid_of, version_of
from portal.web.page import page, redirect_to
from portal.web.visits import Visit, visit

bp = Blueprint("answering_requests", __name__)
REQUESTS_PER_PAGE = 20
_ONE = "/p/<uuid:patient_id>/agenda/<uuid:appointment_id>/requests/<uuid:change_request_id>/reply"
_DONE = {
    RequestState.MOVED: "reply-moved",
    RequestState.PROPOSED: "reply-proposed",
    RequestState.KEPT: "reply-kept",
    RequestState.CALLED: "reply-called",
}


@dataclass(frozen=True, slots=True)
class Awaiting:
    """One request on the list. Texts are ready."""

    row: AwaitingRow
    visit: Visit
    patient: str
    planned: str
    """When the appointment is for now."""
    asked: str
    wishes: list[str]
    moments: list[tuple[str, str]]
    """Those that are still to come, as the form sends them and in words."""

    @property
    def is_call(self) -> bool:
        return self.row.kind is RequestKind.CALL


@bp.get("/professional/requests")
@requires(Permission.WORKDAYS_SEE, writes=True)
def list_requests() -> Response:
    viewer, after = current_viewer(), uuid_of(request.args.get("after"))
    found = awaiting_requests(
        current_session(), viewer=viewer, at=now(), limit=REQUESTS_PER_PAGE + 1, after=after
    )
    shown = found[:REQUESTS_PER_PAGE]
    note_patients(viewer, _capacities(shown), category=GrantCategory.AGENDA)
    done = request.args.get("done", "")
    return page(
        "answering/requests.html",
        awaiting=[_awaiting(one) for one in shown],
        is_continued=after is not None,
        goes_on=shown[-1].request_id if len(found) > REQUESTS_PER_PAGE else None,
        done=done if done in _DONE.values() else "",
    )


@bp.get(_ONE)
@requires(Permission.AGENDA_BOOK)
def write_reply(appointment_id: UUID, change_request_id: UUID) -> Response:
    facts = pages.read_kept_facts(appointment_id)
    form = ReplyForm.from_request(answer=PROPOSE, **_planned(facts))
    return pages.reply_page(form, facts, change_request_id)


@bp.post(_ONE)
@requires(Permission.AGENDA_BOOK)
def send_reply(appointment_id: UUID, change_request_id: UUID) -> Response:
    facts = pages.read_kept_facts(appointment_id)
    form = _form(facts, change_request_id)
    if not form.is_sent_and_valid():
        return pages.reply_page(form, facts, change_request_id, MISTAKE)
    return _reply(appointment_id, change_request_id, form)


def _reply(appointment_id: UUID, change_request_id: UUID, form: ReplyForm) -> Response:
    answer, version = form.reply(), version_of(form.version.data)
    act = partial(
        replies.reply,
        request_id=change_request_id,
        version=version,
        answer=answer,
        is_anyway=form.is_anyway,
    )
    refusal = Refusal()
    try:
        carry_out(act, Permission.AGENDA_BOOK, appointment_id=appointment_id)
        return _back(appointment_id, _DONE[answer.state])
    except ChangedMeanwhileError:
        refusal = stale(version)
    except ClashError as clash:
        refusal = Refusal(status=422, clash=clash)
    except AnswerRefusedError as refused:
        refusal = Refusal(status=422, reason=refused.reason)
    facts = read_facts(appointment_id)
    return pages.reply_page(form, facts, change_request_id, refusal)


def _form(facts: Facts, change_request_id: UUID) -> ReplyForm:
    form: ReplyForm = ReplyForm.from_request()
    asked = pages.request_of(facts, change_request_id)
    form.time_zone, form.at, form.moments = facts.row.time_zone, now(), asked.moments
    return form


def _planned(facts: Facts) -> dict[str, str]:
    """The day and time that it has for now: most often only one of them changes."""
    if facts.row.starts_at is None:
        return {}
    start = dates.local(facts.row.starts_at, facts.row.time_zone)
    return {"day": start.date().isoformat(), "time": f"{start:%H:%M}"}


def _awaiting(row: AwaitingRow) -> Awaiting:
    at, one = now(), row.appointment
    standing = Standing(
        patient_id=row.patient_id,
        given_name=row.patient_given_name,
        family_name=row.patient_family_name,
        gender=row.patient_gender,
        time_zone=row.patient_time_zone,
    )
    today = dates.local(at, row.patient_time_zone).date()
    asker = f"{row.asker_given_name} {row.asker_family_name}".strip()
    asked_on = dates.day_label(dates.local(row.asked_at, row.patient_time_zone).date(), today=today)
    return Awaiting(
        row=row,
        visit=visit(one, patient=standing, at=at),
        patient=f"{row.patient_given_name} {row.patient_family_name}".strip(),
        planned=_planned_words(row, today=today),
        asked=request_words.asked(row.kind, name=asker, day=asked_on),
        wishes=request_words.wishes(row.parts_of_day, row.moments, today=today),
        moments=request_words.still_ahead(row.moments, time_zone=one.time_zone, at=at),
    )


def _planned_words(row: AwaitingRow, *, today: date) -> str:
    one = row.appointment
    if one.starts_at is None:
        return ""
    return request_words.span(
        one.starts_at,
        one.ends_at,
        is_window=one.is_window,
        time_zone=one.time_zone,
        today=today,
    )


def _capacities(rows: list[AwaitingRow]) -> dict[UUID, Capacity]:
    return {
        one.patient_id: Capacity.PROFESSIONAL if one.is_circle_member else Capacity.COORDINATOR
        for one in rows
    }


def _back(appointment_id: UUID, done: str) -> Response:
    if request.form.get("from") == "list":
        return redirect_to(url_for("answering_requests.list_requests", done=done))
    address = url_for("agenda.show_appointment", appointment_id=appointment_id, done=done)
    return redirect_to(f"{address}#your-answer")
