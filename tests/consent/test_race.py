"""A yes and a no at the same instant: the no counts, whoever comes first to the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

from flask import Flask
from sqlmodel import Session

from portal.blueprints.consent import service
from portal.blueprints.consent.service import Author, Question
from portal.clock import now
from portal.consents.texts import current_text
from portal.db import Database, begin_writing
from portal.models.consent import ConsentPurpose
from tests.consent.circle import Circle, decisions, entered
from tests.pages import PageClient

ROUNDS = 100


def _question(circle: Circle) -> Question:
    text = current_text(ConsentPurpose.OUTSIDE_CARE_TEAM, locale="fr")
    return Question(circle.patient.id, text, circle.lucie.practitioner.id)


def test_a_hundred_times_the_no_counts(
    session: Session, database: Database, circle: Circle, lucie: PageClient
) -> None:
    question, author = _question(circle), Author(circle.jeanne.id, "self")
    begun = now() - timedelta(minutes=10)
    start = Barrier(2)

    def answer(round_number: int, *, is_yes: bool) -> None:
        at: datetime = begun + timedelta(seconds=round_number)
        act = service.say_yes if is_yes else service.say_no
        with database.session() as own:
            start.wait(timeout=30)
            begin_writing(own)
            act(own, question, author=author, at=at)
            own.commit()

    with ThreadPoolExecutor(2) as pool:
        for number in range(ROUNDS):
            both = [pool.submit(answer, number, is_yes=one) for one in (True, False)]
            for one in both:
                one.result()
            if number % 10 == 9:
                assert lucie.get(circle.home).status_code == 404, number
    assert len(decisions(session, circle.patient.id)) == 2 * ROUNDS


def test_a_no_counts_when_the_clock_was_set_back_since_the_yes(
    app: Flask, session: Session, circle: Circle
) -> None:
    question, author, at = _question(circle), Author(circle.jeanne.id, "self"), now()
    service.say_yes(session, question, author=author, at=at)
    service.say_no(session, question, author=author, at=at - timedelta(hours=1))
    session.commit()
    assert entered(app, session, circle.lucie.user).get(circle.home).status_code == 404
