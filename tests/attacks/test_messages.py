"""What is tried on conversations: another's rows, other sites, hostile texts, old rights."""

from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.models.care import Patient
from portal.models.messaging import Message, MessageDraft, Thread
from portal.models.rights import CareLink, Grant
from tests import factories
from tests.messaging.circle import WritingCircle, family_writes, make_circle
from tests.pages import PageClient

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '<div hx-get="/account" hx-trigger="load">x</div>',
    "a\u202egnp.exe\u2069",
    "nul\x00nul",
    "🦊👩🏽‍⚕️ 👨‍👩‍👧",
    "{{ 7*7 }} ${7*7} %(x)s %s",
)


@pytest.fixture
def circle(session: Session, keys: KeyRing) -> WritingCircle:
    return make_circle(session, keys)


@pytest.fixture
def thread_id(session: Session, keys: KeyRing, circle: WritingCircle) -> UUID:
    sent = family_writes(session, keys, circle, to=circle.nadias_place)
    session.commit()
    return sent.thread_id


def _count(session: Session) -> int:
    session.rollback()
    return len(session.exec(select(Message.id)).all())


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_message_is_shown_as_text(
    reader: PageClient, session: Session, circle: WritingCircle, thread_id: UUID, text: str
) -> None:
    reader.enter(session, circle.paul.user)
    path = f"/p/{circle.patient.id}/messages/{thread_id}"
    answer = reader.post(path, data={"key": str(uuid4()), "body": text})
    assert answer.status_code in (303, 422)
    page = reader.get(path)
    assert page.status_code == 200
    for marked in ("<script>alert", "<img src=x", '<div hx-get="/account"'):
        assert marked not in page.text
    assert "\x00" not in page.text


def test_a_message_of_64_kb_is_refused_with_its_text(
    reader: PageClient, session: Session, circle: WritingCircle, thread_id: UUID
) -> None:
    reader.enter(session, circle.paul.user)
    path = f"/p/{circle.patient.id}/messages/{thread_id}"
    before = _count(session)
    answer = reader.post(path, data={"key": str(uuid4()), "body": "zzlong" + "a" * 65_536})
    assert answer.status_code in (413, 422)
    assert _count(session) == before


def test_another_site_sends_nothing(
    reader: PageClient, session: Session, circle: WritingCircle, thread_id: UUID
) -> None:
    reader.enter(session, circle.paul.user)
    base, before = f"/p/{circle.patient.id}/messages/{thread_id}", _count(session)
    for path in (base, f"{base}/draft", f"{base}/close", f"{base}/readers"):
        answer = reader.post(
            path,
            data={"key": str(uuid4()), "body": "zzforged"},
            headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        )
        assert answer.status_code == 403, path
    assert _count(session) == before
    assert session.exec(select(MessageDraft)).first() is None


def test_a_conversation_of_another_patient_is_not_reached_through_ones_own(
    reader: PageClient,
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    thread_id: UUID,
) -> None:
    mine: Patient = factories.make_patient(session, given_name="Odile")
    link = factories.make_link(session, user=circle.sylvie.user, patient=mine)
    factories.make_grant(session, link=link, category="messages", action="act")
    session.commit()
    reader.enter(session, circle.sylvie.user)
    base, before = f"/p/{mine.id}/messages/{thread_id}", _count(session)
    assert reader.get(base).status_code == 404
    for path in ("/print", "/export"):
        assert reader.get(f"{base}{path}").status_code == 404
    for path in ("", "/draft", "/close", "/reopen"):
        data = {"key": str(uuid4()), "body": "zzforged", "version": "1"}
        assert reader.post(f"{base}{path}", data=data).status_code == 404, path
    assert _count(session) == before


def test_the_key_of_another_author_is_not_theirs(
    reader: PageClient, session: Session, circle: WritingCircle, thread_id: UUID
) -> None:
    key = str(session.exec(select(Message.key)).one())
    reader.enter(session, circle.paul.user)
    path = f"/p/{circle.patient.id}/messages/{thread_id}"
    assert reader.post(path, data={"key": key, "body": "zzpaul"}).status_code == 303
    session.rollback()
    authors = {one.author_id for one in session.exec(select(Message))}
    assert authors == {circle.jeanne.id, circle.paul.id}


