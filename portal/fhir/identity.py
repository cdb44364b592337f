"""By what a resource is recognised: national numbers, other identifiers, its literal id."""

import hashlib
import re
from collections.abc import Iterator
from uuid import UUID, uuid5

from portal.fhir.elements import Json, objects, text
from portal.fhir.incoming import Incoming
from portal.models.numbers import passes_luhn

INS_SYSTEMS = tuple(f"urn:oid:1.2.250.1.213.1.4.{last}" for last in (8, 9, 10, 11))
"""NIR, NIA, and the two of test identities."""
RPPS = "https://rpps.esante.gouv.fr"
FINESS = "https://finess.esante.gouv.fr"

_NATIONAL_PROFESSIONAL = "urn:oid:1.2.250.1.71.4.2.1"
_NATIONAL_STRUCTURE = "urn:oid:1.2.250.1.71.4.2.2"
_INS = re.compile(r"\d{6}[0-9AB]\d{8}")
_FINESS = re.compile(r"[0-9AB]{9}")
_KEY_LENGTH = 500
# RFC 9562 ids made from names: the same literal reference gives the same id in every run.
_LITERALS = UUID("7c0bd3a5-5c59-5b7e-9a53-0d2f1a0c9f4e")


def identifier_keys(kind: str, body: Json) -> list[str]:
    """`system|value` of each identifier in use, the national number first."""
    pairs = [pair for pair in map(_pair, objects(body, "identifier")) if all(pair)]
    keys = [identifier_key(kind, system, value) for system, value in pairs]
    return sorted(dict.fromkeys(keys), key=lambda key: not _is_national(kind, key))


def identifier_key(kind: str, system: str, value: str) -> str:
    """One spelling for a national number that is sent under several systems."""
    if kind == "Practitioner" and (rpps := _as_rpps(system, value)):
        return f"{RPPS}|{rpps}"
    if kind == "Organization" and (finess := _as_finess(system, value)):
        return f"{FINESS}|{finess}"
    return shortened(f"{system}|{value}")


def shortened(key: str) -> str:
    """A key that fits its column; a very long one becomes its digest."""
    if len(key) <= _KEY_LENGTH:
        return key
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def _pair(identifier: Json) -> tuple[str, str]:
    if text(identifier, "use") == "old":
        return "", ""
    return text(identifier, "system"), text(identifier, "value")


def _is_national(kind: str, key: str) -> bool:
    system = key.partition("|")[0]
    national = {"Patient": INS_SYSTEMS, "Practitioner": (RPPS,), "Organization": (FINESS,)}
    return system in national.get(kind, ())


def _as_rpps(system: str, value: str) -> str:
    if system == RPPS:
        return value
    # The national number of a professional is a digit for its kind (8: RPPS), then the number.
    is_rpps = system == _NATIONAL_PROFESSIONAL and len(value) == 12 and value.startswith("8")
    if is_rpps or (system == _NATIONAL_PROFESSIONAL and len(value) == 11):
        return value[-11:]
    return ""


def _as_finess(system: str, value: str) -> str:
    if system == FINESS:
        return value
    # The national number of a structure is a digit for its kind (1: FINESS), then the number.
    is_finess = system == _NATIONAL_STRUCTURE and len(value) == 10 and value.startswith("1")
    return value[1:] if is_finess else ""


def ins_of(body: Json) -> tuple[str, str]:
    """The INS, or why the one that is there cannot be used; both empty when there is none."""
    for value in _values(body, INS_SYSTEMS):
        if not _INS.fullmatch(value):
            return "", "the INS has not the form of 13 characters and a key of 2 digits"
        if value[13:] != (key := _ins_key(value)):
            return "", f"the key of the INS is wrong: {value[13:]} instead of {key}"
        return value, ""
    return "", ""


def _ins_key(ins: str) -> str:
    # Corsican departments: 2A counts as 19, 2B as 18.
    department = {"2A": "19", "2B": "18"}.get(ins[5:7], ins[5:7])
    number = ins[:5] + department + ins[7:13]
    return f"{97 - int(number) % 97:02}" if number.isdigit() else "none"


def rpps_of(body: Json) -> tuple[str, str]:
    """The RPPS number, or why the one that is there cannot be used."""
    for key in identifier_keys("Practitioner", body):
        system, _, value = key.partition("|")
        if system != RPPS:
            continue
        if not re.fullmatch(r"\d{11}", value) or not passes_luhn(value):
            return "", "the RPPS number has not 11 digits with a right Luhn key"
        return value, ""
    return "", ""


def finess_of(body: Json) -> str:
    """The FINESS number; empty when there is none of the right form."""
    pairs = (key.partition("|") for key in identifier_keys("Organization", body))
    numbers = (value for system, _, value in pairs if system == FINESS)
    return next((number for number in numbers if _FINESS.fullmatch(number)), "")


def _values(body: Json, systems: tuple[str, ...]) -> Iterator[str]:
    pairs = [pair for pair in map(_pair, objects(body, "identifier")) if all(pair)]
    for wanted in systems:
        yield from (value.replace(" ", "").upper() for system, value in pairs if system == wanted)


def literals_of(incoming: Incoming) -> list[str]:
    """`Type/id`, and the absolute URL where a Bundle gives one; or the `urn:uuid:…`; or nothing.

    A contained resource stands behind the names of its parent.
    """
    resource_id = text(incoming.body, "id")
    if incoming.parent:
        return [f"{literal}#{resource_id}" for literal in literals_of(incoming.parent)]
    named = f"{incoming.kind}/{resource_id}" if resource_id else ""
    literals = [named or literal_reference(incoming.full_url)]
    if incoming.base:
        literals.append(incoming.full_url)
    return [literal for literal in literals if literal]


def literal_reference(reference: str) -> str:
    """The part of a reference that names a resource on any server: `Type/id`, or the urn."""
    if reference.startswith("urn:"):
        return reference
    parts = reference.partition("/_history/")[0].rstrip("/").split("/")
    is_named = len(parts) > 1 and parts[-2].isalpha() and parts[-1]
    return "/".join(parts[-2:]) if is_named else ""


def literal_id(literal: str) -> UUID:
    return uuid5(_LITERALS, literal)


def source_keys(incoming: Incoming) -> list[str]:
    """Every key by which the resource may be stored, the one to store it under first."""
    literals = [shortened(literal) for literal in literals_of(incoming)]
    # Servers give a role the identifier of its practitioner, who may have several roles.
    if incoming.kind == "PractitionerRole" and text(incoming.body, "id"):
        return literals
    keys = identifier_keys(incoming.kind, incoming.body)
    if incoming.parent and not keys:
        behind = source_keys(incoming.parent)
        return [shortened(f"{key}#{text(incoming.body, 'id')}") for key in behind]
    return [*keys, *literals]
