"""FHIR resources as Python dicts, small and valid, for the tests to bend."""

from typing import Any

Json = dict[str, Any]

ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
G15 = "https://mos.esante.gouv.fr/NOS/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante"
INS_NIR = "urn:oid:1.2.250.1.213.1.4.8"
INS, OTHER_INS = "248033500123473", "180013500234531"
"""Fictitious, with right keys."""
RPPS, OTHER_RPPS = "10003456786", "10101201233"


def concept(system: str, code: str, display: str = "") -> Json:
    coding = {"system": system, "code": code}
    return {"coding": [coding | ({"display": display} if display else {})]}


def name(family: str, *given: str, **more: Any) -> Json:
    return {"family": family, "given": list(given)} | more


def patient(id: str = "jeanne", **more: Any) -> Json:  # noqa: A002  # FHIR's own word
    body = {
        "resourceType": "Patient",
        "id": id,
        "name": [name("Morel", "Jeanne")],
        "gender": "female",
        "birthDate": "1948-03-17",
    }
    return body | more


def practitioner(id: str = "leroy", **more: Any) -> Json:  # noqa: A002
    body = {"resourceType": "Practitioner", "id": id, "name": [name("Leroy", "Anne")]}
    return body | more


def organization(id: str = "cabinet", **more: Any) -> Json:  # noqa: A002
    return {"resourceType": "Organization", "id": id, "name": "Cabinet des Lilas"} | more


def related_person(id: str = "paul", **more: Any) -> Json:  # noqa: A002
    body = {
        "resourceType": "RelatedPerson",
        "id": id,
        "patient": {"reference": "Patient/jeanne"},
        "relationship": [concept(ROLE_CODE, "SON")],
        "name": [name("Morel", "Paul")],
    }
    return body | more


def location(id: str = "hopital", **more: Any) -> Json:  # noqa: A002
    body = {
        "resourceType": "Location",
        "id": id,
        "name": "Hôpital Sud",
        "telecom": [{"system": "phone", "value": "02 99 00 00 00"}],
        "address": {"line": ["1 rue du Bois"], "postalCode": "35000", "city": "Rennes"},
    }
    return body | more


def care_team(*participants: Json, **more: Any) -> Json:
    body = {
        "resourceType": "CareTeam",
        "id": "cercle",
        "status": "active",
        "name": "Cercle de Jeanne",
        "subject": {"reference": "Patient/jeanne"},
        "participant": list(participants),
    }
    return body | more


def member(reference: str, **more: Any) -> Json:
    return {"member": {"reference": reference}} | more


def appointment(*actors: str | Json, **more: Any) -> Json:
    """With the patient Jeanne and these actors, references or participants."""
    participants = [{"actor": {"reference": "Patient/jeanne"}, "status": "accepted"}]
    for actor in actors:
        plain = {"actor": {"reference": actor}, "status": "accepted"}
        participants.append(plain if isinstance(actor, str) else actor)
    body = {
        "resourceType": "Appointment",
        "id": "controle",
        "status": "booked",
        "description": "Contrôle",
        "start": "2031-05-05T07:00:00Z",
        "end": "2031-05-05T07:30:00Z",
        "participant": participants,
    }
    return body | more


def bundle(*resources: Json, type: str = "collection", base: str = "") -> Json:  # noqa: A002
    """With absolute URLs under `base`, or as `urn:uuid:` when a resource has no id."""
    entries = [_entry(resource, number, base) for number, resource in enumerate(resources)]
    return {"resourceType": "Bundle", "type": type, "entry": entries}


def _entry(resource: Json, number: int, base: str) -> Json:
    if "id" not in resource:
        return {"fullUrl": urn(number), "resource": resource}
    url = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"resource": resource} | ({"fullUrl": url} if base else {})


def urn(number: int) -> str:
    """The `fullUrl` of the entry at that position when its resource has no id."""
    return f"urn:uuid:00000000-0000-4000-8000-{number:012}"
