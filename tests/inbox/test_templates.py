"""Words that are written often: kept, offered below an answer, and nobody else's."""

from uuid import UUID, uuid4

from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.messaging import AnswerTemplate
from tests.messages.conftest import Browsing
from tests.messaging.circle import WritingCircle, family_writes

URL = "/inbox/templates"


def _ids(session: Session) -> list[UUID]:
    found = list(session.exec(select(AnswerTemplate.id)).all())
    session.expunge_all()
    session.rollback()
    return found


def test_nadia_keeps_a_text_and_begins_an_answer_with_it(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    message = family_writes(session, keys, circle, to=circle.nadias_place)
    session.commit()
    thread = f"/p/{circle.patient.id}/messages/{message.thread_id}"
    nadia = as_(circle.nadia)
    wanted = {
        "title": "Passage",
        "body": "Je passe demain matin.",
        "owner": "own",
        "template_id": str(uuid4()),
    }
    for _ in range(2):  # a double click
        assert nadia.post(URL, data=wanted).status_code == 303
    (template_id,) = _ids(session)
    assert "Passage" in nadia.get(thread).text
    assert "Je passe demain matin.</textarea>" in nadia.get(f"{thread}?template={template_id}").text
    # Nobody else finds it, the family least of all.
    for one in (circle.haddad, circle.claire):
        other = as_(one)
        assert "Passage" not in other.get(URL).text
        assert other.get(f"{URL}/{template_id}").status_code == 404
        assert other.post(f"{URL}/{template_id}/delete", data={}).status_code == 404
    assert "demain matin" not in as_(circle.jeanne).get(f"{thread}?template={template_id}").text


def test_it_is_changed_and_deleted(session: Session, circle: WritingCircle, as_: Browsing) -> None:
    nadia = as_(circle.nadia)
    nadia.post(URL, data={"title": "Un", "body": "Deux", "owner": "own"})
    (template_id,) = _ids(session)
    empty = nadia.post(f"{URL}/{template_id}", data={"title": "Un", "body": ""})
    assert empty.status_code == 422
    nadia.post(f"{URL}/{template_id}", data={"title": "Un", "body": "Trois"})
    assert "Trois" in nadia.get(URL).text
    nadia.post(f"{URL}/{template_id}/delete", data={})
    assert _ids(session) == []


def test_only_who_coordinates_keeps_words_for_the_coordination(
    session: Session, circle: WritingCircle, as_: Browsing
) -> None:
    owner = str(circle.organization.id)
    wanted = {"title": "Accueil", "body": "Bonjour", "owner": owner}
    assert as_(circle.nadia).post(URL, data=wanted).status_code == 404
    assert as_(circle.claire).post(URL, data=wanted).status_code == 303
    assert len(_ids(session)) == 1
    own = as_(circle.claire).post(URL, data=wanted | {"owner": "own"})
    assert own.status_code == 404
