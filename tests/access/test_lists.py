"""Lists hold exactly whom the reader may see."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.care import Patient
from portal.models.rights import CareLinkKind, LegalStatus, Mandate
from tests import factories
from tests.access.cast import ROLES, make_record
from tests.pages import PageClient

_PATIENT = re.compile(r'href="/p/([0-9a-f-]{36})/"')


def _shown(html: str) -> list[UUID]:
    return [UUID(key) for key in _PATIENT.findall(html.partition("<main")[2])]


def test_each_list_of_people_holds_one_exactly_when_the_page_opens(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    for name in ("carer, agenda", "carer, nothing granted", "carer, paused", "carer, over"):
        role, expected = ROLES[name]
        reader.enter(session, role(session, keys, record))
        shown = _shown(reader.get("/people").text)
        assert (record.patient.id in shown) == (expected["home"] == 200), name


def test_a_carer_never_sees_the_relatives_of_others(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    mine = factories.make_patient(session, given_name="Anne")
    other = factories.make_patient(session, given_name="Zacharie")
    user, _ = factories.make_user(session, keys)
    stranger, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=mine, user=user)
    factories.make_link(session, patient=other, user=stranger)
    reader.enter(session, user)
    for path in ("/people", f"/p/{mine.id}/", "/account"):
        text = reader.get(path).text
        assert "Zacharie" not in text
        assert str(other.id) not in text


def test_the_next_date_of_a_relative_stands_only_where_the_agenda_is_granted(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    for name, grants in (("Anne", ("agenda:see",)), ("Odile", ("care_team:see",))):
        patient = factories.make_patient(session, given_name=name)
        factories.make_appointment(session, patient=patient)
        factories.make_link(session, patient=patient, user=user, grants=grants)
    reader.enter(session, user)
    rows = reader.get("/people").text.partition("<main")[2].split("person-choice card")[1:]
    assert ["Prochain rendez-vous" in row for row in rows] == [True, False]
    assert "Anne" in rows[0]
    assert "Odile" in rows[1]


def _professional(session: Session, keys: KeyRing) -> tuple[User, Patient, Patient]:
    """A nurse who also coordinates a house: one patient by each way."""
    nurse = factories.make_practitioner(session)
    user, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    house = factories.make_organization(session)
    factories.make_coordination(session, user=user, organization_id=house.id)
    in_circle = factories.make_patient(session, family_name="Cercle")
    factories.make_member(session, patient=in_circle, practitioner_id=nurse.id)
    of_house = factories.make_patient(session, family_name="Maison", organization_id=house.id)
    return user, in_circle, of_house


def test_a_professional_lists_the_patients_of_circle_and_house_and_no_other(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, in_circle, of_house = _professional(session, keys)
    factories.make_patient(session, family_name="Ailleurs")
    relative = factories.make_patient(session, family_name="Famille")
    factories.make_link(session, patient=relative, user=user, kind=CareLinkKind.CARER)
    reader.enter(session, user)
    assert _shown(reader.get("/professional/patients").text) == [in_circle.id, of_house.id]


def test_a_professional_finds_their_own_relatives_too(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _in_circle, _of_house = _professional(session, keys)
    relative = factories.make_patient(session, family_name="Famille")
    factories.make_link(session, patient=relative, user=user, kind=CareLinkKind.CARER)
    reader.enter(session, user)
    assert _shown(reader.get("/people").text) == [relative.id]


def test_somebody_in_circle_and_house_at_once_stands_once(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _in_circle, of_house = _professional(session, keys)
    factories.make_member(session, patient=of_house, practitioner_id=user.practitioner_id)
    factories.make_member(session, patient=of_house, practitioner_id=user.practitioner_id)
    reader.enter(session, user)
    assert _shown(reader.get("/professional/patients").text).count(of_house.id) == 1


def test_the_list_goes_on_after_equal_names_without_loss_or_repetition(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    nurse = factories.make_practitioner(session)
    user, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    expected = set()
    for number in range(120):
        name = "Martin" if 10 < number < 115 else f"A{number:03d}"
        patient = factories.make_patient(session, given_name="Marie", family_name=name)
        factories.make_member(session, patient=patient, practitioner_id=nurse.id)
        expected.add(patient.id)
    reader.enter(session, user)
    path, seen, pages = "/professional/patients", [], 0
    while path:
        text = reader.get(path).text
        seen += _shown(text)
        pages += 1
        following = re.search(r'href="(/professional/patients\?after=[^"]+)"', text)
        path = following[1] if following else ""
    assert pages == 3
    assert len(seen) == len(set(seen)) == 120
    assert set(seen) == expected


def test_a_place_in_the_list_cannot_be_asked_of_a_patient_who_is_not_mine(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _in_circle, _of_house = _professional(session, keys)
    stranger = factories.make_patient(session, family_name="Durand")
    reader.enter(session, user)
    known = _shown(reader.get(f"/professional/patients?after={stranger.id}").text)
    unknown = _shown(reader.get(f"/professional/patients?after={uuid4()}").text)
    assert known == unknown


def test_somebody_whose_legal_status_opens_nothing_any_more_is_listed_nowhere(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    born = clock.now().year - 17
    for name, birth_date, status in (
        ("Zoé", f"{born}-12-31", LegalStatus.AUTORITE_PARENTALE),
        ("Hugo", "1990-01-01", LegalStatus.AUTORITE_PARENTALE),
        ("Rose", "1940-01-01", LegalStatus.TUTEUR_BIENS),
    ):
        patient = factories.make_patient(session, given_name=name, birth_date=birth_date)
        link = factories.make_link(
            session, patient=patient, user=user, kind=CareLinkKind.LEGAL_REPRESENTATIVE
        )
        session.add(
            Mandate(
                patient_id=patient.id,
                care_link_id=link.id,
                status=status,
                proof_kind="other",
                issued_by="Tribunal",
                issued_on=clock.now().date(),
                starts_at=clock.now() - timedelta(days=1),
                verified_by=user.id,
                verified_at=clock.now(),
            )
        )
    reader.enter(session, user)
    text = reader.get("/people").text
    assert [name in text for name in ("Zoé", "Hugo", "Rose")] == [True, False, False]
