"""Telling people that something in an agenda changed or waits for them, and never what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal import outbox
from portal.access.permissions import Permission
from portal.crypto import KeyRing
from portal.models import columns
from portal.models.outbox import OutboxMessage, OutboxState
from portal.models.rights import CareLinkKind
from portal.outbox import Letter
from portal.outbox.queue import say_instead, values_of
from portal.scheduling.letters import references
from portal.scheduling.letters.references import Reference
from portal.scheduling.standings import Person, allows, family_of, keepers_of

_message = columns(OutboxMessage)
# Who has the lease is sending it: what happened since needs a letter of its own.
_UNSENT = (
    select(OutboxMessage)
    .where(
        _message.user_id == bindparam("to_user", type_=Uuid),
        _message.letter == bindparam("of_kind"),
        _message.recipient == bindparam("to_address"),
        _message.state == OutboxState.PENDING,
        _message.leased_until.is_(None),
    )
    .order_by(_message.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which appointment, who did something to it, and when."""

    patient_id: UUID
    appointment_id: UUID
    by: UUID
    at: datetime


class _Recipient(Protocol):
    @property
    def user_id(self) -> UUID: ...
    @property
    def email(self) -> str: ...
    @property
    def locale(self) -> str | None: ...


def tell_family(session: Session, about: About, *, keys: KeyRing) -> int:
    """The patient and every relative who sees this appointment, but whoever did it; how many."""
    people = _family(session, about)
    told = [one for one in people if allows(Permission.AGENDA_SEE, one.standing)]
    return _tell(session, Letter.APPOINTMENT_CHANGED, told, about, keys=keys)


def tell_keepers(session: Session, about: About, *, keys: KeyRing) -> int:
    """The professional, or else the coordinators, who answer for this appointment; how many.

    The coordinators hear of it when the professional has no account, or the file is closed to
    them: somebody must.
    """
    people = keepers_of(
        session, patient_id=about.patient_id, appointment_id=about.appointment_id, at=about.at
    )
    first = [one for one in people if one.is_of_visit] or people
    told = [one for one in first if one.user_id != about.by]
    return _tell(session, Letter.APPOINTMENT_ASKED, told, about, keys=keys)


def ask_companion(
    session: Session, about: About, *, keys: KeyRing, related_person_id: UUID | None
) -> int:
    """One relative with an account, or all who may act in the agenda, the patient too."""
    needed = Permission.AGENDA_SEE if related_person_id else Permission.AGENDA_ACT
    asked = [
        one
        for one in _family(session, about)
        if related_person_id in (None, one.related_person_id)
        and (related_person_id is None or one.standing.link_kind is not CareLinkKind.SELF)
        and allows(needed, one.standing)
    ]
    return _tell(session, Letter.COMPANION_ASKED, asked, about, keys=keys)


def _family(session: Session, about: About) -> list[Person]:
    return family_of(
        session,
        patient_id=about.patient_id,
        appointment_id=about.appointment_id,
        by=about.by,
        at=about.at,
    )


def _tell(
    session: Session,
    letter: Letter,
    people: Iterable[_Recipient],
    about: About,
    *,
    keys: KeyRing,
) -> int:
    told = {one.user_id: one for one in people}
    for one in told.values():
        _post(session, letter, one, about, keys=keys)
    return len(told)


def _post(session: Session, letter: Letter, to: _Recipient, about: About, *, keys: KeyRing) -> None:
    """One unsent letter of a kind is enough for one person: it is about one more then."""
    new = Reference(about.patient_id, about.appointment_id)
    wanted = {"to_user": to.user_id, "of_kind": letter, "to_address": to.email}
    unsent = session.execute(_UNSENT, wanted).scalar_one_or_none()
    if unsent is None:
        outbox.post(
            session,
            keys=keys,
            letter=letter,
            to=to.email,
            locale=to.locale,
            user_id=to.user_id,
            subject_id=about.appointment_id,
            at=about.at,
            values=_values([new]),
        )
        return
    before = references.read(values_of(unsent, keys=keys).get("about", ""))
    say_instead(session, message=unsent, keys=keys, values=_values([*before, new]))


def _values(about: list[Reference]) -> dict[str, str]:
    return {"about": references.written(about), "path": references.path_to(about)}
