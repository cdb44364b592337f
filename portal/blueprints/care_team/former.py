"""Who left the circle, as the team page says it."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.blueprints.care_team.queries import FormerRow
from portal.models.directory import Gender
from portal.web import dates


@dataclass(frozen=True, slots=True)
class FormerMember:
    """Who left, in what part, the last day, and who took over."""

    name: str
    role: str
    until: date
    successor: str
    is_woman: bool


def former_members_of(rows: list[FormerRow], *, usual_zone: str) -> list[FormerMember]:
    return [_former(row, usual_zone) for row in rows]


def _former(row: FormerRow, usual_zone: str) -> FormerMember:
    # The end is an instant: a day that ends at midnight was the day before.
    last = dates.local(row.period_end - timedelta(microseconds=1), usual_zone).date()
    return FormerMember(
        name=_whole_name(row.prefix, row.given_name, row.family_name)
        or row.organization_name
        or "",
        role=row.role_text,
        until=last,
        successor=_whole_name(
            row.successor_prefix, row.successor_given_name, row.successor_family_name
        )
        or row.successor_organization_name
        or "",
        is_woman=row.gender == Gender.FEMALE,
    )


def _whole_name(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)
