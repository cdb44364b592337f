"""Whom to call for each need: what the pages and the paper show of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.blueprints.care_team.words import Clock, call_words
from portal.models.need import NeedCode
from portal.teams import calling
from portal.teams.calling import Call, Roster, Why
from portal.teams.contacts import Contact
from portal.teams.rows import NeedRow, Team
from portal.web import labels
from portal.web.i18n import gettext
from portal.web.typography import first_up

_PLACES: dict[str, int] = {code: place for place, code in enumerate(NeedCode)}


@dataclass(frozen=True, slots=True)
class CallCard:
    """One number, whose it is, and why this one. Texts are ready."""

    name: str
    initials_of: tuple[str, ...]
    """Empty for a service, which has no person."""
    role: str
    phone: str
    sentence: str
    is_open: bool
    is_viewer: bool
    stands_in: bool
    """Is called because somebody else cannot be."""


@dataclass(frozen=True, slots=True)
class NeedCard:
    """A need with whom to call for it now; `alarm` says what has to be settled, or is empty."""

    id: UUID
    label: str
    detail: str
    contact_text: str
    call: CallCard | None
    alarm: str
    has_owner: bool


def need_cards(team: Team, roster: Roster, clock: Clock) -> list[NeedCard]:
    """What has to be settled first, then in the order of the catalogue."""
    cards = [_need(row, roster, clock) for row in in_order(team.needs)]
    return sorted(cards, key=lambda one: not one.alarm)


def in_order(rows: Iterable[NeedRow]) -> list[NeedRow]:
    """As the catalogue has them; what an organization added comes last, by its name."""
    return sorted(rows, key=lambda row: (_PLACES.get(row.code, len(_PLACES)), row.type_label or ""))


def call_card(call: Call, clock: Clock) -> CallCard:
    contact = call.contact
    if contact is None:
        return _service_card(call, clock)
    return CallCard(
        name=gettext("You, %(name)s", name=contact.given_name)
        if contact.is_viewer
        else contact.name,
        initials_of=initials_of(contact),
        role=first_up(trade_of(contact)),
        phone="" if contact.is_viewer else call.phone,
        sentence=call_words(call, clock),
        is_open=call.is_open,
        is_viewer=contact.is_viewer,
        stands_in=call.why is not Why.OWNER,
    )


def service_cards(roster: Roster, clock: Clock) -> list[CallCard]:
    """The numbers for the time when nobody of the team answers."""
    return [_service_card(call, clock) for call in calling.services(roster)]


def alarm_of(row: NeedRow, today: date) -> str:
    """As `portal/teams/facts.py` says it in SQL."""
    if not row.has_owner:
        return gettext("Nobody answers for it")
    if row.review_on is not None and row.review_on <= today:
        return gettext("To be looked at again")
    return ""


def trade_of(contact: Contact) -> str:
    return labels.profession(contact.profession, contact.profession_text, contact.gender)


def initials_of(contact: Contact) -> tuple[str, ...]:
    """A family name of several words stands alone: Le Goff is LG."""
    if contact.organization_name:
        return (contact.organization_name,)
    if len(contact.family_name.split()) > 1:
        return (contact.family_name,)
    return (contact.given_name, contact.family_name)


def _need(row: NeedRow, roster: Roster, clock: Clock) -> NeedCard:
    call = calling.call_for(
        roster,
        owner_id=row.owner_id,
        deputy_id=row.deputy_id,
        can_wait=row.code in calling.CAN_WAIT,
    )
    return NeedCard(
        id=row.id,
        label=labels.need_label(row.code, row.type_label),
        detail=row.detail,
        contact_text=row.contact_text,
        call=call_card(call, clock) if call else None,
        alarm=alarm_of(row, clock.today),
        has_owner=row.has_owner,
    )


def _service_card(call: Call, clock: Clock) -> CallCard:
    is_doctor = call.why is Why.DUTY_DOCTOR
    return CallCard(
        name=gettext("The doctor on duty") if is_doctor else gettext("The on-call service"),
        initials_of=(),
        role=gettext("To see a doctor when the practices are closed")
        if is_doctor
        else call.service,
        phone=call.phone,
        sentence=call_words(call, clock),
        is_open=call.is_open,
        is_viewer=False,
        stands_in=True,
    )
