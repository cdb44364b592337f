"""Parental authority ends with the midnight of the 18th birthday, where the child lives."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.access.majority import comes_of_age_at, is_minor
from portal.crypto import KeyRing
from portal.identity.places import take_place
from portal.models.account import Invitation, InvitationKind
from portal.models.rights import CareLinkKind
from tests import factories
from tests.mandates.office import ANSWERS, Office, office

__all__ = ["office"]
SECOND = timedelta(seconds=1)
BY_BIRTH = {"status": "autorite_parentale", "proof": "livret_de_famille", "last_day": ""}
MIDNIGHTS = [
    ("2009-03-17", "Europe/Paris", "2027-03-16T23:00:00"),
    ("2009-07-17", "Europe/Paris", "2027-07-16T22:00:00"),
    ("2009-03-17", "Indian/Reunion", "2027-03-16T20:00:00"),
    ("2009-03-17", "America/Martinique", "2027-03-17T04:00:00"),
    # As early as it can have been: nobody keeps a parent's rights over an adult.
    ("2009", "Europe/Paris", "2026-12-31T23:00:00"),
    ("2009-03", "Europe/Paris", "2027-02-28T23:00:00"),
    # Born on 29 February, of age on 1 March.
    ("2012-02-29", "Europe/Paris", "2030-02-28T23:00:00"),
]


@pytest.mark.parametrize(("born", "zone", "midnight"), MIDNIGHTS)
def test_a_minor_until_one_second_before(born: str, zone: str, midnight: str) -> None:
    at = datetime.fromisoformat(midnight).replace(tzinfo=UTC)
    assert comes_of_age_at(born, time_zone=zone) == at
    assert is_minor(born, time_zone=zone, at=at - SECOND)
    assert not is_minor(born, time_zone=zone, at=at)


def test_nobody_is_known_to_be_a_minor_without_a_date() -> None:
    assert comes_of_age_at("", time_zone="Europe/Paris") is None


def _becomes_a_child(office: Office, born: str, zone: str) -> None:
    office.patient.birth_date, office.patient.time_zone = born, zone
    office.session.add(office.patient)
    office.session.commit()


@pytest.mark.parametrize(("born", "zone", "midnight"), MIDNIGHTS)
def test_the_parents_page_is_gone_at_midnight(
    office: Office, born: str, zone: str, midnight: str
) -> None:
    _becomes_a_child(office, born, zone)
    assert office.record(**BY_BIRTH).status_code == 303
    (row,) = office.mandates()
    ends = datetime.fromisoformat(midnight).replace(tzinfo=UTC)
    assert row.ends_at == ends
    for at, status in ((ends - SECOND, 200), (ends, 404)):
        with time_machine.travel(at, tick=False):
            office.enter(office.relative)
            assert office.reader.get(office.home).status_code == status, at


def test_an_imported_authority_without_an_end_is_over_all_the_same(office: Office) -> None:
    _becomes_a_child(office, "2009-03-17", "Europe/Paris")
    office.record(**BY_BIRTH)
    (row,) = office.mandates()
    row.ends_at = None
    office.session.add(row)
    office.session.commit()
    with time_machine.travel(datetime(2027, 3, 16, 23, tzinfo=UTC), tick=False):
        office.enter(office.relative)
        assert office.reader.get(office.home).status_code == 404


def test_a_judge_may_end_it_before(office: Office) -> None:
    _becomes_a_child(office, "2009-03-17", "Europe/Paris")
    office.record(**BY_BIRTH | {"proof": "jugement", "last_day": "31/12/2026"})
    assert office.mandates()[0].ends_at == datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_two_parents_stand_beside_one_child(office: Office, keys: KeyRing) -> None:
    _becomes_a_child(office, "2012-05-01", "Europe/Paris")
    father, _ = factories.make_user(office.session, keys, given_name="Paul")
    link = factories.make_link(office.session, patient=office.patient, user=father)
    office.session.commit()
    assert office.record(**BY_BIRTH).status_code == 303
    answer = office.reader.post(f"{office.door}/of/{link.id}", data=ANSWERS | BY_BIRTH)
    assert answer.status_code == 303
    for parent in (office.relative, father):
        office.enter(parent)
        assert office.reader.get(f"{office.home}agenda").status_code == 200


@pytest.mark.parametrize("is_of_age", [True, False])
def test_a_parent_whom_the_grown_child_invites_is_a_carer_again(
    office: Office, is_of_age: bool
) -> None:
    _becomes_a_child(office, "2009-03-17", "Europe/Paris")
    office.record(**BY_BIRTH)
    at = datetime(2027, 3, 16, 23, tzinfo=UTC) - (timedelta(0) if is_of_age else SECOND)
    invitation = Invitation(
        kind=InvitationKind.CARER,
        patient_id=office.patient.id,
        invited_by=office.owner.id,
        grants=["agenda:see"],
        created_at=at,
        ends_at=at,
    )
    assert office.kind() is CareLinkKind.LEGAL_REPRESENTATIVE
    take_place(office.session, invitation=invitation, user=office.relative, at=at)
    office.session.commit()
    expected = CareLinkKind.CARER if is_of_age else CareLinkKind.LEGAL_REPRESENTATIVE
    assert office.kind() is expected
    with time_machine.travel(at, tick=False):
        office.enter(office.relative)
        answer = office.reader.get(f"{office.home}care-team")
        assert answer.status_code == (403 if is_of_age else 200)
        assert office.reader.get(f"{office.home}agenda").status_code == 200
