"""What a professional writes first is kept as what a family writes, and lost nowhere."""

import io
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.models.care import CareTeamMember
from portal.models.messaging import Attachment, Message, MessageDraft, Thread
from tests.messages.conftest import Browsing
from tests.messaging.circle import WritingCircle
from tests.pages import PageClient
from tests.statements import counted
from tests.uploads import files

Written = dict[str, Any]


@pytest.fixture
def nadia(circle: WritingCircle, as_: Browsing) -> PageClient:
    return as_(circle.nadia)


@pytest.fixture
def url(circle: WritingCircle) -> str:
    return f"/p/{circle.patient.id}/messages/answer/new"


@pytest.fixture
def written() -> Written:
    return {"subject": "Ordonnance", "body": "Il reste 4 compresses.", "key": str(uuid4())}


def _found(session: Session, model: type[Any]) -> list[Any]:
    """As they stand now; no transaction stays open."""
    session.expunge_all()
    session.rollback()
    found = list(session.exec(select(model)).all())
    session.expunge_all()
    session.rollback()
    return found


def _join(nadia: PageClient, circle: WritingCircle, key: UUID | str) -> str:
    """Where the browser is sent once the photo is joined."""
    answer = nadia.post(
        f"/p/{circle.patient.id}/messages/attachments/answer?key={key}",
        data={"file": (io.BytesIO(files.photo()), "plaie.jpg"), "alternative_text": "La plaie"},
    )
    assert answer.status_code == 303, answer.text
    return answer.location


def test_it_is_kept_sealed_and_comes_back_for_its_author_alone(
    session: Session,
    circle: WritingCircle,
    as_: Browsing,
    nadia: PageClient,
    url: str,
    written: Written,
) -> None:
    kept = nadia.post(f"{url}/draft", data=written)
    assert kept.status_code == 303
    listed = nadia.get(kept.location).text
    assert "Votre texte est gardé" in listed
    assert f'href="{url}"><span' in listed
    assert "Il reste 4 compresses." in listed
    page = nadia.get(url).text
    for part in ("Ordonnance", "Il reste 4 compresses.", written["key"], "Gardé à"):
        assert part in page, part
    for one in (circle.haddad, circle.claire):
        assert "compresses" not in as_(one).get(url).text
    assert "compresses" not in as_(circle.jeanne).get(url.removesuffix("/answer/new")).text
    (row,) = _found(session, MessageDraft)
    assert b"compresses" not in row.body_sealed


def test_while_one_types_it_is_kept_by_one_quiet_line(
    nadia: PageClient, url: str, written: Written
) -> None:
    assert f'hx-post="{url}/draft"' in nadia.get(url).text
    answer = nadia.post(f"{url}/draft", data=written, htmx=True)
    assert answer.text.strip().startswith('<p class="hint" id="draft" role="status">Gardé à ')


def test_the_send_ends_it_and_what_comes_late_does_not_bring_it_back(
    session: Session, nadia: PageClient, url: str, written: Written
) -> None:
    nadia.post(f"{url}/draft", data=written)
    assert nadia.post(url, data=written).status_code == 303
    nadia.post(f"{url}/draft", data=written, htmx=True)
    assert _found(session, MessageDraft) == []
    assert "Il reste 4 compresses." not in nadia.get(url).text


def test_it_is_thrown_away_by_a_button_and_by_an_empty_form(
    session: Session, nadia: PageClient, url: str, written: Written
) -> None:
    empty = written | {"subject": "", "body": ""}
    for address, last in ((f"{url}/draft/discard", {}), (f"{url}/draft", empty)):
        nadia.post(f"{url}/draft", data=written)
        assert nadia.post(address, data=last).status_code == 303
        assert _found(session, MessageDraft) == []


def test_a_photo_is_joined_on_the_way_and_leaves_with_it(
    session: Session,
    circle: WritingCircle,
    as_: Browsing,
    nadia: PageClient,
    url: str,
    written: Written,
) -> None:
    to_files = nadia.post(f"{url}/draft", data=written | {"then": "attach"})
    assert "/attachments/answer?" in to_files.location
    chooser = nadia.get(to_files.location)
    assert f'href="{url}#composer"' in chooser.text
    back = _join(nadia, circle, written["key"])
    assert back == f"{url}#composer"
    page = nadia.get(back).text
    for part in ("plaie.jpg", "Il reste 4 compresses.", written["key"]):
        assert part in page, part
    sent = nadia.post(url, data=written)
    (photo,) = _found(session, Attachment)
    assert photo.message_id is not None
    shown = as_(circle.jeanne).get(sent.location.partition("?")[0]).text
    assert 'alt="La plaie"' in shown


def test_a_photo_of_a_form_in_another_tab_is_not_shown_as_joined(
    circle: WritingCircle, nadia: PageClient, url: str, written: Written
) -> None:
    _join(nadia, circle, uuid4())
    refused = nadia.post(url, data=written | {"subject": ""})
    assert refused.status_code == 422
    assert "plaie.jpg" not in refused.text


