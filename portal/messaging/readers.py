"""Which accounts read one conversation now: for whom a message is new, and who hears of it."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    Date,
    RowMapping,
    Select,
    Uuid,
    bindparam,
    not_,
    or_,
    select,
    union,
)
from sqlmodel import Session

from portal.access.facts import is_hidden
from portal.access.permissions import Permission
from portal.access.viewer import standing_of, towards_patient
from portal.messaging.recipients import RecipientRow
from portal.models import columns
from portal.models.account import Coordination, MessageLetters, User
from portal.models.directory import Absence, PractitionerRole
from portal.models.messaging import Thread, ThreadReader
from portal.models.rights import CareLink
from portal.scheduling.standings import allows

MOST_READERS = 100

_user = columns(User)
_link = columns(CareLink)
_coordination = columns(Coordination)
_role = columns(PractitionerRole)
_absence = columns(Absence)
_reader = columns(ThreadReader)
_accounts = User.__table__.alias("candidate").c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_of_patient = bindparam("patient_id", type_=Uuid)
_of_thread = bindparam("of_thread", type_=Uuid)
_of_practitioner = bindparam("of_practitioner", type_=Uuid)
_coordination_of = bindparam("coordination_of", type_=Uuid)
_team_of = bindparam("team_of", type_=Uuid)
_today = bindparam("today", type_=Date)
# Whoever reads what is written to a recipient: a person and who stands in today, or a team.
_OF_RECIPIENT = (
    select(_accounts.id).where(_accounts.practitioner_id == _of_practitioner),
    select(_accounts.id).where(
        _accounts.practitioner_id.in_(
            select(_absence.replacement_id).where(
                _absence.practitioner_id == _of_practitioner,
                _absence.starts_on <= _today,
                _absence.ends_on >= _today,
            )
        )
    ),
    select(_coordination.user_id).where(
        _coordination.organization_id == _coordination_of, _coordination.ended_at.is_(None)
    ),
    select(_accounts.id).where(
        _accounts.practitioner_id.in_(
            select(_role.practitioner_id).where(
                _role.organization_id == _team_of,
                or_(_role.period_start.is_(None), _role.period_start <= _today),
                or_(_role.period_end.is_(None), _role.period_end >= _today),
            )
        )
    ),
)
_CANDIDATES = union(
    select(_link.user_id).where(_link.patient_id == _of_patient),
    *_OF_RECIPIENT,
    select(_reader.user_id).where(
        _reader.patient_id == _of_patient, _reader.thread_id == _of_thread, _reader.is_participant
    ),
)


def _people(candidates: CompoundSelect[Any]) -> Select[Any]:
    return (
        towards_patient(
            select(
                _user.id.label("user_id"),
                _user.email,
                _user.locale,
                _user.time_zone.label("own_time_zone"),
                _user.message_letters,
                _user.given_name.label("own_given_name"),
                _user.family_name.label("own_family_name"),
            ).select_from(User)
        )
        .where(
            _user.id.in_(candidates),
            _user.disabled_at.is_(None),
            or_(_link.id.is_(None), not_(is_hidden(_of_patient, _of_thread, _user.id))),
            _user.enrolled_at.is_not(None),
        )
        .order_by(_user.id)
        .limit(MOST_READERS)
    )


_READERS = _people(_CANDIDATES)
_READERS_AT = _people(union(*_OF_RECIPIENT))


class ThreadPerson(NamedTuple):
    """Somebody who reads the conversation now."""

    user_id: UUID
    email: str | None
    locale: str | None
    time_zone: str | None
    message_letters: MessageLetters
    given_name: str
    family_name: str
    is_family: bool
    is_patient: bool


def readers_of(session: Session, thread: Thread, *, at: datetime) -> list[ThreadPerson]:
    """In the order of their accounts, so that two sends lock the same rows in the same order."""
    return _read(session, _READERS, thread, _owner(thread), at=at)


def readers_at(
    session: Session, thread: Thread, recipient: RecipientRow, *, at: datetime
) -> list[ThreadPerson]:
    """Professionals who would read it if that recipient answered for it; in the same order."""
    is_team = recipient.practitioner_id is None
    organization_id = recipient.organization_id if is_team else None
    owner = _Owner(recipient.member_id, recipient.practitioner_id, organization_id)
    found = _read(session, _READERS_AT, thread, owner, at=at)
    return [one for one in found if not one.is_family]


class _Owner(NamedTuple):
    member_id: UUID | None
    practitioner_id: UUID | None
    organization_id: UUID | None


def _owner(thread: Thread) -> _Owner:
    return _Owner(thread.member_id, thread.practitioner_id, thread.organization_id)


def _read(
    session: Session, statement: Select[Any], thread: Thread, owner: _Owner, *, at: datetime
) -> list[ThreadPerson]:
    values = {
        "patient_id": thread.patient_id,
        "of_thread": thread.id,
        "of_practitioner": owner.practitioner_id,
        "coordination_of": owner.organization_id if owner.member_id is None else None,
        "team_of": owner.organization_id if owner.member_id is not None else None,
        "now": at,
        "today": at.date(),
    }
    rows = session.execute(statement, values).mappings()
    people = (_person(row, at=at) for row in rows)
    return [one for one in people if one is not None]


def _person(row: RowMapping, *, at: datetime) -> ThreadPerson | None:
    """None for somebody to whom messages are closed."""
    standing = standing_of(row, at=at)
    if standing is None or not allows(Permission.MESSAGES_SEE, standing):
        return None
    return ThreadPerson(
        row["user_id"],
        row["email"],
        row["locale"],
        row["own_time_zone"],
        row["message_letters"],
        row["own_given_name"],
        row["own_family_name"],
        is_family=not standing.is_professional,
        is_patient=standing.is_own,
    )
