"""The pairs of entries that may be the same, a stretch of the directory at a time.

Entries are read in the order of their search key: those of one name lie together, so that each is
compared with its neighbours only.
"""

from collections.abc import Callable, Sequence
from itertools import combinations, groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, String, Uuid, bindparam, select, tuple_
from sqlmodel import Session

from portal.blueprints.directory.alike import (
    Likeness,
    PersonRow,
    PlaceRow,
    family_of,
    name_of,
    people_alike,
    places_alike,
)
from portal.models import columns
from portal.models.directory import Organization, Practitioner
from portal.models.directory_keeping import DirectoryMerge

STRETCH = 3_000
"""Entries that one page looks through."""
MOST_OF_ONE_NAME = 60
"""More namesakes than that are no oversight of a typist."""
DISTINCT = "distinct"
"""Kind of the row that remembers: somebody looked, and they are two. The smaller id is kept."""

_practitioner = columns(Practitioner)
_organization = columns(Organization)
_merge = columns(DirectoryMerge)
_limit = bindparam("limit", type_=Integer)
_after = tuple_(bindparam("after_key", type_=String), bindparam("after_id", type_=Uuid))
_PEOPLE = (
    select(*(_practitioner[name] for name in PersonRow._fields))
    .where(tuple_(_practitioner.search_key, _practitioner.id) > _after)
    .order_by(_practitioner.search_key, _practitioner.id)
    .limit(_limit)
)
_PLACES = (
    select(*(_organization[name] for name in PlaceRow._fields))
    .where(tuple_(_organization.search_key, _organization.id) > _after)
    .order_by(_organization.search_key, _organization.id)
    .limit(_limit)
)
_SEEN_TO_BE_TWO = select(_merge.kept_id, _merge.merged_id).where(
    _merge.kind == DISTINCT, _merge.kept_id.in_(bindparam("ids", expanding=True))
)
_FIRST = ("", UUID(int=0))

Place = tuple[str, UUID]


class Pair(NamedTuple):
    """Two rows of one table, the smaller id first."""

    first: Any
    second: Any
    likeness: Likeness


class Found(NamedTuple):
    """`next_place` is where to look on; None at the end of the directory."""

    pairs: list[Pair]
    next_place: Place | None


def people(session: Session, *, after: Place | None) -> Found:
    return _found(session, _PEOPLE, PersonRow, after, group=family_of, alike=people_alike)


def places(session: Session, *, after: Place | None) -> Found:
    return _found(session, _PLACES, PlaceRow, after, group=name_of, alike=places_alike)


def _found(
    session: Session,
    statement: Any,
    row: Any,
    after: Place | None,
    *,
    group: Callable[[Any], Any],
    alike: Callable[[Any, Any], Likeness | None],
) -> Found:
    key, last_id = after or _FIRST
    values = {"after_key": key, "after_id": last_id, "limit": STRETCH + 1}
    rows: Sequence[Any] = [row._make(one) for one in session.execute(statement, values)]
    goes_on = len(rows) > STRETCH
    rows = _whole_names(rows, group) if goes_on else rows
    pairs = [
        _pair(one, other, likeness)
        for _name, namesakes in groupby(sorted(rows, key=group), key=group)
        for one, other in combinations(list(namesakes)[:MOST_OF_ONE_NAME], 2)
        if (likeness := alike(one, other))
    ]
    two = _seen_to_be_two(session, pairs)
    kept = [pair for pair in pairs if (pair.first.id, pair.second.id) not in two]
    return Found(kept, (rows[-1].search_key, rows[-1].id) if goes_on else None)


def _whole_names(rows: Sequence[Any], group: Callable[[Any], Any]) -> Sequence[Any]:
    """Without the last name, which the next stretch begins with; unless it fills this one."""
    last = group(rows[-1])
    begins = next(place for place, one in enumerate(rows) if group(one) == last)
    return rows[:begins] or rows[:-1]


def _pair(one: Any, other: Any, likeness: Likeness) -> Pair:
    first, second = sorted((one, other), key=lambda row: row.id)
    return Pair(first, second, likeness)


def _seen_to_be_two(session: Session, pairs: Sequence[Pair]) -> set[tuple[UUID, UUID]]:
    ids = {pair.first.id for pair in pairs}
    if not ids:
        return set()
    return {(row[0], row[1]) for row in session.execute(_SEEN_TO_BE_TWO, {"ids": list(ids)})}
