"""Which conversations a reader sees, with the reader bound: see `portal/access/thread_facts.py`."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Uuid, bindparam

from portal.access import thread_facts
from portal.access.viewer import Standing, Viewer

_viewer = bindparam("viewer_id", type_=Uuid)
_practitioner = bindparam("practitioner_id", type_=Uuid)
_today = bindparam("today", type_=Date)


class Reader(NamedTuple):
    """Who reads, and on which side of the conversation they are."""

    user_id: UUID
    practitioner_id: UUID | None
    is_family: bool
    """The patient or a relative, who never learn of notes between professionals."""


def reader_of(viewer: Viewer, standing: Standing) -> Reader:
    return Reader(viewer.id, viewer.practitioner_id, not standing.is_professional)


def seen_by_family() -> ColumnElement[bool]:
    """Of a row of `thread`; binds `viewer_id`."""
    return thread_facts.seen_by_family(_viewer)


def seen_by_professional() -> ColumnElement[bool]:
    """Of a row of `thread`; binds `viewer_id`, `practitioner_id` and `today`."""
    return thread_facts.seen_by_professional(_viewer, _practitioner, _today)


def is_for_me() -> ColumnElement[bool]:
    """The bound professional answers for it, or stands in today for who does."""
    return thread_facts.is_for(_practitioner, _today)


def is_for_my_team() -> ColumnElement[bool]:
    """The coordination that the bound account belongs to, or a place where they work."""
    return thread_facts.is_for_team_of(_viewer, _practitioner, _today)
