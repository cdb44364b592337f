"""The worker takes out of reading what is past its review date."""

from datetime import UTC, datetime, time, timedelta

from sqlmodel import Session

from portal.crypto import KeyRing
from portal.education import expiry
from portal.models.education import VersionState
from tests.education.modules import make_desk, make_module, make_published


def test_the_last_day_is_a_day_of_reading(session: Session, keys: KeyRing) -> None:
    desk = make_desk(session, keys)
    version = make_published(session, desk, make_module(session, desk))
    assert version.review_due is not None
    last = datetime.combine(version.review_due, time(23, 59), tzinfo=UTC)
    assert not expiry.is_due(session, at=last)
    after = last + timedelta(minutes=1)
    assert expiry.is_due(session, at=after)
    expiry.carry_out(session, at=after)
    assert version.state is VersionState.WITHDRAWN
    assert not expiry.is_due(session, at=after)
