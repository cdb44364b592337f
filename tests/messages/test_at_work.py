"""Those who answer, where rights end or two want the same: clear refusals, nothing lost."""

from html import unescape
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.models.care import CareTeamMember
from portal.models.messaging import Message, MessageDraft, Thread, ThreadReader
from portal.models.rights import CareLink, Grant
from tests.messages.conftest import Browsing
from tests.messaging.circle import WritingCircle, family_writes
from tests.statements import counted

TEXT = "Le pansement <b>se décolle</b>."


@pytest.fixture
def asked(session: Session, keys: KeyRing, circle: WritingCircle) -> UUID:
    message = family_writes(session, keys, circle, by=circle.paul, to=circle.nadias_place)
    session.commit()
    thread_id = message.thread_id
    _let_go(session)
    return thread_id


@pytest.fixture
def url(circle: WritingCircle, asked: UUID) -> str:
    return f"/p/{circle.patient.id}/messages/{asked}"


def _let_go(session: Session) -> None:
    session.expunge_all()
    session.rollback()


def _thread(session: Session) -> Thread:
    _let_go(session)
    found = session.exec(select(Thread)).one()
    _let_go(session)
    return found


def _count(session: Session, model: type[Message] | type[MessageDraft]) -> int:
    _let_go(session)
    found = len(session.exec(select(model)).all())
    _let_go(session)
    return found


def test_a_colleague_cannot_let_go_what_somebody_else_took(
    session: Session, circle: WritingCircle, as_: Browsing, url: str
) -> None:
    nadia, haddad = as_(circle.nadia), as_(circle.haddad)
    # He reads it once it was with him.
    there = {"to": str(circle.haddads_place.id), "body": "Votre avis ?", "key": str(uuid4())}
    nadia.post(f"{url}/hand-over", data=there | {"version": _thread(session).version})
    nadia.post(f"{url}/take", data={"version": _thread(session).version})
    before = _thread(session)
    assert before.taken_by == circle.nadia.id
    assert f'action="{url}/release"' not in haddad.get(url).text
    refused = haddad.post(f"{url}/release", data={"version": before.version})
    assert refused.status_code == 409
    assert "Rien n’a été fait" in refused.text
    after = _thread(session)
    assert (after.taken_by, after.version) == (circle.nadia.id, before.version)
    assert nadia.post(f"{url}/release", data={"version": after.version}).status_code == 303
    assert _thread(session).taken_by is None


def test_one_hand_over_is_one_new_message(
    session: Session, circle: WritingCircle, as_: Browsing, url: str
) -> None:
    wanted = {"to": str(circle.haddads_place.id), "body": "Votre avis ?", "key": str(uuid4())}
    handed = as_(circle.nadia).post(f"{url}/hand-over", data=wanted | {"version": 1})
    assert handed.status_code == 303
    of_haddad = select(ThreadReader).where(ThreadReader.user_id == circle.haddad.id)
    assert session.exec(of_haddad).one().unread == 1
    _let_go(session)
    as_(circle.haddad).get(url)
    assert session.exec(of_haddad).one().unread == 0


def test_the_page_of_the_hand_over_takes_five_statements(
    app: Flask, circle: WritingCircle, as_: Browsing, url: str
) -> None:
    nadia = as_(circle.nadia)
    nadia.get(f"{url}/hand-over")
    with counted(app) as statements:
        page = nadia.get(f"{url}/hand-over")
    assert "Samir Haddad" in page.text
    assert len(statements) <= 5, "\n".join(statements)


def test_whoever_left_the_circle_finds_nothing_of_it_any_more(
    session: Session, circle: WritingCircle, as_: Browsing, url: str
) -> None:
    nadia, key = as_(circle.nadia), str(uuid4())
    kept = {"body": "Je passe", "key": key, "kind": "message"}
    nadia.post(f"{url}/answer/draft", data=kept)
    place = session.get_one(CareTeamMember, (circle.patient.id, circle.nadias_place.id))
    place.period_end = now()
    session.commit()
    _let_go(session)
    for rest in ("", "/hand-over"):
        assert nadia.get(f"{url}{rest}").status_code == 404, rest
    sent = kept | {"to": str(circle.haddads_place.id), "version": 1, "body": "Encore"}
    for rest in ("answer", "answer/draft", "answer/draft/discard", "hand-over", "take"):
        assert nadia.post(f"{url}/{rest}", data=sent).status_code == 404, rest
    assert (_count(session, Message), _count(session, MessageDraft)) == (1, 1)


def test_a_text_that_is_refused_after_the_right_ended_is_shown_to_be_copied(
    session: Session, circle: WritingCircle, as_: Browsing, url: str
) -> None:
    paul = as_(circle.paul)
    link = session.exec(select(CareLink).where(CareLink.user_id == circle.paul.id)).one()
    for grant in session.exec(select(Grant).where(Grant.care_link_id == link.id)):
        grant.ends_at = now()
    session.commit()
    _let_go(session)
    beginning = {"subject": "Son pansement", "to": "coordination"}
    for address, more in ((url, {}), (f"{url.rpartition('/')[0]}/new", beginning)):
        answer = paul.post(address, data={"body": TEXT, "key": str(uuid4())} | more)
        assert answer.status_code == 403
        shown = unescape(answer.text)
        for part in (TEXT, "Ce que vous avez écrit", more.get("subject", "")):
            assert part in shown, part
        assert "<b>se décolle" not in answer.text
        # Sending it again would be refused again.
        assert "Renvoyer" not in shown
    assert _count(session, Message) == 1


def test_back_and_once_more_is_one_message(
    session: Session, circle: WritingCircle, as_: Browsing, url: str
) -> None:
    """The page that Back brings has a key of its own, and the text as it was typed."""
    nadia, paul = as_(circle.nadia), as_(circle.paul)
    for number, (client, address, kind) in enumerate(
        (
            (paul, url, {}),
            (nadia, f"{url}/answer", {"kind": "message"}),
            (nadia, f"{url}/answer", {"kind": "note"}),
        ),
        start=2,
    ):
        where = set()
        for _ in range(2):
            brought = {"body": "Je passe demain.", "key": str(uuid4())} | kind
            where.add(client.post(address, data=brought).location)
        assert len(where) == 1
        assert _count(session, Message) == number
    paul.post(url, data={"body": "Merci.", "key": str(uuid4())})
    paul.post(url, data={"body": "Merci !", "key": str(uuid4())})
    assert _count(session, Message) == 6


def test_back_and_once_more_begins_one_conversation(
    session: Session, circle: WritingCircle, as_: Browsing, url: str
) -> None:
    paul, new = as_(circle.paul), f"{url.rpartition('/')[0]}/new"
    written = {"to": str(circle.nadias_place.id), "subject": "Repas", "body": "Elle mange peu."}
    where = {paul.post(new, data=written | {"key": str(uuid4())}).location for _ in range(2)}
    assert len(where) == 1
    assert _count(session, Message) == 2
