"""What leaves: valid for two foreign readers, complete in itself, and nothing that is secret."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from portal.errors import NotFoundError
from portal.fhir.codes import check_codes
from portal.fhir.export import Profile, export_circle
from portal.fhir.incoming import all_references
from portal.models.base import new_id
from portal.models.care import CareTeamMember, MemberFunction, Patient
from portal.models.directory import OrganizationKind, Profession
from portal.models.need import Need, NeedCode
from tests import factories
from tests.fhir.circles import LONG_AGO, exported, only, resources, rich_circle
from tests.fhir.conftest import Import
from tests.fhir.files import INS, Json

PROFILES = ("french", "hl7")
profiles = pytest.mark.parametrize("profile", PROFILES)
FRENCH = "https://interop.esante.gouv.fr/ig/fhir/cds/StructureDefinition/cds-ihe-careteam"


def _checked(bundle: Json) -> int:
    """How many resources both libraries and our own lists of codes found right."""
    _read_by_fhir_resources(bundle)
    for entry in bundle["entry"]:
        body = entry["resource"]
        kind = body["resourceType"]
        check_codes(body, kind=kind, file="export", path=kind)
        foreign: Any = getattr(import_module(f"fhirclient.models.{kind.lower()}"), kind)
        assert foreign(body, strict=True).as_json() == body
    whole: Any = import_module("fhirclient.models.bundle").Bundle
    assert whole(bundle, strict=True).as_json() == bundle
    return len(bundle["entry"])


def _read_by_fhir_resources(bundle: Json) -> None:
    for entry in bundle["entry"]:
        body = entry["resource"]
        kind = body["resourceType"]
        model = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
        model.model_validate_json(json.dumps(body))
    import_module("fhir.resources.R4B.bundle").Bundle.model_validate_json(json.dumps(bundle))


def _references(value: Any) -> Iterator[str]:
    yield from (reference for _, reference in all_references(value, ""))


@profiles
def test_two_foreign_readers_accept_every_resource(session: Session, profile: str) -> None:
    assert _checked(exported(session, rich_circle(session).id, profile)) == 11


@profiles
def test_what_came_from_other_software_is_accepted_too(
    take: Import, session: Session, shared_data: Path, profile: str
) -> None:
    take(shared_data / "fhir")
    patients = list(session.exec(select(Patient.id)))
    assert len(patients) == 3
    assert all(_checked(exported(session, one, profile)) for one in patients)


@profiles
def test_every_reference_is_an_entry(session: Session, profile: str) -> None:
    bundle = exported(session, rich_circle(session).id, profile)
    names = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(names) == len(set(names))
    assert set(_references(bundle)) <= set(names)


def test_the_french_bundle_can_be_sent_twice(session: Session) -> None:
    bundle = exported(session, rich_circle(session).id, "french")
    assert bundle["type"] == "transaction"
    assert only(bundle, "CareTeam")["meta"]["profile"] == [FRENCH]
    requests = {entry["resource"]["resourceType"]: entry["request"] for entry in bundle["entry"]}
    assert requests["CareTeam"]["method"] == requests["CarePlan"]["method"] == "PUT"
    assert requests["CareTeam"]["url"].startswith("CareTeam?identifier=urn:ietf:rfc:3986|urn:uuid:")
    assert requests["Patient"]["ifNoneExist"].startswith("identifier=urn:ietf:rfc:3986|urn:uuid:")


def test_the_plain_bundle_asks_for_nothing(session: Session) -> None:
    bundle = exported(session, rich_circle(session).id, "hl7")
    assert bundle["type"] == "collection"
    assert not [entry for entry in bundle["entry"] if "request" in entry]
    assert all(
        entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}" for entry in bundle["entry"]
    )


def test_other_readers_see_who_answers_for_what(session: Session) -> None:
    bundle = exported(session, rich_circle(session).id, "hl7")
    texts = {
        participant["member"]["display"]: [role["text"] for role in participant.get("role", [])]
        for participant in only(bundle, "CareTeam")["participant"]
    }
    assert texts["Nadia Belkacem"][-1] == "Responsable : Pansement"
    assert texts["Julie Roux"] == ["Suppléant : Pansement"]
    first = only(bundle, "CarePlan")["activity"][0]["detail"]
    assert [one["display"] for one in first["performer"]] == ["Nadia Belkacem", "Julie Roux"]
    assert (first["status"], first["scheduledString"]) == ("in-progress", "3 fois par semaine")
    ended = only(bundle, "CarePlan")["activity"][1]["detail"]
    assert (ended["status"], "performer" in ended) == ("completed", False)


def test_other_readers_see_when_a_professional_is_away(session: Session) -> None:
    role = only(exported(session, rich_circle(session).id, "hl7"), "PractitionerRole")
    words = [absence["description"] for absence in role["notAvailable"]]
    assert words == ["Absence", "Julie a les clés."]


def test_relatives_are_said_in_the_words_of_each_profile(session: Session) -> None:
    patient_id = rich_circle(session).id
    systems = {}
    for profile in PROFILES:
        person = only(exported(session, patient_id, profile), "RelatedPerson")
        codings = [one["coding"][0] for one in person["relationship"] if "coding" in one]
        systems[profile] = [(one["system"].rpartition("/")[2], one["code"]) for one in codings]
    assert systems == {
        "french": [("TRE-R260-HL7RoleClass", "ECON"), ("TRE-R216-HL7RoleCode", "DAU")],
        "hl7": [("v2-0131", "C"), ("v3-RoleCode", "DAU")],
    }


SECRETS = (INS, "1948-03", "12 rue du Port", "jeanne@example.org", "sylvie@example.org")
SECRETS += ("1 rue Haute", "soins@example.org", "long-term", "06 39 98 00 01")


def test_less_is_said_to_readers_who_see_the_team_only(session: Session) -> None:
    patient_id = rich_circle(session).id
    whole = json.dumps(exported(session, patient_id, "french"), ensure_ascii=False)
    less = json.dumps(exported(session, patient_id, "french", is_full=False), ensure_ascii=False)
    assert all(secret in whole for secret in SECRETS)
    assert not [secret for secret in SECRETS if secret in less]


def test_who_comes_later_does_not_leave_yet(session: Session) -> None:
    patient = rich_circle(session)
    later = factories.make_practitioner(session, family_name="Demain")
    factories.make_member(
        session,
        patient=patient,
        practitioner_id=later.id,
        period_start=LONG_AGO.replace(year=2999),
    )
    session.commit()
    assert "Demain" not in str(exported(session, patient.id, "french"))


def test_a_need_of_somebody_who_is_not_shown_has_no_performer(session: Session) -> None:
    patient = rich_circle(session)
    later = factories.make_practitioner(session, family_name="Demain")
    seat = factories.make_member(
        session,
        patient=patient,
        practitioner_id=later.id,
        period_start=LONG_AGO.replace(year=2999),
    )
    need = Need(patient_id=patient.id, code="respite", owner_id=seat.id)
    session.add(need)
    session.commit()
    need_id = str(need.id)
    plan = only(exported(session, patient.id, "french"), "CarePlan")
    details = {
        str(one["detail"]["extension"][0]["valueUri"])[-36:]: one for one in plan["activity"]
    }
    assert "performer" not in details[need_id]["detail"]


def test_nobody_has_the_circle_of_nobody(session: Session) -> None:
    with pytest.raises(NotFoundError):
        export_circle(session, patient_id=new_id(), profile=Profile.HL7, is_full=True, at=LONG_AGO)


def test_every_code_of_ours_has_its_way_out(session: Session) -> None:
    """A profession, a kind, a function or a need that is added later is added there too."""
    patient = factories.make_patient(session)
    for number, profession in enumerate(Profession):
        row = factories.make_practitioner(session, family_name=f"P{number}", profession=profession)
        functions = [*MemberFunction] if number == 0 else []
        factories.make_member(session, patient=patient, practitioner_id=row.id, functions=functions)
    for kind in OrganizationKind:
        place = factories.make_organization(session, name=kind.value, kind=kind)
        factories.make_member(session, patient=patient, organization_id=place.id)
    session.add_all(Need(patient_id=patient.id, code=code) for code in NeedCode)
    session.commit()
    members = len(session.exec(select(CareTeamMember)).all())
    bundle = exported(session, patient.id, "hl7")
    assert _checked(bundle) == members + 3
    told = [one["qualification"][0]["code"]["text"] for one in resources(bundle, "Practitioner")]
    assert all(told)
