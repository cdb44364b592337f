"""By what a resource is recognised, and that nobody's data overwrites another's."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from portal.fhir import ImportReport, Outcome
from portal.models.care import Patient, RelatedPerson
from portal.models.directory import Organization, Practitioner
from portal.models.interop import FhirResource
from tests.fhir.conftest import Import
from tests.fhir.files import (
    INS,
    INS_NIR,
    OTHER_INS,
    OTHER_RPPS,
    RPPS,
    Json,
    appointment,
    bundle,
    care_team,
    name,
    organization,
    patient,
    practitioner,
    related_person,
)

Said = Callable[[ImportReport], list[str]]
RPPS_SYSTEM = "https://rpps.esante.gouv.fr"
STRANGER = [name("Petit", "Lucien")]


def _identifier(system: str, value: str, **more: str) -> Json:
    return {"identifier": [{"system": system, "value": value} | more]}


def _patients(session: Session) -> list[Patient]:
    return list(session.exec(select(Patient)))


@pytest.mark.parametrize("last", [8, 9, 10, 11])
def test_an_ins_with_a_right_key_is_taken(take: Import, session: Session, last: int) -> None:
    take(patient(**_identifier(f"urn:oid:1.2.250.1.213.1.4.{last}", INS)))
    assert _patients(session)[0].ins == INS


def test_an_ins_of_corsica_is_taken(take: Import, session: Session) -> None:
    take(patient(**_identifier(INS_NIR, "248032B00123447")))
    assert _patients(session)[0].ins == "248032B00123447"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (INS[:-1] + "4", "the key of the INS is wrong: 74 instead of 73"),
        ("2480335001234", "the INS has not the form of 13 characters and a key of 2 digits"),
        ("x" * 400, "the INS has not the form of 13 characters and a key of 2 digits"),
    ],
)
def test_a_wrong_ins_is_left_out_and_kept_in_the_original(
    take: Import, session: Session, said: Said, number: str, reason: str
) -> None:
    report = take(patient(**_identifier(INS_NIR, number)))
    assert said(report) == [f"Patient/jeanne identifier: {reason}"]
    assert _patients(session)[0].ins is None
    assert number in session.exec(select(FhirResource)).one().content


def test_an_old_ins_is_not_taken(take: Import, session: Session) -> None:
    take(patient(**_identifier(INS_NIR, INS, use="old")))
    assert _patients(session)[0].ins is None


def test_the_reliability_of_the_identity_is_taken(take: Import, session: Session) -> None:
    status = {"url": "identityStatus", "valueCoding": {"code": "VALI"}}
    url = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability"
    take(patient(extension=[{"url": url, "extension": [status]}]))
    assert _patients(session)[0].ins_status == "VALI"


def test_a_person_is_recognised_by_ins_under_another_id(take: Import, session: Session) -> None:
    take(patient(**_identifier(INS_NIR, INS)))
    report = take(patient("77", **_identifier(INS_NIR, INS), gender="other"))
    assert report.counts()[Outcome.UPDATED] == 1
    assert len(_patients(session)) == 1
    take(related_person(patient={"reference": "Patient/77"}))
    assert len(session.exec(select(RelatedPerson)).all()) == 1


def test_a_person_who_receives_an_ins_stays_the_same(take: Import, session: Session) -> None:
    take(patient())
    take(patient(**_identifier(INS_NIR, INS)))
    assert [row.ins for row in _patients(session)] == [INS]
    assert session.exec(select(FhirResource)).one().source_key == f"{INS_NIR}|{INS}"


def test_a_patient_entered_by_hand_is_recognised_by_ins(take: Import, session: Session) -> None:
    session.add(Patient(family_name="Morel", given_name="Jeanne", ins=INS, phone="0601"))
    session.commit()
    report = take(patient(**_identifier(INS_NIR, INS)))
    row = _patients(session)[0]
    assert (report.counts()[Outcome.UPDATED], len(_patients(session))) == (1, 1)
    assert (row.birth_date, row.phone) == ("1948-03-17", "0601")


@pytest.mark.parametrize(
    "other",
    [
        patient(**_identifier(INS_NIR, OTHER_INS)),
        patient(name=STRANGER),
        patient(name=[name("Petit", "Jeanne")], birthDate="1950"),
        patient(name=[name("Morel", "Lucien")], birthDate="1977-01-01"),
    ],
)
@pytest.mark.parametrize("is_earlier", [True, False], ids=["one after the other", "together"])
def test_the_same_id_for_another_person_is_refused(
    take: Import, other: Json, *, is_earlier: bool
) -> None:
    first = patient(**_identifier(INS_NIR, INS))
    if is_earlier:
        take(first)
        refusal = take.refusal(other)
    else:
        refusal = take.refusal(first, other)
    assert refusal.path == "Patient"
    assert "was imported before for another person: the identities differ" in refusal.reason


@pytest.mark.parametrize(
    "corrected",
    [
        patient(name=[name("Morel-Petit", "Jeanne")]),
        patient(name=[name("Morel", "Jehanne")]),
        patient(birthDate="1949-03-17"),
        patient(birthDate="1948"),
        patient(name=[name("MOREL", "JEANNE", use="official")]),
    ],
)
def test_a_correction_of_one_trait_is_taken(
    take: Import, session: Session, corrected: Json
) -> None:
    take(patient())
    assert take(corrected).counts()[Outcome.UPDATED] == 1
    assert len(_patients(session)) == 1


def test_identifiers_of_two_patients_on_one_are_refused(take: Import) -> None:
    take(patient("a", **_identifier("urn:x", "1")), patient("b", **_identifier("urn:x", "2")))
    refusal = take.refusal(patient("a", **_identifier("urn:x", "2")))
    assert "belong to different resources" in refusal.reason


def test_an_ins_of_another_patient_is_refused(take: Import, session: Session) -> None:
    session.add(Patient(family_name="Morel", given_name="Jeanne", ins=INS))
    session.commit()
    take(patient())
    refusal = take.refusal(patient(**_identifier(INS_NIR, INS)))
    assert refusal.reason == "its INS belongs to another patient than its other identifiers"


def test_what_cannot_be_recognised_again_is_left_out(take: Import, said: Said) -> None:
    nameless = patient()
    del nameless["id"]
    report = take(nameless)
    assert said(report) == [
        "Patient: it has no id, no identifier and no fullUrl: it could not be recognised again"
    ]
    assert take.tables()["patient"] == []


def test_an_rpps_number_is_taken_when_its_luhn_key_is_right(
    take: Import, session: Session, said: Said
) -> None:
    report = take(
        practitioner(**_identifier(RPPS_SYSTEM, RPPS)),
        practitioner("b", name=STRANGER, **_identifier(RPPS_SYSTEM, "10003456787")),
    )
    numbers = {row.family_name: row.rpps for row in session.exec(select(Practitioner))}
    assert numbers == {"Leroy": RPPS, "Petit": None}
    assert said(report) == [
        "Practitioner/b identifier: the RPPS number has not 11 digits with a right Luhn key"
    ]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (practitioner(name=STRANGER), 'was imported before as another one, "Anne Leroy"'),
        (
            practitioner(**_identifier(RPPS_SYSTEM, OTHER_RPPS)),
            "it was imported before with another RPPS number",
        ),
        (
            practitioner("b", name=STRANGER, **_identifier(RPPS_SYSTEM, RPPS)),
            'it was imported before as "Anne Leroy", who is somebody else',
        ),
    ],
)
def test_a_professional_is_never_overwritten_by_another(
    take: Import, session: Session, said: Said, other: Json, reason: str
) -> None:
    take(practitioner(**_identifier(RPPS_SYSTEM, RPPS)))
    report = take(other)
    assert said(report)[0].endswith(reason)
    row = session.exec(select(Practitioner)).one()
    assert (row.family_name, row.rpps) == ("Leroy", RPPS)


def test_a_structure_is_never_overwritten_by_another(
    take: Import, session: Session, said: Said
) -> None:
    take(organization(**_identifier("https://finess.esante.gouv.fr", "350000001")))
    other = _identifier("https://finess.esante.gouv.fr", "350000002")
    report = take(organization(name="EHPAD du Parc", **other))
    assert "another one" in said(report)[0]
    assert session.exec(select(Organization)).one().name == "Cabinet des Lilas"


def test_a_structure_is_recognised_by_finess_under_both_systems(take: Import) -> None:
    national = _identifier("urn:oid:1.2.250.1.71.4.2.2", "1350000001")
    take(organization(**_identifier("https://finess.esante.gouv.fr", "350000001")))
    assert take(organization("b", **national)).counts()[Outcome.UPDATED] == 1


def test_one_person_may_be_related_to_two_patients(take: Import, session: Session) -> None:
    mother = _identifier("urn:nir", "1")
    files = (
        patient("a"),
        patient("b", name=STRANGER),
        related_person("1", patient={"reference": "Patient/a"}, **mother),
        related_person("2", patient={"reference": "Patient/b"}, **mother),
    )
    take(*files)
    assert len({row.patient_id for row in session.exec(select(RelatedPerson))}) == 2
    assert take(*files).counts()[Outcome.UNCHANGED] == 4


def test_a_relative_never_moves_to_another_patient(take: Import, said: Said) -> None:
    take(patient(), patient("b", name=STRANGER), related_person())
    report = take(related_person(patient={"reference": "Patient/b"}))
    expected = "RelatedPerson/paul: RelatedPerson/paul was imported before for another patient"
    assert said(report) == [expected]


@pytest.mark.parametrize("resource", [care_team(), appointment()])
def test_a_team_or_visit_never_moves_to_another_patient(
    take: Import, said: Said, resource: Json
) -> None:
    take(patient(), patient("b", name=STRANGER), resource)
    moved = {"subject": {"reference": "Patient/b"}}
    if resource["resourceType"] == "Appointment":
        actor = {"actor": {"reference": "Patient/b"}, "status": "accepted"}
        moved = {"participant": [actor]}
    report = take(resource | moved)
    assert said(report)[0].endswith("was imported before for another patient")


def test_of_two_copies_in_one_command_the_last_file_wins(
    take: Import, session: Session, said: Said
) -> None:
    files = (patient(gender="other"), patient(gender="female"))
    report = take(*files)
    assert "it is Patient/jeanne again, which was taken from" in said(report)[0]
    assert _patients(session)[0].gender == "female"
    again = take(*files)
    assert again.counts()[Outcome.UNCHANGED] == again.counts()[Outcome.LEFT_OUT] == 1


def test_a_bundle_with_absolute_urls_and_a_single_file_are_the_same(take: Import) -> None:
    take(bundle(patient(), base="https://a.example/fhir"))
    assert take(patient()).counts()[Outcome.UNCHANGED] == 1


def test_the_original_json_is_kept_as_it_came(take: Import, session: Session) -> None:
    position = '{"longitude":1.00,"latitude":2E1}'
    text = f'{{ "resourceType":"Location","id":"x",\n "name":"É",  "position":{position}}}'
    take(text)
    assert session.exec(select(FhirResource)).one().content == text


def test_numbers_keep_their_digits_inside_a_bundle(take: Import, session: Session) -> None:
    place = '{"resourceType":"Location","id":"x","position":{"longitude":1.00,"latitude":2}}'
    take(f'{{"resourceType": "Bundle", "type": "batch", "entry": [{{"resource": {place}}}]}}')
    assert session.exec(select(FhirResource)).one().content == place
