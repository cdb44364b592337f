"""What Relais says of its own rows in FHIR: their ids, and what R4 has no element for.

Everybody may write these extensions, so they prove nothing: they say which row is meant, and the
rules of recognition decide whether that is believed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.fhir.elements import Json, child, objects, one_line, text
from portal.fhir.merge import Fields

URN = "urn:relais:"
ABSENCE = URN + "absence"
ANSWER_BEFORE = URN + "answer-before"
ANSWERS_AS = URN + "answers-as"
END_REASON = URN + "end-reason"
ENDED = URN + "ended"
HOURS = URN + "hours"
MEMBER = URN + "member"
PREPARATION = URN + "preparation"
RECURRENCE_START = URN + "recurrence-start"
REVIEW = URN + "review-on"
ROLE = URN + "role"
SERIES = URN + "series"
SOURCE = URN + "source"
STATUS = URN + "status"
SUCCESSOR = URN + "successor"
UNSAID = URN + "unsaid"
APPOINTMENTS = URN + "appointment-kind"
FUNCTIONS = URN + "function"
NEEDS = URN + "need"
NEED_TYPES = URN + "need-type"
PROFESSIONS = URN + "profession"
ORGANIZATIONS = URN + "organization-kind"

COLUMNS: dict[str, tuple[str, ...]] = {
    "Patient": ("time_zone", "has_long_term_condition"),
    "Organization": (
        *("time_zone", "is_open_on_holidays", "holiday_region"),
        *("on_call_phone", "on_call_text", "has_116117"),
    ),
    "PractitionerRole": ("time_zone", "is_open_on_holidays"),
    "RelatedPerson": ("relationship_text", "is_emergency_contact"),
    "CareTeamMember": (
        *("contact_for", "phone", "availability_text", "position"),
        *("is_outside_care_team", "sees", "end_reason"),
    ),
    "Need": ("contact_text",),
    "Appointment": (
        *("time_zone", "is_window", "needs_companion", "transport", "video_url", "source_name"),
    ),
}
"""Columns that R4 has no element for, or one that says less; the extension has their name."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOST_POSITIONS = 10_000
_FLAGS = ("is_", "has_", "needs_")
_IDENTIFIERS = "urn:ietf:rfc:3986"
_MARK = (URN + "identifier", "row")


def urn_of(row_id: UUID) -> str:
    return f"urn:uuid:{row_id}"


def derived_id(patient_id: UUID, kind: str) -> UUID:
    """Of the circle and of the plan: their rows have no id beside the patient's."""
    return uuid5(patient_id, kind)


def identifier(row_id: UUID) -> Json:
    mark = {"system": _MARK[0], "code": _MARK[1]}
    return {"type": {"coding": [mark]}, "system": _IDENTIFIERS, "value": urn_of(row_id)}


def own_id(body: Json) -> UUID | None:
    """Of which row of ours the resource says to be.

    An identifier `urn:uuid:…` alone is nothing of ours: much software has those.
    """
    for item in objects(body, "identifier"):
        codings = objects(child(item, "type"), "coding")
        marks = [(text(coding, "system"), text(coding, "code")) for coding in codings]
        if _MARK in marks and text(item, "system") == _IDENTIFIERS:
            return uuid_in(text(item, "value"))
    return None


def uuid_in(value: str) -> UUID | None:
    try:
        return UUID(value.removeprefix("urn:uuid:")) if value.startswith("urn:uuid:") else None
    except ValueError:
        return None


def said_of(kind: str, row: Any) -> Iterator[Json]:
    """The extensions for the columns of COLUMNS; an empty text is not said."""
    for name in COLUMNS[kind]:
        value = getattr(row, name)
        if isinstance(value, bool):
            yield {"url": _url(name), "valueBoolean": value}
        elif isinstance(value, int):
            yield {"url": _url(name), "valueInteger": value}
        elif line := one_line(value):
            yield {"url": _url(name), "valueString": line}


def said_in(kind: str, body: Json) -> Fields:
    """The columns of COLUMNS that the extensions tell, each of the type of its column."""
    found: Fields = {}
    for name in COLUMNS[kind]:
        item = extension(body, _url(name))
        if name.startswith(_FLAGS) and isinstance(item.get("valueBoolean"), bool):
            found[name] = item["valueBoolean"]
        elif name == "position" and item.get("valueInteger") in range(_MOST_POSITIONS):
            found[name] = int(item["valueInteger"])
        elif (line := text(item, "valueString")) and (name != "time_zone" or is_zone(line)):
            found[name] = line
    return {name: value for name, value in found.items() if _fits(name, value)}


def is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def extensions(body: Json, url: str) -> list[Json]:
    return [item for item in objects(body, "extension") if text(item, "url") == url]


def extension(body: Json, url: str) -> Json:
    """The first of that name; an empty one when there is none."""
    return next(iter(extensions(body, url)), {})


def hours_said(hours: Iterable[Mapping[str, Any]]) -> Iterator[Json]:
    for span in hours:
        days: list[Json] = [{"url": "day", "valueCode": day} for day in span["days"]]
        times: list[Json] = [
            {"url": end, "valueTime": time_said(span[end])} for end in ("from", "to")
        ]
        yield {"url": HOURS, "extension": days + times}


def hours_in(body: Json) -> list[dict[str, Any]]:
    found = []
    for item in extensions(body, HOURS):
        told = {text(day, "valueCode") for day in extensions(item, "day")}
        days = [day for day in _DAYS if day in told]
        start, end = (text(extension(item, name), "valueTime")[:5] for name in ("from", "to"))
        if days and start and end:
            found.append({"days": days, "from": start, "to": end})
    return found


def time_said(clock: str) -> str:
    """FHIR knows no 24:00."""
    return "23:59:00" if clock == "24:00" else f"{clock}:00"


def days_in(period: Json) -> tuple[date, date] | None:
    """Both days of a period of ours, in their order."""
    try:
        first, last = (date.fromisoformat(text(period, name)) for name in ("start", "end"))
    except ValueError:
        return None
    return (first, last) if first <= last else None


def codes_in(concept: Json, system: str) -> list[str]:
    codings = objects(concept, "coding")
    return [text(coding, "code") for coding in codings if text(coding, "system") == system]


def is_marked(concept: Json) -> bool:
    """Has a code of ours: its words are for other readers."""
    return any(text(coding, "system").startswith(URN) for coding in objects(concept, "coding"))


def _url(column: str) -> str:
    return URN + column.replace("_", "-")


def _fits(name: str, value: Any) -> bool:
    """The type that the column holds, whatever the file says."""
    if name.startswith(_FLAGS):
        return isinstance(value, bool)
    return isinstance(value, str) != (name == "position")
