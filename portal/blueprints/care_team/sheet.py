"""The sheet for the fridge: one side of A4, however large the circle is.

Paper does not know the hour: it says who answers for what and who stands in, not who answers now.
"""

from dataclasses import dataclass

from portal.access.viewer import Standing
from portal.blueprints.care_team.calls import CallCard, in_order, service_cards
from portal.blueprints.care_team.members import Member, first_to_call, members_of
from portal.blueprints.care_team.words import Clock
from portal.teams.calling import Roster, roster
from portal.teams.contacts import Contact
from portal.teams.rows import NeedRow, Team
from portal.web import labels

_NEEDS, _PROFESSIONALS, _RELATIVES = 9, 6, 4
_LONGEST, _LONGEST_NAME, _LONGEST_ROLE = 60, 30, 40
"""Letters on the sheet; what is longer would push the rest to a second page."""


@dataclass(frozen=True, slots=True)
class Number:
    name: str
    phone: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need, who answers for it, and who else: the replacement of these days, or the deputy."""

    label: str
    first: Number | None
    other: Number | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What fits; the rest is counted, and read in Relais."""

    needs: list[NeedLine]
    more_needs: int
    professionals: list[Number]
    more_professionals: int
    relatives: list[Number]
    more_relatives: int
    services: list[CallCard]


def sheet_of(team: Team, *, patient: Standing, clock: Clock) -> Sheet:
    circle = roster(team, at=clock.at, time_zone=clock.zone)
    members = [
        one for one in members_of(team, patient=patient, clock=clock) if one.id in circle.contacts
    ]
    first = first_to_call(members)
    rest = [one for one in members if one not in first]
    professionals = [*first, *(one for one in rest if not one.is_relative)]
    relatives = [one for one in rest if one.is_relative]
    needs = in_order(team.needs)
    return Sheet(
        needs=[_line(row, circle) for row in needs[:_NEEDS]],
        more_needs=max(0, len(needs) - _NEEDS),
        professionals=[_number(one, circle) for one in professionals[:_PROFESSIONALS]],
        more_professionals=max(0, len(professionals) - _PROFESSIONALS),
        relatives=[_number(one, circle) for one in relatives[:_RELATIVES]],
        more_relatives=max(0, len(relatives) - _RELATIVES),
        services=service_cards(circle, clock),
    )


def _line(row: NeedRow, circle: Roster) -> NeedLine:
    owner = circle.contacts.get(row.owner_id) if row.owner_id else None
    deputy = circle.contacts.get(row.deputy_id) if row.deputy_id else None
    replacement = next(iter(owner.replacements), None) if owner else None
    other = replacement or deputy
    return NeedLine(
        label=_short(_label(row), _LONGEST),
        first=_of_contact(owner) if owner else None,
        other=_of_contact(other) if other else None,
    )


def _of_contact(contact: Contact) -> Number:
    return Number(_short(contact.name), contact.phone)


def _number(member: Member, circle: Roster) -> Number:
    contact = circle.contacts[member.id]
    # The name itself for the reader too: others read the sheet.
    return Number(
        _short(contact.name), contact.phone, _short(member.badge or member.role, _LONGEST_ROLE)
    )


def _label(row: NeedRow) -> str:
    said = labels.need_label(row.code, row.type_label)
    return f"{said} ({row.detail})" if row.detail else said


def _short(text: str, longest: int = _LONGEST_NAME) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
