"""Why the accounts of the demo may see a record, and what was opened to the carers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from portal.demo.cast import Cast
from portal.demo.days import instant, later
from portal.models.account import Coordination
from portal.models.rights import (
    CareLink,
    CareLinkKind,
    Grant,
    GrantAction,
    GrantCategory,
    PersonColor,
)

_GRANTED_DAYS = 365
"""Never more than the 12 months after which a right must be renewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carer:
    user: str
    patient: str
    color: PersonColor
    since: int
    """Days before today."""
    grants: Mapping[GrantCategory, GrantAction] = field(default_factory=dict)
    """`act` says `see` too, so that each category stands once."""


OWN_RECORD = ("jeanne", "paul", "monique")

CARERS = (
    Carer(
        user="paul",
        patient="jeanne",
        color=PersonColor.PRUNE,
        since=80,
        grants={
            GrantCategory.AGENDA: GrantAction.ACT,
            GrantCategory.CARE_TEAM: GrantAction.SEE,
            GrantCategory.EDUCATION: GrantAction.SEE,
            GrantCategory.MESSAGES: GrantAction.ACT,
            GrantCategory.DOCUMENTS: GrantAction.SEE,
        },
    ),
    Carer(
        user="paul",
        patient="marcel",
        color=PersonColor.NUIT,
        since=41,
        grants={
            GrantCategory.AGENDA: GrantAction.ACT,
            GrantCategory.CARE_TEAM: GrantAction.SEE,
            GrantCategory.MESSAGES: GrantAction.ACT,
        },
    ),
    Carer(
        user="sylvie",
        patient="jeanne",
        color=PersonColor.PRUNE,
        since=62,
        grants={GrantCategory.AGENDA: GrantAction.SEE},
    ),
)


def own_links(cast: Cast, *, now: datetime) -> list[CareLink]:
    return [
        CareLink(
            patient_id=cast.patients[key].id,
            user_id=cast.users[key].id,
            kind=CareLinkKind.SELF,
            color=PersonColor.CANARD,
            starts_at=now - _SINCE,
        )
        for key in OWN_RECORD
    ]


def carer_rows(cast: Cast, *, today: date) -> Iterator[CareLink | Grant]:
    """The link of each carer, then its grants."""
    for carer in CARERS:
        link = _link(carer, cast=cast, today=today)
        yield link
        yield from _grants(carer, link)


COORDINATORS = ("claire", "thomas")
"""Two of one organization: some acts need a second person, and not a newcomer."""
_SINCE = timedelta(days=90)


def coordinations(cast: Cast, *, now: datetime) -> list[Coordination]:
    return [
        Coordination(
            user_id=cast.users[key].id,
            organization_id=cast.organizations["tilleuls"].id,
            created_at=now - _SINCE,
        )
        for key in COORDINATORS
    ]


def _link(carer: Carer, *, cast: Cast, today: date) -> CareLink:
    relative = cast.relatives[carer.patient, carer.user]
    return CareLink(
        patient_id=relative.patient_id,
        user_id=cast.users[carer.user].id,
        kind=CareLinkKind.CARER,
        related_person_id=relative.id,
        relationship=relative.relationship,
        color=carer.color,
        starts_at=instant(later(today, -carer.since), time(0)),
    )


def _grants(carer: Carer, link: CareLink) -> Iterator[Grant]:
    for category, action in carer.grants.items():
        yield Grant(
            patient_id=link.patient_id,
            care_link_id=link.id,
            category=category,
            action=action,
            starts_at=link.starts_at,
            ends_at=link.starts_at + timedelta(days=_GRANTED_DAYS),
        )
