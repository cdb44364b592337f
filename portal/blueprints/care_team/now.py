"""Whom to call now, when it is not known for what: for the first page of a patient."""

from dataclasses import dataclass

from portal.access.viewer import Standing
from portal.blueprints.care_team.calls import CallCard, NeedCard, need_cards, service_cards
from portal.blueprints.care_team.members import Member, first_to_call, members_of
from portal.blueprints.care_team.words import Clock
from portal.teams.calling import Roster, roster
from portal.teams.rows import Team

_MOST = 3
"""Of the first to call, and as many of those who stand in for somebody else."""


@dataclass(frozen=True, slots=True)
class TeamNow:
    """A circle at one instant, in words."""

    roster: Roster
    members: list[Member]
    needs: list[NeedCard]
    services: list[CallCard]

    @property
    def alarms(self) -> list[NeedCard]:
        return [one for one in self.needs if one.alarm]

    @property
    def waiting(self) -> list[Member]:
        """Who cannot take part before the patient has answered."""
        return [one for one in self.members if one.waits_for_consent]


def team_now(team: Team, *, patient: Standing, clock: Clock) -> TeamNow:
    circle = roster(team, at=clock.at, time_zone=clock.zone)
    return TeamNow(
        roster=circle,
        members=members_of(team, patient=patient, clock=clock),
        needs=need_cards(team, circle, clock),
        services=service_cards(circle, clock),
    )


def whom_to_call(team: TeamNow) -> list[CallCard]:
    """Coordinator and regular doctor, or who stands in for them; else professionals in order.

    Then who stands in for another. When none of them answers, who else does comes first.
    """
    proposed = [one for one in team.members if one.id in team.roster.contacts]
    first = first_to_call(proposed)
    others = [one for one in proposed if one not in first and not one.is_relative]
    with_number = [one for one in others if one.phone or one.stand_in]
    cards = [one.stand_in or _card(one) for one in (first or with_number)[:_MOST]]
    replacements = [one.stand_in for one in others if one.stand_in and one.stand_in not in cards]
    cards += replacements[:_MOST]
    if any(one.is_open for one in cards):
        return cards
    open_now = [_card(one) for one in others if one.is_open]
    return [*open_now[:1], *team.services, *cards]


def _card(member: Member) -> CallCard:
    return CallCard(
        name=member.name,
        initials_of=member.initials_of,
        role=member.contact_for or member.role,
        phone=member.phone,
        sentence=member.availability,
        is_open=member.is_open,
        is_viewer=False,
        stands_in=False,
    )
