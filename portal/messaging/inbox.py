"""What somebody who works has to answer over all files that are open to them, and what is done.

Each list walks an index of whoever answers: the oldest promise first, or the newest first. A file
that closed, a place that ended or an absence that is over take their conversations out at once.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)
from sqlmodel import Session

from portal.access.thread_facts import (
    MOST_UNREAD,
    is_for_team_of,
    opens_from_circle,
    opens_to_coordinator,
)
from portal.access.viewer import Viewer
from portal.messaging.conversations import THREAD_COLUMNS, ThreadRow, with_names
from portal.models import columns
from portal.models.account import Coordination
from portal.models.base import UtcDateTime
from portal.models.care import Patient
from portal.models.directory import Absence, Gender, PractitionerRole
from portal.models.messaging import Thread, ThreadReader

THREADS_SHOWN = 20
MOST_TEAMS = 4
"""Whose answered and closed conversations are listed: nobody works in more places."""

_t = columns(Thread)
_patient = columns(Patient)
_absence = columns(Absence)
_coordination = columns(Coordination)
_role = columns(PractitionerRole)
_reader = columns(ThreadReader)
_shown_patients = Patient.__table__.alias("shown_patient")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_shown = _shown_patients.c
_viewer = bindparam("viewer_id", type_=Uuid)
_practitioner = bindparam("practitioner_id", type_=Uuid)
_today = bindparam("today", type_=Date)
_after_at = bindparam("after_at", type_=UtcDateTime)
_after_id = bindparam("after_id", type_=Uuid)


class Box(StrEnum):
    MINE = "mine"
    """To answer: one's own, of whom one stands in for, and late ones that one heard of."""
    TEAM = "team"
    """To answer: of the coordination, or of a place where one works."""
    ANSWERED = "answered"
    CLOSED = "closed"


class PatientRow(NamedTuple):
    id: UUID
    given_name: str
    family_name: str
    gender: Gender
    time_zone: str
    is_from_circle: bool
    """Else as coordinator."""


class InboxRow(NamedTuple):
    thread: ThreadRow
    patient: PatientRow


class Inbox(NamedTuple):
    rows: list[InboxRow]
    has_more: bool


# A partial index is not used for a bound value: the state stands in the statement itself.
def _is(state: str) -> ColumnElement[bool]:
    return _t.state == literal_column(f"'{state}'")


_opens_from_circle = opens_from_circle(_t.patient_id, _practitioner)
_file_is_open = or_(_opens_from_circle, opens_to_coordinator(_t.patient_id, _viewer))
_replaced = select(_absence.practitioner_id).where(
    _absence.replacement_id == _practitioner,
    _absence.starts_on <= _today,
    _absence.ends_on >= _today,
)
# Apart, so that each walks its index in order and stops when the page is full.
_OWN = _t.practitioner_id == _practitioner
_REPLACED = _t.practitioner_id.in_(_replaced)
_TEAM = is_for_team_of(_viewer, _practitioner, _today)
_EACH_TEAM = [
    and_(_t.organization_id == bindparam(f"team{number}", type_=Uuid), _TEAM)
    for number in range(MOST_TEAMS)
]
_TEAMS = union(
    select(_coordination.organization_id.label("id")).where(
        _coordination.user_id == _viewer, _coordination.ended_at.is_(None)
    ),
    select(_role.organization_id).where(
        _role.practitioner_id == _practitioner, _role.organization_id.is_not(None)
    ),
).subquery("team")
_HEARD_OF = and_(
    _t.escalation != literal_column("'none'"),
    tuple_(_t.patient_id, _t.id).in_(
        select(_reader.patient_id, _reader.thread_id).where(
            _reader.user_id == _viewer, _reader.heard_late
        )
    ),
)
_WHICH: dict[Box, list[ColumnElement[bool]]] = {
    Box.MINE: [and_(_is("waiting"), whose) for whose in (_OWN, _REPLACED, _HEARD_OF)],
    Box.TEAM: [and_(_is("waiting"), _TEAM)],
    Box.ANSWERED: [and_(_is("answered"), whose) for whose in (_OWN, _REPLACED, *_EACH_TEAM)],
    Box.CLOSED: [and_(_is("closed"), whose) for whose in (_OWN, _REPLACED, *_EACH_TEAM)],
}


def _is_to_answer(box: Box) -> bool:
    return box in (Box.MINE, Box.TEAM)


