"""A coordinator records what they saw the original of, and ends it."""

from uuid import uuid4

import pytest
from sqlmodel import select

from portal import clock
from portal.blueprints.mandates.service import reference_of
from portal.crypto import KeyRing
from portal.models.account import UserSession
from portal.models.rights import CareLinkKind, CareLinkStatus, Grant
from tests import factories
from tests.letters import waiting
from tests.mandates.office import ANSWERS, Office, office

__all__ = ["office"]
SCOPED = {
    "status": "mandat_protection_future",
    "proof": "mandat_notarie",
    "last_day": "",
    "scope": "agenda:see",
}


def test_a_guardian_opens_everything_from_the_next_page_on(office: Office, keys: KeyRing) -> None:
    assert office.record().headers["Location"] == f"{office.door}?done=recorded"
    (row,) = office.mandates()
    assert row.verified_by == office.coordinator.id
    assert row.starts_at.isoformat() == "2026-02-04T23:00:00+00:00"
    assert row.ends_at is not None
    assert row.ends_at.isoformat() == "2031-02-04T23:00:00+00:00", "the last day still counts"
    assert row.proof_reference_sealed is not None
    assert b"01234" not in row.proof_reference_sealed
    assert reference_of(row.id, row.proof_reference_sealed, keys=keys) == "RG 26/01234"
    assert office.kind() is CareLinkKind.LEGAL_REPRESENTATIVE
    office.enter(office.relative)
    for page in ("agenda", "care-team", "access-log"):
        assert office.reader.get(f"{office.home}{page}").status_code == 200, page


def test_both_are_told_and_no_letter_names_anybody(office: Office, keys: KeyRing) -> None:
    office.record()
    (row,) = office.mandates()
    office.end(row)
    letters = waiting(office.session, keys)
    told = [office.owner.email, office.relative.email]
    assert [(one.letter, one.values) for one in letters] == [("mandate_changed", {})] * 4
    assert sorted(one.to for one in letters) == sorted(told * 2)


@pytest.mark.parametrize("status", ["curateur", "habilitation_assistance"])
def test_who_assists_keeps_what_the_patient_granted(office: Office, status: str) -> None:
    assert office.record(status=status).status_code == 303
    assert office.kind() is CareLinkKind.CARER
    office.enter(office.relative)
    assert office.reader.get(f"{office.home}agenda").status_code == 200
    assert office.reader.get(f"{office.home}care-team").status_code == 403


def test_who_guards_the_property_only_does_not_see_the_file(office: Office) -> None:
    office.record(status="tuteur_biens")
    office.enter(office.relative)
    assert office.reader.get(office.home).status_code == 404


def test_a_mandate_opens_what_it_names(office: Office) -> None:
    assert office.record(**SCOPED).status_code == 303
    office.enter(office.relative)
    assert office.reader.get(f"{office.home}agenda").status_code == 200
    assert office.reader.get(f"{office.home}care-team").status_code == 403


def test_ended_early_it_opens_nothing_and_old_grants_do_not_come_back(office: Office) -> None:
    office.record()
    (row,) = office.mandates()
    page = office.reader.get(f"{office.door}/{row.id}/end").text
    assert "RG 26/01234" in page
    assert office.end(row).headers["Location"] == f"{office.door}?done=ended"
    assert office.kind() is CareLinkKind.CARER
    grants = office.session.exec(select(Grant)).all()
    assert grants
    assert all(grant.ends_at <= clock.now() for grant in grants)
    office.enter(office.relative)
    assert office.reader.get(office.home).status_code == 200
    assert office.reader.get(f"{office.home}agenda").status_code == 403


def test_one_of_two_statuses_that_ends_leaves_the_other(office: Office) -> None:
    office.record()
    office.record(status="habilitation_generale")
    first, _second = office.mandates()
    office.end(first)
    assert office.kind() is CareLinkKind.LEGAL_REPRESENTATIVE
    office.enter(office.relative)
    assert office.reader.get(f"{office.home}agenda").status_code == 200


def test_an_assistance_that_ends_leaves_the_grants_alone(office: Office) -> None:
    office.record(status="curateur")
    office.end(office.mandates()[0])
    office.enter(office.relative)
    assert office.reader.get(f"{office.home}agenda").status_code == 200


def test_a_form_that_is_sent_twice_records_once(office: Office, keys: KeyRing) -> None:
    assert [office.record().status_code for _twice in range(2)] == [303, 422]
    (row,) = office.mandates()
    answers = [office.end(row).headers["Location"].partition("=")[2] for _twice in range(2)]
    assert answers == ["ended", "over"]
    assert len(waiting(office.session, keys)) == 4


