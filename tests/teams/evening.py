"""A circle in memory, as the statement would have read it, and what is said of a call in it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from portal.blueprints.care_team.words import Clock, call_words
from portal.models.directory import Gender
from portal.teams.calling import call_for, roster
from portal.teams.rows import AbsenceRow, KeeperRow, MemberRow, Team
from portal.web.i18n import speaking

WEEK = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WEEK, "sat", "sun")
PARIS, REUNION = "Europe/Paris", "Indian/Reunion"


def hours(days: tuple[str, ...], start: str, end: str) -> list[dict[str, Any]]:
    return [{"days": list(days), "from": start, "to": end}]


def _row(kind: type[Any], **fields: Any) -> Any:
    empty = dict.fromkeys(kind._fields) | {"role_text": "", "contact_for": "", "phone": ""}
    return kind(**{name: (empty | fields)[name] for name in kind._fields})


def member(given: str, family: str, phone: str, **fields: Any) -> MemberRow:
    values: dict[str, Any] = {
        "id": uuid4(),
        "practitioner_id": uuid4(),
        "practitioner_given_name": given,
        "practitioner_family_name": family,
        "practitioner_gender": Gender.FEMALE,
        "practitioner_phone": phone,
        "functions": [],
        "availability_text": "",
        "is_viewer": False,
        "is_outside": False,
        "opens": True,
        "waits_for_consent": False,
        "sees": "",
        "place_works_on_holidays": False,
        "time_zone": PARIS,
    }
    found: MemberRow = _row(MemberRow, **(values | fields))
    return found


def relative(given: str, phone: str, **fields: Any) -> MemberRow:
    own = {
        "practitioner_id": None,
        "practitioner_given_name": None,
        "practitioner_family_name": None,
        "practitioner_gender": None,
        "practitioner_phone": None,
        "time_zone": None,
        "related_person_id": uuid4(),
        "relative_given_name": given,
        "relative_family_name": "Morel",
        "relative_gender": Gender.MALE,
        "relative_phone": phone,
    }
    return member("", "", "", **(own | fields))


def place(name: str, phone: str, **fields: Any) -> MemberRow:
    own = {
        "practitioner_id": None,
        "practitioner_given_name": None,
        "practitioner_family_name": None,
        "practitioner_gender": None,
        "practitioner_phone": None,
        "time_zone": None,
        "organization_id": uuid4(),
        "organization_name": name,
        "organization_phone": phone,
        "organization_time_zone": PARIS,
    }
    return member("", "", "", **(own | fields))


def absence(
    who: MemberRow, first: str, last: str, *, by: MemberRow | None = None, **fields: Any
) -> AbsenceRow:
    """`by` is a row that only brings the name, number and hours of the replacement."""
    values: dict[str, Any] = {
        "practitioner_id": who.practitioner_id,
        "starts_on": date.fromisoformat(first),
        "ends_on": date.fromisoformat(last),
        "note": "",
    }
    if by is not None:
        values |= {
            "replacement_id": by.practitioner_id,
            "replacement_given_name": by.practitioner_given_name,
            "replacement_family_name": by.practitioner_family_name,
            "replacement_gender": by.practitioner_gender,
            "replacement_phone": by.practitioner_phone,
            "replacement_hours": by.place_hours,
            "replacement_time_zone": by.time_zone,
            "replacement_works_on_holidays": by.place_works_on_holidays,
        }
    found: AbsenceRow = _row(AbsenceRow, **(values | fields))
    return found


def keeper(**fields: Any) -> KeeperRow:
    values = {
        "id": uuid4(),
        "name": "Maison de santé des Tilleuls",
        "phone": "02 61 91 01 00",
        "time_zone": PARIS,
        "hours": [],
        "is_open_on_holidays": False,
        "holiday_region": "",
        "on_call_phone": "",
        "on_call_text": "",
        "has_116117": False,
    }
    return KeeperRow(**(values | fields))  # type: ignore[arg-type]  # the names are the fields


def team(
    *members: MemberRow, absences: tuple[AbsenceRow, ...] = (), kept_by: KeeperRow | None = None
) -> Team:
    return Team(members=list(members), needs=[], absences=list(absences), keeper=kept_by)


def said(
    circle: Team,
    at: str,
    *,
    owner: MemberRow | None = None,
    deputy: MemberRow | None = None,
    zone: str = PARIS,
    can_wait: bool = False,
) -> tuple[str, str, bool]:
    """Number, sentence, and whether somebody answers now; `at` is the wall time in `zone`."""
    instant = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone))
    known = roster(circle, at=instant, time_zone=zone)
    call = call_for(known, owner_id=_id(owner), deputy_id=_id(deputy), can_wait=can_wait)
    if call is None:
        return "", "", False
    with speaking("fr"):
        words = call_words(call, Clock(instant, zone))
    return call.phone, words.replace("\xa0", " "), call.is_open


def _id(row: MemberRow | None) -> UUID | None:
    return row.id if row else None
