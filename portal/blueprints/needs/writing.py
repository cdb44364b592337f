"""What every act on a need shares: its lock, its version, who may answer, its line of history."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.access.audit import Author
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models import columns
from portal.models.need import Need
from portal.teams.need_changes import write_changes
from portal.teams.reading import read_team
from portal.teams.rows import MemberRow

_need = columns(Need)
_LOCKED = (
    select(Need)
    .where(
        _need.patient_id == bindparam("of_patient", type_=Uuid),
        _need.id == bindparam("of_need", type_=Uuid),
    )
    .with_for_update()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a form says of a need."""

    detail: str
    owner_id: UUID | None
    deputy_id: UUID | None
    contact_text: str
    frequency: str
    review_on: date | None


@dataclass(frozen=True, slots=True)
class Done:
    """Whether anything changed, and the members who became owner or deputy by it."""

    need_id: UUID
    is_changed: bool = False
    entrusted: tuple[UUID, ...] = ()


class WrongPersonError(Exception):
    """Owner or deputy is nobody who can be chosen, or both are one; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def can_answer(members: list[MemberRow]) -> list[MemberRow]:
    """Who can be owner or deputy: neither kept out by the patient nor waiting for a yes."""
    return [one for one in members if one.opens]


def locked(session: Session, *, patient_id: UUID, need_id: UUID) -> Need:
    """Raises `NotFoundError` for that of another patient."""
    values = {"of_patient": patient_id, "of_need": need_id}
    # What was read before the lock was there may be old.
    fresh = {"populate_existing": True}
    need: Need | None = session.execute(
        _LOCKED, values, execution_options=fresh
    ).scalar_one_or_none()
    if need is None:
        raise NotFoundError("need")
    return need


def wanted_of(need: Need) -> Wanted:
    return Wanted(
        detail=need.detail,
        owner_id=need.owner_id,
        deputy_id=need.deputy_id,
        contact_text=need.contact_text,
        frequency=need.frequency,
        review_on=need.review_on,
    )


def refuse_stale(need: Need, version: int) -> None:
    """Of an open need. Raises `ChangedMeanwhileError`."""
    if need.version != version or need.ended_at is not None:
        raise ChangedMeanwhileError


def put(session: Session, need: Need, wanted: Wanted, *, by: Author, at: datetime) -> Done:
    """The next version. Raises `WrongPersonError`; whoever was named before is not asked again."""
    before = wanted_of(need)
    check_people(session, need.patient_id, wanted, before=before, by=by, at=at)
    _fill(need, wanted)
    need.version += 1
    write(session, need, by=by, at=at)
    chosen = {wanted.owner_id: before.owner_id, wanted.deputy_id: before.deputy_id}
    entrusted = tuple(one for one, was in chosen.items() if one is not None and one != was)
    return Done(need.id, is_changed=True, entrusted=entrusted)


def put_first(session: Session, need: Need, wanted: Wanted, *, by: Author, at: datetime) -> Done:
    """The first version. Raises `WrongPersonError`."""
    check_people(session, need.patient_id, wanted, before=wanted_of(need), by=by, at=at)
    _fill(need, wanted)
    write(session, need, by=by, at=at)
    entrusted = tuple(one for one in (need.owner_id, need.deputy_id) if one is not None)
    return Done(need.id, is_changed=True, entrusted=entrusted)


def write(session: Session, need: Need, *, by: Author, at: datetime) -> None:
    write_changes(session, [need], actor_id=by.user_id, capacity=by.capacity, at=at)


def check_people(
    session: Session, patient_id: UUID, wanted: Wanted, *, before: Wanted, by: Author, at: datetime
) -> None:
    chosen = {"owner": (wanted.owner_id, before.owner_id)}
    chosen["deputy"] = (wanted.deputy_id, before.deputy_id)
    new = {field: one for field, (one, was) in chosen.items() if one is not None and one != was}
    if new:
        team = read_team(session, patient_id=patient_id, viewer_id=by.user_id, at=at)
        known = {one.id for one in can_answer(team.members)}
        for field, one in new.items():
            if one not in known:
                raise WrongPersonError(field)
    if wanted.owner_id is not None and wanted.owner_id == wanted.deputy_id:
        raise WrongPersonError("deputy")


def _fill(need: Need, wanted: Wanted) -> None:
    need.detail = wanted.detail
    need.owner_id = wanted.owner_id
    need.deputy_id = wanted.deputy_id
    need.contact_text = wanted.contact_text
    need.frequency = wanted.frequency
    need.review_on = wanted.review_on
