"""Structure and required codes: one precise sentence with the path."""

import subprocess
import sys
from typing import Any

import pytest

from portal.fhir import Outcome
from tests.fhir.conftest import Import
from tests.fhir.files import (
    Json,
    appointment,
    bundle,
    care_team,
    location,
    member,
    patient,
    practitioner,
    related_person,
)


@pytest.mark.parametrize(
    ("more", "path", "reason"),
    [
        ({"name": [[]]}, "name[0]", "an object is expected here, an array was found"),
        ({"name": {}}, "name", "an array is expected here, an object was found"),
        ({"name": [None]}, "name", "null is not allowed in this array"),
        ({"name": [{"family": 3}]}, "name[0].family", "a string is expected here, a number was"),
        ({"active": "true"}, "active", "a boolean is expected here, a string was found"),
        ({"name": ['{"family": "x"}']}, "name[0]", "an object is expected here, a string was"),
        ({"birthDate": 0}, "birthDate", "a string is expected here, a number was found"),
        ({"birthDate": "17/03/1948"}, "birthDate", '"17/03/1948" is no FHIR date'),
        ({"birthDate": "2021-02-30"}, "birthDate", '"2021-02-30" is no FHIR date'),
        ({"surname": "Morel"}, "surname", "FHIR R4 has no such element here"),
        ({"id": "a b"}, "id", '"a b" is not allowed here'),
        ({"identifier": [{"value": ""}]}, "identifier[0].value", "an empty string is not allowed"),
        ({"extension": [{"valueCode": "x"}]}, "extension[0].url", "is required and missing"),
        ({"link": [{"type": "refer"}]}, "link[0].other", "is required and missing"),
        ({"gender": "F"}, "gender", '"F" is not one of male, female, other, unknown'),
        ({"name": [{"use": "zzz"}]}, "name[0].use", '"zzz" is not one of usual, official'),
        ({"telecom": [{"system": "tel"}]}, "telecom[0].system", '"tel" is not one of phone, fax'),
        ({"contained": {}}, "contained", "an array is expected here"),
        ({"contained": [{"id": "x"}]}, "contained[0]", '"resourceType" is missing'),
        ({"contained": [{"resourceType": "Basic"}]}, "contained[0]", "needs an id"),
    ],
)
def test_a_fault_is_told_with_path_and_reason(
    take: Import, more: Json, path: str, reason: str
) -> None:
    refusal = take.refusal(patient(**more))
    assert refusal.path == f"Patient.{path}"
    assert reason in refusal.reason


def test_the_path_leads_through_the_bundle(take: Import) -> None:
    refusal = take.refusal(bundle(practitioner(), patient(name=[[]])))
    assert refusal.path == "Bundle.entry[1].resource.name[0]"
    assert str(refusal).endswith("name[0]: an object is expected here, an array was found")


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        (care_team(status="zzz"), "CareTeam.status"),
        (appointment(status="zzz"), "Appointment.status"),
        (appointment({"status": "zzz"}), "Appointment.participant[1].status"),
        (location(status="zzz"), "Location.status"),
        (practitioner(gender="zzz"), "Practitioner.gender"),
        (related_person(gender="zzz"), "RelatedPerson.gender"),
        (bundle(type="zzz"), "Bundle.type"),
    ],
)
def test_an_unknown_value_of_a_required_code_is_refused_with_the_allowed_ones(
    take: Import, resource: Json, path: str
) -> None:
    refusal = take.refusal(patient(), resource)
    assert refusal.path == path
    assert refusal.reason.startswith('"zzz" is not one of ')


def test_a_code_of_a_kilometre_is_not_repeated_whole(take: Import) -> None:
    assert len(take.refusal(patient(gender="x" * 100_000)).reason) < 120


@pytest.mark.parametrize(
    "more",
    [
        {"gender": "\x1b[2Jmale"},
        {"birthDate": "\x1b[2J"},
        {"\x1b[2J": "\0"},
        {"managingOrganization": {"reference": "#\x1b[2J"}},
    ],
)
def test_a_message_never_steers_the_terminal(take: Import, more: Json) -> None:
    assert "\x1b" not in str(take.refusal(patient(**more)))


@pytest.mark.parametrize(
    "resource",
    [{"resourceType": "RelatedPerson"}, {"resourceType": "Appointment", "status": "booked"}],
)
def test_a_missing_required_element_is_named(take: Import, resource: Json) -> None:
    assert "is required and missing" in take.refusal(resource).reason


def test_a_contained_resource_of_a_type_that_nobody_knows_is_no_error(take: Import) -> None:
    strange = {"resourceType": "Zzz", "id": "z", "anything": [1]}
    assert take(patient(contained=[strange])).counts()[Outcome.CREATED] == 1


def test_a_contained_resource_is_checked_like_any_other(take: Import) -> None:
    broken: Any = practitioner("p1", name={})
    refusal = take.refusal(patient(), care_team(member("#p1"), contained=[broken]))
    assert refusal.path == "CareTeam.contained[0].name"


def test_a_date_outside_every_calendar_is_refused(take: Import) -> None:
    early = "0001-01-01T00:00:00+14:00"
    refusal = take.refusal(patient(), appointment(start=early, end=early))
    assert refusal.reason == f"{early} is outside the range of dates"


def test_the_year_9999_is_no_end(take: Import) -> None:
    report = take(patient(), related_person(period={"end": "9999-12-31"}))
    assert report.counts()[Outcome.CREATED] == 2


def test_the_validators_are_loaded_at_the_first_import_only() -> None:
    asked = "import sys, portal.fhir; print('fhir.resources' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True)
    assert answer.stdout == b"False\n"
