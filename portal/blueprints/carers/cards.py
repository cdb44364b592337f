"""What the page says of each carer: what they may do, what not, until when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.access.ceilings import CEILINGS, Opening, opened_by_law
from portal.access.offered_rights import OFFERED_RIGHTS
from portal.access.viewer import mandates_of
from portal.blueprints.carers.queries import CarerRow, GrantRow, RequestRow
from portal.blueprints.carers.service import ASKED_AGAIN_AFTER, ENDS_SOON
from portal.models.directory import Gender
from portal.models.rights import GrantAction, GrantCategory
from portal.web.labels import legal_status, relation, right


@dataclass(frozen=True, slots=True)
class Right:
    """One right in words, and its end where it has one."""

    key: str
    words: str
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One carer."""

    link_id: UUID
    given_name: str
    name: str
    relation: str
    since: datetime
    is_paused: bool
    is_by_law: bool
    opens_by_law: bool
    statuses: list[str]
    can: list[Right]
    cannot: list[Right]
    ends_soon: list[Right]
    asks: list[tuple[UUID, str]]
    """Request and the right in words."""
    must_be_confirmed: bool


def card(
    row: CarerRow,
    grants: Sequence[GrantRow],
    requests: Iterable[RequestRow],
    *,
    is_minor: bool,
    at: datetime,
) -> Card:
    """`is_minor` is said of the patient: a parent's rights end with it."""
    held = {one.right: one for one in grants}
    mandates = mandates_of(row.mandates)
    statuses = [one.status for one in mandates]
    opens_nothing = any(CEILINGS[one] is Opening.NOTHING for one in statuses)
    can = [] if opens_nothing else [one for one in _offered(held) if _is_held(one.key, held)]
    known = {one.key for one in can}
    last = row.confirmed_at or row.starts_at
    return Card(
        link_id=row.link_id,
        given_name=row.given_name,
        name=f"{row.given_name} {row.family_name}",
        relation=relation(row.relationship, row.relationship_text, row.gender or Gender.UNKNOWN),
        since=row.starts_at,
        is_paused=row.is_paused,
        is_by_law=row.is_by_law,
        opens_by_law=bool(opened_by_law(mandates, is_minor=is_minor)),
        statuses=[legal_status(one) for one in statuses],
        can=can,
        cannot=[one for one in _offered({}) if one.key not in known],
        ends_soon=[one for one in can if one.ends_at and one.ends_at <= at + ENDS_SOON],
        asks=[(one.id, right(one.category, one.action)) for one in requests],
        must_be_confirmed=not row.is_by_law and last <= at - ASKED_AGAIN_AFTER,
    )


def _offered(held: dict[str, GrantRow]) -> list[Right]:
    return [
        Right(key, right(category, action), _end(key, held))
        for category, action in OFFERED_RIGHTS
        for key in [f"{category}:{action}"]
    ]


def _end(key: str, held: dict[str, GrantRow]) -> datetime | None:
    rows = [held[one] for one in (key, key.replace(":see", ":act")) if one in held]
    return max((row.ends_at for row in rows), default=None)


def _is_held(key: str, held: dict[str, GrantRow]) -> bool:
    return key in held or key.replace(":see", ":act") in held


def words_of(key: str) -> str:
    """`agenda:see` as the page says it."""
    category, _, action = key.partition(":")
    return right(GrantCategory(category), GrantAction(action))
