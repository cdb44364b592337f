"""A conversation that the patient keeps from a relative: nothing anywhere tells that it exists."""

import re
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal import clock
from portal.crypto import KeyRing
from portal.models.messaging import Attachment, Message, MessageDraft, Thread, ThreadState
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLink, CareLinkStatus, Grant, GrantCategory, HiddenItem
from tests.access_log.log import guardian
from tests.messaging.circle import WritingCircle, family_writes, make_circle
from tests.pages import PageClient

SUBJECT, BODY = "Zzsujet", "Zztexte entre Jeanne et Nadia."


@pytest.fixture
def circle(session: Session, keys: KeyRing) -> WritingCircle:
    return make_circle(session, keys)


@pytest.fixture
def kept_back(session: Session, keys: KeyRing, circle: WritingCircle) -> UUID:
    """Paul reads messages, and not this one."""
    sent = family_writes(
        session, keys, circle, to=circle.nadias_place, subject=SUBJECT, body=BODY, is_private=True
    )
    session.commit()
    return sent.thread_id


def _without_ids(answer: TestResponse, *ids: object) -> str:
    """What is different on each page in any case: the reference, new keys, the address itself."""
    text = answer.text
    for one in ids:
        text = text.replace(str(one), "ID")
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Z]{4}-[0-9A-Z]{4}", "ID", text)


GETS = ("", "?before={id}", "/print", "/export", "/readers", "/hand-over")
POSTS = ("", "/draft", "/draft/discard", "/close", "/reopen", "/readers", "/take", "/answer")


def test_it_answers_as_one_that_never_was(
    reader: PageClient, session: Session, circle: WritingCircle, kept_back: UUID
) -> None:
    reader.enter(session, circle.paul.user)
    base = f"/p/{circle.patient.id}/messages"
    for path in GETS:
        answers = [reader.get(f"{base}/{one}{path.format(id=one)}") for one in (kept_back, uuid4())]
        assert answers[0].status_code == answers[1].status_code in (403, 404), path
        assert _without_ids(answers[0], kept_back) == _without_ids(answers[1]), path
    for path in POSTS:
        data = {"key": str(uuid4()), "body": "Zzpaul", "version": "1"}
        answers = [reader.post(f"{base}/{one}{path}", data=data) for one in (kept_back, uuid4())]
        assert answers[0].status_code == answers[1].status_code in (403, 404), path
        assert _without_ids(answers[0], kept_back) == _without_ids(answers[1]), path
    for one in (kept_back, uuid4()):
        assert reader.get(f"{base}/attachments?key={uuid4()}&thread={one}").status_code == 404
    session.rollback()
    assert len(session.exec(select(Message)).all()) == 1
    assert session.exec(select(MessageDraft)).first() is None


def test_no_list_count_search_or_question_tells_of_it(
    reader: PageClient, session: Session, circle: WritingCircle, kept_back: UUID
) -> None:
    reader.enter(session, circle.paul.user)
    home = f"/p/{circle.patient.id}"
    for path in ("/", "/messages", "/messages/search?q=zztexte", "/messages/new"):
        page = reader.get(f"{home}{path}")
        assert page.status_code == 200, path
        for told in ("Zz", str(kept_back), 'class="badge"'):
            assert told not in page.text, (path, told)
    news = reader.get(f"/messages/news?reader={circle.paul.id}&thread={kept_back}")
    assert news.json == {"threads": []}
    session.rollback()
    told_by_mail = {row.user_id for row in session.exec(select(OutboxMessage))}
    assert told_by_mail == {circle.nadia.id}


def test_its_files_are_as_files_that_never_were(
    reader: PageClient, session: Session, keys: KeyRing, circle: WritingCircle, kept_back: UUID
) -> None:
    message = session.exec(select(Message)).one()
    file = Attachment(
        patient_id=circle.patient.id,
        message_id=message.id,
        uploaded_by=circle.jeanne.id,
        key=message.key,
        media_type="image/jpeg",
        size=3,
        name_sealed=b"",
        alternative_text_sealed=b"",
        digest=b"",
        created_at=clock.now(),
    )
    session.add(file)
    session.commit()
    file_id = file.id
    session.expunge_all()
    session.rollback()
    reader.enter(session, circle.paul.user)
    base = f"/p/{circle.patient.id}/messages/attachments"
    for part in ("file", "thumbnail"):
        answers = [reader.get(f"{base}/{one}/{part}") for one in (file_id, uuid4())]
        assert [one.status_code for one in answers] == [404, 404]
        assert _without_ids(answers[0]) == _without_ids(answers[1])


