"""Two who change the same appointment: the second sees what the first did, and loses nothing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from portal.access.audit import Author
from portal.clock import now
from portal.db import Database, begin_writing
from portal.errors import ChangedMeanwhileError
from portal.models.agenda import AppointmentKind, AppointmentStatus
from portal.scheduling import booking
from portal.scheduling.conflicts import ClashError
from portal.scheduling.wanted import Order, Particulars, Timing
from tests.booking.circle import PARIS, Circle


def _text(html: str) -> str:
    return html.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_second_sees_what_changed_and_what_they_wished(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("claire")
    circle.act(visit, "move", **circle.timing(starts="10:00"), reason="La salle est prise")
    circle.enter("nadia")
    wish = {**circle.timing(starts="17:45"), "reason": "Je suis en retard"}
    answer = circle.act(visit, "move", **wish, version=1)
    assert answer.status_code == 409
    page = _text(answer.text)
    assert "Quelqu’un a changé ce rendez-vous entre-temps" in page
    assert "à 10 h" in page
    assert "La salle est prise" in page
    assert "Claire Morel" in page
    assert 'value="17:45"' in page
    assert 'value="Je suis en retard"' in page
    assert 'name="version" value="2"' in page
    assert circle.stored(visit.id).starts_at == circle.at(10)
    assert circle.act(visit, "move", **wish, version=2).status_code == 303
    assert circle.stored(visit.id).starts_at == circle.at(17, 45)
    assert [one.version for one in circle.changes(visit)] == [2, 3]


@pytest.mark.parametrize("act", ["move", "cancel", "correct"])
def test_no_act_writes_over_a_newer_version(circle: Circle, act: str) -> None:
    visit = circle.visit()
    circle.enter("claire")
    circle.act(visit, "move", **circle.timing(starts="10:00"))
    circle.enter("nadia")
    words = {"kind": "other", "title": "Autre chose", "reason": "Une autre raison"}
    for version in ("1", "", "many"):
        data = {**circle.timing(starts="17:45"), **words, "version": version}
        answer = circle.act(visit, act, **data)
        assert answer.status_code == 409
        assert "Une autre raison" in answer.text or "Autre chose" in answer.text
    kept = circle.stored(visit.id)
    assert (kept.version, kept.status, kept.title) == (2, AppointmentStatus.BOOKED, "Pansement")


def test_whoever_moves_what_was_cancelled_learns_it(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("claire")
    circle.act(visit, "cancel", reason="Le cabinet est fermé")
    circle.enter("nadia")
    answer = circle.act(visit, "move", **circle.timing(starts="17:45"), version=1)
    assert answer.status_code == 409
    assert "Le cabinet est fermé" in answer.text
    assert circle.stored(visit.id).status is AppointmentStatus.CANCELLED


def test_what_is_said_beside_the_agreement_makes_no_form_stale(circle: Circle) -> None:
    visit = circle.visit()
    row = circle.stored(visit.id)
    row.transport = "Une ambulance"
    circle.session.commit()
    circle.enter("nadia")
    answer = circle.act(visit, "move", **circle.timing(starts="17:45"), version=1)
    assert answer.status_code == 303


def _timing(circle: Circle, hour: int) -> Timing:
    return Timing(
        starts_at=circle.at(hour),
        ends_at=circle.at(hour, 30),
        time_zone=PARIS,
        duration_minutes=30,
    )


def test_of_two_who_move_it_at_the_same_instant_one_is_told(
    session: Session, database: Database, circle: Circle
) -> None:
    visit = circle.visit()
    authors = [Author(circle.people[name].id, "professional") for name in ("claire", "nadia")]
    wishes = [_timing(circle, hour) for hour in (11, 16)]
    patient_id, appointment_id, start = circle.patient.id, visit.id, Barrier(2)
    session.rollback()

    def move(number: int) -> bool:
        with database.session() as own:
            start.wait(timeout=30)
            begin_writing(own)
            try:
                booking.move(
                    own,
                    patient_id=patient_id,
                    appointment_id=appointment_id,
                    version=1,
                    timing=wishes[number],
                    by=authors[number],
                    at=now(),
                )
            except ChangedMeanwhileError:
                own.rollback()
                return False
            own.commit()
            return True

    with ThreadPoolExecutor(2) as pool:
        moved = list(pool.map(move, range(2)))
    assert sorted(moved) == [False, True]
    winner = moved.index(True)
    assert circle.stored(visit.id).starts_at == wishes[winner].starts_at
    (line,) = circle.changes(visit)
    assert line.actor_id == authors[winner].user_id


def _book(database: Database, circle: Circle, ids: list[UUID]) -> list[str]:
    """As many at once as there are ids, all for the same time."""
    timing, author = _timing(circle, 11), Author(circle.people["claire"].id, "coordinator")
    patient_id, start = circle.patient.id, Barrier(len(ids))
    circle.session.rollback()

    def book(appointment_id: UUID) -> str:
        particulars = Particulars(title="Prise de sang", kind=AppointmentKind.LABORATORY)
        order = Order(appointment_id=appointment_id, timing=timing, particulars=particulars)
        with database.session() as own:
            start.wait(timeout=30)
            begin_writing(own)
            try:
                done = booking.book(own, patient_id=patient_id, order=order, by=author, at=now())
            except ClashError:
                own.rollback()
                return "warned"
            own.commit()
            return "booked" if done.is_changed else "known"

    with ThreadPoolExecutor(len(ids)) as pool:
        return sorted(pool.map(book, ids))


def test_a_form_sent_five_times_at_once_is_one_appointment(
    database: Database, circle: Circle
) -> None:
    assert _book(database, circle, [uuid4()] * 5) == ["booked"] + ["known"] * 4
    assert len(circle.all()) == 1


def test_of_five_who_book_one_time_at_once_four_are_warned(
    database: Database, circle: Circle
) -> None:
    ids = [uuid4() for _ in range(5)]
    assert _book(database, circle, ids) == ["booked"] + ["warned"] * 4
    assert len(circle.all()) == 1
