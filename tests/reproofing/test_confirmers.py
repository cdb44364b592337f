"""Who may be the second of two: no newcomer, no puppet, nobody who gains more than they had."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.errors import ReproofingError
from portal.identity import reproofing_requests
from portal.models.account import Coordination, Invitation, InvitationKind, User
from portal.models.care import CareTeam, CareTeamStatus, Patient
from portal.models.credential import Reproofing
from portal.models.directory import Organization
from portal.models.rights import CareLinkKind, CareLinkStatus
from tests import factories
from tests.reproofing.steps import (
    LIST,
    Cast,
    fresh,
    make_cast,
    make_coordinator,
    opened,
    press_confirm,
    signed_in,
    staff,
)

WEEK = timedelta(days=7)
OPERATOR = "l’administration de Relais doit confirmer cette demande"


def _refusal(session: Session, keys: KeyRing, row: Reproofing, user: User) -> str:
    """Why the service refuses; empty when it would confirm. Nothing is kept."""
    try:
        reproofing_requests.confirm(
            session, keys=keys, request_id=row.id, staff=staff(user), at=now()
        )
    except ReproofingError as error:
        return error.reason
    finally:
        session.rollback()
    return ""


def _settle(session: Session, cast: Cast, user: User, since: datetime) -> None:
    place = session.get_one(Coordination, (user.id, cast.organization.id))
    place.created_at = since
    session.add(place)
    session.commit()


def _only_an_operator(app: Flask, session: Session, cast: Cast, row: Reproofing) -> None:
    """On each page, by hand and by force; then an operator does it."""
    reader = signed_in(app, session, cast.thomas)
    page = reader.get(f"{LIST}/{row.id}").text
    assert OPERATOR in page.replace("\xa0", " ")
    assert "Confirmer cette demande" not in page
    assert reader.get(f"{LIST}/{row.id}/confirmation").status_code == 303
    answer = press_confirm(reader, row)
    assert answer.status_code == 409
    assert OPERATOR in answer.text.replace("\xa0", " ")
    assert 'class="qr"' not in answer.text
    assert fresh(session, row).confirmed_at is None
    assert press_confirm(signed_in(app, session, cast.camille), row).status_code == 200
    assert fresh(session, row).confirmed_by == cast.camille.id


def test_a_newcomer_cannot_confirm(app: Flask, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    _settle(session, cast, cast.thomas, now() - timedelta(days=1))
    assert _refusal(session, keys, row, cast.thomas) == "newcomer"
    _only_an_operator(app, session, cast, row)


def test_a_newcomer_is_one_until_the_second_that_makes_a_week(
    session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    with time_machine.travel(now(), tick=False):
        _settle(session, cast, cast.thomas, now() - WEEK + timedelta(seconds=1))
        assert _refusal(session, keys, row, cast.thomas) == "newcomer"
        _settle(session, cast, cast.thomas, now() - WEEK)
        assert _refusal(session, keys, row, cast.thomas) == ""


def test_years_in_another_organization_do_not_count(session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    other = factories.make_organization(session, name="Une autre maison")
    factories.make_coordination(session, user=cast.thomas, organization_id=other.id)
    _settle(session, cast, cast.thomas, now() - timedelta(days=1))
    assert _refusal(session, keys, row, cast.thomas) == "newcomer"


def _invite(
    session: Session,
    cast: Cast,
    host: User,
    guest: User,
    kind: InvitationKind = InvitationKind.COORDINATOR,
) -> None:
    session.add(
        Invitation(
            token_hash=host.id.bytes + guest.id.bytes,
            email=guest.email,
            kind=kind,
            organization_id=cast.organization.id,
            invited_by=host.id,
            accepted_by=guest.id,
            accepted_at=factories.LONG_AGO,
            created_at=factories.LONG_AGO,
            ends_at=factories.LONG_AGO,
        )
    )
    session.commit()


@pytest.mark.parametrize("host_opens", [True, False])
def test_whoever_brought_the_other_in_is_not_the_other_of_two(
    app: Flask, session: Session, keys: KeyRing, host_opens: bool
) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    pair = (cast.claire, cast.thomas) if host_opens else (cast.thomas, cast.claire)
    _invite(session, cast, *pair)
    assert _refusal(session, keys, row, cast.thomas) == "invited"
    third = make_coordinator(session, keys, cast.organization, "Loïc")
    assert _refusal(session, keys, row, third) == ""
    _only_an_operator(app, session, cast, row)


def test_an_invitation_of_another_kind_is_no_obstacle(session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    row = opened(session, keys, cast)
    _invite(session, cast, cast.claire, cast.thomas, InvitationKind.PROFESSIONAL)
    assert _refusal(session, keys, row, cast.thomas) == ""


Reach = Callable[[Session, Cast, Organization, Patient], None]


def _coordinates(session: Session, cast: Cast, other: Organization, _patient: Patient) -> None:
    factories.make_coordination(session, user=cast.jeanne, organization_id=other.id)


def _linked(kind: CareLinkKind, status: CareLinkStatus = CareLinkStatus.ACTIVE) -> Reach:
    def link(session: Session, cast: Cast, _other: Organization, patient: Patient) -> None:
        factories.make_link(session, patient=patient, user=cast.jeanne, kind=kind, status=status)

    return link


def _carer_of_nobodys(session: Session, cast: Cast, _o: Organization, _patient: Patient) -> None:
    patient = factories.make_patient(session, organization_id=None)
    factories.make_link(session, patient=patient, user=cast.jeanne)


def _in_circle(status: CareTeamStatus) -> Reach:
    def join(session: Session, cast: Cast, _other: Organization, patient: Patient) -> None:
        nurse = factories.make_practitioner(session)
        factories.make_member(session, patient=patient, practitioner_id=nurse.id)
        session.get_one(CareTeam, patient.id).status = status
        session.get_one(User, cast.jeanne.id).practitioner_id = nurse.id

    return join


ELSEWHERE: dict[str, Reach] = {
    "coordinates it": _coordinates,
    "is a patient of it": _linked(CareLinkKind.SELF),
    "cares for a patient of it": _linked(CareLinkKind.CARER),
    "represents a patient of it": _linked(CareLinkKind.LEGAL_REPRESENTATIVE),
    "cares for one of it, paused": _linked(CareLinkKind.CARER, CareLinkStatus.PAUSED),
    "cares for one of nobody": _carer_of_nobodys,
    "is in a circle of it": _in_circle(CareTeamStatus.ACTIVE),
}
NOT_ELSEWHERE: dict[str, Reach] = {
    "cared for a patient of it": _linked(CareLinkKind.CARER, CareLinkStatus.ENDED),
    "was in a circle of it": _in_circle(CareTeamStatus.INACTIVE),
}


def _reaching(session: Session, keys: KeyRing, reach: Reach) -> tuple[Cast, Organization]:
    cast = make_cast(session, keys)
    other = factories.make_organization(session, name="Une autre maison")
    reach(session, cast, other, factories.make_patient(session, organization_id=other.id))
    session.commit()
    return cast, other


@pytest.mark.parametrize("how", ELSEWHERE)
def test_an_account_that_opens_more_is_confirmed_by_an_operator(
    app: Flask, session: Session, keys: KeyRing, how: str
) -> None:
    cast, _other = _reaching(session, keys, ELSEWHERE[how])
    row = opened(session, keys, cast)
    assert _refusal(session, keys, row, cast.thomas) == "elsewhere"
    said = signed_in(app, session, cast.claire).get(f"{LIST}/{row.id}").text
    assert OPERATOR in said.replace("\xa0", " "), "who opened it knows whom to call"
    _only_an_operator(app, session, cast, row)


@pytest.mark.parametrize("how", NOT_ELSEWHERE)
def test_what_is_over_elsewhere_does_not_count(session: Session, keys: KeyRing, how: str) -> None:
    cast, _other = _reaching(session, keys, NOT_ELSEWHERE[how])
    row = opened(session, keys, cast)
    assert _refusal(session, keys, row, cast.thomas) == ""


def test_two_who_both_coordinate_everything_may_confirm(session: Session, keys: KeyRing) -> None:
    cast, other = _reaching(session, keys, _linked(CareLinkKind.CARER))
    row = opened(session, keys, cast)
    for user, expected in ((cast.claire, "elsewhere"), (cast.thomas, "")):
        factories.make_coordination(session, user=user, organization_id=other.id)
        session.commit()
        assert _refusal(session, keys, row, cast.thomas) == expected
    place = session.get_one(Coordination, (cast.thomas.id, other.id))
    place.created_at = now() - timedelta(days=1)
    session.commit()
    assert _refusal(session, keys, row, cast.thomas) == "elsewhere", "there he is a newcomer"
