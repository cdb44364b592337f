"""The page of the answer and that of the reply, as they are and after a refusal."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, request

from portal.access.guard import (
    current_patient,
)
from portal.blueprints.answering.forms import (
    CALL,
    CALLED,
    KEEP,
    MOVE,
    NO,
    OTHER,
    PROPOSE,
    YES,
    AnswerForm,
    ReplyForm,
)
from portal.clock import now
from portal.errors import NotFoundError, NotGrantedError
from portal.models.agenda import AppointmentStatus
from portal.models.agreement import RequestState
from portal.scheduling.conflicts import ClashError
from portal.scheduling.requests.answers import is_late
from portal.scheduling.rows import AppointmentRow, RequestRow
from portal.web import dates, request_words
from portal.web.agreement_words import Line, lines
from portal.web.appointment_cards import Facts
from portal.web.appointment_cards.answer import (
    Act,
    answer_card,
    can_ask,
    places_left,
    receiver_of,
)
from portal.web.appointment_cards.reading import read_facts
from portal.web.i18n import gettext
from portal.web.page import page
from portal.web.visits import Visit, visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a page comes back."""

    status: int = 200
    since: int | None = None
    """The version that the reader saw, when others acted meanwhile."""
    reason: str = ""
    """Of an answer that is not possible, or `full`, or `asked` by somebody before."""
    clash: ClashError | None = None


NONE = Refusal()
MISTAKE = Refusal(status=422)


def stale(since: int) -> Refusal:
    return Refusal(status=409, since=since)


def read_kept_facts(appointment_id: UUID) -> Facts:
    """Raises `NotGrantedError` too, when somebody else keeps it."""
    facts = read_facts(appointment_id)
    if not facts.may_book:
        raise NotGrantedError
    return facts


def choices_of(facts: Facts) -> list[tuple[str, str]]:
    """The answers that can be given to it as it stands, in the order of the page."""
    is_asked = facts.details.request is not None and (
        facts.details.request.state is RequestState.OPEN
    )
    may_decide = _may_decide(facts)
    offered = []
    if may_decide and facts.row.starts_at is not None:
        offered.append(YES)
    if can_ask(facts) and not is_asked and _is_ahead(facts):
        offered += [OTHER, CALL] if facts.row.workshop_id is None else [CALL]
    if may_decide or _holds_place(facts):
        offered.append(NO)
    words = _words(facts)
    return [(one, words[one]) for one in offered]


def answer_page(form: AnswerForm, facts: Facts, refusal: Refusal = NONE) -> Response:
    if refusal.since is not None or not form.version.data:
        form.version.data = str(facts.row.version)
    form.anyway.data = form.version.data if refusal.clash is not None else ""
    choices = choices_of(facts)
    card = answer_card(facts)
    # A yes to the other time is given on its card, not among the choices.
    is_of_card = refusal.clash is not None and form.answer.data != YES
    return page(
        "answering/answer.html",
        status=refusal.status,
        visit=facts.visit,
        form=form,
        choices=choices,
        asks_moments=any(value == OTHER for value, _words in choices),
        parts_offered=request_words.parts_of_day(),
        card=card if refusal.status == 409 or is_of_card or not choices else None,
        clash_of_card=is_of_card,
        full=_full(card) if refusal.reason == "full" else None,
        refused=_refused(refusal.reason),
        **_common(facts, refusal),
    )


def reply_page(
    form: ReplyForm, facts: Facts, change_request_id: UUID, refusal: Refusal = NONE
) -> Response:
    """Raises `NotFoundError` for a request of others, or an older one."""
    asked = request_of(facts, change_request_id)
    if refusal.since is not None or not form.version.data:
        form.version.data = str(facts.row.version)
    if refusal.clash is not None and form.starts_at is not None:
        form.anyway.data = form.starts_at.isoformat()
    else:
        form.anyway.data = ""
    return page(
        "answering/reply.html",
        status=refusal.status,
        visit=facts.visit,
        form=form,
        choices=_replies(facts, asked),
        card=answer_card(facts),
        is_open=asked.state is RequestState.OPEN,
        from_list=request.values.get("from") == "list",
        refused=_refused(refusal.reason),
        **_common(facts, refusal),
    )


def request_of(facts: Facts, change_request_id: UUID) -> RequestRow:
    """Raises `NotFoundError` when another one was asked since, too."""
    asked = facts.details.request
    if asked is None or asked.id != change_request_id:
        raise NotFoundError("change request")
    return asked


def _common(facts: Facts, refusal: Refusal) -> dict[str, Any]:
    is_stale = refusal.since is not None
    return {
        "patient": facts.patient,
        "today": dates.local(facts.at, facts.patient.time_zone).date(),
        "receiver": receiver_of(facts),
        "clashes": [_visit(one) for one in refusal.clash.rows] if refusal.clash else [],
        "meanwhile": _meanwhile(facts, refusal.since or 0) if is_stale else None,
    }


def _meanwhile(facts: Facts, since: int) -> list[Line]:
    """What others did since the version that the reader saw, the oldest first."""
    newer = [one for one in facts.details.changes if one.version > since]
    return lines(
        newer[::-1],
        row=facts.row,
        patient=facts.patient,
        viewer=facts.viewer,
        companions=facts.details.companions,
    )


def _may_decide(facts: Facts) -> bool:
    row = facts.row
    is_unanswered = facts.visit.state == "unanswered"
    is_full = row.workshop_id is not None and places_left(facts) == 0
    is_late_now = is_late(row.respond_before, time_zone=row.time_zone, at=facts.at)
    return is_unanswered and not is_late_now and not is_full


def _holds_place(facts: Facts) -> bool:
    row = facts.row
    return row.workshop_id is not None and facts.visit.state == "booked"


def _is_ahead(facts: Facts) -> bool:
    is_answerable = facts.row.status is not AppointmentStatus.WAITLIST
    return is_answerable and facts.visit.state in ("booked", "unanswered")


def _words(facts: Facts) -> dict[str, str]:
    name = facts.patient.given_name
    if facts.patient.is_own:
        yes, no = gettext("Yes, I will be there"), gettext("No, I will not be there")
    else:
        yes = gettext("Yes, %(name)s will be there", name=name)
        no = gettext("No, %(name)s will not be there", name=name)
    return {
        YES: yes,
        OTHER: gettext("Another date is needed"),
        CALL: gettext("I would rather be called"),
        NO: no,
    }


def _replies(facts: Facts, asked: RequestRow) -> list[tuple[str, str]]:
    moments = request_words.still_ahead(asked.moments, time_zone=facts.row.time_zone, at=facts.at)
    moved = [(MOVE + text, gettext("Move it to %(when)s", when=words)) for text, words in moments]
    propose = [] if facts.row.workshop_id else [(PROPOSE, gettext("Propose another time"))]
    return [
        *moved,
        *propose,
        (KEEP, gettext("Keep it as planned")),
        (CALLED, gettext("I called")),
    ]


def _full(card: object) -> bool:
    """Whether the waiting list can be joined from here."""
    return Act.JOIN in getattr(card, "acts", ())


def _refused(reason: str) -> str:
    return {
        "too_late": gettext("The day to answer by is over. You can ask for a call."),
        "over": gettext("This time is over already."),
        "undated": gettext("There is no date to accept yet. Say when you are free."),
        "not_asked": gettext("There is nothing to answer here any more."),
        "asked": gettext("Somebody asked before you. Their request waits for its answer."),
    }.get(reason, "")


def _visit(row: AppointmentRow) -> Visit:
    return visit(row, patient=current_patient(), at=now())
