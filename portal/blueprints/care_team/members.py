"""What a page says of a member of the circle."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from portal.access.viewer import Standing
from portal.blueprints.care_team.availability import Availability, availability
from portal.blueprints.care_team.queries import FormerRow, MemberRow
from portal.models.care import MemberFunction
from portal.models.directory import Gender
from portal.web import dates, labels
from portal.web.i18n import current_locale, gettext
from portal.web.typography import first_up, of_name

_FIRST_TO_CALL = (MemberFunction.COORDINATEUR, MemberFunction.MEDECIN_TRAITANT)
_ALL_DAY = timedelta(hours=23)
_SHORT = 16
"""Letters that fit under a node of the drawn circle."""
_SAID_BY_THE_BADGE = frozenset(_FIRST_TO_CALL)


@dataclass(frozen=True, slots=True)
class Member:
    """A card of the team page. Texts are ready; templates only place them."""

    id: UUID
    anchor: str
    name: str
    short_name: str
    """On the drawn circle: `Dr Le Goff`, `Nadia`, `Pharmacie`."""
    initials_of: tuple[str, ...]
    role: str
    short_role: str
    contact_for: str
    phone: str
    availability: str
    is_open: bool
    is_relative: bool
    is_viewer: bool
    badge: str
    """Why to call first (`Coordinatrice`), or empty."""


def members_of(rows: Iterable[MemberRow], *, patient: Standing, at: datetime) -> list[Member]:
    """The circle as this reader reads it, in the order of the rows."""
    return [_member(row, patient, at) for row in rows]


@dataclass(frozen=True, slots=True)
class FormerMember:
    """Who left, in what part, and the last day."""

    name: str
    role: str
    until: date


def former_members_of(rows: Iterable[FormerRow], *, usual_zone: str) -> list[FormerMember]:
    return [_former(row, usual_zone) for row in rows]


def _former(row: FormerRow, usual_zone: str) -> FormerMember:
    name = " ".join(part for part in (row.prefix, row.given_name, row.family_name) if part)
    # The end is an instant: a day that ends at midnight was the day before.
    last = dates.local(row.period_end - timedelta(microseconds=1), usual_zone).date()
    return FormerMember(name or row.organization_name or "", row.role_text, last)


def first_to_call(members: list[Member]) -> list[Member]:
    """Coordinator and regular doctor; without either, nobody is put first by guessing."""
    return [one for one in members if one.badge]


def _member(row: MemberRow, patient: Standing, at: datetime) -> Member:
    if row.related_person_id is not None:
        return _relative(row, given_name=patient.given_name, is_own=patient.is_own)
    if row.practitioner_id is not None:
        return _practitioner(row, usual_zone=patient.time_zone, at=at)
    return _organization(row, usual_zone=patient.time_zone, at=at)


def _practitioner(row: MemberRow, *, usual_zone: str, at: datetime) -> Member:
    gender = row.practitioner_gender or Gender.UNKNOWN
    given, family = row.practitioner_given_name or "", row.practitioner_family_name or ""
    trade = labels.profession(row.profession or "", row.profession_text or "", gender)
    badge = _badge(row.functions, gender)
    others = [
        labels.member_function(code, gender)
        for code in row.functions
        if code not in _SAID_BY_THE_BADGE
    ]
    said = trade or row.role_text or row.place_role_text or ""
    role = ", ".join(part for part in (said, *others, row.organization_name) if part)
    found = _availability(row, row.hours or row.place_hours, usual_zone, at)
    return Member(
        id=row.id,
        anchor=f"m-{row.id}",
        name=" ".join(part for part in (row.prefix, given, family) if part),
        short_name=f"{row.prefix} {family}" if row.prefix else given or family,
        initials_of=_initials_of(given, family),
        role=first_up(role),
        short_role=badge or _short_role(said, row.profession or "", gender),
        contact_for=row.contact_for,
        phone=row.phone
        or row.place_phone
        or row.practitioner_phone
        or row.organization_phone
        or "",
        availability=row.availability_text or _availability_words(found, at, usual_zone),
        is_open=bool(found and found.is_open and not row.availability_text),
        is_relative=False,
        is_viewer=False,
        badge=badge,
    )


def _short_role(said: str, profession: str, gender: Gender) -> str:
    """For the drawn circle: `Cardiologue`; the profession alone where the words are long."""
    word = labels.profession_word(profession, gender)
    return first_up(said if len(said) <= _SHORT or not word else word)


def _initials_of(given: str, family: str) -> tuple[str, ...]:
    """A family name of several words stands alone: Le Goff is LG."""
    return (family,) if len(family.split()) > 1 else (given, family)


def _organization(row: MemberRow, *, usual_zone: str, at: datetime) -> Member:
    name = row.organization_name or ""
    found = _availability(row, row.hours, usual_zone, at)
    first, _, rest = name.partition(" ")
    return Member(
        id=row.id,
        anchor=f"m-{row.id}",
        name=name,
        short_name=first,
        initials_of=(name,),
        role=row.role_text,
        short_role=rest,
        contact_for=row.contact_for,
        phone=row.phone or row.organization_phone or "",
        availability=row.availability_text or _availability_words(found, at, usual_zone),
        is_open=bool(found and found.is_open and not row.availability_text),
        is_relative=False,
        is_viewer=False,
        badge=_badge(row.functions, Gender.UNKNOWN),
    )


def _relative(row: MemberRow, *, given_name: str, is_own: bool) -> Member:
    gender = labels.gender_of(row.relationship or "", row.relative_gender or Gender.UNKNOWN)
    given, family = row.relative_given_name or "", row.relative_family_name or ""
    relation = labels.relation(row.relationship or "", row.relationship_text or "", gender)
    functions = [labels.member_function(code, gender) for code in row.functions]
    if row.is_emergency_contact and MemberFunction.CONTACT_URGENCE not in row.functions:
        functions.append(labels.member_function(MemberFunction.CONTACT_URGENCE, gender))
    kin = _kin(relation, given_name, is_own=is_own)
    role = ", ".join(part for part in (kin, *functions) if part)
    name = gettext("You, %(name)s", name=given) if row.is_viewer else f"{given} {family}".strip()
    short = gettext("You") if row.is_viewer else given or family
    return Member(
        id=row.id,
        anchor=f"m-{row.id}",
        name=name,
        short_name=f"{short}, {relation}" if relation else short,
        initials_of=(given, family),
        role=first_up(role or row.role_text),
        short_role="",
        contact_for=row.contact_for,
        phone="" if row.is_viewer else row.phone or row.relative_phone or "",
        availability=row.availability_text,
        is_open=False,
        is_relative=True,
        is_viewer=row.is_viewer,
        badge="",
    )


def _kin(relation: str, given_name: str, *, is_own: bool) -> str:
    if not relation or not given_name:
        return relation
    if is_own:
        return gettext("Your %(relation)s", relation=relation)
    of_patient = of_name(given_name, current_locale())
    return gettext("%(relation)s %(of_name)s", relation=relation, of_name=of_patient)


def _badge(functions: list[str], gender: Gender) -> str:
    for function in _FIRST_TO_CALL:
        if function in functions:
            return first_up(labels.member_function(function, gender))
    return ""


def _availability(
    row: MemberRow, hours: list[dict[str, object]] | None, usual_zone: str, at: datetime
) -> Availability | None:
    zone = row.time_zone or row.organization_time_zone or usual_zone
    return availability(
        hours=hours or [], absences=row.absences or [], local_now=dates.local(at, zone)
    )


def _availability_words(found: Availability | None, at: datetime, usual_zone: str) -> str:
    if found is None:
        return ""
    if found.open_until is not None:
        return _open_words(found.open_until, at, usual_zone)
    if found.resumes_at is None:
        return gettext("Away for now")
    today = dates.local(at, usual_zone).date()
    resumes_at = dates.local(found.resumes_at, usual_zone)
    day = resumes_at.date()
    if day == today:
        return gettext("Back at %(time)s", time=dates.clock_short(resumes_at))
    when = gettext(
        "Back %(day)s at %(time)s",
        day=_day_ahead(day, today),
        time=dates.clock_short(resumes_at),
    )
    return gettext("Away today. %(when)s", when=when) if found.absent_today else when


def _open_words(until: datetime, at: datetime, usual_zone: str) -> str:
    """In the clock that the reader looks at, wherever the place is."""
    if until - at > _ALL_DAY:
        return gettext("Reachable day and night")
    local_end = dates.local(until, usual_zone)
    return gettext("Reachable until %(time)s", time=dates.clock_short(local_end))


def _day_ahead(day: date, today: date) -> str:
    if relative := dates.relative_day(day, today=today):
        return relative
    is_near = 0 < (day - today).days < 7
    return dates.weekday(day) if is_near else dates.day_label(day, today=today)