def _order(box: Box) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The oldest promise first, or the newest first."""
    if _is_to_answer(box):
        return _t.due_at, _t.id
    return _t.last_at.desc(), _t.id.desc()


def _arm(box: Box, which: ColumnElement[bool]) -> Select[Any]:
    """The first ids of one index walk."""
    if _is_to_answer(box):
        goes_on = tuple_(_t.due_at, _t.id) > tuple_(_after_at, _after_id)
    else:
        goes_on = tuple_(_t.last_at, _t.id) < tuple_(_after_at, _after_id)
    found = (
        select(_t.patient_id, _t.id)
        .where(which, _file_is_open, or_(_after_at.is_(None), goes_on))
        .order_by(*_order(box))
        .limit(bindparam("shown"))
        .subquery()
    )
    return select(found.c.patient_id, found.c.id)


def _list(box: Box) -> Select[Any]:
    arms = [_arm(box, which) for which in _WHICH[box]]
    # Joined, and first: of a list of pairs SQLite would make a filter over all conversations.
    ids = (arms[0] if len(arms) == 1 else union(*arms)).subquery("chosen_thread")
    chosen = [column.label(name) for name, column in THREAD_COLUMNS.items()]
    statement: Select[Any] = (
        with_names(
            select(
                *chosen,
                _shown.id.label("patient_id"),
                _shown.given_name.label("patient_given_name"),
                _shown.family_name.label("patient_family_name"),
                _shown.gender.label("patient_gender"),
                _shown.time_zone.label("patient_time_zone"),
                _opens_from_circle.label("is_from_circle"),
            )
            .select_from(ids)
            .join(Thread, and_(_t.patient_id == ids.c.patient_id, _t.id == ids.c.id))
            .join(_shown_patients, _shown.id == _t.patient_id)
        )
        .order_by(*_order(box))
        .limit(bindparam("shown"))
    )
    return statement


_LISTS = {box: _list(box) for box in Box}


def _count(box: Box) -> Any:
    """No further than a badge can say."""
    arms = [
        select(_t.patient_id, _t.id).where(which, _file_is_open).limit(MOST_UNREAD).subquery()
        for which in _WHICH[box]
    ]
    ids = [select(arm.c.patient_id, arm.c.id) for arm in arms]
    found = (ids[0] if len(ids) == 1 else union(*ids)).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


_COUNTS = select(
    _count(Box.MINE).label("mine"),
    _count(Box.TEAM).label("team"),
    select(func.aggregate_strings(cast(_TEAMS.c.id, String), ",")).scalar_subquery().label("teams"),
)


def read_inbox(
    session: Session,
    box: Box,
    *,
    viewer: Viewer,
    teams: Sequence[UUID],
    at: datetime,
    after: tuple[datetime, UUID] | None = None,
    limit: int = THREADS_SHOWN,
) -> Inbox:
    """One box, from after a row of it; `teams` as `count_to_answer` found them."""
    chosen = dict(enumerate(teams))
    values = _about(viewer, at) | {
        **{f"team{number}": chosen.get(number) for number in range(MOST_TEAMS)},
        "after_at": after[0] if after else None,
        "after_id": after[1] if after else None,
        "shown": limit + 1,
    }
    rows = [_row(row) for row in session.execute(_LISTS[box], values).mappings()]
    return Inbox(rows[:limit], len(rows) > limit)


class ToAnswer(NamedTuple):
    """How many wait in the first two boxes, up to `MOST_UNREAD`, and the teams of the reader."""

    numbers: dict[Box, int]
    teams: list[UUID]


def count_to_answer(session: Session, *, viewer: Viewer, at: datetime) -> ToAnswer:
    found = session.execute(_COUNTS, _about(viewer, at)).one()
    numbers = {
        Box.MINE: min(found.mine, MOST_UNREAD),
        Box.TEAM: min(found.team, MOST_UNREAD),
    }
    teams = sorted(UUID(one) for one in (found.teams or "").split(",") if one)
    return ToAnswer(numbers, teams[:MOST_TEAMS])


def _about(viewer: Viewer, at: datetime) -> dict[str, Any]:
    return {
        "viewer_id": viewer.id,
        "practitioner_id": viewer.practitioner_id,
        "now": at,
        "today": at.date(),
    }


def _row(row: Any) -> InboxRow:
    patient = PatientRow(
        row["patient_id"],
        row["patient_given_name"],
        row["patient_family_name"],
        row["patient_gender"],
        row["patient_time_zone"],
        bool(row["is_from_circle"]),
    )
    return InboxRow(ThreadRow(**{name: row[name] for name in ThreadRow._fields}), patient)
