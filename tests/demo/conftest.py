"""A demo seeded at a chosen instant, and one on the day of the reference pages."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.demo import seed

HASH = "a-hash"

Seed = Callable[[datetime], Session]

REFERENCE_NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
"""Tuesday 24 November 2026, half past eleven in Paris."""


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def seed_at(session: Session, keys: KeyRing) -> Seed:
    """Seeds and commits, then hands the session back with nothing in its memory."""

    def _seed_at(now: datetime) -> Session:
        seed(session, keys=keys, now=now, password_hash=HASH)
        session.commit()
        session.info.clear()
        session.expunge_all()
        return session

    return _seed_at


@pytest.fixture
def demo(seed_at: Seed) -> Session:
    return seed_at(REFERENCE_NOW)
