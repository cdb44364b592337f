"""What one patient's team is made of, as the pages read it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from portal.models.directory import Gender


class MemberRow(NamedTuple):
    """One place in the circle, with whoever holds it."""

    id: UUID
    practitioner_id: UUID | None
    related_person_id: UUID | None
    role_text: str
    functions: list[str]
    contact_for: str
    phone: str
    hours: list[dict[str, Any]] | None
    availability_text: str
    prefix: str | None
    practitioner_given_name: str | None
    practitioner_family_name: str | None
    practitioner_gender: Gender | None
    profession: str | None
    profession_text: str | None
    practitioner_phone: str | None
    place_hours: list[dict[str, Any]] | None
    absences: list[dict[str, Any]] | None
    time_zone: str | None
    place_role_text: str | None
    place_phone: str | None
    place_works_on_holidays: bool | None
    organization_id: UUID | None
    organization_name: str | None
    organization_phone: str | None
    organization_time_zone: str | None
    organization_hours: list[dict[str, Any]] | None
    organization_works_on_holidays: bool | None
    holiday_region: str | None
    relative_given_name: str | None
    relative_family_name: str | None
    relative_gender: Gender | None
    relationship: str | None
    relationship_text: str | None
    relative_phone: str | None
    is_emergency_contact: bool | None
    is_viewer: bool
    is_outside: bool
    """Outside the équipe de soins."""
    opens: bool
    """False where the patient keeps them out, or has not said yes yet."""
    sees: str
    waits_for_consent: bool
    """Nobody answered yet; a refusal is an answer."""
    period_start: datetime | None
    period_end: datetime | None

    @property
    def is_relative(self) -> bool:
        return self.related_person_id is not None


class NeedRow(NamedTuple):
    """Something that somebody has to see to."""

    id: UUID
    code: str
    type_label: str | None
    """Of a type that the organization added."""
    detail: str
    owner_id: UUID | None
    """A member; who left owns nothing, see `has_owner`."""
    deputy_id: UUID | None
    contact_text: str
    frequency: str
    review_on: date | None
    version: int
    has_owner: bool


class AbsenceRow(NamedTuple):
    """When a professional of the circle is away, and who answers instead."""

    practitioner_id: UUID
    starts_on: date
    ends_on: date
    note: str
    replacement_id: UUID | None
    replacement_prefix: str | None
    replacement_given_name: str | None
    replacement_family_name: str | None
    replacement_gender: Gender | None
    replacement_profession: str | None
    replacement_profession_text: str | None
    replacement_phone: str | None
    replacement_hours: list[dict[str, Any]] | None
    replacement_absences: list[dict[str, Any]] | None
    replacement_time_zone: str | None
    replacement_place_phone: str | None
    replacement_works_on_holidays: bool | None


class KeeperRow(NamedTuple):
    """The organization that keeps the circle, and who answers there after hours."""

    id: UUID
    name: str
    phone: str
    time_zone: str
    hours: list[dict[str, Any]]
    is_open_on_holidays: bool
    holiday_region: str
    on_call_phone: str
    on_call_text: str
    has_116117: bool


@dataclass(frozen=True, slots=True)
class Team:
    """The circle as it stands; `keeper` is None for a patient of no organization."""

    members: list[MemberRow]
    needs: list[NeedRow]
    absences: list[AbsenceRow]
    keeper: KeeperRow | None


def anchor_of(member_id: UUID) -> str:
    """Of a member's card on the team page: the end of the id, which is enough in one circle."""
    return f"m-{member_id.hex[-8:]}"
