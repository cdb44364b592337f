"""The worker looks for conversations whose owner is gone, all of them every ten minutes."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, exists, not_, or_, select, tuple_
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from portal.access.facts import opens, shares_care
from portal.clock import now
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.messaging.letters import tell_readers
from portal.messaging.ownership import settle_owner
from portal.messaging.recipients import (
    coordinator_reads,
    read_recipients,
    reads_as,
    somebody_there_reads,
)
from portal.models import columns
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Organization
from portal.models.messaging import Thread, ThreadState
from portal.models.rights import GrantCategory

EVERY_SECONDS = 600.0
"""So long after the last conversation was looked at the first one is looked at again."""
PIECE = 500
"""Conversations that are looked at by one statement."""
log = logging.getLogger("portal.messaging")

_t = columns(Thread)
_patient = columns(Patient)
_team = columns(CareTeam)
_member = columns(CareTeamMember)
_organization = columns(Organization)


class _Place(NamedTuple):
    patient_id: UUID
    id: UUID


_FIRST = _Place(UUID(int=0), UUID(int=0))
_window = (
    select(
        _t.patient_id,
        _t.id,
        _t.state,
        _t.member_id,
        _t.practitioner_id,
        _t.organization_id,
    )
    .where(
        tuple_(_t.patient_id, _t.id)
        > tuple_(bindparam("after_patient", type_=Uuid), bindparam("after", type_=Uuid))
    )
    .order_by(_t.patient_id, _t.id)
    .limit(PIECE)
).subquery("piece")
_w = _window.c
_place_reads = (
    exists()
    .where(
        _member.patient_id == _w.patient_id,
        _member.id == _w.member_id,
        _team.patient_id == _member.patient_id,
        _patient.id == _member.patient_id,
        opens(GrantCategory.MESSAGES),
        or_(
            and_(_member.practitioner_id == _w.practitioner_id, reads_as(_w.practitioner_id)),
            and_(
                _member.practitioner_id.is_(None),
                _member.organization_id == _w.organization_id,
                somebody_there_reads,
            ),
        ),
    )
    .correlate(_window)
)
_coordination_reads = (
    exists()
    .where(
        _w.member_id.is_(None),
        _patient.id == _w.patient_id,
        _patient.organization_id == _w.organization_id,
        _organization.id == _w.organization_id,
        shares_care(),
        coordinator_reads,
    )
    .correlate(_window)
)
_LOST = (
    select(_w.patient_id, _w.id)
    .where(_w.state != ThreadState.CLOSED, not_(or_(_place_reads, _coordination_reads)))
    .order_by(_w.patient_id, _w.id)
)
_END = select(_w.patient_id, _w.id).order_by(_w.patient_id.desc(), _w.id.desc()).limit(1)
_HELD = (
    select(Thread)
    .where(
        _t.patient_id == bindparam("of_patient", type_=Uuid),
        _t.id == bindparam("of_thread", type_=Uuid),
        _t.state != ThreadState.CLOSED,
    )
    .with_for_update()
    .execution_options(populate_existing=True)
)


@dataclass
class LostOwners:
    """A task of the worker: a bounded number of conversations at a time."""

    keys: KeyRing
    _after: _Place = _FIRST
    _again_at: float = 0.0
    _left: list[_Place] = field(default_factory=list)

    def work(self, database: Database) -> bool:
        """One piece of the round, or one conversation; False when the round is over."""
        if self._left:
            self._settle(database, self._left.pop(0))
            return True
        if time.monotonic() < self._again_at:
            return False
        lost, end = self._look(database)
        self._left = list(lost)
        self._after = end or _FIRST
        if end is None:
            self._again_at = time.monotonic() + EVERY_SECONDS
        return end is not None

    def _look(self, database: Database) -> tuple[Sequence[_Place], _Place | None]:
        """What is lost in the next piece, and where that ends; none after the last one."""
        values: dict[str, Any] = {"after_patient": self._after.patient_id, "after": self._after.id}
        with database.session() as session:
            end = session.execute(_END, values).first()
            if end is None:
                return [], None
            lost = session.execute(_LOST, values | {"now": now()})
            return [_Place(*row) for row in lost], _Place(*end)

    def _settle(self, database: Database, lost: _Place) -> None:
        try:
            with database.session() as session:
                begin_writing(session)
                settle(session, lost, keys=self.keys)
                session.commit()
        except SQLAlchemyError:
            raise  # the database is away: the next round finds it again
        except Exception:
            # One conversation without an owner holds up no other.
            log.exception("conversation %s has no owner", lost.id)


def settle(session: Session, lost: _Place, *, keys: KeyRing) -> None:
    """Asked once more in the transaction that writes: what changed meanwhile counts."""
    at = now()
    values = {"of_patient": lost.patient_id, "of_thread": lost.id}
    thread = session.execute(_HELD, values).scalar_one_or_none()
    if thread is None:
        return
    recipients = read_recipients(session, patient_id=lost.patient_id, at=at)
    told = settle_owner(session, thread, recipients, at=at)
    tell_readers(session, thread, told, keys=keys, at=at)
