"""The list of a professional's patients."""

from sqlmodel import Session

from portal.crypto import KeyRing
from tests import factories
from tests.pages import PageClient


def test_without_a_patient_the_page_says_how_they_come(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    nurse = factories.make_practitioner(session)
    user, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    reader.enter(session, user)
    text = reader.get("/professional/patients").text
    assert "Pas encore de patient" in text


def test_a_date_of_birth_is_said_as_far_as_it_is_known(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    nurse = factories.make_practitioner(session)
    user, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    for name, born in (
        ("Un", "1945-03-17"),
        ("Deux", "1945-03"),
        ("Trois", "1945"),
        ("Quatre", ""),
    ):
        patient = factories.make_patient(session, family_name=name, birth_date=born)
        factories.make_member(session, patient=patient, practitioner_id=nurse.id)
    reader.enter(session, user)
    text = reader.get("/professional/patients").text.replace("\xa0", " ")
    assert "Naissance : 17 mars 1945" in text
    assert "Naissance : mars 1945" in text
    assert "Naissance : 1945" in text
    assert text.count("Naissance") == 3
