"""Whom a circle knows a number of, and when each of them answers at an instant."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.models.directory import Gender
from portal.teams.presence import Presence, presence_of
from portal.teams.rows import AbsenceRow, MemberRow, Team


@dataclass(frozen=True, slots=True)
class Contact:
    """A member of the circle, or who replaces one."""

    member_id: UUID | None
    """None for a replacement who has no place in the circle."""
    prefix: str
    given_name: str
    family_name: str
    organization_name: str
    """Of a member that is a place, else empty."""
    gender: Gender
    is_relative: bool
    is_viewer: bool
    phone: str
    presence: Presence
    note: str = ""
    """For patients: what was said of the absence of today, else of the usual hours."""
    profession: str = ""
    profession_text: str = ""
    replacements: tuple["Contact", ...] = ()
    """Who answers during the absence of today."""

    @property
    def name(self) -> str:
        person = " ".join(filter(None, (self.prefix, self.given_name, self.family_name)))
        return person or self.organization_name

    @property
    def answers(self) -> bool:
        return bool(self.phone) and self.presence.is_open

    @property
    def may_answer(self) -> bool:
        """No hours are known, and no absence either."""
        known = self.presence.has_hours or self.presence.absent_until
        return bool(self.phone or self.is_viewer) and not known


def contacts_of(team: Team, *, at: datetime, time_zone: str) -> dict[UUID, Contact]:
    """Of the places that open the file; the others are never proposed, for nobody."""
    open_to = {row.practitioner_id for row in team.members if row.opens}
    kept_out = {row.practitioner_id for row in team.members} - open_to
    return {
        row.id: contact_of(row, team, kept_out=kept_out, at=at, time_zone=time_zone)
        for row in team.members
        if row.opens
    }


def contact_of(
    row: MemberRow,
    team: Team,
    *,
    at: datetime,
    time_zone: str,
    kept_out: Collection[UUID | None] = (),
) -> Contact:
    """Of any place, to say when its holder can be reached; see `contacts_of` for whom to call."""
    local_now = at.astimezone(ZoneInfo(row.time_zone or row.organization_time_zone or time_zone))
    away = [one for one in team.absences if one.practitioner_id == row.practitioner_id]
    current = [one for one in away if one.starts_on <= local_now.date() <= one.ends_on]
    named = [one for one in current if one.replacement_id not in (None, *kept_out)]
    return Contact(
        **_identity(row),
        phone=phone_of(row),
        presence=_presence(row, away, local_now),
        note=next((one.note for one in current if one.note), row.availability_text),
        replacements=tuple(
            _replacement(one, row, team, at=at, time_zone=time_zone) for one in named
        ),
    )


def _identity(row: MemberRow) -> dict[str, Any]:
    return {
        "member_id": row.id,
        "prefix": row.prefix or "",
        "given_name": row.practitioner_given_name or row.relative_given_name or "",
        "family_name": row.practitioner_family_name or row.relative_family_name or "",
        "organization_name": (row.organization_name or "") if _is_place(row) else "",
        "gender": row.practitioner_gender or row.relative_gender or Gender.UNKNOWN,
        "is_relative": row.is_relative,
        "is_viewer": row.is_viewer,
        "profession": row.profession or "",
        "profession_text": row.profession_text or "",
    }


def _is_place(row: MemberRow) -> bool:
    return row.practitioner_id is None and row.related_person_id is None


def _presence(row: MemberRow, away: Iterable[AbsenceRow], local_now: datetime) -> Presence:
    if _is_place(row):
        usual, on_holidays = row.organization_hours, row.organization_works_on_holidays
    else:
        usual, on_holidays = row.place_hours, row.place_works_on_holidays
    return presence_of(
        row.hours or usual or [],
        [*(row.absences or []), *_as_absences(away)],
        local_now=local_now,
        works_on_holidays=bool(on_holidays),
        region=row.holiday_region or "",
    )


def _replacement(
    row: AbsenceRow, replaced: MemberRow, team: Team, *, at: datetime, time_zone: str
) -> Contact:
    local_now = at.astimezone(ZoneInfo(row.replacement_time_zone or time_zone))
    own = [one for one in team.absences if one.practitioner_id == row.replacement_id]
    return Contact(
        member_id=None,
        prefix=row.replacement_prefix or "",
        given_name=row.replacement_given_name or "",
        family_name=row.replacement_family_name or "",
        organization_name="",
        gender=row.replacement_gender or Gender.UNKNOWN,
        is_relative=False,
        is_viewer=False,
        phone=row.replacement_place_phone or row.replacement_phone or "",
        presence=presence_of(
            row.replacement_hours or [],
            [*(row.replacement_absences or []), *_as_absences(own)],
            local_now=local_now,
            works_on_holidays=bool(row.replacement_works_on_holidays),
            # They answer for the round of the absent: its holidays are theirs.
            region=replaced.holiday_region or "",
        ),
        note=row.note,
        profession=row.replacement_profession or "",
        profession_text=row.replacement_profession_text or "",
    )


def phone_of(row: MemberRow) -> str:
    """What the place says, else the person, else the organization."""
    if row.related_person_id is not None:
        return row.phone or row.relative_phone or ""
    own = row.phone or row.place_phone or row.practitioner_phone
    return own or row.organization_phone or ""


def _as_absences(rows: Iterable[AbsenceRow]) -> list[dict[str, str]]:
    return [{"from": one.starts_on.isoformat(), "to": one.ends_on.isoformat()} for one in rows]
