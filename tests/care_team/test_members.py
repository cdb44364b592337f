"""What the team page says of each member."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.care import Patient
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient


@pytest.fixture
def jeanne(session: Session) -> Patient:
    return factories.make_patient(session)


def _page(reader: PageClient, session: Session, keys: KeyRing, patient: Patient, **link) -> str:
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user, grants=("care_team:see",), **link)
    reader.enter(session, user)
    return reader.get(f"/p/{patient.id}/care-team").text.replace("\xa0", " ")


def test_the_regular_doctor_and_the_coordinator_are_called_first(
    reader: PageClient, session: Session, keys: KeyRing, jeanne: Patient
) -> None:
    doctor = factories.make_practitioner(
        session, given_name="Anne", family_name="Le Goff", prefix="Dr", profession="medecin"
    )
    coordinator = factories.make_practitioner(session, given_name="Claire", family_name="Morvan")
    factories.make_member(
        session, patient=jeanne, practitioner_id=doctor.id, functions=["medecin_traitant"]
    )
    factories.make_member(
        session, patient=jeanne, practitioner_id=coordinator.id, functions=["coordinateur"]
    )
    text = _page(reader, session, keys, jeanne)
    first, _, rest = text.partition("Autour de Jeanne")
    assert "À appeler d’abord" in first
    assert "Médecin traitant" in first
    assert "Coordinatrice" in first
    assert "Dr Anne Le Goff" in first
    assert "Les autres professionnels" not in rest


def test_a_relative_is_said_by_kinship_and_function(
    reader: PageClient, session: Session, keys: KeyRing, jeanne: Patient
) -> None:
    daughter = factories.make_relative(session, patient=jeanne, is_emergency_contact=True)
    factories.make_member(
        session,
        patient=jeanne,
        related_person_id=daughter.id,
        functions=["aidant_principal"],
        contact_for="Accompagne aux visites.",
    )
    text = _page(reader, session, keys, jeanne)
    assert "Fille de Jeanne, aidante principale, contact d’urgence" in text
    assert "Accompagne aux visites." in text
    assert "Aucun numéro de téléphone n’est connu." in text


def test_the_reader_is_you_and_is_not_called(
    reader: PageClient, session: Session, keys: KeyRing, jeanne: Patient
) -> None:
    son = factories.make_relative(
        session, patient=jeanne, given_name="Paul", relationship="SON", phone="06 39 98 44 21"
    )
    factories.make_member(session, patient=jeanne, related_person_id=son.id)
    text = _page(reader, session, keys, jeanne, related_person_id=son.id)
    assert "Vous, Paul" in text
    assert "06 39 98 44 21" not in text


def test_the_patient_reads_your_daughter(
    reader: PageClient, session: Session, keys: KeyRing, jeanne: Patient
) -> None:
    daughter = factories.make_relative(session, patient=jeanne)
    factories.make_member(session, patient=jeanne, related_person_id=daughter.id)
    text = _page(reader, session, keys, jeanne, kind=CareLinkKind.SELF)
    assert "Votre fille" in text
    assert "Qui fait quoi pour vous ?" in text


def test_an_organization_is_a_member_of_its_own(
    reader: PageClient, session: Session, keys: KeyRing, jeanne: Patient
) -> None:
    always = [{"days": list(_DAYS), "from": "00:00", "to": "23:59"}]
    pharmacy = factories.make_organization(
        session, name="Pharmacie des Halles", kind="pharmacie", phone="02 61 91 02 77"
    )
    factories.make_member(session, patient=jeanne, organization_id=pharmacy.id, hours=always)
    text = _page(reader, session, keys, jeanne)
    assert "Pharmacie des Halles" in text
    assert "02 61 91 02 77" in text
    assert "Joignable jour et nuit" in text


def test_who_left_or_has_not_begun_is_not_shown(
    reader: PageClient, session: Session, keys: KeyRing, jeanne: Patient
) -> None:
    now = clock.now()
    for name, period in (
        ("Partie", {"period_end": now - timedelta(days=1)}),
        ("Future", {"period_start": now + timedelta(days=1)}),
        ("Présente", {"period_start": now - timedelta(days=1)}),
    ):
        nurse = factories.make_practitioner(session, given_name=name)
        factories.make_member(session, patient=jeanne, practitioner_id=nurse.id, **period)
    text = _page(reader, session, keys, jeanne)
    assert "Présente" in text
    assert "Partie" not in text.partition("Ont quitté l’équipe")[0]
    assert "Future" not in text


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def test_who_left_stands_apart_with_the_last_day(
    reader: PageClient, session: Session, keys: KeyRing, jeanne: Patient
) -> None:
    dietitian = factories.make_practitioner(session, given_name="Dorothée", family_name="Martin")
    last_day_over = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)  # midnight of 2 March in Paris
    factories.make_member(
        session, patient=jeanne, practitioner_id=dietitian.id, period_end=last_day_over
    )
    text = _page(reader, session, keys, jeanne)
    assert "Ont quitté l’équipe" in text
    assert "Dorothée Martin" in text
    assert "jusqu’au 1er mars 2026" in text
