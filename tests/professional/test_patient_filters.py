"""The list of patients: searched by name and year, narrowed to what is amiss, and no further."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.models.audit import AccessEvent
from portal.models.care import Patient
from portal.models.consent import ConsentDecision
from portal.models.need import Need
from portal.models.rights import Block
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

ALL = ("no_owner", "review_due", "no_doctor", "ending", "long_term")


class House:
    """An organization with its coordinator, and patients in it."""

    def __init__(self, session: Session, keys: KeyRing) -> None:
        self.session = session
        self.organization = factories.make_organization(session)
        self.coordinator, _ = factories.make_user(session, keys)
        factories.make_coordination(
            session, user=self.coordinator, organization_id=self.organization.id
        )
        self.nurse = factories.make_practitioner(session)

    def patient(self, name: str, *, doctor: bool = True, **fields: object) -> Patient:
        patient = factories.make_patient(
            self.session, family_name=name, organization_id=self.organization.id, **fields
        )
        if doctor:
            doctor_row = factories.make_practitioner(self.session, profession="medecin")
            factories.make_member(
                self.session,
                patient=patient,
                practitioner_id=doctor_row.id,
                functions=["medecin_traitant"],
            )
        return patient

    def need(self, patient: Patient, **fields: object) -> Need:
        need = Need(patient_id=patient.id, code="dressing", **fields)
        self.session.add(need)
        self.session.flush()
        return need


@pytest.fixture
def house(session: Session, keys: KeyRing) -> House:
    return House(session, keys)


def _listed(reader: PageClient, *filters: str, q: str = "") -> str:
    query = urlencode([("q", q), *(("filter", one) for one in filters)])
    answer = reader.get(f"/professional/patients?{query}")
    assert answer.status_code == 200
    return answer.text.replace("\xa0", " ")


def _names(text: str, *names: str) -> set[str]:
    return {name for name in names if name in text}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("quere", {"Quéré"}),
        ("QUÉ rob", {"Quéré"}),
        ("1950", {"Quéré"}),
        ("le goff", {"Le Goff"}),
        ("ff", set()),
        ("%", {"Quéré", "Le Goff", "Martin"}),
        ("", {"Quéré", "Le Goff", "Martin"}),
    ],
)
def test_a_name_is_found_by_the_beginning_of_its_words(
    reader: PageClient, session: Session, house: House, wanted: str, found: set[str]
) -> None:
    house.patient("Quéré", given_name="Robert", birth_date="1950-10-19")
    house.patient("Le Goff", given_name="Anne", birth_date="1949")
    house.patient("Martin", given_name="Paul")
    reader.enter(session, house.coordinator)
    assert _names(_listed(reader, q=wanted), "Quéré", "Le Goff", "Martin") == found


def _made_for_each_filter(house: House) -> None:
    at = now()
    no_owner = house.patient("Sansreponse")
    house.need(no_owner)
    left = house.patient("Partie")
    member = factories.make_member(
        house.session,
        patient=left,
        practitioner_id=house.nurse.id,
        period_end=at - timedelta(seconds=1),
    )
    house.need(left, owner_id=member.id)
    house.need(
        house.patient("Revoir"), owner_id=None, ended_at=at, review_on=at.date() - timedelta(9)
    )
    due = house.patient("Echue")
    owner = factories.make_member(house.session, patient=due, practitioner_id=house.nurse.id)
    house.need(due, owner_id=owner.id, review_on=at.date() - timedelta(days=3))
    house.patient("Sansmedecin", doctor=False)
    ending = house.patient("Finit")
    factories.make_member(
        house.session,
        patient=ending,
        practitioner_id=house.nurse.id,
        period_end=at + timedelta(days=20),
    )
    factories.make_member(
        house.session,
        patient=house.patient("Loin"),
        practitioner_id=house.nurse.id,
        period_end=at + timedelta(days=50),
    )
    house.patient("Longue", has_long_term_condition=True)


EVERYBODY = ("Sansreponse", "Partie", "Revoir", "Echue", "Sansmedecin", "Finit", "Loin", "Longue")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (("no_owner",), {"Sansreponse", "Partie"}),
        (("review_due",), {"Echue"}),
        (("no_doctor",), {"Sansmedecin"}),
        (("ending",), {"Finit"}),
        (("long_term",), {"Longue"}),
        (("no_owner", "long_term"), set()),
        (("nonsense",), set(EVERYBODY)),
    ],
)
def test_a_filter_shows_those_and_nobody_else(
    reader: PageClient,
    session: Session,
    house: House,
    filters: tuple[str, ...],
    found: set[str],
) -> None:
    _made_for_each_filter(house)
    reader.enter(session, house.coordinator)
    assert _names(_listed(reader, *filters), *EVERYBODY) == found


def test_the_tags_say_what_is_amiss_only_once_somebody_asked(
    reader: PageClient, session: Session, house: House
) -> None:
    _made_for_each_filter(house)
    reader.enter(session, house.coordinator)
    assert "sans personne" not in _listed(reader)
    assert "1 besoin sans responsable" in _listed(reader, "no_owner")


def _lines(session: Session, patient_id: UUID) -> list[tuple[str, ...]]:
    session.rollback()
    rows = session.exec(select(AccessEvent).where(AccessEvent.patient_id == patient_id))
    return [(row.capacity, row.category, row.action, row.reason) for row in rows]


def test_a_filtered_list_leaves_a_line_in_each_file_that_it_shows_and_in_no_other(
    reader: PageClient, session: Session, house: House
) -> None:
    shown, other = house.patient("Ici", doctor=False), house.patient("Ailleurs")
    shown_id, other_id = shown.id, other.id
    reader.enter(session, house.coordinator)
    _listed(reader)
    assert _lines(session, shown_id) == []
    _listed(reader, "no_doctor")
    assert _lines(session, shown_id) == [("coordinator", "care_team", "see", "is_listed")]
    assert _lines(session, other_id) == []


def _no_consent(session: Session, house: House, patient: Patient) -> None:
    factories.make_member(
        session, patient=patient, practitioner_id=house.nurse.id, is_outside_care_team=True
    )


def _agenda_only(session: Session, house: House, patient: Patient) -> None:
    factories.make_member(session, patient=patient, practitioner_id=house.nurse.id, sees="agenda")


def _refused(session: Session, house: House, patient: Patient) -> None:
    factories.make_member(session, patient=patient, practitioner_id=house.nurse.id)
    session.add(
        ConsentDecision(
            patient_id=patient.id,
            purpose="care_coordination",
            status="refused",
            text_version=1,
            text_locale="fr",
            text_hash="0" * 64,
            actor_id=house.coordinator.id,
            capacity="self",
            channel="portal",
            decided_at=now(),
        )
    )


def _blocked(session: Session, house: House, patient: Patient) -> None:
    factories.make_member(session, patient=patient, practitioner_id=house.nurse.id)
    session.add(
        Block(
            patient_id=patient.id,
            practitioner_id=house.nurse.id,
            starts_at=now() - timedelta(minutes=1),
            created_by=house.coordinator.id,
        )
    )


@pytest.mark.parametrize("closed", [_no_consent, _agenda_only, _refused, _blocked])
def test_no_filter_tells_anything_of_a_team_that_the_reader_may_not_see(
    reader: PageClient, session: Session, keys: KeyRing, house: House, closed: object
) -> None:
    patient = house.patient("Fermee", doctor=False, has_long_term_condition=True)
    house.need(patient, review_on=now().date() - timedelta(days=1))
    closed(session, house, patient)  # type: ignore[operator]  # one of the four above
    user, _ = factories.make_user(session, keys, practitioner_id=house.nurse.id)
    patient_id = patient.id
    reader.enter(session, user)
    for one in ALL:
        assert "Fermee" not in _listed(reader, one)
    assert _lines(session, patient_id) == []


def test_the_next_page_keeps_search_and_filters(
    reader: PageClient, session: Session, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.blueprints.professional.routes.PATIENTS_PER_PAGE", 2)
    for name in ("Aa", "Ab", "Ac", "Ad", "Ba"):
        house.patient(name, doctor=name == "Ac")
    reader.enter(session, house.coordinator)
    text = _listed(reader, "no_doctor", q="a")
    assert _names(text, "Aa Jeanne", "Jeanne Aa", "Jeanne Ab", "Jeanne Ad") == {
        "Jeanne Aa",
        "Jeanne Ab",
    }
    link = text.split('href="/professional/patients?q=a')[1].split('"')[0].replace("&amp;", "&")
    rest = reader.get(f"/professional/patients?q=a{link}").text
    assert _names(rest, "Jeanne Ac", "Jeanne Ad", "Jeanne Ba") == {"Jeanne Ad"}


@pytest.mark.parametrize("filters", [(), ("no_doctor",)])
def test_a_long_list_costs_as_many_statements_as_a_short_one(
    reader: PageClient, session: Session, house: House, filters: tuple[str, ...]
) -> None:
    counts = []
    for number in (1, 30):
        for one in range(number):
            house.need(house.patient(f"N{number}-{one}", doctor=False))
        reader.enter(session, house.coordinator)
        with counted(reader.app) as statements:
            _listed(reader, *filters)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5, statements
