"""Everybody chooses how they hear of messages; who answers says within how many days."""

import pytest
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.account import MessageLetters, User
from portal.models.directory import Organization, Practitioner
from tests import factories
from tests.messaging.circle import WritingCircle, make_circle
from tests.pages import PageClient

PAGE = "/account/messages"


@pytest.fixture
def circle(session: Session, keys: KeyRing) -> WritingCircle:
    return make_circle(session, keys)


def _kept(session: Session, user: User) -> User:
    session.rollback()
    return session.get_one(User, user.id, populate_existing=True)


def _team(circle: WritingCircle) -> str:
    return f"team_{circle.organization.id.hex}"


@pytest.mark.parametrize("choice", ["soon", "daily", "never"])
def test_the_choice_is_kept_and_said(
    reader: PageClient, session: Session, circle: WritingCircle, choice: str
) -> None:
    reader.enter(session, circle.paul.user)
    answer = reader.post(PAGE, data={"letters": choice})
    assert answer.headers["Location"] == f"{PAGE}?saved=1"
    page = reader.get(f"{PAGE}?saved=1").text
    assert "Votre choix est enregistré" in page
    assert f'value="{choice}" checked' in page
    assert _kept(session, circle.paul.user).message_letters is MessageLetters(choice)


def test_the_account_page_leads_there(
    reader: PageClient, session: Session, circle: WritingCircle
) -> None:
    reader.enter(session, circle.paul.user)
    assert f'href="{PAGE}"' in reader.get("/account").text


@pytest.mark.parametrize("sent", [{"letters": ""}, {"letters": "hourly"}, {"letters": "\x00"}])
def test_what_is_no_choice_is_refused_and_nothing_changes(
    reader: PageClient, session: Session, circle: WritingCircle, sent: dict[str, str]
) -> None:
    reader.enter(session, circle.paul.user)
    answer = reader.post(PAGE, data=sent)
    assert answer.status_code == 422
    assert "Choisissez une des réponses" in answer.text
    assert _kept(session, circle.paul.user).message_letters is MessageLetters.SOON


def test_a_relative_promises_nothing(
    reader: PageClient, session: Session, circle: WritingCircle
) -> None:
    reader.enter(session, circle.paul.user)
    assert "Mes délais de réponse" not in reader.get(PAGE).text
    sent = {"letters": "soon", "own_days": "9", _team(circle): "9"}
    assert reader.post(PAGE, data=sent).status_code == 303
    session.rollback()
    assert session.get_one(Organization, circle.organization.id).answer_days == 2


def test_a_professional_says_within_how_many_days_they_answer(
    reader: PageClient, session: Session, circle: WritingCircle
) -> None:
    reader.enter(session, circle.nadia.user)
    page = reader.get(PAGE).text
    assert "sous 1 jour ouvré<" in page
    assert '<option value="2" selected>' in page
    sent = {"letters": "daily", "own_days": "5", _team(circle): "9"}
    assert reader.post(PAGE, data=sent).status_code == 303
    session.rollback()
    nadia = session.get_one(Practitioner, circle.nadia.user.practitioner_id, populate_existing=True)
    team = session.get_one(Organization, circle.organization.id, populate_existing=True)
    assert (nadia.answer_days, team.answer_days) == (5, 2)


def test_a_coordinator_says_it_for_their_team(
    reader: PageClient, session: Session, circle: WritingCircle
) -> None:
    other = factories.make_organization(session, name="CPTS d’à côté")
    reader.enter(session, circle.claire.user)
    assert "La coordination de Maison de santé des Tilleuls répond" in reader.get(PAGE).text
    sent = {"letters": "soon", _team(circle): "1", f"team_{other.id.hex}": "1"}
    assert reader.post(PAGE, data=sent).status_code == 303
    session.rollback()
    teams = [
        session.get_one(Organization, one, populate_existing=True).answer_days
        for one in (circle.organization.id, other.id)
    ]
    assert teams == [1, 2]


@pytest.mark.parametrize("days", ["0", "11", "-1", "deux", ""])
def test_only_one_to_ten_days_can_be_promised(
    reader: PageClient, session: Session, circle: WritingCircle, days: str
) -> None:
    reader.enter(session, circle.nadia.user)
    answer = reader.post(PAGE, data={"letters": "never", "own_days": days})
    assert answer.status_code == 422
    assert 'value="never" checked' in answer.text, "what was chosen stays"
    assert _kept(session, circle.nadia.user).message_letters is MessageLetters.SOON


def test_without_an_address_the_page_says_that_nothing_can_be_sent(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys, email=None, username="jeanne.morel")
    reader.enter(session, user)
    assert "Ajouter une adresse" in reader.get(PAGE).text
