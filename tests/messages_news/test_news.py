"""What an open page learns by asking: that something came, for whoever may read it, and no more."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.messaging.acts import locked
from portal.messaging.reading import mark_read
from portal.messaging.sending import Written, send_message
from portal.messaging.visibility import Reader
from portal.models.account import UserSession
from portal.models.audit import AccessEvent
from portal.models.messaging import Message, MessageKind
from portal.models.rights import Grant, HiddenItem
from tests import factories
from tests.messaging.circle import Account, WritingCircle, author, family_writes, make_circle
from tests.pages import PageClient
from tests.statements import counted

NOTHING = UUID(int=0)


@pytest.fixture
def circle(session: Session, keys: KeyRing) -> WritingCircle:
    made = make_circle(session, keys)
    session.commit()
    return made


@pytest.fixture
def first(session: Session, keys: KeyRing, circle: WritingCircle) -> Message:
    """Jeanne's message to Nadia, that everybody who may has read."""
    message = family_writes(session, keys, circle, to=circle.nadias_place)
    for one in (circle.paul, circle.nadia):
        mark_read(
            session,
            patient_id=circle.patient.id,
            thread_id=message.thread_id,
            user_id=one.id,
            last_id=message.id,
            at=clock.now(),
        )
    session.commit()
    return message


def _nadia_answers(
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    first: Message,
    *,
    kind: MessageKind = MessageKind.MESSAGE,
) -> Message:
    at = clock.now()
    nadia = Reader(circle.nadia.id, circle.nadia.user.practitioner_id, is_family=False)
    thread = locked(
        session, patient_id=circle.patient.id, thread_id=first.thread_id, reader=nadia, at=at
    )
    sent = send_message(
        session,
        thread,
        Written(body="Je passe demain.", key=uuid4(), kind=kind),
        by=author(circle.nadia, "professional"),
        is_family=False,
        keys=keys,
        at=at,
    )
    session.commit()
    return sent


def _news(reader: PageClient, account: Account, *shown: tuple[UUID, UUID]) -> list[str]:
    pairs = "".join(f"&thread={thread}&after={after}" for thread, after in shown)
    answer = reader.get(f"/messages/news?reader={account.id}{pairs}")
    assert answer.status_code == 200
    assert set(answer.get_json()) == {"threads"}
    threads: list[str] = answer.get_json()["threads"]
    return threads


def _ask_as(
    reader: PageClient, session: Session, account: Account, first: Message, after: UUID
) -> list[str]:
    reader.enter(session, account.user)
    return _news(reader, account, (first.thread_id, after))


def test_an_answer_is_news_for_the_page_that_does_not_show_it_yet(
    session: Session, keys: KeyRing, circle: WritingCircle, first: Message, reader: PageClient
) -> None:
    assert _ask_as(reader, session, circle.paul, first, first.id) == []
    answer = _nadia_answers(session, keys, circle, first)
    assert _news(reader, circle.paul, (first.thread_id, first.id)) == [str(first.thread_id)]
    assert _news(reader, circle.paul, (first.thread_id, answer.id)) == [], "it stands there"
    assert _ask_as(reader, session, circle.nadia, first, first.id) == [], "she wrote it"


def test_a_note_is_news_for_nobody_of_the_family(
    session: Session, keys: KeyRing, circle: WritingCircle, first: Message, reader: PageClient
) -> None:
    _nadia_answers(session, keys, circle, first, kind=MessageKind.NOTE)
    for one in (circle.jeanne, circle.paul):
        assert _ask_as(reader, session, one, first, first.id) == []


def test_who_may_not_read_hears_of_nothing(
    session: Session, keys: KeyRing, circle: WritingCircle, first: Message, reader: PageClient
) -> None:
    _nadia_answers(session, keys, circle, first)
    for one in (circle.sylvie, circle.haddad):
        assert _ask_as(reader, session, one, first, NOTHING) == []


def test_a_right_that_ended_ends_the_news(
    session: Session, keys: KeyRing, circle: WritingCircle, first: Message, reader: PageClient
) -> None:
    _nadia_answers(session, keys, circle, first)
    assert _ask_as(reader, session, circle.paul, first, first.id) == [str(first.thread_id)]
    for grant in session.exec(select(Grant).where(Grant.category == "messages")):
        grant.ends_at = clock.now()
    session.commit()
    assert _news(reader, circle.paul, (first.thread_id, first.id)) == []


def test_a_conversation_that_the_patient_keeps_from_a_relative_is_no_news_to_them(
    session: Session, keys: KeyRing, circle: WritingCircle, first: Message, reader: PageClient
) -> None:
    _nadia_answers(session, keys, circle, first)
    session.add(
        HiddenItem(
            patient_id=circle.patient.id,
            category="messages",
            item_id=first.thread_id,
            created_by=circle.jeanne.id,
            created_at=clock.now(),
        )
    )
    session.commit()
    assert _ask_as(reader, session, circle.paul, first, first.id) == []
    assert _ask_as(reader, session, circle.jeanne, first, first.id) == [str(first.thread_id)]


def test_asking_prolongs_no_session_leaves_no_line_and_takes_few_statements(
    app: Flask,
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    first: Message,
    reader: PageClient,
) -> None:
    _nadia_answers(session, keys, circle, first)
    reader.enter(session, circle.paul.user)
    own = session.exec(select(UserSession).where(UserSession.user_id == circle.paul.id)).one()
    long_ago = factories.LONG_AGO
    own.last_seen_at = long_ago
    session.commit()
    lines = len(session.exec(select(AccessEvent)).all())
    with counted(app) as seen:
        assert _news(reader, circle.paul, (first.thread_id, first.id)) == [str(first.thread_id)]
    assert len(seen) <= 5, seen
    reader.post(f"/messages/queue-key?reader={circle.paul.id}")
    session.expire_all()
    assert own.last_seen_at == long_ago
    assert len(session.exec(select(AccessEvent)).all()) == lines


def test_what_names_no_conversation_is_answered_with_nothing(
    session: Session, circle: WritingCircle, reader: PageClient
) -> None:
    reader.enter(session, circle.paul.user)
    for query in ("", "&thread=x&after=y", f"&thread={uuid4()}", "&after=%00&thread=1"):
        answer = reader.get(f"/messages/news?reader={circle.paul.id}{query}")
        assert (answer.status_code, answer.get_json()) == (200, {"threads": []})
    many = "&".join(f"thread={uuid4()}&after={uuid4()}" for _ in range(40))
    assert reader.get(f"/messages/news?reader={circle.paul.id}&{many}").get_json() == {
        "threads": []
    }


def test_the_key_of_the_device_is_always_the_same_for_one_account_and_for_no_other(
    session: Session, circle: WritingCircle, reader: PageClient
) -> None:
    found = []
    for one in (circle.paul, circle.paul, circle.jeanne):
        reader.enter(session, one.user)
        answer = reader.post(f"/messages/queue-key?reader={one.id}")
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        found.append(answer.data)
    assert found[0] == found[1] != found[2]
    assert {len(one) for one in found} == {32}


def test_nobody_learns_anything_without_a_session_or_from_another_site(
    session: Session, circle: WritingCircle, reader: PageClient
) -> None:
    assert reader.post("/messages/queue-key").status_code == 401
    assert reader.get("/messages/news").status_code == 303
    reader.enter(session, circle.paul.user)
    own = f"/messages/queue-key?reader={circle.paul.id}"
    assert reader.post(own, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    other = f"reader={circle.jeanne.id}"
    assert reader.post(f"/messages/queue-key?{other}").status_code == 401, "a page of hers"
    assert reader.get(f"/messages/news?{other}").status_code == 303
