"""The patient says which relatives read a conversation; for the others it does not exist."""

from uuid import uuid4

import pytest
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.rights import CareLink, HiddenItem
from tests.messaging.circle import WritingCircle, family_writes, make_circle
from tests.pages import PageClient


@pytest.fixture
def circle(session: Session, keys: KeyRing) -> WritingCircle:
    return make_circle(session, keys)


@pytest.fixture
def door(session: Session, keys: KeyRing, circle: WritingCircle) -> str:
    sent = family_writes(session, keys, circle, to=circle.nadias_place, subject="zzsubject")
    session.commit()
    return f"/p/{circle.patient.id}/messages/{sent.thread_id}"


def _link(session: Session, circle: WritingCircle) -> str:
    found = select(CareLink.id).where(CareLink.user_id == circle.paul.id)
    return str(session.exec(found).one())


def test_kept_from_paul_it_does_not_exist_for_him_and_then_does_again(
    reader: PageClient, session: Session, circle: WritingCircle, door: str
) -> None:
    link = _link(session, circle)
    reader.enter(session, circle.jeanne.user)
    assert reader.post(f"{door}/readers", data={"links": link}).status_code == 303
    assert "checked" in reader.get(f"{door}/readers").text
    reader.enter(session, circle.paul.user)
    assert reader.get(door).status_code == 404
    for path in ("", "agenda", "messages", "messages/search?q=zzsubject"):
        text = reader.get(f"/p/{circle.patient.id}/{path}").text
        assert "zzsubject</" not in text
        assert 'class="badge"' not in text
    reader.enter(session, circle.jeanne.user)
    assert reader.post(f"{door}/readers", data={}).status_code == 303
    reader.enter(session, circle.paul.user)
    assert reader.get(door).status_code == 200


def test_the_patient_keeps_it_from_everybody_in_one_act(
    reader: PageClient, session: Session, circle: WritingCircle, door: str
) -> None:
    reader.enter(session, circle.jeanne.user)
    assert reader.post(f"{door}/readers", data={"is_secret": "on"}).status_code == 303
    assert session.exec(select(HiddenItem)).one().care_link_id is None
    assert reader.get(door).status_code == 200
    reader.enter(session, circle.paul.user)
    assert reader.get(door).status_code == 404
    reader.enter(session, circle.nadia.user)
    assert reader.get(door).status_code == 200


def test_sylvie_who_reads_no_messages_is_not_offered_and_others_links_are_refused(
    reader: PageClient, session: Session, circle: WritingCircle, door: str
) -> None:
    reader.enter(session, circle.jeanne.user)
    text = reader.get(f"{door}/readers").text
    assert ("Paul ne lit pas" in text, "Sylvie" in text) == (True, False)
    answer = reader.post(f"{door}/readers", data={"links": str(uuid4())})
    assert answer.status_code == 422
    assert session.exec(select(HiddenItem)).first() is None


def test_only_the_patient_decides(
    reader: PageClient, session: Session, circle: WritingCircle, door: str
) -> None:
    for account in (circle.paul, circle.nadia, circle.claire):
        reader.enter(session, account.user)
        assert reader.get(f"{door}/readers").status_code == 403
        assert reader.post(f"{door}/readers", data={"is_secret": "on"}).status_code == 403


def test_a_conversation_of_another_patient_is_not_found(
    reader: PageClient, session: Session, circle: WritingCircle, door: str
) -> None:
    reader.enter(session, circle.jeanne.user)
    path = f"/p/{circle.patient.id}/messages/{uuid4()}/readers"
    assert reader.get(path).status_code == 404
    assert reader.post(path, data={}).status_code == 404
