"""Places of a workshop: never more taken than there are, whoever accepts at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlmodel import Session

from portal.clock import now
from portal.db import Database, begin_writing
from portal.models.series import Workshop
from portal.scheduling.workshops.places import WorkshopFullError, free_place, take_place
from tests import factories

CROWD = 50
AT_ONCE = 10


def _workshop(session: Session, **fields: object) -> Workshop:
    starts_at = now() + timedelta(days=9)
    place = factories.make_organization(session)
    values: dict[str, object] = {"title": "Bien manger", "capacity": 8} | fields
    workshop = Workshop(
        organization_id=place.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        **values,
    )
    session.add(workshop)
    session.commit()
    return workshop


def _taken(session: Session, workshop_id: UUID) -> int:
    session.rollback()
    session.expire_all()
    return session.get_one(Workshop, workshop_id).places_taken


def test_a_place_is_taken_and_given_back(session: Session) -> None:
    workshop = _workshop(session)
    take_place(session, workshop.id)
    take_place(session, workshop.id)
    assert workshop.places_taken == 2
    free_place(session, workshop.id)
    assert workshop.places_taken == 1


def test_the_last_place_is_the_last(session: Session) -> None:
    workshop = _workshop(session, capacity=1)
    take_place(session, workshop.id)
    with pytest.raises(WorkshopFullError):
        take_place(session, workshop.id)
    assert workshop.places_taken == 1


def test_nothing_is_given_back_twice(session: Session) -> None:
    workshop = _workshop(session)
    free_place(session, workshop.id)
    assert workshop.places_taken == 0


def test_a_cancelled_workshop_has_no_place_left(session: Session) -> None:
    workshop = _workshop(session, cancelled_at=now(), places_taken=2)
    with pytest.raises(WorkshopFullError):
        take_place(session, workshop.id)
    free_place(session, workshop.id)
    assert workshop.places_taken == 1


def test_an_unknown_workshop_has_no_place(session: Session) -> None:
    with pytest.raises(WorkshopFullError):
        take_place(session, UUID(int=7))


def test_a_transaction_that_fails_takes_nothing(session: Session) -> None:
    workshop = _workshop(session)
    take_place(session, workshop.id)
    session.rollback()
    assert _taken(session, workshop.id) == 0


def _together(database: Database, act: Callable[[Session], None]) -> list[bool]:
    """Fifty acts, ten at the same instant; which of them went through."""
    start = Barrier(AT_ONCE)

    def try_it(_number: int) -> bool:
        start.wait(timeout=60)
        with database.session() as own:
            begin_writing(own)
            try:
                act(own)
            except WorkshopFullError:
                return False
            own.commit()
            return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(try_it, range(CROWD)))


def test_of_fifty_who_accept_the_last_place_one_has_it(
    session: Session, database: Database
) -> None:
    workshop = _workshop(session, capacity=8, places_taken=7)
    session.rollback()
    done = _together(database, lambda own: take_place(own, workshop.id))
    assert done.count(True) == 1
    assert _taken(session, workshop.id) == 8


def test_fifty_who_accept_a_smaller_workshop_fill_it_and_no_more(
    session: Session, database: Database
) -> None:
    workshop = _workshop(session, capacity=12)
    session.rollback()
    done = _together(database, lambda own: take_place(own, workshop.id))
    assert done.count(True) == 12
    assert _taken(session, workshop.id) == 12


def test_places_given_back_by_many_at_once_are_all_counted(
    session: Session, database: Database
) -> None:
    workshop = _workshop(session, capacity=60, places_taken=55)
    session.rollback()
    _together(database, lambda own: free_place(own, workshop.id))
    assert _taken(session, workshop.id) == 5