def test_what_is_refused_stands_in_the_form_with_its_key_and_photo(
    session: Session, circle: WritingCircle, nadia: PageClient, url: str, written: Written
) -> None:
    nadia.post(f"{url}/draft", data=written)
    _join(nadia, circle, written["key"])
    for wrong in ({"subject": ""}, {"body": ""}, {"body": "é" * 5001}, {"subject": "é" * 121}):
        answer = nadia.post(url, data=written | wrong)
        assert answer.status_code == 422
        for part in (*(written | wrong).values(), "plaie.jpg"):
            assert part in answer.text, part
    assert _found(session, Thread) == []


def test_other_words_under_the_same_key_stay_on_the_page(
    session: Session, nadia: PageClient, url: str, written: Written
) -> None:
    nadia.post(url, data=written)
    other = nadia.post(url, data=written | {"body": "Il n’en reste plus."})
    assert other.status_code == 409
    assert "Il n’en reste plus." in other.text
    assert written["key"] not in other.text
    assert len(_found(session, Message)) == 1


def test_whoever_lost_their_place_while_writing_still_has_their_text(
    session: Session,
    circle: WritingCircle,
    nadia: PageClient,
    url: str,
    written: Written,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("portal.blueprints.messages.first._own_place", lambda _found: None)
    assert 'id="composer"' not in nadia.get(url).text
    answer = nadia.post(url, data=written)
    assert answer.status_code == 409
    for part in ("Ordonnance", "Il reste 4 compresses.", "Garder pour plus tard"):
        assert part in answer.text, part
    assert "Envoyer à la famille" not in answer.text
    nadia.post(f"{url}/draft", data=written)
    assert "Il reste 4 compresses." in nadia.get(url).text
    assert _found(session, Thread) == []


def test_back_and_once_more_is_one_conversation(
    session: Session, circle: WritingCircle, nadia: PageClient, url: str, written: Written
) -> None:
    first = nadia.post(url, data=written)
    # The page that Back brings has a key of its own, and the text as it was typed.
    brought = written | {"key": str(uuid4())}
    nadia.post(f"{url}/draft", data=brought, htmx=True)
    again = nadia.post(url, data=brought)
    assert again.location == first.location
    assert len(_found(session, Thread)) == len(_found(session, Message)) == 1
    assert _found(session, MessageDraft) == []
    for change in ({"subject": "Renouvellement"}, {"body": "Il en reste 3."}):
        other = nadia.post(url, data=written | change | {"key": str(uuid4())})
        assert other.location != first.location
    _join(nadia, circle, key := str(uuid4()))
    with_photo = nadia.post(url, data=written | {"key": key})
    assert with_photo.location != first.location
    assert len(_found(session, Message)) == 4


def test_the_session_that_ended_meanwhile_gives_the_text_back(
    nadia: PageClient, url: str, written: Written
) -> None:
    nadia.post("/sign-out")
    answer = nadia.post(url, data=written)
    assert answer.status_code == 401
    for part in (written["body"], written["key"], "Renvoyer"):
        assert part in answer.text, part


def test_whoever_left_the_circle_finds_neither_the_page_nor_its_draft(
    session: Session, circle: WritingCircle, nadia: PageClient, url: str, written: Written
) -> None:
    nadia.post(f"{url}/draft", data=written)
    place = session.get_one(CareTeamMember, (circle.patient.id, circle.nadias_place.id))
    place.period_end = now()
    session.commit()
    session.expunge_all()
    session.rollback()
    assert nadia.get(url).status_code == 404
    for address in (url, f"{url}/draft", f"{url}/draft/discard"):
        answer = nadia.post(address, data=written | {"body": "Encore."})
        assert answer.status_code == 404, address
    assert len(_found(session, MessageDraft)) == 1
    assert _found(session, Thread) == []


def test_the_family_has_no_part_in_it(
    session: Session, circle: WritingCircle, as_: Browsing, url: str, written: Written
) -> None:
    for one in (circle.jeanne, circle.paul):
        family = as_(one)
        assert family.get(url).status_code == 403
        for address in (url, f"{url}/draft", f"{url}/draft/discard"):
            assert family.post(address, data=written).status_code == 403, address
    assert _found(session, MessageDraft) == []


def test_the_page_takes_five_statements_with_a_draft_and_a_photo(
    app: Flask, circle: WritingCircle, nadia: PageClient, url: str, written: Written
) -> None:
    nadia.post(f"{url}/draft", data=written)
    _join(nadia, circle, written["key"])
    nadia.get(url)
    with counted(app) as statements:
        page = nadia.get(url)
    assert "plaie.jpg" in page.text
    assert len(statements) <= 5, "\n".join(statements)
