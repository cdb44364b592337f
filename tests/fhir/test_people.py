"""How people, structures and places are read: names, numbers, addresses, codes."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, select

from portal.fhir import ImportReport
from portal.models.care import Patient, RelatedPerson
from portal.models.directory import Organization, OrganizationKind, Practitioner, PractitionerRole
from tests.fhir.conftest import Import
from tests.fhir.files import (
    G15,
    ROLE_CODE,
    Json,
    concept,
    name,
    organization,
    patient,
    practitioner,
    related_person,
)

Said = Callable[[ImportReport], list[str]]
R260 = "https://mos.esante.gouv.fr/NOS/TRE_R260-HL7RoleClass/FHIR/TRE-R260-HL7RoleClass"
R66 = "https://mos.esante.gouv.fr/NOS/TRE_R66-CategorieEtablissement/FHIR/TRE-R66-CategorieEtablissement"
GIVEN_NAMES = (
    "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-birth-list-given-name"
)


def _one(session: Session, table: type[Any]) -> Any:
    return session.exec(select(table)).one()


def _phone(value: str, **more: Any) -> Json:
    return {"system": "phone", "value": value} | more


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([name("B", "b", use="usual"), name("A", "a", use="official")], ("a", "A")),
        ([name("M", "m", use="maiden"), name("U", "u", use="usual")], ("u", "U")),
        ([name("O", "o", use="old"), name("N", "n")], ("n", "N")),
        ([name("A", "Marie", "Anne")], ("Marie Anne", "A")),
        ([{"text": "Jeanne Morel"}], ("", "Jeanne Morel")),
        ([name("  de \n la\tTour ", "x\u0007y")], ("x y", "de la Tour")),
        ([name("M", use="old")], ("", "")),
        (
            [{"family": "A", "extension": [{"url": GIVEN_NAMES, "valueString": "Jean Luc"}]}],
            ("Jean Luc", "A"),
        ),
    ],
)
def test_the_current_name_is_taken(
    take: Import, session: Session, names: list[Json], expected: tuple[str, str]
) -> None:
    take(patient(name=names))
    row = _one(session, Patient)
    assert (row.given_name, row.family_name) == expected


@pytest.mark.parametrize(
    ("points", "phone", "email"),
    [
        ([_phone("1", use="home"), _phone("2", use="mobile")], "2", ""),
        ([_phone("1", use="old"), _phone("2", use="work")], "2", ""),
        ([_phone("1", use="mobile", period={"end": "2014"}), _phone("2")], "2", ""),
        ([_phone("1", rank=2), _phone("2", rank=1)], "2", ""),
        ([{"system": "fax", "value": "1"}, {"use": "home"}], "", ""),
        ([{"system": "email", "value": "at the desk"}], "", ""),
        ([{"system": "email", "value": "j@example.org"}], "", "j@example.org"),
    ],
)
def test_the_number_to_call_is_taken(
    take: Import, session: Session, points: list[Json], phone: str, email: str
) -> None:
    take(patient(telecom=points))
    row = _one(session, Patient)
    assert (row.phone, row.email) == (phone, email)


def test_a_private_number_of_a_professional_is_not_shown(take: Import, session: Session) -> None:
    take(practitioner(telecom=[_phone("1", use="home"), _phone("2", use="mobile")]))
    assert _one(session, Practitioner).phone == "2"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            {
                "line": ["12 rue du paris"],
                "postalCode": "35000",
                "city": "Rennes",
                "country": "99100",
            },
            "12 rue du paris, 35000 Rennes",
        ),
        ({"line": ["A", "B"], "city": "Delft", "country": "NLD"}, "A, B, Delft, NLD"),
        ({"text": "chez le voisin", "country": "FRA"}, "chez le voisin"),
        ({"use": "old", "city": "Rennes"}, ""),
    ],
)
def test_an_address_is_one_line(
    take: Import, session: Session, address: Json, expected: str
) -> None:
    take(patient(address=[address]))
    assert _one(session, Patient).address == expected


@pytest.mark.parametrize("birth_date", ["1948", "1948-03", "1948-03-17"])
def test_a_birth_date_may_be_known_in_part(take: Import, session: Session, birth_date: str) -> None:
    take(patient(birthDate=birth_date))
    assert _one(session, Patient).birth_date == birth_date


def test_a_death_is_taken(take: Import, session: Session) -> None:
    take(patient(deceasedDateTime="2026-01-02"))
    assert _one(session, Patient).is_deceased is True


def test_people_named_inside_the_patient_are_told_as_left_out(take: Import, said: Said) -> None:
    contact = {"name": name("Morel", "Paul")}
    report = take(patient(contact=[contact], generalPractitioner=[{"display": "Dr Leroy"}]))
    assert [entry.name for entry in report.entries] == ["Jeanne Morel", "Paul Morel", "Dr Leroy"]
    assert "contact[0]: people around the patient are read from RelatedPerson" in said(report)[0]


@pytest.mark.parametrize(
    ("concepts", "code", "words", "is_contact"),
    [
        ([concept(ROLE_CODE, "DAU")], "DAU", "", False),
        ([concept(R260, "ECON"), concept(ROLE_CODE, "NBOR")], "NBOR", "", True),
        ([concept("http://terminology.hl7.org/CodeSystem/v2-0131", "C")], "", "", True),
        ([concept("urn:local", "GODF", "parrain")], "", "parrain", False),
        ([concept("urn:local", "GODF")], "", "GODF", False),
        ([{"text": "la voisine du 3e"}], "", "la voisine du 3e", False),
        ([{"text": "Personne à prévenir en cas d’urgence"}], "", "", True),
        ([], "", "", False),
    ],
)
def test_a_relationship_is_a_known_code_or_words(
    take: Import,
    session: Session,
    concepts: list[Json],
    code: str,
    words: str,
    *,
    is_contact: bool,
) -> None:
    take(patient(), related_person(relationship=concepts))
    row = _one(session, RelatedPerson)
    assert (row.relationship, row.relationship_text) == (code, words)
    assert row.is_emergency_contact is is_contact


@pytest.mark.parametrize(
    ("code", "profession", "words"),
    [
        (concept(G15, "60", "Infirmier"), "infirmier", ""),
        (
            concept("http://snomed.info/sct", "41672002", "Pulmonologist"),
            "medecin",
            "Pulmonologist",
        ),
        (concept("urn:local", "BS", "Bachelor of Science"), "", "Bachelor of Science"),
        (concept("urn:local", "X9"), "", "X9"),
        (concept(G15, "96", "Psychomotricien"), "", "Psychomotricien"),
    ],
)
def test_a_qualification_is_a_profession_or_words(
    take: Import, session: Session, code: Json, profession: str, words: str
) -> None:
    take(practitioner(qualification=[{"code": code}]))
    row = _one(session, Practitioner)
    assert (row.profession, row.profession_text) == (profession, words)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (concept(R66, "500", "EHPAD"), OrganizationKind.EHPAD, "EHPAD"),
        (concept(R66, "603"), OrganizationKind.MSP, "603"),
        (concept("urn:local", "MEDICAL", "Médical"), OrganizationKind.OTHER, "Médical"),
    ],
)
def test_a_type_of_structure_is_a_known_kind_or_words(
    take: Import, session: Session, code: Json, kind: OrganizationKind, words: str
) -> None:
    take(organization(type=[code]))
    row = _one(session, Organization)
    assert (row.kind, row.kind_text) == (kind, words)


def test_a_role_brings_hours_absences_and_the_profession(
    take: Import, session: Session, said: Said
) -> None:
    role = {
        "resourceType": "PractitionerRole",
        "id": "r",
        "practitioner": {"reference": "Practitioner/leroy"},
        "organization": {"reference": "Organization/cabinet"},
        "period": {"start": "2020", "end": "2020-06"},
        "code": [concept(G15, "10", "Médecin")],
        "specialty": [{"text": "Cardiologie"}],
        "availableTime": [
            {
                "daysOfWeek": ["tue", "mon"],
                "availableStartTime": "09:00:00",
                "availableEndTime": "12:30:00",
            },
            {"daysOfWeek": ["sat"], "allDay": True},
            {"availableStartTime": "14:00:00", "availableEndTime": "18:00:00"},
            {"daysOfWeek": ["sun"]},
        ],
        "notAvailable": [
            {"description": "Congés", "during": {"start": "2026-08-01", "end": "2026-08"}},
            {"description": "Sans date"},
        ],
    }
    report = take(practitioner(), organization(), role)
    row = _one(session, PractitionerRole)
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert row.hours == [
        {"days": ["mon", "tue"], "from": "09:00", "to": "12:30"},
        {"days": ["sat"], "from": "00:00", "to": "23:59"},
        {"days": week, "from": "14:00", "to": "18:00"},
    ]
    assert row.absences == [{"from": "2026-08-01", "to": "2026-08-31", "reason": "Congés"}]
    assert (str(row.period_start), str(row.period_end)) == ("2020-01-01", "2020-06-30")
    assert (row.role_text, _one(session, Practitioner).profession) == ("Cardiologie", "medecin")
    assert row.organization_id == _one(session, Organization).id
    assert said(report) == [
        "PractitionerRole/r notAvailable[1]: an absence needs a first and a last day"
    ]


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ({"resourceType": "PractitionerRole", "id": "r"}, "it names no practitioner"),
        (
            {
                "resourceType": "PractitionerRole",
                "id": "r",
                "practitioner": {"reference": "Practitioner/x"},
            },
            "its practitioner Practitioner/x is unknown: not in these files, not imported before",
        ),
        ({"resourceType": "Practitioner", "id": "p"}, "it has no name"),
        ({"resourceType": "Organization", "id": "o"}, "it has no name and no identifier"),
    ],
)
def test_people_and_places_without_what_a_page_needs_are_left_out(
    take: Import, said: Said, resource: Json, reason: str
) -> None:
    label = f"{resource['resourceType']}/{resource['id']}"
    assert said(take(resource)) == [f"{label}: {reason}"]


def test_what_does_not_fit_is_shortened_and_told(
    take: Import, session: Session, said: Said
) -> None:
    report = take(
        patient(name=[name("é" * 500, "Jeanne")], telecom=[_phone("0" * 60, use="mobile")]),
        organization(name="x" * 201),
    )
    row = _one(session, Patient)
    assert (len(row.family_name), row.family_name[-1], row.phone) == (100, "…", "")
    assert len(_one(session, Organization).name) == 200
    assert sorted(said(report)) == [
        "Organization/cabinet name: shortened from 201 to 200 characters",
        "Patient/jeanne family_name: shortened from 500 to 100 characters",
        "Patient/jeanne phone: it has 60 characters and at most 50 fit",
    ]


def test_an_identifier_of_any_length_is_kept(take: Import) -> None:
    long = patient(identifier=[{"system": "urn:x", "value": "9" * 5000}])
    take(long)
    assert len(take.tables()["patient"]) == 1
    assert take(long).counts()["unchanged"] == 1