def test_a_pause_of_the_carers_does_not_stop_a_guardian(office: Office) -> None:
    office.record()
    assert office.kind() is CareLinkKind.LEGAL_REPRESENTATIVE
    office.link.status = CareLinkStatus.PAUSED
    office.session.add(office.link)
    office.session.commit()
    office.enter(office.relative)
    assert office.reader.get(f"{office.home}agenda").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"status": ""}, "status"),
        ({"status": "roi"}, "status"),
        ({"status": "autorite_parentale", "proof": "livret_de_famille"}, "status"),
        ({"proof": ""}, "proof"),
        ({"proof": "sa parole"}, "proof"),
        ({"proof": "livret_de_famille"}, "proof"),
        ({"issued_by": " "}, "issued_by"),
        ({"reference": "x" * 101}, "reference"),
        ({"issued_on": "hier"}, "issued_on"),
        ({"issued_on": "01/01/2199"}, "issued_on"),
        ({"first_day": "01/01/2199"}, "first_day"),
        ({"first_day": "01/01/0001"}, "first_day"),
        ({"last_day": ""}, "last_day"),
        ({"last_day": "31/12/9999"}, "last_day"),
        ({"last_day": "04/02/2026"}, "last_day"),
        ({"status": "habilitation_generale", "last_day": "05/02/2036"}, "last_day"),
        ({**SCOPED, "scope": ""}, "scope"),
        ({**SCOPED, "scope": "mandates:verify"}, "scope"),
        ({"is_seen": ""}, "is_seen"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_is_recorded(
    office: Office, wrong: dict[str, str], field: str
) -> None:
    sent = {name: value for name, value in (ANSWERS | wrong).items() if value}
    answer = office.reader.post(f"{office.door}/of/{office.link.id}", data=sent)
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert office.mandates() == []
    assert office.kind() is CareLinkKind.CARER


def test_ten_years_to_the_day_are_enough_for_a_family_authorization(office: Office) -> None:
    answer = office.record(status="habilitation_generale", last_day="04/02/2036")
    assert answer.status_code == 303


def test_without_a_date_of_birth_nobody_has_parental_authority(office: Office) -> None:
    office.patient.birth_date = ""
    office.session.add(office.patient)
    office.session.commit()
    answer = office.record(status="autorite_parentale", proof="livret_de_famille", last_day="")
    assert answer.status_code == 422
    assert "La date de naissance manque" in answer.text


def test_a_coordinator_of_another_house_finds_nothing(office: Office, keys: KeyRing) -> None:
    office.record()
    (row,) = office.mandates()
    stranger, _ = factories.make_user(office.session, keys)
    elsewhere = factories.make_organization(office.session, name="Une autre maison")
    factories.make_coordination(office.session, user=stranger, organization_id=elsewhere.id)
    office.session.commit()
    office.enter(stranger)
    assert office.reader.get(office.door).status_code == 404
    assert office.record(status="curateur").status_code == 404
    assert office.end(row).status_code == 404
    assert len(office.mandates()) == 1


@pytest.mark.parametrize("who", ["owner", "relative"])
def test_nobody_of_the_family_verifies(office: Office, who: str) -> None:
    office.enter(getattr(office, who))
    assert office.reader.get(office.door).status_code == 403
    assert office.record().status_code == 403
    assert office.mandates() == []


def test_nobody_verifies_their_own_papers(office: Office) -> None:
    own = factories.make_link(office.session, patient=office.patient, user=office.coordinator)
    office.session.commit()
    door = f"{office.door}/of/{own.id}"
    assert office.reader.get(door).status_code == 404
    assert office.reader.post(door, data=ANSWERS).status_code == 404
    assert door not in office.reader.get(office.door).text


def test_links_and_statuses_of_others_are_none_here(office: Office, keys: KeyRing) -> None:
    other = factories.make_patient(office.session, organization_id=office.house.id)
    user, _ = factories.make_user(office.session, keys)
    theirs = factories.make_link(office.session, patient=other, user=user)
    office.session.commit()
    office.record()
    (row,) = office.mandates()
    wrong = f"/p/{other.id}/mandates/{row.id}/end"
    assert office.reader.get(wrong).status_code == 404
    assert office.reader.post(wrong).status_code == 404
    for link_id in (theirs.id, uuid4()):
        answer = office.reader.post(f"{office.door}/of/{link_id}", data=ANSWERS)
        assert answer.status_code == 404
    assert [one.ends_at for one in office.mandates()] == [row.ends_at]


def test_each_act_asks_for_a_fresh_second_factor(office: Office) -> None:
    for one in office.session.exec(select(UserSession)).all():
        one.stepped_up_at = factories.LONG_AGO
    office.session.commit()
    assert office.reader.get(f"{office.door}/of/{office.link.id}").status_code == 303
    office.record()
    assert office.mandates() == []


def test_the_list_says_what_was_proved_and_by_whom(office: Office) -> None:
    assert "Aucun statut légal" in office.reader.get(office.door).text
    office.record()
    page = office.reader.get(f"{office.door}?done=recorded").text
    for words in ("Le statut est noté.", "Tuteur ou tutrice à la personne", "Claire Morvan"):
        assert words in page
    assert "01234" not in page
    assert f'href="{office.door}"' in office.reader.get(f"{office.home}invitations").text
