"""What the account page says that a carer can do."""

from datetime import timedelta

from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from tests import factories
from tests.pages import PageClient


def test_each_right_is_said_with_its_end(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    patient = factories.make_patient(session)
    link = factories.make_link(session, patient=patient, user=user)
    ends = clock.now() + timedelta(days=30)
    factories.make_grant(session, link=link, category="agenda", action="act", ends_at=ends)
    factories.make_grant(session, link=link, category="care_team", ends_at=ends)
    reader.enter(session, user)
    text = reader.get("/account").text
    assert "Voir l’agenda et répondre aux rendez-vous" in text
    assert "Voir l’équipe de soins" in text
    assert text.count(str(ends.year)) >= 2


def test_an_ended_right_is_not_said(reader: PageClient, session: Session, keys: KeyRing) -> None:
    user, _ = factories.make_user(session, keys)
    link = factories.make_link(session, patient=factories.make_patient(session), user=user)
    factories.make_grant(
        session, link=link, category="messages", ends_at=clock.now() - timedelta(seconds=1)
    )
    reader.enter(session, user)
    assert "Ce que je peux faire" not in reader.get("/account").text