def test_nobody_reads_the_draft_of_another(
    reader: PageClient, session: Session, circle: WritingCircle, thread_id: UUID
) -> None:
    path = f"/p/{circle.patient.id}/messages/{thread_id}"
    reader.enter(session, circle.jeanne.user)
    reader.post(f"{path}/draft", data={"key": str(uuid4()), "body": "zzdraft"})
    assert "zzdraft" in reader.get(path).text
    for account in (circle.paul, circle.nadia):
        reader.enter(session, account.user)
        for page in (path, f"/p/{circle.patient.id}/messages"):
            assert "zzdraft" not in reader.get(page).text


def test_a_right_that_ended_while_one_wrote_sends_nothing(
    reader: PageClient, session: Session, circle: WritingCircle, thread_id: UUID
) -> None:
    reader.enter(session, circle.paul.user)
    path, before = f"/p/{circle.patient.id}/messages/{thread_id}", _count(session)
    assert reader.get(path).status_code == 200
    # What this session read before the page was shown is old.
    session.rollback()
    link = session.exec(select(CareLink).where(CareLink.user_id == circle.paul.id)).one()
    for grant in session.exec(select(Grant).where(Grant.care_link_id == link.id)):
        grant.ends_at = clock.now()
        session.add(grant)
    session.commit()
    answer = reader.post(path, data={"key": str(uuid4()), "body": "zzlate"})
    assert answer.status_code == 403
    assert _count(session) == before
    assert len(session.exec(select(Thread)).all()) == 1


def test_an_answer_of_64_kb_is_refused_and_stays_in_its_form(
    reader: PageClient, session: Session, circle: WritingCircle, thread_id: UUID
) -> None:
    path, before = f"/p/{circle.patient.id}/messages/{thread_id}", _count(session)
    long = "zzbegin" + "a" * 65_536 + "zzend"
    for account in (circle.paul, circle.nadia):
        reader.enter(session, account.user)
        door = path if account is circle.paul else f"{path}/answer"
        answer = reader.post(door, data={"key": str(uuid4()), "body": long})
        assert answer.status_code == 422
        assert "zzbegin" in answer.text
        assert "zzend" in answer.text
    assert _count(session) == before


def test_text_under_a_key_that_was_used_is_shown_back_as_text(
    reader: PageClient, session: Session, circle: WritingCircle, thread_id: UUID
) -> None:
    reader.enter(session, circle.paul.user)
    path, key = f"/p/{circle.patient.id}/messages/{thread_id}", str(uuid4())
    assert reader.post(path, data={"key": key, "body": "zzfirst"}).status_code == 303
    hostile = "</textarea><script>alert(1)</script>zzsecond"
    answer = reader.post(path, data={"key": key, "body": hostile})
    assert answer.status_code == 409
    assert "zzsecond" in answer.text
    assert "<script>alert" not in answer.text


def test_a_text_that_may_not_be_sent_is_shown_back_to_its_author_as_text(
    reader: PageClient, session: Session, circle: WritingCircle, thread_id: UUID
) -> None:
    reader.enter(session, circle.sylvie.user)
    path, before = f"/p/{circle.patient.id}/messages/{thread_id}", _count(session)
    hostile = "</textarea><script>alert(1)</script>zzmine"
    answer = reader.post(path, data={"key": str(uuid4()), "body": hostile})
    assert answer.status_code == 403
    assert "<script>alert" not in answer.text
    assert "Pansement" not in answer.text
    assert _count(session) == before


def test_the_id_of_a_file_that_is_not_there_says_nothing(
    reader: PageClient, session: Session, circle: WritingCircle
) -> None:
    base = f"/p/{circle.patient.id}/messages/attachments/{uuid4()}"
    for account in (circle.paul, circle.nadia, circle.claire):
        reader.enter(session, account.user)
        for part in ("file", "thumbnail"):
            assert reader.get(f"{base}/{part}").status_code == 404
        assert reader.post(f"{base}/remove?key={uuid4()}").status_code == 404
