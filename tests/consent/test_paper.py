"""What was signed on paper, copied by a coordinator: it counts by the day of its signature."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from sqlmodel import Session, select

from portal.models.account import UserSession
from portal.models.consent import ConsentChannel, ConsentPurpose, ConsentStatus
from portal.models.outbox import OutboxMessage
from tests import factories
from tests.consent.circle import (
    COORDINATION,
    Circle,
    decisions,
    entered,
    paper,
    say_no,
    say_yes,
)
from tests.pages import PageClient

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
OUTSIDE = ConsentPurpose.OUTSIDE_CARE_TEAM
TODAY, YESTERDAY, TOMORROW = "24/11/2026", "23/11/2026", "25/11/2026"


def _sees(reader: PageClient, circle: Circle) -> bool:
    return reader.get(circle.home).status_code == 200


def test_a_signed_yes_opens_the_file_and_the_patient_is_told_without_a_name(
    session: Session, jeanne: PageClient, claire: PageClient, lucie: PageClient, circle: Circle
) -> None:
    answer = paper(claire, circle, circle.lucie.key, "yes", "01/11/2026")
    assert answer.headers["Location"] == f"{circle.path}?done=paper"
    assert _sees(lucie, circle)
    row = decisions(session, circle.patient.id)[0]
    assert (row.channel, row.capacity, row.actor_id, row.paper_note) == (
        ConsentChannel.PAPER,
        "coordinator",
        circle.claire.id,
        "À domicile, avec Paul",
    )
    mail = session.exec(select(OutboxMessage)).one()
    assert (mail.letter, mail.recipient) == ("consent_recorded", circle.jeanne.email)
    page = jeanne.get(circle.path).text
    assert "sur papier signé le 1er novembre 2026, noté par Claire Morvan" in page


def test_the_patient_who_signed_nothing_takes_it_back_at_once(
    session: Session, jeanne: PageClient, claire: PageClient, lucie: PageClient, circle: Circle
) -> None:
    paper(claire, circle, circle.lucie.key, "yes", "01/11/2026")
    assert "Ce n’est pas moi" in jeanne.get(circle.path).text
    row = decisions(session, circle.patient.id)[0]
    path = f"{circle.path}/{row.id}/take-back"
    assert claire.post(path).status_code == 403
    assert jeanne.post(path).headers["Location"] == f"{circle.path}?done=no"
    assert not _sees(lucie, circle)
    assert "Ce n’est pas moi" not in jeanne.get(circle.path).text
    assert jeanne.post(path).headers["Location"] == f"{circle.path}?done=nothing"
    assert len(decisions(session, circle.patient.id)) == 2


def test_a_paper_yes_is_taken_back_even_when_the_professional_has_left(
    session: Session, jeanne: PageClient, claire: PageClient, circle: Circle
) -> None:
    paper(claire, circle, circle.lucie.key, "yes", "01/11/2026")
    row = decisions(session, circle.patient.id)[0]
    stranger = factories.make_practitioner(session)
    row.practitioner_id = stranger.id
    session.add(row)
    session.commit()
    jeanne.post(f"{circle.path}/{row.id}/take-back")
    assert decisions(session, circle.patient.id)[-1].status is ConsentStatus.WITHDRAWN


@pytest.mark.parametrize(
    ("said_on_screen", "signed", "day", "opens", "done"),
    [
        ("no", "yes", YESTERDAY, False, "paper-older"),
        ("no", "yes", TODAY, False, "paper-older"),
        ("yes", "no", YESTERDAY, True, "paper-older"),
        ("yes", "no", TODAY, False, "paper"),
    ],
    ids=["yes-of-before", "yes-of-that-day", "no-of-before", "no-of-that-day"],
)
def test_what_was_said_after_the_signature_stays_and_a_no_of_that_day_counts(
    app: Flask,
    session: Session,
    circle: Circle,
    said_on_screen: str,
    signed: str,
    day: str,
    opens: bool,
    done: str,
) -> None:
    key = circle.lucie.key
    with time_machine.travel(NOON, tick=False) as clock:
        jeanne, claire, lucie = (
            entered(app, session, one) for one in (circle.jeanne, circle.claire, circle.lucie.user)
        )
        say_yes(jeanne, circle, key, purpose=OUTSIDE)
        if said_on_screen == "no":
            clock.shift(timedelta(seconds=1))
            say_no(jeanne, circle, key)
        clock.shift(timedelta(minutes=1))
        answer = paper(claire, circle, key, signed, day)
        assert answer.headers["Location"] == f"{circle.path}?done={done}"
        assert _sees(lucie, circle) is opens
        assert "noté par Claire Morvan" in jeanne.get(circle.path).text, "it is in the history"


def test_of_two_sheets_of_one_day_the_no_counts_whatever_the_order(
    claire: PageClient, lucie: PageClient, circle: Circle
) -> None:
    for answers in (("yes", "no"), ("no", "yes")):
        for answer in answers:
            paper(claire, circle, circle.lucie.key, answer, "01/11/2026")
        assert not _sees(lucie, circle)


def test_a_no_to_coordination_on_paper_closes_the_agenda(
    claire: PageClient, nadia: PageClient, circle: Circle
) -> None:
    paper(claire, circle, COORDINATION, "no", "01/11/2026")
    assert nadia.get(f"{circle.home}agenda").status_code == 403
    assert claire.get(f"{circle.home}agenda").status_code == 403
    assert claire.get(circle.path).status_code == 200


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"about": ""}, "Choisissez de quoi parle la réponse"),
        ({"about": "research"}, "Choisissez de quoi parle la réponse"),
        ({"about": "nadia"}, "Choisissez de quoi parle la réponse"),
        ({"answer": "perhaps"}, "Choisissez une des réponses"),
        ({"signed_on": ""}, "Écrivez le jour de la signature"),
        ({"signed_on": "31/02/2026"}, "Écrivez le jour ainsi"),
        ({"signed_on": "01/01/1900"}, "Écrivez le jour ainsi"),
        ({"signed_on": "0" * 300}, "Écrivez le jour ainsi"),
        ({"signed_on": TOMORROW}, "Ce jour n’est pas encore venu"),
        ({"note": ""}, "Écrivez où et avec qui"),
        ({"note": "x" * 301}, "moins de mots"),
    ],
)
def test_a_mistake_is_said_and_what_was_typed_stays(
    app: Flask, session: Session, circle: Circle, fields: dict[str, str], sentence: str
) -> None:
    good = {"about": COORDINATION, "answer": "no", "signed_on": TODAY, "note": "avec <Paul>"}
    if fields.get("about") == "nadia":
        fields = {"about": circle.nadia.key}  # inside the équipe de soins: no consent is asked
    with time_machine.travel(NOON, tick=False):
        claire = entered(app, session, circle.claire)
        answer = claire.post(f"{circle.path}/paper", data=good | fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    if "note" not in fields:
        assert "avec &lt;Paul&gt;" in answer.text
    assert decisions(session, circle.patient.id) == []
    assert session.exec(select(OutboxMessage)).all() == []


def test_copying_a_sheet_needs_a_second_factor(
    session: Session, claire: PageClient, jeanne: PageClient, circle: Circle
) -> None:
    session.execute(update(UserSession).values(stepped_up_at=factories.LONG_AGO))
    session.commit()
    assert claire.get(f"{circle.path}/paper").headers["Location"].startswith("/sign-in/confirm")
    assert paper(claire, circle, COORDINATION, "no", "01/11/2026").status_code == 403
    assert jeanne.get(f"{circle.path}/paper").status_code == 403
    assert decisions(session, circle.patient.id) == []
