"""A merge opens no file to anybody whom the patient, or the rules, kept out of it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import UniqueConstraint
from sqlmodel import select
from werkzeug.test import TestResponse

from portal.blueprints.directory.references import references_to
from portal.models import metadata
from portal.models.care import Patient
from portal.models.consent import ConsentDecision
from portal.models.directory import Organization, Practitioner, PractitionerRole
from portal.models.need import NeedType
from tests import factories
from tests.directory.house import RPPS, House, house

__all__ = ["house"]
SEEN_TO = {
    "uq_user_account_practitioner_id",  # two accounts are refused
    "coordination",  # `merge_coordinations`, key and constraint
    "education_member",  # `merge_education_members`
    "uq_need_type_organization_id_label",  # `merge_need_types`
}


def opens(house: House, patient: Patient) -> bool:
    return house.reader.get(f"/p/{patient.id}/agenda").status_code == 200


def refused(house: House, answer: TestResponse, *rows: Any) -> None:
    """Nothing was merged, and the page says why."""
    assert answer.status_code == 422
    assert "Vous ne pouvez pas réunir" in answer.text
    house.forget()
    assert all(house.session.get(type(row), row.id) is not None for row in rows)


def answer(
    house: House, patient: Patient, practitioner: Practitioner, status: str, days: int
) -> None:
    house.session.add(
        ConsentDecision(
            patient_id=patient.id,
            purpose="outside_care_team",
            practitioner_id=practitioner.id,
            status=status,
            text_version=1,
            text_locale="fr",
            text_hash="0" * 64,
            actor_id=house.coordinator.id,
            capacity="coordinator",
            channel="paper",
            decided_at=house.at - timedelta(days=days),
        )
    )
    house.session.commit()


def test_the_tables_name_no_entry_that_a_merge_forgets() -> None:
    """A key that would be there twice has to be joined by hand before the references move."""
    for model in (Practitioner, Organization, PractitionerRole, NeedType):
        for column in references_to(model):
            keys = [set(column.table.primary_key.columns)]
            rules = [
                one
                for one in column.table.constraints
                if isinstance(one, UniqueConstraint) and column in set(one.columns)
            ]
            names = {str(one.name) for one in rules}
            names |= {column.table.name} if column in keys[0] else set()
            names |= {
                str(one.name)
                for one in column.table.indexes
                if one.unique and column in set(one.columns)
            }
            names = {"coordination" if "coordination" in name else name for name in names}
            assert names <= SEEN_TO, f"{column}: {names - SEEN_TO} are not seen to by a merge"
    named = {f"{one.table.name}.{one.name}" for one in references_to(Practitioner)}
    assert {"block.practitioner_id", "absence.replacement_id"} <= named
    assert len(metadata.tables) > 20, "all tables were looked at"


@pytest.mark.parametrize("is_kept_outside", [True, False])
def test_who_waits_for_a_yes_under_one_entry_waits_for_it_under_both(
    house: House, is_kept_outside: bool
) -> None:
    kept, gone = house.practitioner(), house.practitioner()
    account, patient = house.account(kept), house.patient()
    house.member(patient, kept, is_outside_care_team=is_kept_outside)
    house.member(patient, gone, is_outside_care_team=not is_kept_outside)
    assert house.merge(kept, gone).status_code == 303
    house.enter(account)
    assert not opens(house, patient)
    answer(house, patient, kept, "given", 0)
    assert opens(house, patient), "the newest decision decides"


@pytest.mark.parametrize(("newest", "is_open"), [("withdrawn", False), ("given", True)])
def test_the_newest_answer_about_either_decides(house: House, newest: str, is_open: bool) -> None:
    kept, gone = house.practitioner(), house.practitioner()
    account, patient = house.account(kept), house.patient()
    house.member(patient, kept, is_outside_care_team=True)
    older = "given" if newest == "withdrawn" else "refused"
    answer(house, patient, kept, older, 5)
    answer(house, patient, gone, newest, 1)
    assert house.merge(kept, gone).status_code == 303
    house.enter(account)
    assert opens(house, patient) == is_open


def test_a_no_to_one_entry_closes_the_place_of_the_other(house: House) -> None:
    """A place inside the team asks for no consent: the merge would go round the refusal."""
    kept, gone = house.practitioner(), house.practitioner()
    account, patient = house.account(kept), house.patient()
    answer(house, patient, kept, "refused", 5)
    house.member(patient, gone)
    assert house.merge(kept, gone).status_code == 303
    house.enter(account)
    assert not opens(house, patient)


@pytest.mark.parametrize(
    ("kept_sees", "gone_sees"), [("agenda", ""), ("", "agenda"), ("agenda", "care_team")]
)
def test_a_narrow_place_does_not_become_a_wide_one(
    house: House, kept_sees: str, gone_sees: str
) -> None:
    kept, gone = house.practitioner(), house.practitioner()
    account, patient = house.account(kept), house.patient()
    house.member(patient, kept, sees=kept_sees)
    house.member(patient, gone, sees=gone_sees)
    assert house.merge(kept, gone).status_code == 303
    house.enter(account)
    assert house.reader.get(f"/p/{patient.id}/agenda").status_code == 200
    assert house.reader.get(f"/p/{patient.id}/care-team").status_code == 403


def test_nobody_merges_their_own_entry(house: House) -> None:
    own, other = house.practitioner(), house.practitioner()
    me = house.account(own)
    factories.make_coordination(house.session, user=me, organization_id=house.organization.id)
    house.session.commit()
    house.enter(me)
    refused(house, house.merge(own, other), own, other)
    refused(house, house.merge(other, own), own, other)


def test_two_accounts_stay_two(house: House) -> None:
    one, other = house.practitioner(), house.practitioner()
    house.account(one)
    house.account(other)
    refused(house, house.merge(one, other), one, other)


def test_an_account_gains_no_circle_that_the_coordinator_does_not_keep(house: House) -> None:
    mine, known = house.practitioner(), house.practitioner()
    account, patient = house.account(mine), house.patient(kept=False)
    house.member(patient, known)
    refused(house, house.merge(mine, known), mine, known)
    refused(house, house.merge(known, mine), mine, known)
    house.enter(account)
    assert not opens(house, patient)


def test_an_address_is_not_brought_to_circles_of_others(house: House) -> None:
    """Nobody signs in yet: whoever is invited to that address would open them all."""
    planted, known = house.practitioner(email="thief@example.org"), house.practitioner()
    house.member(house.patient(kept=False), known)
    assert house.merge(planted, known, email="first").status_code == 303
    house.forget()
    assert house.session.get_one(Practitioner, planted.id).email == ""


def test_entries_that_are_not_alike_are_not_merged_whatever_is_sent(house: House) -> None:
    one, other = house.practitioner(), house.practitioner(family_name="Roux")
    refused(house, house.merge(one, other), one, other)
    one, other = house.practitioner(rpps=RPPS), house.practitioner(rpps="10100000016")
    refused(house, house.merge(one, other), one, other)
    path = f"/directory/duplicates/{one.id}/{one.id}/confirm"
    assert house.reader.post(path, data={"keep": "first"}).status_code == 404
    path = f"/directory/duplicates/{one.id}/{house.organization.id}/confirm"
    assert house.reader.post(path, data={"keep": "first"}).status_code == 404


def test_coordinators_gain_no_patients_by_a_merge_of_organizations(house: House) -> None:
    house.patient()
    mine = house.organization
    with_patients = house.place(name=mine.name)
    factories.make_patient(house.session, organization_id=with_patients.id)
    with_coordinators, stranger = house.place(name=mine.name), house.account()
    factories.make_coordination(house.session, user=stranger, organization_id=with_coordinators.id)
    house.session.commit()
    for other in (with_patients, with_coordinators):
        refused(house, house.merge(mine, other), mine, other)
        refused(house, house.merge(other, mine), mine, other)
    empty = house.place(name=mine.name)
    assert house.merge(mine, empty).status_code == 303


def test_the_numbers_that_patients_call_are_not_replaced_by_a_merge(house: House) -> None:
    """Of an organization that has coordinators of its own, by those of another."""
    theirs, stranger = house.place(name="Ailleurs", on_call_phone="02 61 91 01 99"), house.account()
    factories.make_coordination(house.session, user=stranger, organization_id=theirs.id)
    planted = house.place(name="Ailleurs", on_call_phone="06 00 00 00 00")
    refused(house, house.merge(theirs, planted, on_call_phone="second"), theirs, planted)
    refused(house, house.merge(planted, theirs), planted, theirs)


def test_only_coordinators_merge_and_only_after_a_fresh_code(house: House) -> None:
    one, other = house.practitioner(), house.practitioner()
    house.enter(house.account(house.practitioner(family_name="Roux")))
    path = f"/directory/duplicates/{one.id}/{other.id}"
    assert house.reader.get(path).status_code == 403
    assert house.reader.post(f"{path}/apart").status_code == 403
    assert house.merge(one, other).status_code == 403
    house.enter(house.coordinator)
    house.let_confirmation_lapse()
    assert house.reader.get(f"{path}/confirm?keep=first").status_code == 303, "asked for a code"
    assert house.merge(one, other).status_code == 403
    house.forget()
    assert len(house.session.execute(select(Practitioner.id)).all()) == 3
