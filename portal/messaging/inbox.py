"""What somebody who works has to answer over all files that are open to them, and what is done.

Each list walks an index of whoever answers: the oldest promise first, or the newest first.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, or_, select, tuple_, union
from sqlmodel import Session

from portal.access.viewer import Viewer
from portal.messaging.boxes import (
    WHICH,
    Box,
    PatientRow,
    file_is_open,
    patient_columns,
    patient_of,
    shown_patients,
    values_of,
)
from portal.messaging.conversations import THREAD_COLUMNS, ThreadRow, with_names
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.messaging import Thread

THREADS_SHOWN = 20

_t = columns(Thread)
_after_at = bindparam("after_at", type_=UtcDateTime)
_after_id = bindparam("after_id", type_=Uuid)


class InboxRow(NamedTuple):
    thread: ThreadRow
    patient: PatientRow


class Inbox(NamedTuple):
    rows: list[InboxRow]
    has_more: bool


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
        .where(which, file_is_open(_t.patient_id), or_(_after_at.is_(None), goes_on))
        .order_by(*_order(box))
        .limit(bindparam("shown"))
        .subquery()
    )
    return select(found.c.patient_id, found.c.id)


def _list(box: Box) -> Select[Any]:
    arms = [_arm(box, which) for which in WHICH[box]]
    # Joined, and first: of a list of pairs SQLite would make a filter over all conversations.
    ids = (arms[0] if len(arms) == 1 else union(*arms)).subquery("chosen_thread")
    chosen = [column.label(name) for name, column in THREAD_COLUMNS.items()]
    statement: Select[Any] = (
        with_names(
            select(*chosen, *patient_columns(_t.patient_id, _t.id))
            .select_from(ids)
            .join(Thread, and_(_t.patient_id == ids.c.patient_id, _t.id == ids.c.id))
            .join(shown_patients, shown_patients.c.id == _t.patient_id)
        )
        .order_by(*_order(box))
        .limit(bindparam("shown"))
    )
    return statement


_LISTS = {box: _list(box) for box in Box}


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
    """One box, from after a row of it; `teams` as `read_summary` found them."""
    values = values_of(viewer, at=at, teams=teams) | {
        "after_at": after[0] if after else None,
        "after_id": after[1] if after else None,
        "shown": limit + 1,
    }
    rows = [
        InboxRow(ThreadRow(**{name: row[name] for name in ThreadRow._fields}), patient_of(row))
        for row in session.execute(_LISTS[box], values).mappings()
    ]
    return Inbox(rows[:limit], len(rows) > limit)
