"""The search over all patients is the widest door to what was written: what is tried on it."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.models.audit import AccessEvent
from portal.models.messaging import Thread, ThreadReader
from portal.web.positions import position_text
from tests.attacks.test_messages import HOSTILE
from tests.messaging.circle import WritingCircle, family_writes, make_circle
from tests.pages import PageClient

BOXES = ("mine", "team", "answered", "closed")


@pytest.fixture
def circles(session: Session, keys: KeyRing) -> list[WritingCircle]:
    """Two, of two houses: each with a conversation for each of those who work there."""
    made = [make_circle(session, keys) for _ in range(2)]
    for circle in made:
        for place in (circle.nadias_place, circle.haddads_place, None):
            family_writes(session, keys, circle, to=place, body="zzword")
    session.commit()
    session.rollback()
    return made


def _threads(text: str) -> set[str]:
    main = text.partition("<main")[2]
    return set(re.findall(r'href="/p/[0-9a-f-]{36}/messages/([0-9a-f-]{36})', main))


def _found(reader: PageClient, query: str = "q=zzword") -> set[str]:
    answer = reader.get(f"/inbox/search?{query}")
    assert answer.status_code == 200
    return _threads(answer.text)


def test_search_finds_what_the_boxes_hold_and_nothing_else_for_each_of_them(
    reader: PageClient, session: Session, circles: list[WritingCircle]
) -> None:
    for circle in circles:
        for account in (circle.nadia, circle.haddad, circle.claire):
            reader.enter(session, account.user)
            boxes = [_threads(reader.get(f"/inbox?box={box}").text) for box in BOXES]
            found = _found(reader)
            assert found == set().union(*boxes)
            assert len(found) == 1


def test_who_only_took_part_once_finds_it_no_more_than_their_boxes_hold_it(
    reader: PageClient, session: Session, circles: list[WritingCircle]
) -> None:
    circle, other = circles
    rows = session.exec(select(Thread).where(Thread.patient_id == circle.patient.id)).all()
    for thread in rows:
        # Also a row that names a stranger as a reader opens nothing.
        for account in (circle.nadia, other.nadia):
            session.merge(
                ThreadReader(
                    patient_id=thread.patient_id,
                    thread_id=thread.id,
                    user_id=account.id,
                    is_participant=True,
                    unread=1,
                )
            )
    session.commit()
    session.expunge_all()
    reader.enter(session, circle.nadia.user)
    assert len(_found(reader)) == 1
    reader.enter(session, other.nadia.user)
    assert _found(reader).isdisjoint({str(one) for one in _ids(session, circle)})


def _ids(session: Session, circle: WritingCircle) -> list[UUID]:
    found = session.exec(select(Thread.id).where(Thread.patient_id == circle.patient.id)).all()
    session.rollback()
    return list(found)


def test_a_position_that_somebody_made_up_opens_nothing_more(
    reader: PageClient, session: Session, circles: list[WritingCircle]
) -> None:
    reader.enter(session, circles[0].nadia.user)
    own = _found(reader)
    far = clock.now() + timedelta(days=9)
    others = [position_text(far, one) for one in _ids(session, circles[1])]
    for after in (*others, position_text(far, uuid4()), "x", "0", "\x00", "9" * 300, "'--"):
        answer = reader.get("/inbox/search", query_string={"q": "zzword", "after": after})
        assert answer.status_code == 200, after
        assert _threads(answer.text) <= own, after


def test_what_is_not_shown_leaves_no_line_and_what_is_shown_leaves_one(
    reader: PageClient, session: Session, circles: list[WritingCircle]
) -> None:
    circle, other = circles
    reader.enter(session, circle.nadia.user)
    before = len(session.exec(select(AccessEvent)).all())
    session.rollback()
    reader.get("/inbox/search?q=zznothing")
    assert len(session.exec(select(AccessEvent)).all()) == before
    session.rollback()
    _found(reader)
    newest = session.exec(select(AccessEvent).where(AccessEvent.actor_id == circle.nadia.id)).all()
    assert {one.patient_id for one in newest} == {circle.patient.id}
    session.rollback()
    reader.enter(session, other.paul.user)
    assert reader.get("/inbox/search?q=zzword").status_code == 403


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_and_messages_are_text(
    reader: PageClient, session: Session, keys: KeyRing, circles: list[WritingCircle], text: str
) -> None:
    circle = circles[0]
    written = text.replace("\x00", "")  # which no form takes
    body = f"zzhostile {written}"
    family_writes(session, keys, circle, to=circle.nadias_place, subject=written, body=body)
    session.commit()
    session.rollback()
    reader.enter(session, circle.nadia.user)
    for asked in ("zzhostile", text):
        answer = reader.get("/inbox/search", query_string={"q": asked})
        assert answer.status_code in (200, 422)
        for marked in ("<script>alert", "<img src=x", '<div hx-get="/account"', "<b>"):
            assert marked not in answer.text
    assert "<mark>zzhostile</mark>" in reader.get("/inbox/search?q=zzhostile").text


def test_a_letter_that_grows_when_it_is_folded_marks_what_was_written(
    reader: PageClient, session: Session, keys: KeyRing, circles: list[WritingCircle]
) -> None:
    circle = circles[0]
    family_writes(session, keys, circle, to=circle.nadias_place, body="ﬁn ﷺ <i>cœur</i>")
    session.commit()
    session.rollback()
    reader.enter(session, circle.nadia.user)
    text = reader.get("/inbox/search", query_string={"q": "COEUR"}).text
    assert "&lt;i&gt;<mark>cœur</mark>&lt;/i&gt;" in text
