"""The patient, the professionals and the relatives as FHIR."""

from collections.abc import Iterable, Iterator

from portal.fhir.elements import Json, one_line
from portal.fhir.export import codes
from portal.fhir.export.rows import Away, Circle
from portal.fhir.export.writing import (
    Asked,
    address,
    filled,
    full_name,
    human_name,
    period,
    reference,
    resource,
    telecom,
)
from portal.fhir.identity import INS_SYSTEMS, RPPS
from portal.fhir.own import ABSENCE, said_of, urn_of
from portal.models.care import Patient, RelatedPerson
from portal.models.directory import Practitioner

_RELIABILITY = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability"
_RELIABILITIES = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0445"
_IDENTIFIER_TYPES = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203"


def patient(circle: Circle, asked: Asked) -> Json:
    row, keeper = circle.patient, circle.keeper
    told: Json = {
        "name": human_name("", row.given_name, row.family_name),
        "gender": str(row.gender),
        "managingOrganization": reference(keeper.id, keeper.name) if keeper else {},
    }
    if not asked.is_full:
        return resource("Patient", row.id, **told)
    told |= {
        "extension": [*_reliability(row), *said_of("Patient", row)],
        "telecom": telecom(row.phone, row.email),
        "birthDate": row.birth_date,
        "deceasedBoolean": row.is_deceased or None,
        "address": address(row.address),
    }
    return resource("Patient", row.id, *_ins(row), **told)


def _ins(row: Patient) -> Iterator[Json]:
    if row.ins:
        kind = {"coding": [{"system": _IDENTIFIER_TYPES, "code": "INS-NIR"}]}
        yield {"use": "official", "type": kind, "system": INS_SYSTEMS[0], "value": row.ins}


def _reliability(row: Patient) -> Iterator[Json]:
    if row.ins_status:
        coding = {"system": _RELIABILITIES, "code": row.ins_status}
        status = {"url": "identityStatus", "valueCoding": coding}
        yield {"url": _RELIABILITY, "extension": [status]}


def practitioner(row: Practitioner, away: Iterable[Away], asked: Asked) -> Json:
    """`away` is when they are not there; R4 has that for their roles only."""
    official = [{"use": "official", "system": RPPS, "value": row.rpps}] if row.rpps else []
    return resource(
        "Practitioner",
        row.id,
        *official,
        extension=[_absence(one) for one in away],
        name=human_name(row.prefix, row.given_name, row.family_name),
        telecom=telecom(row.phone, row.email if asked.is_full else "", use="work"),
        gender=str(row.gender),
        qualification=list(_qualifications(row, asked)),
    )


def name_of(row: Practitioner | RelatedPerson) -> str:
    prefix = row.prefix if isinstance(row, Practitioner) else ""
    return full_name(prefix, row.given_name, row.family_name)


def _qualifications(row: Practitioner, asked: Asked) -> Iterator[Json]:
    if row.profession:
        yield {"code": codes.profession(row.profession, is_french=asked.is_french)}
    if specialty := one_line(row.profession_text):
        yield {"code": {"text": specialty}}


def _absence(one: Away) -> Json:
    row, replacement = one
    parts: list[Json] = [
        {"url": "id", "valueUri": urn_of(row.id)},
        {"url": "period", "valuePeriod": period(row.starts_on, row.ends_on)},
    ]
    if note := one_line(row.note):
        parts.append({"url": "note", "valueString": note})
    if replacement is not None:
        other = reference(replacement.id, name_of(replacement))
        parts.append({"url": "replacement", "valueReference": other})
    return {"url": ABSENCE, "extension": parts}


def related_person(row: RelatedPerson, asked: Asked) -> Json:
    return resource(
        "RelatedPerson",
        row.id,
        extension=list(said_of("RelatedPerson", row)),
        active=row.is_active,
        patient=reference(row.patient_id),
        relationship=list(_relationships(row, asked)),
        name=human_name("", row.given_name, row.family_name),
        telecom=telecom(row.phone, row.email if asked.is_full else ""),
        gender=str(row.gender),
        address=address(row.address) if asked.is_full else [],
        period=period(row.period_start, row.period_end),
    )


def _relationships(row: RelatedPerson, asked: Asked) -> Iterator[Json]:
    if row.is_emergency_contact:
        yield codes.emergency_contact(is_french=asked.is_french)
    if row.relationship:
        yield codes.relationship(row.relationship, is_french=asked.is_french)
    yield from filter(None, [filled({"text": row.relationship_text})])