@pytest.mark.parametrize("how", ["ended", "paused", "hidden later"])
def test_what_paul_was_writing_and_reading_is_closed_with_the_right(
    reader: PageClient, session: Session, keys: KeyRing, circle: WritingCircle, how: str
) -> None:
    sent = family_writes(session, keys, circle, to=circle.nadias_place, subject=SUBJECT, body=BODY)
    session.commit()
    reader.enter(session, circle.paul.user)
    home = f"/p/{circle.patient.id}"
    thread = f"{home}/messages/{sent.thread_id}"
    assert 'class="badge"' in reader.get(f"{home}/").text
    assert BODY in reader.get(thread).text
    assert reader.post(f"{thread}/draft", data={"key": str(uuid4()), "body": "Zzpaul"})
    thread_id = sent.thread_id
    session.expunge_all()
    session.rollback()
    _close(session, circle, thread_id, how)
    for path in (f"{home}/", f"{home}/messages", f"{home}/messages/search?q=zztexte", thread):
        page = reader.get(path)
        assert "Zzsujet" not in page.text, path
        assert "Zztexte" not in page.text, path
        assert 'class="badge"' not in page.text, path
        assert str(thread_id) not in page.text or path == thread, path
    news = reader.get(f"/messages/news?reader={circle.paul.id}&thread={thread_id}")
    assert news.json == {"threads": []}


def _close(session: Session, circle: WritingCircle, thread_id: UUID, how: str) -> None:
    link = session.exec(select(CareLink).where(CareLink.user_id == circle.paul.id)).one()
    if how == "paused":
        link.status = CareLinkStatus.PAUSED
        session.add(link)
    elif how == "ended":
        for grant in session.exec(select(Grant).where(Grant.care_link_id == link.id)):
            grant.ends_at = clock.now()
            session.add(grant)
    else:
        session.add(
            HiddenItem(
                patient_id=circle.patient.id,
                category=GrantCategory.MESSAGES,
                item_id=thread_id,
                care_link_id=link.id,
                created_at=clock.now(),
                created_by=circle.jeanne.id,
            )
        )
    session.commit()
    session.expunge_all()
    session.rollback()


def test_looking_as_a_relative_shows_nothing_of_what_they_are_writing(
    reader: PageClient, session: Session, circle: WritingCircle
) -> None:
    home = f"/p/{circle.patient.id}"
    reader.enter(session, circle.paul.user)
    data = {"key": str(uuid4()), "subject": "Zzsujet", "body": "Zzbrouillon", "to": "coordination"}
    assert reader.post(f"{home}/messages/new/draft", data=data).status_code == 303
    assert "Zzbrouillon" in reader.get(f"{home}/messages/new").text
    link = session.exec(select(CareLink).where(CareLink.user_id == circle.paul.id)).one().id
    reader.enter(session, circle.jeanne.user)
    for path in ("", "/new", "/search?q=zzbrouillon"):
        mark = "&" if "?" in path else "?"
        page = reader.get(f"{home}/messages{path}{mark}preview={link}")
        assert page.status_code == 200
        assert "Zz" not in page.text, path
    files = reader.get(f"{home}/messages/attachments?key={data['key']}&preview={link}")
    assert files.status_code == 404


@pytest.mark.parametrize("path", ["/inbox", "/inbox?box=answered", "/inbox/search?q=zztexte"])
def test_who_looked_at_it_in_the_inbox_is_known_to_the_patient_alone(
    reader: PageClient,
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    kept_back: UUID,
    path: str,
) -> None:
    representative, _link = guardian(session, keys, circle.patient)
    thread = session.get_one(Thread, (circle.patient.id, kept_back))
    if "answered" in path:
        thread.state, thread.due_at = ThreadState.ANSWERED, None
        session.add(thread)
    session.commit()
    reader.enter(session, circle.nadia.user)
    assert str(kept_back) in reader.get(path).text
    log = f"/p/{circle.patient.id}/access-log"
    reader.enter(session, representative)
    assert "Nadia" not in reader.get(log).text
    reader.enter(session, circle.jeanne.user)
    assert "Nadia" in reader.get(log).text


def test_a_line_about_several_conversations_is_everybodys(
    reader: PageClient, session: Session, keys: KeyRing, circle: WritingCircle, kept_back: UUID
) -> None:
    representative, _link = guardian(session, keys, circle.patient)
    family_writes(session, keys, circle, to=circle.nadias_place)
    session.commit()
    reader.enter(session, circle.nadia.user)
    reader.get("/inbox")
    reader.enter(session, representative)
    assert "Nadia" in reader.get(f"/p/{circle.patient.id}/access-log").text
