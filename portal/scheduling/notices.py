"""Telling people that something in an agenda changed or waits for them, and never what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.crypto import KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which appointment, who did something to it, and when."""

    patient_id: UUID
    appointment_id: UUID
    by: UUID
    at: datetime


def tell_family(session: Session, about: About, *, keys: KeyRing) -> int:
    """The patient and every relative who sees this appointment, but whoever did it; how many."""
    del session, about, keys
    return 0


def tell_keepers(session: Session, about: About, *, keys: KeyRing) -> int:
    """The professional, or else the coordinators, who answer for this appointment; how many."""
    del session, about, keys
    return 0


def ask_companion(
    session: Session, about: About, *, keys: KeyRing, related_person_id: UUID | None
) -> int:
    """One relative with an account, or all who may act in the agenda, whether they go along."""
    del session, about, keys, related_person_id
    return 0
