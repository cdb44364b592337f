"""The card of an appointment's page: what was asked and answered, and what can be answered."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from portal.models.agenda import AppointmentStatus
from portal.models.agreement import AppointmentAct, RequestKind, RequestState
from portal.scheduling.requests.answers import is_late
from portal.scheduling.requests.asking import KEPT_BY_NOBODY
from portal.scheduling.rows import ChangeRow, RequestRow
from portal.web import dates, request_words
from portal.web.appointment_cards.facts import Facts
from portal.web.i18n import gettext, ngettext


class Act(StrEnum):
    """What the reader can do about it, on the card."""

    ACCEPT = "accept"
    ANSWER = "answer"
    """On a page of its own: another time, a call, a no."""
    JOIN = "join"
    LEAVE = "leave"
    GIVE_BACK = "give_back"
    UNDO = "undo"
    WITHDRAW = "withdraw"
    SETTLE_OTHER = "settle_other"
    REPLY = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCard:
    """Texts are ready; the template only places them."""

    heading: str
    sentences: list[str] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)
    words: str = ""
    """Of whoever asked."""
    reply_words: str = ""
    """Of whoever answered."""
    acts: frozenset[Act] = frozenset()
    version: int = 1
    receiver: str = ""
    """Who answers a request, by name; empty when it would reach nobody."""
    request_id: UUID | None = None
    other_time: str = ""
    is_call: bool = False
    moments: list[tuple[str, str]] = field(default_factory=list)
    """Preferred moments that are still to come, as the form sends them and in words."""


def answer_card(facts: Facts) -> AnswerCard | None:
    """None when there is nothing to say."""
    card = _card(facts)
    if card is None or not (card.sentences or card.acts):
        return None
    return replace(card, version=facts.row.version, receiver=receiver_of(facts))


def receiver_of(facts: Facts) -> str:
    """Who answers a request, by name."""
    return request_words.receiver_names(facts.details.receivers, professional=facts.visit.who_name)


def can_ask(facts: Facts) -> bool:
    """Whether there is somebody who answers a request."""
    return bool(facts.details.receivers) and facts.row.source not in KEPT_BY_NOBODY


def was_declined(facts: Facts) -> ChangeRow | None:
    """The line of the no, while nobody did anything since."""
    if facts.row.status is not AppointmentStatus.CANCELLED:
        return None
    of_version = [one for one in facts.details.changes if one.version == facts.row.version]
    made = of_version[-1] if of_version else None
    return made if made is not None and made.act is AppointmentAct.DECLINED else None


def _card(facts: Facts) -> AnswerCard | None:
    declined = was_declined(facts)
    if declined is not None:
        return _declined(facts, declined)
    if facts.visit.state not in ("booked", "unanswered"):
        return None
    request = facts.details.request
    if request is not None and request.state is RequestState.OPEN:
        return _open(facts, request)
    if request is not None and request.state is RequestState.PROPOSED:
        return _other_proposed(facts, request)
    before = _answered(facts, request) if request is not None else []
    if facts.row.status is AppointmentStatus.WAITLIST:
        return _waiting(facts)
    card = _unanswered(facts) if facts.visit.state == "unanswered" else _booked(facts)
    said = request.answer_text if before and request is not None else ""
    return replace(card, sentences=[*before, *card.sentences], reply_words=said)


def _declined(facts: Facts, line: ChangeRow) -> AnswerCard:
    day = _day(facts, line.at)
    if line.actor_id == facts.viewer.id:
        said = gettext("You said no, on %(day)s.", day=day)
    else:
        said = gettext("%(name)s said no, on %(day)s.", name=_name(line), day=day)
    is_ahead = facts.row.starts_at is None or facts.row.starts_at > facts.at
    acts = frozenset({Act.UNDO}) if facts.may_act and is_ahead else frozenset[Act]()
    return AnswerCard(heading=gettext("The answer is no"), sentences=[said], acts=acts)


def _open(facts: Facts, request: RequestRow) -> AnswerCard:
    is_call = request.kind is RequestKind.CALL
    today = dates.local(facts.at, facts.row.time_zone).date()
    acts = set[Act]()
    if facts.may_act:
        acts.add(Act.WITHDRAW)
    if facts.may_book:
        acts.add(Act.REPLY)
    return AnswerCard(
        heading=gettext("A call is asked for") if is_call else gettext("Another time is asked for"),
        sentences=[_asked(facts, request), *_stays(facts)],
        wishes=request_words.wishes(request.parts_of_day, request.moments, today=today),
        words=request.text,
        acts=frozenset(acts),
        request_id=request.id,
        is_call=is_call,
        moments=request_words.still_ahead(
            request.moments, time_zone=facts.row.time_zone, at=facts.at
        ),
    )


def _stays(facts: Facts) -> list[str]:
    """What holds until then, and whose answer it is."""
    if facts.may_book:
        return [gettext("The appointment stays as it is until you answer.")]
    name = receiver_of(facts)
    if not name:
        return [gettext("The appointment stays as it is. Call to agree on another time.")]
    if facts.visit.state == "unanswered":
        return [gettext("The proposal stays until %(name)s answers.", name=name)]
    return [gettext("The appointment stays planned until %(name)s answers.", name=name)]


def _other_proposed(facts: Facts, request: RequestRow) -> AnswerCard:
    when = _proposed_time(facts, request)
    name = _answerer(request)
    sentences = [gettext("%(name)s proposes %(when)s.", name=name, when=when)]
    if facts.may_act:
        sentences.append(gettext("Until you answer, the appointment stays as it is."))
    else:
        sentences.append(gettext("The family has not answered yet."))
    acts = frozenset({Act.SETTLE_OTHER, Act.ANSWER}) if facts.may_act else frozenset[Act]()
    return AnswerCard(
        heading=gettext("Another time is proposed"),
        sentences=sentences,
        reply_words=request.answer_text,
        acts=acts,
        request_id=request.id,
        other_time=when,
    )


def _proposed_time(facts: Facts, request: RequestRow) -> str:
    if request.proposed_start is None:
        return ""
    return request_words.span(
        request.proposed_start,
        request.proposed_end,
        is_window=request.proposed_is_window,
        time_zone=facts.row.time_zone,
        today=dates.local(facts.at, facts.row.time_zone).date(),
    )


def _answered(facts: Facts, request: RequestRow) -> list[str]:
    """How the last request ended; nothing when it was taken back."""
    if request.answered_at is None or request.state is RequestState.WITHDRAWN:
        return []
    who = {"name": _answerer(request), "day": _day(facts, request.answered_at)}
    if request.state is RequestState.KEPT:
        return [gettext("%(name)s answered on %(day)s: the appointment stays as it is.", **who)]
    if request.state is RequestState.CALLED:
        return [gettext("%(name)s called on %(day)s.", **who)]
    if request.state is RequestState.MOVED:
        return [gettext("%(name)s answered on %(day)s: the appointment is moved.", **who)]
    return [gettext("The other time that %(name)s proposed did not suit.", name=who["name"])]


def _waiting(facts: Facts) -> AnswerCard:
    is_free = places_left(facts) > 0
    sentence = gettext("All places are taken. Look here again: a place may become free.")
    if is_free:
        sentence = gettext("A place is free now: it is for whoever accepts first.")
    acts = {Act.LEAVE} | ({Act.ACCEPT} if is_free else set())
    return AnswerCard(
        heading=gettext("On the waiting list"),
        sentences=[sentence],
        acts=frozenset(acts) if facts.may_act else frozenset(),
    )


def _unanswered(facts: Facts) -> AnswerCard:
    acts = set[Act]()
    sentences = list[str]()
    if is_late(facts.row.respond_before, time_zone=facts.row.time_zone, at=facts.at):
        sentences.append(gettext("The day to answer by is over. Ask for a call, or call."))
    elif facts.details.workshop is not None and places_left(facts) == 0:
        sentences.append(gettext("All places are taken. You can join the waiting list."))
        acts.add(Act.JOIN)
    elif facts.row.starts_at is not None:
        sentences += _places(facts)
        acts.add(Act.ACCEPT)
    heading = gettext("Does this date suit you?")
    if not facts.patient.is_own:
        heading = gettext("Does this date suit %(name)s?", name=facts.patient.given_name)
    if not facts.may_act:
        return AnswerCard(heading=gettext("Nobody answered yet"), sentences=_places(facts))
    return AnswerCard(heading=heading, sentences=sentences, acts=frozenset(acts | {Act.ANSWER}))


def _booked(facts: Facts) -> AnswerCard:
    if not facts.may_act:
        return AnswerCard(heading=gettext("The answers"))
    acts = {Act.GIVE_BACK} if facts.row.workshop_id is not None else set[Act]()
    sentences = list[str]()
    if can_ask(facts):
        acts.add(Act.ANSWER)
        sentences.append(
            gettext(
                "%(name)s receives your request. The appointment stays until then.",
                name=receiver_of(facts),
            )
        )
    return AnswerCard(heading=gettext("Another time?"), sentences=sentences, acts=frozenset(acts))


def places_left(facts: Facts) -> int:
    workshop = facts.details.workshop
    return max(0, workshop.capacity - workshop.places_taken) if workshop is not None else 0


def _places(facts: Facts) -> list[str]:
    if facts.details.workshop is None:
        return []
    return [ngettext("%(num)d place is left.", "%(num)d places are left.", places_left(facts))]


def _asked(facts: Facts, request: RequestRow) -> str:
    name = f"{request.asker_given_name} {request.asker_family_name}".strip()
    is_viewer = request.asked_by == facts.viewer.id
    day = _day(facts, request.asked_at)
    return request_words.asked(request.kind, name="" if is_viewer else name, day=day)


def _answerer(request: RequestRow) -> str:
    return f"{request.answerer_given_name or ''} {request.answerer_family_name or ''}".strip()


def _name(line: ChangeRow) -> str:
    return f"{line.given_name or ''} {line.family_name or ''}".strip()


def _day(facts: Facts, instant: datetime) -> str:
    local = dates.local(instant, facts.patient.time_zone).date()
    today = dates.local(facts.at, facts.patient.time_zone).date()
    return dates.day_label(local, today=today)
