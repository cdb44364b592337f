"""Search, paper and file of conversations: what the reader sees, and nothing beside it."""

import re
from dataclasses import dataclass
from uuid import uuid4

import pytest
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.messaging import search
from portal.messaging.acts import locked
from portal.messaging.search import search_messages, words_of
from portal.messaging.sending import Written, send_message
from portal.messaging.visibility import Reader
from portal.models.messaging import Message, MessageKind
from tests.messaging.circle import Account, WritingCircle, author, family_writes, make_circle
from tests.pages import PageClient


@dataclass(frozen=True)
class Story:
    """Jeanne writes to Nadia, who answers and leaves a note; and to Haddad for herself."""

    circle: WritingCircle
    first: Message

    @property
    def base(self) -> str:
        return f"/p/{self.circle.patient.id}/messages"


@pytest.fixture
def story(session: Session, keys: KeyRing) -> Story:
    circle = make_circle(session, keys)
    first = family_writes(
        session, keys, circle, by=circle.paul, to=circle.nadias_place, body="Le pansement colle."
    )
    _nadia_writes(session, keys, circle, first, "Je passe dès l’été\n\nFin <b>zzbold</b>")
    _nadia_writes(session, keys, circle, first, "zznote sur le pansement", MessageKind.NOTE)
    family_writes(
        session,
        keys,
        circle,
        to=circle.haddads_place,
        subject="zzprivate",
        body="Un pansement pour moi",
        is_private=True,
    )
    session.commit()
    return Story(circle, first)


def _nadia_writes(
    session: Session,
    keys: KeyRing,
    circle: WritingCircle,
    first: Message,
    text: str,
    kind: MessageKind = MessageKind.MESSAGE,
) -> None:
    reader = Reader(circle.nadia.id, circle.nadia.user.practitioner_id, is_family=False)
    at = clock.now()
    thread = locked(
        session, patient_id=first.patient_id, thread_id=first.thread_id, reader=reader, at=at
    )
    send_message(
        session,
        thread,
        Written(body=text, key=uuid4(), kind=kind),
        by=author(circle.nadia, "professional"),
        is_family=False,
        keys=keys,
        at=at,
    )


def _as(reader: PageClient, session: Session, account: Account) -> PageClient:
    reader.enter(session, account.user)
    return reader


def test_a_word_is_found_without_its_accents_and_marked(
    reader: PageClient, session: Session, story: Story
) -> None:
    text = _as(reader, session, story.circle.paul).get(f"{story.base}/search?q=ETE").text
    assert "<mark>été</mark>" in text
    assert "Nadia Belkacem" in text
    assert f"/messages/{story.first.thread_id}#m-" in text


def test_a_relative_finds_neither_notes_nor_what_is_kept_from_them(
    reader: PageClient, session: Session, story: Story
) -> None:
    paul = _as(reader, session, story.circle.paul)
    assert "zznote" not in paul.get(f"{story.base}/search?q=pansement").text
    assert "zzprivate" not in paul.get(f"{story.base}/search?q=pansement").text
    assert "<mark" not in paul.get(f"{story.base}/search?q=zznote").text
    assert "<mark" not in paul.get(f"{story.base}/search?q=moi").text


def test_the_patient_finds_what_she_keeps_and_no_note(
    reader: PageClient, session: Session, story: Story
) -> None:
    text = _as(reader, session, story.circle.jeanne).get(f"{story.base}/search?q=pansement").text
    assert "zzprivate" in text
    assert "zznote" not in text


def test_a_professional_finds_their_notes_and_not_what_others_were_written(
    reader: PageClient, session: Session, story: Story
) -> None:
    text = _as(reader, session, story.circle.nadia).get(f"{story.base}/search?q=pansement").text
    assert "zznote" in text
    assert "zzprivate" not in text


def test_who_does_not_read_messages_does_not_search_them(
    reader: PageClient, session: Session, story: Story
) -> None:
    sylvie = _as(reader, session, story.circle.sylvie)
    for path in ("search?q=pansement", f"{story.first.thread_id}/print"):
        assert sylvie.get(f"{story.base}/{path}").status_code == 403


def test_hostile_searches_are_text(reader: PageClient, session: Session, story: Story) -> None:
    paul = _as(reader, session, story.circle.paul)
    for asked in ("", "%00", "'\"><b>x", "%25_", "‮abc", "a" * 70_000, "🦊"):
        answer = paul.get(f"{story.base}/search", query_string={"q": asked})
        assert answer.status_code in (200, 414), asked[:20]
        assert "<b>x" not in answer.text


def test_search_says_how_far_back_it_looked_and_goes_on_from_there(
    session: Session, keys: KeyRing, story: Story
) -> None:
    circle = story.circle
    reader = Reader(circle.paul.id, None, is_family=True)
    values = {"patient_id": circle.patient.id, "reader": reader, "keys": keys, "scanned": 1}
    first = search_messages(session, words_of("colle"), at=clock.now(), **values)
    assert (first.hits, first.before is None) == ([], False)
    then = search_messages(
        session, words_of("colle"), at=clock.now(), before=first.before, **values
    )
    assert [one.message.id for one in then.hits] == [story.first.id]
    assert then.before is None


def test_paper_has_every_author_line_and_no_note(
    reader: PageClient, session: Session, story: Story
) -> None:
    for account in (story.circle.paul, story.circle.nadia):
        path = f"{story.base}/{story.first.thread_id}/print"
        text = _as(reader, session, account).get(path).text.replace("\u00a0", " ")
        assert "Paul (fils), pour Jeanne Morel" in text
        assert "Nadia Belkacem" in text
        assert "&lt;b&gt;zzbold&lt;/b&gt;" in text
        assert "zznote" not in text


def test_the_file_is_text_with_the_same_lines(
    reader: PageClient, session: Session, story: Story
) -> None:
    answer = _as(reader, session, story.circle.jeanne).get(
        f"{story.base}/{story.first.thread_id}/export"
    )
    assert answer.mimetype == "text/plain"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Jeanne" not in answer.headers["Content-Disposition"]
    assert re.search(
        "Paul \\(fils\\), pour Jeanne Morel\r\n.+\r\n\r\n    Le pansement", answer.text
    )
    assert "    Fin <b>zzbold</b>" in answer.text
    assert "zznote" not in answer.text


def test_what_one_does_not_see_is_not_printed(
    reader: PageClient, session: Session, story: Story
) -> None:
    haddad = _as(reader, session, story.circle.haddad)
    for what in ("print", "export"):
        path = f"{story.base}/{story.first.thread_id}/{what}"
        assert haddad.get(path).status_code == 404


@pytest.mark.parametrize("number", range(0, 0x30000, 0x1000))
def test_a_word_is_found_where_it_is_shown(number: int) -> None:
    """Texts are compared whole, and marked letter by letter: both see the same letters."""
    letters = [chr(one) for one in range(number, number + 0x1000) if not 0xD800 <= one < 0xE000]
    text = "".join(letters)
    assert search._plain(text) == search._folded(text)[0]
    assert search._plain("".join(reversed(letters))) == search._folded(text[::-1])[0]
