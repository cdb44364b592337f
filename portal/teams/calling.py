"""Whom to call at an instant: who answers for it, else who stands in, else who is on call.

A place that opens nothing, because the patient keeps its holder out or has not said yes, is never
proposed. No words here: what the pages say of a call is in `care_team/words.py`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from portal.models.care import MemberFunction
from portal.models.need import NeedCode
from portal.teams.contacts import Contact, contacts_of
from portal.teams.rows import KeeperRow, Team

DUTY_DOCTOR_PHONE = "116 117"
"""The doctor on duty, where the number is answered."""


CAN_WAIT = frozenset(
    {
        NeedCode.COORDINATION,
        NeedCode.MEALS,
        NeedCode.DIET,
        NeedCode.HOUSEWORK,
        NeedCode.PHYSIOTHERAPY,
        NeedCode.EQUIPMENT,
        NeedCode.TRANSPORT,
        NeedCode.SOCIAL_RIGHTS,
        NeedCode.RESPITE,
    }
)
"""Needs for which nobody on duty is woken. What an organization added is not known to wait."""


class Why(StrEnum):
    """In what part the person to call is called."""

    OWNER = "owner"
    REPLACEMENT = "replacement"
    DEPUTY = "deputy"
    COORDINATOR = "coordinator"
    ON_CALL = "on_call"
    DUTY_DOCTOR = "duty_doctor"


@dataclass(frozen=True, slots=True)
class Call:
    """One number to call; `owner` is whose turn it would be, None where nobody answers for it.

    `contact` is None for a number that no member of the circle answers.
    """

    why: Why
    phone: str
    contact: Contact | None
    owner: Contact | None
    replaced: Contact | None = None
    """Whom the contact replaces: the owner, or another who would have been called."""
    service: str = ""
    """Who answers the on-call number, in the words of the organization."""

    @property
    def is_open(self) -> bool:
        """Whether somebody is known to answer now."""
        return self.contact is None or self.contact.presence.is_open


@dataclass(frozen=True, slots=True)
class Roster:
    """The contacts of one circle at one instant, by place in the circle."""

    contacts: dict[UUID, Contact]
    coordinators: tuple[Contact, ...]
    keeper: KeeperRow | None


@dataclass(frozen=True, slots=True)
class _Turn:
    """One who may be called, in what part."""

    contact: Contact
    why: Why
    replaced: Contact | None = None


def roster(team: Team, *, at: datetime, time_zone: str) -> Roster:
    """`time_zone` is that of the patient, for those whose place has none."""
    contacts = contacts_of(team, at=at, time_zone=time_zone)
    coordinators = tuple(
        contacts[row.id]
        for row in team.members
        if row.id in contacts and MemberFunction.COORDINATEUR in row.functions
    )
    return Roster(contacts, coordinators, team.keeper)


def call_for(
    circle: Roster, *, owner_id: UUID | None, deputy_id: UUID | None, can_wait: bool = False
) -> Call | None:
    """Whom to call for a need; None when there is no number at all.

    For what `can_wait` nobody on duty is called at night: who is back first is named instead.
    """
    owner = circle.contacts.get(owner_id) if owner_id else None
    deputy = circle.contacts.get(deputy_id) if deputy_id else None
    turns = [*_turns_of(owner, Why.OWNER), *_turns_of(deputy, Why.DEPUTY)]
    for coordinator in circle.coordinators:
        if coordinator not in (owner, deputy):
            turns += _turns_of(coordinator, Why.COORDINATOR)
    chosen = _own_family(turns) or _first_open(turns) or _first_maybe(turns)
    if chosen is not None:
        return _as_call(chosen, owner)
    service = None if can_wait else next(_services(circle.keeper, owner), None)
    if service is not None:
        return service
    chosen = _back_first(turns)
    return _as_call(chosen, owner) if chosen else None


def stand_in_of(contact: Contact) -> Call | None:
    """Who is called in the place of somebody who is away; None when nobody was named."""
    turns = [turn for turn in _turns_of(contact, Why.OWNER) if turn.replaced is not None]
    chosen = _first_open(turns) or _first_maybe(turns) or _back_first(turns)
    return _as_call(chosen, contact) if chosen else None


def services(circle: Roster) -> list[Call]:
    """The numbers that answer when nobody of the circle does, in their order."""
    return list(_services(circle.keeper, None))


def _turns_of(contact: Contact | None, why: Why) -> Iterator[_Turn]:
    if contact is None:
        return
    yield _Turn(contact, why)
    for replacement in contact.replacements:
        yield _Turn(replacement, Why.REPLACEMENT, contact)


def _as_call(turn: _Turn, owner: Contact | None) -> Call:
    return Call(turn.why, turn.contact.phone, turn.contact, owner, turn.replaced)


def _own_family(turns: Iterable[_Turn]) -> _Turn | None:
    """A relative has no hours: who answers for it is called, whoever else could be reached."""
    for turn in turns:
        if turn.why is Why.OWNER and turn.contact.is_relative and turn.contact.may_answer:
            return turn
    return None


def _first_open(turns: Iterable[_Turn]) -> _Turn | None:
    return next((one for one in turns if one.contact.answers), None)


def _first_maybe(turns: Iterable[_Turn]) -> _Turn | None:
    """Nobody is known to answer: the first whose hours nobody knows, without a promise."""
    return next((one for one in turns if one.contact.may_answer), None)


def _back_first(turns: Iterable[_Turn]) -> _Turn | None:
    """Everybody is closed: who is back first; else the first who has a number."""
    with_number = [one for one in turns if one.contact.phone]
    back = [
        (resumes_at, rank)
        for rank, one in enumerate(with_number)
        if (resumes_at := one.contact.presence.resumes_at)
    ]
    if back:
        return with_number[min(back)[1]]
    return with_number[0] if with_number else None


def _services(keeper: KeeperRow | None, owner: Contact | None) -> Iterator[Call]:
    if keeper is None:
        return
    if keeper.on_call_phone:
        on_call, said = keeper.on_call_phone, keeper.on_call_text
        yield Call(Why.ON_CALL, on_call, None, owner, service=said)
    if keeper.has_116117:
        yield Call(Why.DUTY_DOCTOR, DUTY_DOCTOR_PHONE, None, owner)
