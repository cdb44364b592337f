"""Two entries that may be one: found, compared, kept apart or merged."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from portal.blueprints.directory import candidates
from portal.models.account import Invitation, User
from portal.models.agenda import Appointment
from portal.models.care import CareTeamMember, EndReason
from portal.models.directory import Absence, Organization, Practitioner, PractitionerRole
from portal.models.directory_keeping import DirectoryMerge
from portal.models.interop import FhirResource
from portal.models.need import Need, NeedType
from portal.models.rights import Block
from tests import factories
from tests.directory.house import OTHER_RPPS, RPPS, House, house
from tests.statements import counted

__all__ = ["house"]
_PAIRS = re.compile(r"/directory/duplicates/([0-9a-f-]{36})/([0-9a-f-]{36})")


def pairs(house: House, query: str = "") -> list[set[str]]:
    return [set(found) for found in _PAIRS.findall(house.get(f"/duplicates{query}"))]


@pytest.mark.parametrize(
    ("one", "other", "is_pair"),
    [
        ({"given_name": "Hélène"}, {"given_name": "HELENE"}, True),
        ({"profession": "medecin"}, {"profession": ""}, True),
        ({"profession": "medecin"}, {"profession": "infirmier"}, False),
        ({"given_name": "Anne"}, {"given_name": "Annie"}, False),
        (
            {"given_name": "Anne", "phone": "02 61 91 01 10"},
            {"given_name": "A.", "phone": "+33261910110", "profession": "ipa"},
            True,
        ),
        ({"phone": ""}, {"phone": "", "given_name": "A."}, False),
        ({"rpps": RPPS}, {"rpps": None}, True),
        ({"rpps": RPPS}, {"rpps": OTHER_RPPS}, False),
    ],
)
def test_professionals_that_may_be_the_same(
    house: House, one: dict[str, Any], other: dict[str, Any], is_pair: bool
) -> None:
    first, second = house.practitioner(**one), house.practitioner(**other)
    house.practitioner(family_name="Martinez")
    expected = [{str(first.id), str(second.id)}] if is_pair else []
    assert pairs(house) == expected


@pytest.mark.parametrize(
    ("one", "other", "is_pair"),
    [
        ("2 allée des Tilleuls, 29000 Quimper", "Allée des Tilleuls\n29000 QUIMPER", True),
        ("Quimper", "6 quai du Port, Concarneau", False),
        ("", "6 quai du Port, Concarneau", True),
    ],
)
def test_organizations_of_one_name_and_one_town(
    house: House, one: str, other: str, is_pair: bool
) -> None:
    first = house.place(name="Pharmacie des Halles", address=one)
    second = house.place(name="pharmacie des halles", address=other)
    expected = [{str(first.id), str(second.id)}] if is_pair else []
    assert pairs(house, "?what=places") == expected


def test_two_who_are_two_are_not_shown_again_and_it_is_said_once(house: House) -> None:
    one, other = house.practitioner(), house.practitioner()
    for first, second in ((one, other), (other, one)):
        answer = house.post(f"/duplicates/{first.id}/{second.id}/apart")
        assert answer.status_code == 303
    assert pairs(house) == []
    house.forget()
    assert len(house.session.execute(select(DirectoryMerge)).all()) == 1
    third = house.practitioner()
    assert len(pairs(house)) == 2, "with the third they may be one"
    assert all(str(third.id) in pair for pair in pairs(house))


def test_a_long_directory_is_looked_through_stretch_by_stretch(
    house: House, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "STRETCH", 5)
    for number in range(12):
        for _ in range(2):
            house.practitioner(given_name="Jean", family_name=f"Martin{number:02d}")
    seen, path = [], "/directory/duplicates"
    for _ in range(30):
        with counted(app) as statements:
            page = house.reader.get(path).text
        assert len(statements) <= 3
        seen += _PAIRS.findall(page)
        following = re.search(r'href="(/directory/duplicates\?[^"]*after=[^"]+)"', page)
        if following is None:
            break
        path = following[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 12


def test_a_pair_is_compared_with_numbers_and_without_names_of_patients(house: House) -> None:
    kept, gone = house.practitioner(phone="02 61 91 01 10"), house.practitioner(rpps=RPPS)
    for practitioners in ((kept,), (gone,), (gone,), (kept, gone)):
        patient = house.patient()
        for one in practitioners:
            house.member(patient, one)
    page = house.get(f"/duplicates/{kept.id}/{gone.id}")
    assert RPPS in page
    assert "Jeanne" not in page
    page = house.get(f"/duplicates/{kept.id}/{gone.id}/confirm?keep=first&rpps=second")
    assert "entrera dans 2 cercles de plus" in page.replace("\u00a0", " ")
    assert "Dans 1 cercle, deux places" in page.replace("\u00a0", " ")
    assert "revenir en arrière" in page
    assert "Jeanne" not in page
    answer = house.reader.get(f"/directory/duplicates/{kept.id}/{gone.id}/confirm")
    assert answer.status_code == 422, "which one stays has to be said"


def test_a_merge_takes_the_chosen_values_and_remembers_what_is_gone(house: House) -> None:
    kept = house.practitioner(phone="02 61 91 01 10", prefix="")
    gone = house.practitioner(rpps=RPPS, phone="02 61 91 01 11", prefix="Dr")
    gone_id = gone.id
    answer = house.merge(kept, gone, rpps="second", prefix="second", phone="first")
    assert answer.headers["Location"] == f"/directory/practitioners/{kept.id}?done=merged"
    house.forget()
    row = house.session.get_one(Practitioner, kept.id)
    assert (row.rpps, row.prefix, row.phone) == (RPPS, "Dr", "02 61 91 01 10")
    assert house.session.get(Practitioner, gone_id) is None
    (record,) = house.session.execute(select(DirectoryMerge)).scalars()
    assert (record.kept_id, record.merged_id) == (kept.id, gone_id)
    assert record.merged["phone"] == "02 61 91 01 11"
    assert record.actor_id == house.coordinator.id
    assert "Dr Anne Martin" in house.get("?q=martin")


def test_a_second_tap_finds_the_pair_no_more(house: House) -> None:
    kept, gone = house.practitioner(), house.practitioner()
    version = house.version(kept.id, gone.id)
    assert house.merge(kept, gone, version=version).status_code == 303
    path = f"/directory/duplicates/{kept.id}/{gone.id}/confirm"
    assert house.reader.post(path, data={"keep": "first", "version": version}).status_code == 404


def test_a_pair_that_changed_meanwhile_is_shown_again(house: House) -> None:
    kept, gone = house.practitioner(), house.practitioner()
    version = house.version(kept.id, gone.id)
    house.session.get_one(Practitioner, gone.id).phone = "02 61 91 01 99"
    house.session.commit()
    answer = house.merge(kept, gone, version=version, phone="second")
    assert answer.status_code == 409
    assert "02 61 91 01 99" in answer.text.replace("\u00a0", " ")
    house.forget()
    assert house.session.get(Practitioner, gone.id) is not None


def test_everything_that_named_the_one_names_the_other(house: House) -> None:
    kept, gone, third = (
        house.practitioner(),
        house.practitioner(),
        house.practitioner(family_name="Roux"),
    )
    patient, today = house.patient(), house.at.date()
    account = house.account(gone)
    member = house.member(patient, gone)
    place, away = house.place(name="Cabinet"), {"starts_on": today, "ends_on": today}
    ends = house.at + timedelta(days=3)
    rows: list[Any] = [
        PractitionerRole(practitioner_id=gone.id, organization_id=place.id, hours=[]),
        Absence(practitioner_id=gone.id, **away),
        Absence(practitioner_id=third.id, replacement_id=gone.id, **away),
        Absence(practitioner_id=kept.id, replacement_id=gone.id, **away),
        Appointment(patient_id=patient.id, title="Visite", practitioner_id=gone.id),
        Invitation(
            token_hash=b"1",
            kind="professional",
            practitioner_id=gone.id,
            created_at=house.at,
            ends_at=ends,
        ),
        FhirResource(
            resource_type="Practitioner",
            source_key="Practitioner/2",
            row_id=gone.id,
            content="{}",
            content_hash=b"",
            imported_at=house.at,
        ),
    ]
    house.session.add_all(rows)
    house.session.commit()
    assert house.merge(kept, gone).status_code == 303
    house.forget()
    assert house.session.get_one(User, account.id).practitioner_id == kept.id
    holder = house.session.get_one(CareTeamMember, (patient.id, member.id))
    assert holder.practitioner_id == kept.id
    assert rows[0].practitioner_id == rows[1].practitioner_id == kept.id
    assert (rows[2].replacement_id, rows[3].replacement_id) == (kept.id, None)
    assert rows[4].practitioner_id == rows[5].practitioner_id == rows[6].row_id == kept.id


def test_two_places_in_one_circle_become_one_and_its_needs_go_with_it(house: House) -> None:
    kept, gone = house.practitioner(), house.practitioner()
    patient = house.patient()
    stays = house.member(patient, kept)
    leaves = house.member(patient, gone, functions=["medecin_traitant"], contact_for="Ordonnances")
    need = Need(patient_id=patient.id, code="dressing", owner_id=leaves.id, deputy_id=stays.id)
    house.session.add(need)
    house.session.commit()
    assert house.merge(kept, gone).status_code == 303
    house.forget()
    assert (stays.functions, stays.contact_for) == (["medecin_traitant"], "Ordonnances")
    assert stays.period_end is None
    assert (leaves.end_reason, leaves.successor_id) == (EndReason.MERGED, stays.id)
    assert leaves.period_end is not None
    assert (need.owner_id, need.deputy_id, need.version) == (stays.id, None, 2)


def test_one_place_of_work_that_both_had_is_one(house: House) -> None:
    kept, gone = house.practitioner(), house.practitioner()
    where = house.place(name="Cabinet")
    one = PractitionerRole(practitioner_id=kept.id, organization_id=where.id)
    other = PractitionerRole(
        practitioner_id=gone.id, organization_id=where.id, phone="02 61 91 01 12"
    )
    house.session.add_all([one, other])
    house.session.commit()
    member = house.member(house.patient(), gone, practitioner_role_id=other.id)
    assert house.merge(kept, gone).status_code == 303
    house.forget()
    (role,) = house.session.execute(select(PractitionerRole)).scalars()
    assert (role.id, role.phone) == (one.id, "02 61 91 01 12")
    assert member.practitioner_role_id == one.id


def test_a_block_stays_whatever_entry_it_was_on(house: House) -> None:
    kept, gone = house.practitioner(), house.practitioner()
    patient = house.patient()
    account = house.account(kept)
    house.member(patient, kept)
    house.session.add(
        Block(
            patient_id=patient.id,
            practitioner_id=gone.id,
            starts_at=house.at,
            created_by=house.coordinator.id,
        )
    )
    house.session.commit()
    assert house.merge(kept, gone).status_code == 303
    house.enter(account)
    assert house.reader.get(f"/p/{patient.id}/agenda").status_code == 404


def test_organizations_become_one_with_their_own_words_for_needs(house: House) -> None:
    kept = house.place(name="Pharmacie", address="Quimper", finess="290000017")
    gone = house.place(name="Pharmacie", address="Quimper", finess=None)
    gone_id = gone.id
    types = [
        NeedType(organization_id=one.id, label="Semainier", retired_at=end)
        for one, end in ((kept, house.at), (gone, None))
    ]
    house.session.add_all(types)
    house.session.commit()
    patient, other = house.patient(), house.patient()
    need = Need(patient_id=patient.id, need_type_id=types[1].id)
    places = [
        factories.make_member(house.session, patient=one, organization_id=where.id)
        for one, where in ((patient, kept), (patient, gone), (other, gone))
    ]
    house.session.add(need)
    house.session.commit()
    assert house.merge(kept, gone).status_code == 303
    house.forget()
    assert house.session.get(Organization, gone_id) is None
    (left,) = house.session.execute(select(NeedType)).scalars()
    assert (left.id, left.retired_at, need.need_type_id) == (types[0].id, None, types[0].id)
    assert [one.organization_id for one in places] == [kept.id] * 3
    assert [one.end_reason for one in places] == ["", EndReason.MERGED, ""]


def test_two_entries_cost_five_statements_whatever_they_have(house: House, app: Flask) -> None:
    kept, gone = house.practitioner(), house.practitioner()
    house.account(kept)
    for _ in range(8):
        house.member(house.patient(), gone)
    one, other = (house.place(name="Pharmacie", address="Quimper") for _ in range(2))
    for first, second in ((kept, gone), (one, other)):
        for page in ("", "/confirm?keep=first"):
            house.forget()
            with counted(app) as statements:
                house.get(f"/duplicates/{first.id}/{second.id}{page}")
            assert len(statements) <= 5, statements
