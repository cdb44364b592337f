"""Two entries of the directory become one, in one transaction; it cannot be undone."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlmodel import Session

from portal.access.viewer import Viewer
from portal.blueprints.directory import merge_rules, shared_circles
from portal.blueprints.directory.candidates import DISTINCT
from portal.blueprints.directory.clashes import (
    drop_absences_between,
    merge_coordinations,
    merge_education_members,
    merge_need_types,
    merge_roles,
)
from portal.blueprints.directory.references import point_to
from portal.blueprints.directory.service import version_of
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models import columns
from portal.models.base import new_id
from portal.models.care import CareTeamMember
from portal.models.directory import Organization, Practitioner
from portal.models.directory_keeping import DirectoryMerge

Entry = Practitioner | Organization
PERSON_FIELDS = (
    *("prefix", "given_name", "family_name", "gender", "profession", "profession_text"),
    *("rpps", "phone", "email"),
)
PLACE_FIELDS = (
    *("name", "kind", "kind_text", "finess", "phone", "email", "address", "time_zone"),
    *("hours", "is_open_on_holidays", "holiday_region"),
    *("on_call_phone", "on_call_text", "has_116117"),
)
_member = columns(CareTeamMember)
_HOLDERS = {Practitioner: _member.practitioner_id, Organization: _member.organization_id}


def fields_of(row: Entry) -> tuple[str, ...]:
    """What can be chosen from either of the two."""
    return PERSON_FIELDS if isinstance(row, Practitioner) else PLACE_FIELDS


def pair(
    session: Session, first_id: UUID, second_id: UUID, *, lock: bool = False
) -> tuple[Any, Any]:
    """Two professionals or two organizations. Raises `NotFoundError`."""
    for model in (Practitioner, Organization):
        statement = select(model).where(columns(model).id.in_((first_id, second_id)))
        statement = statement.order_by(columns(model).id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        rows = {row.id: row for row in session.execute(statement).scalars()}
        if len(rows) == 2:
            return rows[first_id], rows[second_id]
    raise NotFoundError("pair")


def require_mergeable(
    session: Session, one: Entry, other: Entry, *, by: Viewer, at: datetime
) -> None:
    """Raises `MergeRefusedError`."""
    if isinstance(one, Practitioner) and isinstance(other, Practitioner):
        merge_rules.require_people(session, one, other, by=by, at=at)
    elif isinstance(one, Organization) and isinstance(other, Organization):
        merge_rules.require_places(session, one, other, by=by)


def circles(session: Session, *, kept: Entry, gone: Entry, at: datetime) -> shared_circles.Circles:
    return shared_circles.circles_of(
        session, holder=_HOLDERS[type(kept)], kept_id=kept.id, gone_id=gone.id, at=at
    )


def merge(
    session: Session,
    *,
    kept_id: UUID,
    gone_id: UUID,
    from_gone: frozenset[str],
    version: str,
    by: Viewer,
    at: datetime,
) -> None:
    """`from_gone`: the fields whose value is that of the entry that goes.

    Raises `ChangedMeanwhileError` when `version` is not that of both rows, the one that stays
    first, or `MergeRefusedError`.
    """
    kept, gone = pair(session, kept_id, gone_id, lock=True)
    if version_of(kept, gone) != version:
        raise ChangedMeanwhileError
    require_mergeable(session, kept, gone, by=by, at=at)
    values = {name: getattr(gone, name) for name in fields_of(kept) if name in from_gone}
    record = _record(kept, gone, by=by, at=at)
    if isinstance(kept, Practitioner):
        values |= _join_people(session, kept, gone, values, by=by, at=at)
    else:
        _join_places(session, kept, gone, by=by, at=at)
    point_to(session, type(kept), kept_id=kept_id, gone_id=gone_id)
    session.delete(gone)
    session.add(record)
    session.flush()
    # Only now are the national numbers of the other free.
    for name, value in values.items():
        setattr(kept, name, value)
    session.add(kept)
    session.flush()


def keep_apart(session: Session, *, one: Entry, other: Entry, actor_id: UUID, at: datetime) -> None:
    """Somebody looked: they are two. Said once."""
    first, second = sorted((one.id, other.id))
    merge = columns(DirectoryMerge)
    statement = select(merge.id).where(
        merge.kind == DISTINCT, merge.kept_id == first, merge.merged_id == second
    )
    if session.execute(statement).first() is None:
        session.add(
            DirectoryMerge(kind=DISTINCT, kept_id=first, merged_id=second, at=at, actor_id=actor_id)
        )
        session.flush()


def _join_people(
    session: Session,
    kept: Practitioner,
    gone: Practitioner,
    values: Mapping[str, Any],
    *,
    by: Viewer,
    at: datetime,
) -> dict[str, Any]:
    """What has to hold before the references move; the e-mail address that is safe."""
    chosen = values.get("email", kept.email)
    email = merge_rules.safe_email(session, kept, gone, chosen=chosen, by=by, at=at)
    merge_rules.withdraw_unsafe_invitations(session, kept, gone, by=by, at=at)
    holders = merge_rules.account_holders(session, kept, gone)
    shared_circles.make_one_place(
        session,
        holder=_member.practitioner_id,
        kept_id=kept.id,
        gone_id=gone.id,
        opens_as=gone.id if gone.id in holders else kept.id,
        actor_id=by.id,
        at=at,
    )
    shared_circles.close_where_refused(session, practitioner_ids=(kept.id, gone.id), at=at)
    drop_absences_between(session, kept.id, gone.id)
    merge_roles(session, holder="practitioner_id", kept_id=kept.id, gone_id=gone.id)
    return {"email": email}


def _join_places(
    session: Session, kept: Organization, gone: Organization, *, by: Viewer, at: datetime
) -> None:
    shared_circles.make_one_place(
        session,
        holder=_member.organization_id,
        kept_id=kept.id,
        gone_id=gone.id,
        opens_as=kept.id,
        actor_id=by.id,
        at=at,
    )
    merge_roles(session, holder="organization_id", kept_id=kept.id, gone_id=gone.id)
    merge_coordinations(session, kept_id=kept.id, gone_id=gone.id)
    merge_education_members(session, kept_id=kept.id, gone_id=gone.id)
    merge_need_types(session, kept_id=kept.id, gone_id=gone.id)


def _record(kept: Entry, gone: Entry, *, by: Viewer, at: datetime) -> DirectoryMerge:
    names = [column.key for column in inspect(type(gone)).columns]
    content = {name: getattr(gone, name) for name in names}
    return DirectoryMerge(
        id=new_id(),
        kind="practitioner" if isinstance(gone, Practitioner) else "organization",
        kept_id=kept.id,
        merged_id=gone.id,
        merged=json.loads(json.dumps(content, default=str)),
        at=at,
        actor_id=by.id,
    )
