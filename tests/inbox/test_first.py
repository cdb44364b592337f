"""A professional writes first, and answers for the conversation from then on."""

from uuid import uuid4

from sqlmodel import Session, select

from portal.models.messaging import Thread, ThreadState
from tests.messages.conftest import Browsing
from tests.messaging.circle import WritingCircle


def test_nadia_writes_first_and_jeanne_reads_it(
    session: Session, circle: WritingCircle, as_: Browsing
) -> None:
    nadia, jeanne = as_(circle.nadia), as_(circle.jeanne)
    url = f"/p/{circle.patient.id}/messages"
    assert "Écrire à Jeanne" in nadia.get(url).text
    wanted = {"subject": "Ordonnance", "body": "Il reste 4 compresses.", "key": str(uuid4())}
    assert nadia.post(f"{url}/answer/new", data=wanted | {"body": ""}).status_code == 422
    for _ in range(2):  # a double click
        assert nadia.post(f"{url}/answer/new", data=wanted).status_code == 303
    session.rollback()
    thread = session.exec(select(Thread)).one()
    assert (thread.member_id, thread.state) == (circle.nadias_place.id, ThreadState.ANSWERED)
    session.rollback()
    assert "Attend votre réponse" in jeanne.get(url).text
    refused = as_(circle.paul).post(f"{url}/answer/new", data=wanted)
    assert refused.status_code == 403
