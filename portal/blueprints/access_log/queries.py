"""Lines of one patient's access log, newest first along the primary key, without hidden items."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    func,
    not_,
    or_,
    select,
)
from sqlmodel import Session

from portal.access.facts import is_hidden
from portal.models import columns
from portal.models.account import User
from portal.models.audit import AccessDecision, AccessEvent, AccessQuestion, Capacity
from portal.models.base import UtcDateTime
from portal.models.care import RelatedPerson
from portal.models.directory import Gender, Practitioner
from portal.models.messaging import Attachment, Message
from portal.models.rights import CareLink, EmergencyAccess

PROFESSIONALS = (Capacity.PROFESSIONAL, Capacity.COORDINATOR, Capacity.EMERGENCY)
RELATIVES = (Capacity.CARER, Capacity.LEGAL_REPRESENTATIVE)
MOST_ACTORS = 100
"""In the list of people to choose from."""

_event = columns(AccessEvent)
_attachment = columns(Attachment)
_message = columns(Message)
_user = columns(User)
_practitioner = columns(Practitioner)
_link = columns(CareLink)
_relative = columns(RelatedPerson)
_emergency = columns(EmergencyAccess)
_question = columns(AccessQuestion)
_viewer_id = bindparam("viewer_id", type_=Uuid)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose log, and who reads it."""

    patient_id: UUID
    viewer_id: UUID


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines; all of them when nothing is said."""

    capacities: tuple[Capacity, ...] = ()
    actor_id: UUID | None = None
    since: datetime | None = None


class Actor(NamedTuple):
    """Somebody in the log, as the directory and the circle know them."""

    id: UUID
    given_name: str
    family_name: str
    prefix: str | None
    profession: str | None
    profession_text: str | None
    practitioner_gender: Gender | None
    relationship: str | None
    relationship_text: str | None
    relative_gender: Gender | None


class LineRow(NamedTuple):
    """One line, who it names, and the question that this reader asked about it."""

    sequence: int
    at: datetime
    capacity: Capacity
    category: str
    action: str
    decision: AccessDecision
    emergency_reason: str | None
    question_id: UUID | None
    asked_at: datetime | None
    answered_at: datetime | None
    actor: Actor


_ACTOR = (
    _user.id,
    func.coalesce(_practitioner.given_name, _user.given_name),
    func.coalesce(_practitioner.family_name, _user.family_name),
    _practitioner.prefix,
    _practitioner.profession,
    _practitioner.profession_text,
    _practitioner.gender,
    _link.relationship,
    _link.relationship_text,
    _relative.gender,
)
_emergency_reason = (
    select(_emergency.reason)
    .where(
        _event.capacity == Capacity.EMERGENCY,
        _emergency.patient_id == _event.patient_id,
        _emergency.user_id == _event.actor_id,
        _emergency.starts_at <= _event.at,
        _emergency.ends_at > _event.at,
    )
    .order_by(_emergency.starts_at.desc())
    .limit(1)
    .correlate(AccessEvent.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    .scalar_subquery()
)
# A file is hidden with the conversation that it stands in.
_thread_of_file = (
    select(_message.thread_id)
    .where(
        _attachment.patient_id == _event.patient_id,
        _attachment.id == _event.item_id,
        _message.patient_id == _attachment.patient_id,
        _message.id == _attachment.message_id,
    )
    .correlate(AccessEvent.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    .scalar_subquery()
)
_is_shown = and_(
    _event.patient_id == bindparam("patient_id", type_=Uuid),
    or_(
        _event.item_id.is_(None),
        and_(
            not_(is_hidden(_event.patient_id, _event.item_id, _viewer_id)),
            not_(is_hidden(_event.patient_id, _thread_of_file, _viewer_id)),
        ),
    ),
)


def _with_actor(statement: Select[Any]) -> Select[Any]:
    return (
        statement.join(User, _user.id == _event.actor_id)
        .outerjoin(Practitioner, _practitioner.id == _user.practitioner_id)
        .outerjoin(
            CareLink,
            and_(_link.patient_id == _event.patient_id, _link.user_id == _event.actor_id),
        )
        .outerjoin(
            RelatedPerson,
            and_(
                _relative.patient_id == _link.patient_id,
                _relative.id == _link.related_person_id,
            ),
        )
    )


# A question is of whoever asked it: a guardian does not read what the patient asks about them.
_LINES = (
    _with_actor(
        select(
            _event.sequence,
            _event.at,
            _event.capacity,
            _event.category,
            _event.action,
            _event.decision,
            _emergency_reason.label("emergency_reason"),
            _question.id,
            _question.created_at,
            _question.answered_at,
            *_ACTOR,
        ).select_from(AccessEvent)
    )
    .outerjoin(
        AccessQuestion,
        and_(
            _question.patient_id == _event.patient_id,
            _question.sequence == _event.sequence,
            _question.asked_by == _viewer_id,
        ),
    )
    .where(_is_shown)
    .order_by(_event.sequence.desc())
    .limit(bindparam("limit", type_=Integer))
)
_FIELDS_OF_LINE = len(LineRow._fields) - 1
_people = (
    select(_event.patient_id, _event.actor_id, func.max(_event.sequence).label("last"))
    .where(_is_shown)
    .group_by(_event.patient_id, _event.actor_id)
    .order_by(func.max(_event.sequence).desc())
    .limit(MOST_ACTORS)
    .subquery()
)
_ACTORS = _with_actor(
    select(*_ACTOR)
    .select_from(_people)
    .join(
        AccessEvent,
        and_(_event.patient_id == _people.c.patient_id, _event.sequence == _people.c["last"]),
    )
).order_by(_event.sequence.desc())


def lines(
    session: Session,
    *,
    reader: Reader,
    filters: Filters,
    limit: int,
    before: int | None = None,
) -> list[LineRow]:
    """The newest first; `before` continues after that line."""
    statement = _LINES.where(*_conditions(filters))
    if before is not None:
        statement = statement.where(_event.sequence < bindparam("before", type_=Integer))
    values = _values(reader) | {
        "limit": limit,
        "before": before,
        "only_actor": filters.actor_id,
        "since": filters.since,
    }
    return [_line(row) for row in session.execute(statement, values)]


def line(session: Session, *, reader: Reader, sequence: int) -> LineRow | None:
    """One line; none when it does not exist or is hidden from this reader."""
    statement = _LINES.where(_event.sequence == bindparam("only_sequence", type_=Integer))
    values = _values(reader) | {"limit": 1, "only_sequence": sequence}
    row = session.execute(statement, values).first()
    return _line(row) if row is not None else None


def actors(session: Session, *, reader: Reader) -> list[Actor]:
    """Everybody who stands in the log, the last reader first."""
    return [Actor._make(row) for row in session.execute(_ACTORS, _values(reader))]


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.capacities:
        conditions.append(_event.capacity.in_(filters.capacities))
    if filters.actor_id is not None:
        conditions.append(_event.actor_id == bindparam("only_actor", type_=Uuid))
    if filters.since is not None:
        conditions.append(_event.at >= bindparam("since", type_=UtcDateTime))
    return conditions


def _line(row: Any) -> LineRow:
    return LineRow._make([*row[:_FIELDS_OF_LINE], Actor._make(row[_FIELDS_OF_LINE:])])


def _values(reader: Reader) -> dict[str, object]:
    return {"patient_id": reader.patient_id, "viewer_id": reader.viewer_id}
