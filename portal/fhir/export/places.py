"""Organizations, and where professionals work, as FHIR."""

from collections.abc import Iterable, Iterator
from typing import Any

from portal.fhir.elements import Json, one_line
from portal.fhir.export import codes
from portal.fhir.export.people import name_of
from portal.fhir.export.rows import Away
from portal.fhir.export.writing import (
    Asked,
    address,
    filled,
    period,
    reference,
    resource,
    telecom,
)
from portal.fhir.identity import FINESS
from portal.fhir.own import ABSENCE, UNSAID, hours_said, said_of, time_said, urn_of
from portal.models.directory import Organization, OrganizationKind, Practitioner, PractitionerRole

_AWAY = "Absence"
"""R4 wants words for every absence."""


def organization(row: Organization, asked: Asked) -> Json:
    official = [{"use": "official", "system": FINESS, "value": row.finess}] if row.finess else []
    return resource(
        "Organization",
        row.id,
        *official,
        extension=[*said_of("Organization", row), *hours_said(row.hours)],
        active=True,
        type=list(_types(row)),
        name=row.name,
        telecom=telecom(row.phone, row.email if asked.is_full else "", use="work"),
        address=address(row.address),
    )


def _types(row: Organization) -> Iterator[Json]:
    if row.kind != OrganizationKind.OTHER:
        yield codes.organization_kind(row.kind)
    yield from filter(None, [filled({"text": row.kind_text})])


def practitioner_role(
    row: PractitionerRole,
    who: Practitioner,
    place: Organization | None,
    away: Iterable[Away],
    asked: Asked,
) -> Json:
    return resource(
        "PractitionerRole",
        row.id,
        extension=list(said_of("PractitionerRole", row)),
        period=period(row.period_start, row.period_end),
        practitioner=reference(who.id, name_of(who)),
        organization=reference(place.id, place.name) if place else {},
        code=list(filter(None, [filled({"text": row.role_text})])),
        telecom=telecom(row.phone, row.email if asked.is_full else "", use="work"),
        availableTime=[_available(span) for span in row.hours],
        notAvailable=[*map(_foreign_absence, row.absences), *map(_absence, away)],
    )


def _available(span: dict[str, Any]) -> Json:
    return {
        "daysOfWeek": list(span["days"]),
        "availableStartTime": time_said(span["from"]),
        "availableEndTime": time_said(span["to"]),
    }


def _foreign_absence(absence: dict[str, Any]) -> Json:
    words = one_line(absence.get("reason", ""))
    during = {"start": absence["from"], "end": absence["to"]}
    unsaid = [] if words else [{"url": UNSAID, "valueBoolean": True}]
    return filled({"extension": unsaid, "description": words or _AWAY, "during": during})


def _absence(one: Away) -> Json:
    """For other readers: ours is told with the professional."""
    return {
        "extension": [{"url": ABSENCE, "valueUri": urn_of(one.absence.id)}],
        "description": one_line(one.absence.note) or _AWAY,
        "during": period(one.absence.starts_on, one.absence.ends_on),
    }
