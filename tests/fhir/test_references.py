"""What a reference means, and what happens when it means nothing."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from portal.fhir import ImportReport, Outcome
from portal.models.agenda import Appointment
from portal.models.care import CareTeamMember, Patient, RelatedPerson
from portal.models.directory import Organization, Practitioner
from tests.fhir.conftest import Import
from tests.fhir.files import (
    INS,
    INS_NIR,
    RPPS,
    Json,
    appointment,
    bundle,
    care_team,
    location,
    member,
    organization,
    patient,
    practitioner,
    related_person,
    urn,
)

Said = Callable[[ImportReport], list[str]]
UNKNOWN = "is unknown: not in these files, not imported before"
WITH_INS = patient(identifier=[{"system": INS_NIR, "value": INS}])


def _without_id(resource: Json, **more: object) -> Json:
    return {name: value for name, value in resource.items() if name != "id"} | more


def _relative_of(session: Session) -> str:
    """The family name of the patient to whom the only related person belongs."""
    person = session.exec(select(RelatedPerson)).one()
    return session.get_one(Patient, person.patient_id).family_name


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Patient/jeanne"},
        {"reference": "Patient/jeanne/_history/3"},
        {"reference": "http://a.example/fhir/Patient/jeanne"},
        {"reference": "http://a.example/fhir/Patient/jeanne/_history/3"},
        {"reference": f"Patient?identifier={INS_NIR}|{INS}"},
        {"identifier": {"system": INS_NIR, "value": INS}},
        {"type": "Patient", "identifier": {"system": INS_NIR, "value": INS}},
        {"reference": "Patient/unknown", "identifier": {"system": INS_NIR, "value": INS}},
    ],
)
@pytest.mark.parametrize("is_earlier", [False, True], ids=["together", "one after the other"])
def test_a_patient_is_found_by_every_form_of_reference(
    take: Import, session: Session, reference: Json, *, is_earlier: bool
) -> None:
    person = related_person(patient=reference)
    file = bundle(WITH_INS, base="http://a.example/fhir")
    if is_earlier:
        take(file)
        take(person)
    else:
        take(person, file)
    assert _relative_of(session) == "Morel"


def test_a_urn_is_found_in_its_bundle(take: Import, session: Session) -> None:
    person = _without_id(related_person(), patient={"reference": urn(1)})
    take(bundle(person, _without_id(patient())))
    assert _relative_of(session) == "Morel"


def test_a_urn_that_the_bundle_does_not_hold_refuses_the_file(take: Import) -> None:
    take(bundle(_without_id(patient())))
    dangling = bundle(organization(), related_person(patient={"reference": urn(0)}))
    refusal = take.refusal(dangling)
    assert refusal.path == "Bundle.entry[1].resource.patient.reference"
    assert refusal.reason == f"{urn(0)} is no entry of this Bundle"


def test_a_dangling_urn_is_refused_wherever_it_stands(take: Import) -> None:
    refusal = take.refusal(bundle(patient(), care_team(encounter={"reference": urn(9)})))
    assert refusal.path == "Bundle.entry[1].resource.encounter.reference"


def test_a_fragment_that_nothing_contains_refuses_the_file(take: Import) -> None:
    refusal = take.refusal(patient(), care_team(member("#nobody")))
    assert refusal.path == "CareTeam.participant[0].member.reference"
    assert refusal.reason == '"#nobody" is contained nowhere in this resource'


def test_a_bundle_that_points_at_nothing_known_is_taken_without_that_piece(
    take: Import, said: Said
) -> None:
    team = care_team(
        member("Practitioner/nobody"), {"member": {"display": "Dr Nemo"}}, {"role": [{"text": "x"}]}
    )
    report = take(bundle(patient(), team))
    assert report.counts()[Outcome.CREATED] == 2
    assert said(report) == [
        f"CareTeam/cercle participant[0]: Practitioner/nobody {UNKNOWN}",
        f'CareTeam/cercle participant[1]: "Dr Nemo" (named without a reference) {UNKNOWN}',
        "CareTeam/cercle participant[2]: it names no member",
    ]


def test_what_needs_an_unknown_patient_is_left_out_whole(take: Import, said: Said) -> None:
    report = take(related_person(), care_team(), appointment())
    assert said(report) == [
        f"RelatedPerson/paul: its patient Patient/jeanne {UNKNOWN}",
        f"CareTeam/cercle: its subject Patient/jeanne {UNKNOWN}",
        "Appointment/controle: none of its participants is a patient who is known here",
    ]
    assert not any(name != "alembic_version" and rows for name, rows in take.tables().items())


def test_a_team_without_a_subject_is_left_out(take: Import, said: Said) -> None:
    team = care_team()
    del team["subject"]
    assert said(take(team)) == ["CareTeam/cercle: it names no subject"]


def test_a_reference_to_another_type_is_left_out(take: Import, said: Said) -> None:
    report = take(practitioner(), care_team(subject={"reference": "Practitioner/leroy"}))
    reason = "its subject Practitioner/leroy is of type Practitioner, not Patient"
    assert said(report) == [f"CareTeam/cercle: {reason}"]


def test_what_refers_to_something_left_out_is_told_so(take: Import, said: Said) -> None:
    report = take(
        patient(), organization(name=""[:0] or None), care_team(member("Organization/cabinet"))
    )
    assert "Organization/cabinet: it has no name and no identifier" in said(report)
    assert "CareTeam/cercle participant[0]: Organization/cabinet was left out" in said(report)


def test_two_servers_may_use_the_same_id(take: Import, session: Session) -> None:
    one = bundle(
        organization("1", name="Cabinet A", identifier=[{"system": "urn:a", "value": "1"}]),
        patient(managingOrganization={"reference": "Organization/1"}),
        base="http://a.example/fhir",
    )
    other = bundle(
        organization("1", name="Cabinet B", identifier=[{"system": "urn:b", "value": "1"}]),
        patient(
            "other",
            name=[{"family": "Petit"}],
            managingOrganization={"reference": "Organization/1"},
        ),
        base="http://b.example/fhir",
    )
    take(one, other)
    of = {row.id: row.name for row in session.exec(select(Organization))}
    homes = {row.family_name: of.get(row.organization_id) for row in session.exec(select(Patient))}
    assert homes["Petit"] == "Cabinet B"
    assert homes["Morel"] != "Cabinet B"


def test_an_absolute_url_of_another_server_means_nobody_here(take: Import, said: Said) -> None:
    file = bundle(patient(), base="http://a.example/fhir")
    report = take(
        file, related_person(patient={"reference": "http://b.example/fhir/Patient/jeanne"})
    )
    assert "http://b.example/fhir/Patient/jeanne is unknown" in said(report)[0]


def test_an_ambiguous_reference_is_left_out(take: Import, said: Said) -> None:
    first = bundle(
        practitioner("1", name=[{"family": "A"}], identifier=[{"system": "u", "value": "1"}])
    )
    other = bundle(
        practitioner("1", name=[{"family": "B"}], identifier=[{"system": "u", "value": "2"}])
    )
    report = take(first, other, patient(), care_team(member("Practitioner/1")))
    assert any("may mean" in line or "before" in line for line in said(report))


def test_a_practitioner_is_found_by_rpps_under_both_systems(take: Import, session: Session) -> None:
    national = {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": f"8{RPPS}"}
    take(patient(), practitioner(identifier=[national]))
    reference = {"identifier": {"system": "https://rpps.esante.gouv.fr", "value": RPPS}}
    take(care_team({"member": reference}))
    doctor = session.exec(select(Practitioner)).one()
    assert doctor.rpps == RPPS
    assert session.exec(select(CareTeamMember)).one().practitioner_id == doctor.id


def test_a_contained_practitioner_becomes_a_member_and_is_known_again(
    take: Import, session: Session
) -> None:
    team = care_team(member("#p1"), contained=[practitioner("p1"), practitioner("unused")])
    first = take(patient(), team)
    assert [entry.label for entry in first.entries if entry.resource_type == "Practitioner"] == [
        "CareTeam/cercle#p1"
    ]
    assert len(session.exec(select(Practitioner)).all()) == 1
    assert take(patient(), team).counts()[Outcome.UNCHANGED] == 3


def test_a_contained_extract_does_not_overwrite_the_full_record(
    take: Import, session: Session
) -> None:
    number = {"system": "https://rpps.esante.gouv.fr", "value": RPPS}
    take(practitioner(identifier=[number], telecom=[{"system": "phone", "value": "0299"}]))
    extract = practitioner("p1", identifier=[number])
    team = care_team(member("#p1"), contained=[extract])
    report = take(patient(), team)
    doctor = session.exec(select(Practitioner)).one()
    assert doctor.phone == "0299"
    assert session.exec(select(CareTeamMember)).one().practitioner_id == doctor.id
    assert report.counts()[Outcome.UPDATED] == 0


def test_what_an_orphan_contains_is_not_written_either(take: Import, said: Said) -> None:
    report = take(care_team(member("#p1"), contained=[practitioner("p1")]))
    assert (
        "CareTeam/cercle#p1: it is contained in CareTeam/cercle, whose patient is unknown"
        in said(report)
    )
    assert take.tables()["practitioner"] == []


def test_a_contained_patient_needs_an_identifier(take: Import, said: Said) -> None:
    visit = appointment(contained=[patient("p")])
    visit["participant"][0]["actor"] = {"reference": "#p"}
    lines = said(take(visit))
    assert lines[-1].endswith("a contained patient without an identifier cannot be recognised")
    visit["contained"][0]["identifier"] = [{"system": INS_NIR, "value": INS}]
    assert take(visit).counts()[Outcome.CREATED] == 2


def test_a_reference_that_can_be_found_later_updates_what_did_not_change(
    take: Import, session: Session
) -> None:
    visit = appointment("Practitioner/leroy")
    visit["participant"][1]["actor"]["display"] = "Dr Anne Leroy"
    take(patient(), visit)
    assert session.exec(select(Appointment)).one().performer_text == "Dr Anne Leroy"
    take(practitioner())
    report = take(visit)
    assert report.counts()[Outcome.UPDATED] == 1
    row = session.exec(select(Appointment)).one()
    assert (row.performer_text, row.practitioner_id is None) == ("", False)
    assert take(visit).counts()[Outcome.UNCHANGED] == 1


def test_a_new_urn_for_the_same_person_is_no_change(take: Import) -> None:
    def export(number: int) -> Json:
        entries = bundle(
            _without_id(WITH_INS),
            _without_id(
                care_team(subject={"reference": urn(number)}),
                identifier=[{"system": "s", "value": "1"}],
            ),
        )
        entries["entry"][0]["fullUrl"] = urn(number)
        return entries

    take(export(100))
    assert take(export(200)).counts()[Outcome.UNCHANGED] == 2


def test_a_place_known_from_before_is_shown(take: Import, session: Session) -> None:
    take(location(), patient())
    take(appointment("Location/hopital"))
    row = session.exec(select(Appointment)).one()
    assert (row.place, row.address, row.phone) == (
        "Hôpital Sud",
        "1 rue du Bois, 35000 Rennes",
        "02 99 00 00 00",
    )
