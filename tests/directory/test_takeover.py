"""Nobody gets the account of a professional by way of another entry of the directory."""

from datetime import timedelta

import pytest

from portal.identity import invitations
from portal.identity.invitations import Place
from portal.identity.invitees import Invitee
from portal.models.account import Invitation, InvitationKind
from portal.models.directory import Practitioner
from tests.directory.house import House, house

__all__ = ["house"]


def invited(house: House, practitioner: Practitioner) -> Invitation:
    """By the coordinator, to the address of the entry."""
    house.forget()
    row = invitations.made(
        house.session,
        token=f"token of {practitioner.id}",
        place=Place(InvitationKind.PROFESSIONAL, practitioner_id=practitioner.id),
        invitee=Invitee(("", ""), email=practitioner.email),
        invited_by=house.coordinator.id,
        at=house.at,
    )
    house.session.commit()
    return row


@pytest.mark.parametrize("is_kept", [True, False])
def test_an_invitation_to_one_entry_does_not_open_the_circles_of_the_other(
    house: House, is_kept: bool
) -> None:
    planted, known = house.practitioner(email="thief@example.org"), house.practitioner()
    house.member(house.patient(), planted)
    house.member(house.patient(kept=False), known)
    invitation = invited(house, planted)
    kept, gone = (planted, known) if is_kept else (known, planted)
    assert house.merge(kept, gone).status_code == 303
    house.forget()
    assert house.session.get_one(Invitation, invitation.id).withdrawn_at is not None


def test_an_invitation_goes_on_where_the_coordinator_keeps_all_circles(house: House) -> None:
    one, other = house.practitioner(email="anne@example.org"), house.practitioner()
    house.member(house.patient(), one)
    house.member(house.patient(), other)
    invitation = invited(house, one)
    assert house.merge(other, one).status_code == 303
    house.forget()
    kept = house.session.get_one(Invitation, invitation.id)
    assert (kept.withdrawn_at, kept.practitioner_id) == (None, other.id)


def test_a_place_that_begins_tomorrow_is_a_circle_of_others_too(house: House) -> None:
    mine, known = house.practitioner(), house.practitioner()
    house.account(mine)
    tomorrow = house.at + timedelta(days=1)
    house.member(house.patient(kept=False), known, period_start=tomorrow)
    assert house.merge(mine, known).status_code == 422
