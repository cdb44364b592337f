"""The places of a workshop: taken by a yes, given back by a no, and the last one goes once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlmodel import Session

from portal import clock
from portal.access.audit import Author
from portal.access.sessions import cookie_name, start_session
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.rights import CareLinkKind
from portal.models.series import Workshop
from portal.scheduling.requests import answers
from portal.scheduling.workshops.places import WorkshopFullError
from tests import factories
from tests.answering.circle import Circle, in_days, words_of
from tests.pages import PageClient

MANY = 50


def test_a_yes_takes_a_place_and_a_no_gives_it_back(circle: Circle) -> None:
    workshop = circle.workshop(capacity=8, taken=6)
    visit = circle.place(workshop)
    circle.enter("paul")
    assert "Il reste 2 places" in words_of(circle.get(visit))
    circle.answer(visit, "yes", version=1)
    circle.answer(visit, "yes", version=1)
    assert circle.places_taken(workshop) == 7
    page = words_of(circle.get(visit))
    assert "Rendre la place" in page
    circle.answer(visit, "no", version=2)
    circle.answer(visit, "no", version=2)
    assert circle.places_taken(workshop) == 6
    circle.post(visit, "/undo-answer", version=3)
    assert circle.places_taken(workshop) == 7
    assert circle.stored(visit).status is AppointmentStatus.BOOKED
    assert circle.acts(visit) == ["accepted", "declined", "restored"]


def test_a_no_to_a_mere_proposal_gives_nothing_back(circle: Circle) -> None:
    workshop = circle.workshop(taken=6)
    visit = circle.place(workshop)
    circle.enter("paul")
    circle.answer(visit, "no")
    assert circle.places_taken(workshop) == 6
    circle.post(visit, "/undo-answer")
    assert circle.places_taken(workshop) == 6


def test_a_full_workshop_is_said_in_words_and_offers_the_waiting_list(circle: Circle) -> None:
    workshop = circle.workshop(capacity=3, taken=3)
    visit = circle.place(workshop)
    circle.enter("paul")
    assert "Accepter pour Jeanne" not in words_of(circle.get(visit))
    answer = circle.answer(visit, "yes")
    assert answer.status_code == 409
    page = words_of(answer)
    assert "La dernière place vient d’être prise. La proposition reste" in page
    assert "S’inscrire sur la liste d’attente" in page
    assert circle.stored(visit).status is AppointmentStatus.PROPOSED
    for _ in range(2):
        assert circle.post(visit, "/waiting-list", version=1).status_code == 303
    assert circle.stored(visit).status is AppointmentStatus.WAITLIST
    assert "Revenez voir ici" in words_of(circle.get(visit))
    for _ in range(2):
        assert circle.post(visit, "/waiting-list/leave", version=2).status_code == 303
    assert circle.stored(visit).status is AppointmentStatus.PROPOSED
    assert circle.acts(visit) == ["waitlisted", "left_waitlist"]
    assert circle.places_taken(workshop) == 3


def test_who_waits_accepts_once_a_place_is_free(circle: Circle) -> None:
    workshop = circle.workshop(capacity=3, taken=2)
    visit = circle.place(workshop, status=AppointmentStatus.WAITLIST)
    circle.enter("jeanne")
    assert "Une place est libre" in words_of(circle.get(visit))
    assert circle.answer(visit, "yes").status_code == 303
    assert circle.places_taken(workshop) == 3


def test_a_place_that_was_given_back_and_taken_is_not_taken_back(circle: Circle) -> None:
    workshop = circle.workshop(capacity=3, taken=3)
    visit = circle.place(workshop, status=AppointmentStatus.BOOKED)
    circle.enter("paul")
    circle.answer(visit, "no")
    assert circle.places_taken(workshop) == 2
    circle.session.get_one(Workshop, workshop.id).places_taken = 3
    circle.session.commit()
    answer = circle.post(visit, "/undo-answer")
    assert answer.status_code == 409
    assert "La dernière place vient d’être prise" in words_of(answer)
    assert circle.stored(visit).status is AppointmentStatus.CANCELLED


def test_no_waiting_list_where_there_are_no_places(circle: Circle) -> None:
    visit = circle.proposal()
    circle.enter("paul")
    assert circle.post(visit, "/waiting-list").status_code == 422
    assert circle.post(visit, "/waiting-list/leave").status_code == 422


def _invited(session: Session, keys: KeyRing, count: int) -> tuple[Workshop, list[Appointment]]:
    """One place left, proposed to so many patients."""
    house = factories.make_organization(session)
    workshop = Workshop(
        organization_id=house.id,
        title="Cuisiner sans sel",
        starts_at=in_days(5),
        ends_at=in_days(6),
        capacity=8,
        places_taken=7,
    )
    session.add(workshop)
    session.flush()
    visits = []
    for _ in range(count):
        patient = factories.make_patient(session)
        user, _secret = factories.make_user(session, keys)
        own = CareLinkKind.SELF
        factories.make_link(session, patient=patient, user=user, kind=own)
        visits.append(
            factories.make_appointment(
                session,
                patient=patient,
                status=AppointmentStatus.PROPOSED,
                workshop_id=workshop.id,
                starts_at=workshop.starts_at,
                ends_at=workshop.ends_at,
                created_by=user.id,
            )
        )
    session.commit()
    return workshop, visits


def _statuses(session: Session, visits: list[Appointment]) -> Counter[AppointmentStatus]:
    session.rollback()
    session.expire_all()
    keys = [(one.patient_id, one.id) for one in visits]
    return Counter(session.get_one(Appointment, key).status for key in keys)


def test_of_fifty_who_accept_the_last_place_at_once_one_has_it(
    session: Session, keys: KeyRing, database: Database
) -> None:
    workshop, visits = _invited(session, keys, MANY)
    wanted = [(one.patient_id, one.id, one.created_by) for one in visits]
    workshop_id = workshop.id
    session.rollback()
    threads = 10
    start = Barrier(threads)

    def accept(some: list[tuple[object, object, object]]) -> list[bool]:
        start.wait(timeout=30)
        return [_accept(database, *one) for one in some]

    with ThreadPoolExecutor(threads) as pool:
        won = [
            one
            for some in pool.map(accept, [wanted[n::threads] for n in range(threads)])
            for one in some
        ]
    assert Counter(won) == {True: 1, False: MANY - 1}
    assert _statuses(session, visits) == {
        AppointmentStatus.BOOKED: 1,
        AppointmentStatus.PROPOSED: MANY - 1,
    }
    assert session.get_one(Workshop, workshop_id).places_taken == 8


def _accept(database: Database, patient_id: object, appointment_id: object, by: object) -> bool:
    with database.session() as own:
        begin_writing(own)
        try:
            answers.accept(
                own,
                patient_id=patient_id,  # type: ignore[arg-type]  # read from the row
                appointment_id=appointment_id,  # type: ignore[arg-type]  # read from the row
                version=1,
                by=Author(by, "self"),  # type: ignore[arg-type]  # read from the row
                at=clock.now(),
            )
        except WorkshopFullError:
            return False
        own.commit()
        return True


def test_over_the_web_one_of_fifty_is_confirmed_and_the_others_are_told(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    workshop, visits = _invited(session, keys, MANY)
    doors = []
    for visit in visits:
        assert visit.created_by is not None
        _row, token = start_session(
            session, user_id=visit.created_by, is_staff=False, user_agent="test", at=clock.now()
        )
        doors.append((f"/p/{visit.patient_id}/agenda/{visit.id}/answer", token))
    session.commit()
    workshop_id = workshop.id
    session.rollback()
    threads = 8
    start = Barrier(threads)

    def accept(some: list[tuple[str, str]]) -> list[tuple[int, str]]:
        start.wait(timeout=30)
        found = []
        for door, token in some:
            reader = PageClient(app)
            reader.client.set_cookie(cookie_name(app, "sid"), token)
            answer = reader.post(door, data={"version": 1, "answer": "yes"})
            found.append((answer.status_code, answer.text))
        return found

    with ThreadPoolExecutor(threads) as pool:
        parts = pool.map(accept, [doors[n::threads] for n in range(threads)])
        answered = [one for part in parts for one in part]
    assert Counter(status for status, _text in answered) == {303: 1, 409: MANY - 1}
    told = [text for status, text in answered if status == 409]
    assert all("La dernière place vient d’être prise. La proposition reste" in one for one in told)
    assert all("S’inscrire sur la liste d’attente" in one for one in told)
    assert _statuses(session, visits)[AppointmentStatus.BOOKED] == 1
    assert session.get_one(Workshop, workshop_id).places_taken == 8


@pytest.mark.parametrize("answer", ["other"])
def test_a_workshop_is_not_moved_for_one_of_many(circle: Circle, answer: str) -> None:
    visit = circle.place(circle.workshop(), practitioner_id=circle.nurse.id)
    circle.enter("paul")
    assert circle.answer(visit, answer, parts=["morning"]).status_code == 422
    assert circle.answer(visit, "call").status_code == 303
