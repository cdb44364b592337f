"""What stands above every list of the inbox, by one statement: numbers, drafts, one's absence."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    String,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    select,
    union,
    union_all,
)
from sqlmodel import Session

from portal.access.thread_facts import MOST_UNREAD
from portal.access.viewer import Viewer
from portal.messaging.boxes import MOST_TEAMS, WHICH, Box, file_is_open, values_of
from portal.messaging.inbox_drafts import drafts_to_count
from portal.models import columns
from portal.models.account import Coordination
from portal.models.directory import Absence, Practitioner, PractitionerRole
from portal.models.messaging import Thread
from portal.models.union import ArmOf, Union

_t = columns(Thread)
_coordination = columns(Coordination)
_role = columns(PractitionerRole)
_absence = columns(Absence)
_practitioner = columns(Practitioner)
_viewer = bindparam("viewer_id", type_=Uuid)
_reader = bindparam("practitioner_id", type_=Uuid)
_today = bindparam("today", type_=Date)


class CountRow(NamedTuple):
    mine: int
    team: int
    drafts: int
    teams: str | None


class AwayRow(NamedTuple):
    """An absence of the reader's that holds today."""

    id: UUID
    ends_on: date
    prefix: str | None
    given_name: str | None
    family_name: str | None
    """Of who stands in; none when nobody does."""


class Summary(NamedTuple):
    numbers: dict[Box, int]
    """How many wait in the first two boxes, up to `MOST_UNREAD`."""
    drafts: int
    teams: list[UUID]
    """Of the reader."""
    away: AwayRow | None


def _count(box: Box) -> ColumnElement[int]:
    """No further than a badge can say."""
    arms = [
        select(_t.patient_id, _t.id)
        .where(which, file_is_open(_t.patient_id))
        .limit(MOST_UNREAD)
        .subquery()
        for which in WHICH[box]
    ]
    ids = [select(arm.c.patient_id, arm.c.id) for arm in arms]
    found = (ids[0] if len(ids) == 1 else union(*ids)).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


_TEAMS = union(
    select(_coordination.organization_id.label("id")).where(
        _coordination.user_id == _viewer, _coordination.ended_at.is_(None)
    ),
    select(_role.organization_id).where(
        _role.practitioner_id == _reader, _role.organization_id.is_not(None)
    ),
).subquery("team")
_COUNT_COLUMNS: dict[str, ColumnElement[Any]] = {
    "mine": _count(Box.MINE),
    "team": _count(Box.TEAM),
    "drafts": select(func.count()).select_from(drafts_to_count()).scalar_subquery(),
    "teams": select(func.aggregate_strings(cast(_TEAMS.c.id, String), ",")).scalar_subquery(),
}
_AWAY_COLUMNS: dict[str, ColumnElement[Any]] = {
    "id": _absence.id,
    "ends_on": _absence.ends_on,
    **{name: _practitioner[name] for name in AwayRow._fields[2:]},
}
_UNION = Union({"count": ArmOf(_COUNT_COLUMNS, CountRow), "away": ArmOf(_AWAY_COLUMNS, AwayRow)})
_SUMMARY = union_all(
    _UNION.arm("count"),
    _UNION.arm("away", literal(0))
    .select_from(Absence)
    .outerjoin(Practitioner, _practitioner.id == _absence.replacement_id)
    .where(
        _absence.practitioner_id == _reader,
        _absence.starts_on <= _today,
        _absence.ends_on >= _today,
    ),
)


def read_summary(session: Session, *, viewer: Viewer, at: datetime) -> Summary:
    rows = session.execute(_SUMMARY, values_of(viewer, at=at)).mappings()
    found = _UNION.read(rows)
    count: CountRow = found["count"][0]
    numbers = {
        Box.MINE: min(count.mine, MOST_UNREAD),
        Box.TEAM: min(count.team, MOST_UNREAD),
    }
    teams = sorted(UUID(one) for one in (count.teams or "").split(",") if one)
    # Of two at once, the one that lasts: until then somebody else answers, or nobody does.
    away = max(found["away"], key=lambda one: one.ends_on, default=None)
    return Summary(numbers, count.drafts, teams[:MOST_TEAMS], away)
