"""What all exported resources are made of; nothing empty is ever written."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from portal.fhir.elements import Json, one_line
from portal.fhir.own import identifier, urn_of


class Profile(StrEnum):
    FRENCH = "french"
    """The national guide "Gestion du cercle de soins"."""
    HL7 = "hl7"
    """Plain R4."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How, and how much: `is_full` has what identifies the patient and where people live."""

    profile: Profile
    is_full: bool

    @property
    def is_french(self) -> bool:
        return self.profile is Profile.FRENCH


def resource(kind: str, row_id: UUID, *identifiers: Json, **elements: object) -> Json:
    """With the id of its row as one of its identifiers; words are in the language of the pages."""
    told = {"identifier": [*identifiers, identifier(row_id)]} | elements
    return {"resourceType": kind, "language": "fr"} | filled(told)


def filled(body: Json) -> Json:
    """FHIR has no empty values."""
    cleaned = {name: _clean(value) for name, value in body.items()}
    return {name: value for name, value in cleaned.items() if value not in ("", None, [], {})}


def _clean(value: object) -> object:
    return one_line(value) if isinstance(value, str) else value


def reference(row_id: UUID, display: str = "") -> Json:
    return filled({"reference": urn_of(row_id), "display": display})


def human_name(prefix: str, given: str, family: str) -> list[Json]:
    told = filled({"family": family, "given": _one(given), "prefix": _one(prefix)})
    return [{"use": "official"} | told] if told else []


def telecom(phone: str, email: str = "", *, use: str = "") -> list[Json]:
    points = [("phone", one_line(phone)), ("email", one_line(email))]
    return [filled({"system": name, "value": told, "use": use}) for name, told in points if told]


def address(line: str) -> list[Json]:
    return [{"text": one_line(line)}] if one_line(line) else []


def period(start: date | None, end: date | None) -> Json:
    """Of days or of instants."""
    return filled({"start": start.isoformat() if start else "", "end": _iso(end)})


def _iso(value: date | datetime | None) -> str:
    return value.isoformat() if value else ""


def _one(value: str) -> list[str]:
    return [one_line(value)] if one_line(value) else []


def full_name(*parts: str) -> str:
    return one_line(" ".join(filter(None, parts)))
