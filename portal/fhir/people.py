"""FHIR names, numbers, addresses and concepts, as the short texts that pages show."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.fhir.dates import end_of
from portal.fhir.elements import Json, child, objects, strings, text
from portal.fhir.terminology import is_plain_profession
from portal.models.directory import Gender

_BIRTH_GIVEN_NAMES = (
    "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-birth-list-given-name"
)
PERSONAL_USES = ("mobile", "home", "", "temp", "work")
PROFESSIONAL_USES = ("work", "", "mobile", "temp")
"""Without "home": a professional's private number is not for patients."""

_NAME_ORDER = {"official": 0, "usual": 1, "": 2, "temp": 3, "nickname": 4, "anonymous": 5}
_FRANCE = {"99100", "FRA", "FR", "FRANCE"}


def name_of(body: Json) -> tuple[str, str]:
    """Given and family name: the official one, else the usual one, never an old one."""
    name = _current_name(body)
    family, given = text(name, "family"), " ".join(strings(name, "given"))
    if not given:
        given = extension_text(name, _BIRTH_GIVEN_NAMES)
    if not family and not given:
        return "", text(name, "text")
    return given, family


def prefix_of(body: Json) -> str:
    return " ".join(strings(_current_name(body), "prefix"))


def full_name(body: Json) -> str:
    return " ".join(filter(None, name_of(body)))


def _current_name(body: Json) -> Json:
    names = [name for name in objects(body, "name") if text(name, "use") in _NAME_ORDER]
    return min(names, key=lambda name: _NAME_ORDER[text(name, "use")], default={})


def extension_text(body: Json, url: str) -> str:
    found = (item for item in objects(body, "extension") if text(item, "url") == url)
    return next((text(item, "valueString") or text(item, "valueCode") for item in found), "")


def gender_of(body: Json) -> Gender:
    return Gender(text(body, "gender") or Gender.UNKNOWN)


def phone_of(body: Json, *, uses: Sequence[str], now: datetime, zone: ZoneInfo) -> str:
    """The number to call: of these uses in this order, then by rank; never an expired one."""
    points = [
        point
        for point in _current_points(body, now, zone)
        if _is_phone(point) and text(point, "use") in uses
    ]
    points.sort(key=lambda point: (uses.index(text(point, "use")), _rank(point)))
    return text(points[0], "value") if points else ""


def email_of(body: Json, *, now: datetime, zone: ZoneInfo) -> str:
    points = [point for point in _current_points(body, now, zone) if _is_email(point)]
    points.sort(key=_rank)
    return text(points[0], "value") if points else ""


def _current_points(body: Json, now: datetime, zone: ZoneInfo) -> list[Json]:
    return [
        point
        for point in objects(body, "telecom")
        if text(point, "use") != "old" and not _is_over(point, now, zone)
    ]


def _is_over(body: Json, now: datetime, zone: ZoneInfo) -> bool:
    end = end_of(text(child(body, "period"), "end"), zone)
    return end is not None and end < now


def _is_phone(point: Json) -> bool:
    return text(point, "system") in ("phone", "sms") and bool(text(point, "value"))


def _is_email(point: Json) -> bool:
    # Foreign files hold sentences here, such as "second wing admissions".
    value = text(point, "value")
    return text(point, "system") == "email" and "@" in value and " " not in value


def _rank(point: Json) -> int:
    rank = point.get("rank")
    return rank if isinstance(rank, int) else 1000


def address_of(body: Json, *, now: datetime, zone: ZoneInfo) -> str:
    """One line, "12 rue du paris, 35000 Rennes"; the country only when it is not France."""
    single = child(body, "address")
    addresses = [single] if single else objects(body, "address")
    current = [
        address
        for address in addresses
        if text(address, "use") != "old" and not _is_over(address, now, zone)
    ]
    return next(filter(None, map(_one_line, current)), "")


def _one_line(address: Json) -> str:
    town = " ".join(filter(None, (text(address, "postalCode"), text(address, "city"))))
    parts = [*strings(address, "line"), town]
    if not any(parts):
        return text(address, "text")
    country = text(address, "country")
    return ", ".join(filter(None, [*parts, "" if country.upper() in _FRANCE else country]))


def codes_of(concept: Json) -> list[tuple[str, str]]:
    """System and code of every coding; the system without its version."""
    pairs = ((text(item, "system"), text(item, "code")) for item in objects(concept, "coding"))
    return [(system.rstrip("/"), code) for system, code in pairs if code]


def words_of(concept: Json) -> str:
    """The concept as its sender words it, else its bare code."""
    codings = objects(concept, "coding")
    displays = (text(coding, "display") for coding in codings)
    codes = (text(coding, "code") for coding in codings)
    return text(concept, "text") or next(filter(None, (*displays, *codes)), "")


def specialty_words(concepts: Sequence[Json]) -> str:
    """What is said of a professional beyond the bare profession: in words, else as a code."""
    told = [concept for concept in concepts if not is_plain_profession(codes_of(concept))]
    worded = [concept for concept in told if _has_words(concept)]
    words = map(words_of, worded or told[:1])
    return ", ".join(dict.fromkeys(filter(None, words)))


def _has_words(concept: Json) -> bool:
    displays = (text(coding, "display") for coding in objects(concept, "coding"))
    return any((text(concept, "text"), *displays))
