"""A coordinator keeps the entries of the directory right."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import select

from portal.models.directory import Organization, Practitioner, PractitionerRole
from tests import factories
from tests.directory.house import OTHER_RPPS, PERSON, PLACE, RPPS, House, house
from tests.statements import counted

__all__ = ["house"]
LINE = {"hours-0-days": ["mon", "tue"], "hours-0-from": "09:00", "hours-0-to": "12:30"}


def entry_of(location: str) -> UUID:
    return UUID(re.search(r"/([0-9a-f-]{36})", location)[1])  # type: ignore[index]  # or it fails


def versions(page: str) -> str:
    return re.search(r'name="version" value="([0-9a-f]*)"', page)[1]  # type: ignore[index]  # same


def test_a_professional_is_added_and_found(house: House) -> None:
    answer = house.post("/practitioners/new", **PERSON, version="")
    assert answer.status_code == 303
    added = house.session.get_one(Practitioner, entry_of(answer.headers["Location"]))
    assert (added.phone, added.profession, added.rpps) == ("02 61 91 01 77", "medecin", None)
    assert added.gender == "female"
    assert "Dr Anne Martin" in house.get("?q=martin")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("family_name", ""),
        ("family_name", "x" * 101),
        ("rpps", "10101985270"),
        ("rpps", "123"),
        ("phone", "trois"),
        ("email", "nobody"),
        ("profession", "astrologue"),
        ("gender", "x"),
    ],
)
def test_a_mistake_is_said_and_nothing_typed_is_lost(house: House, field: str, value: str) -> None:
    answer = house.post("/practitioners/new", **(PERSON | {field: value}))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert 'value="Anne"' in answer.text
    assert not house.session.execute(select(Practitioner)).all()


def test_a_taken_number_leads_to_the_entry_that_has_it(house: House) -> None:
    other = house.practitioner(rpps=RPPS)
    spaced = f"{RPPS[:2]} {RPPS[2:]}"
    answer = house.post("/practitioners/new", **(PERSON | {"rpps": spaced}))
    assert answer.status_code == 422
    assert f"/directory/practitioners/{other.id}" in answer.text
    mine = house.practitioner(rpps=OTHER_RPPS)
    version = versions(house.get(f"/practitioners/{mine.id}/edit"))
    changed = PERSON | {"rpps": RPPS, "version": version}
    answer = house.post(f"/practitioners/{mine.id}/edit", **changed)
    assert answer.status_code == 422
    assert f"/directory/practitioners/{other.id}" in answer.text
    house.forget()
    assert house.session.get_one(Practitioner, mine.id).rpps == OTHER_RPPS


def test_two_coordinators_at_once_see_each_other_and_lose_nothing(house: House) -> None:
    row = house.practitioner(phone="02 61 91 01 10")
    path = f"/practitioners/{row.id}/edit"
    version = versions(house.get(path))
    assert (
        house.post(path, **(PERSON | {"phone": "0261910111", "version": version})).status_code
        == 303
    )
    late = house.post(path, **(PERSON | {"phone": "0261910122", "version": version}))
    assert late.status_code == 409
    assert "02 61 91 01 11" in late.text.replace("\u00a0", " ")
    assert 'value="0261910122"' in late.text, "what was typed stays"
    again = house.post(path, **(PERSON | {"phone": "0261910122", "version": versions(late.text)}))
    assert again.status_code == 303
    house.forget()
    assert house.session.get_one(Practitioner, row.id).phone == "02 61 91 01 22"


def test_a_second_tap_changes_nothing_and_is_no_conflict(house: House) -> None:
    row = house.practitioner()
    path = f"/practitioners/{row.id}/edit"
    form = PERSON | {"version": versions(house.get(path))}
    assert house.post(path, **form).headers["Location"].endswith("done=changed")
    assert house.post(path, **form).headers["Location"].endswith("done=same")


def test_the_address_for_invitations_is_not_changed_where_it_opens_circles_of_others(
    house: House,
) -> None:
    """Otherwise a coordinator could send themself the invitation of any professional."""
    row = house.practitioner(email="anne@example.org")
    house.member(house.patient(kept=False), row)
    path = f"/practitioners/{row.id}/edit"
    page = house.get(path)
    assert 'name="email"' not in page
    stolen = PERSON | {"email": "thief@example.org", "version": versions(page)}
    assert house.post(path, **stolen).status_code == 303
    house.forget()
    kept = house.session.get_one(Practitioner, row.id)
    assert (kept.email, kept.phone) == ("anne@example.org", "02 61 91 01 77")


def test_a_place_has_hours_that_may_end_on_the_next_day(house: House) -> None:
    row = house.practitioner()
    night = {"hours-1-days": ["fri"], "hours-1-from": "22h", "hours-1-to": "6:30"}
    form = LINE | night | {"phone": "0261910180", "time_zone": "Indian/Reunion"}
    path = f"/practitioners/{row.id}/places/at/{house.organization.id}"
    house.get(f"/practitioners/{row.id}/places/at/{house.organization.id}")
    assert house.post(path, **form).status_code == 303
    house.forget()
    (role,) = house.session.execute(select(PractitionerRole)).scalars()
    assert role.organization_id == house.organization.id
    assert role.hours == [
        {"days": ["mon", "tue"], "from": "09:00", "to": "12:30"},
        {"days": ["fri"], "from": "22:00", "to": "06:30"},
    ]
    assert role.time_zone == "Indian/Reunion"
    edit = house.get(f"/practitioners/{row.id}/places/{role.id}/edit")
    assert 'value="22:00"' in edit


@pytest.mark.parametrize(
    "line",
    [
        {"hours-2-from": "09:00", "hours-2-to": "12:00"},
        {"hours-2-days": ["mon"], "hours-2-to": "12:00"},
        {"hours-2-days": ["mon"], "hours-2-from": "09:00", "hours-2-to": "noon"},
        {"hours-2-days": ["mon"], "hours-2-from": "25:00", "hours-2-to": "12:00"},
        {"hours-2-days": ["mon"], "hours-2-from": "09:00", "hours-2-to": "09:00"},
    ],
)
def test_a_wrong_line_of_hours_says_which_one(house: House, line: dict[str, Any]) -> None:
    row = house.practitioner()
    form = LINE | line | {"time_zone": "Europe/Paris"}
    answer = house.post(f"/practitioners/{row.id}/places/alone", **form)
    assert answer.status_code == 422
    assert 'href="#hours-1"' in answer.text, "the second line that is not empty"
    assert 'id="hours-1"' in answer.text
    assert 'value="12:30"' in answer.text
    assert not house.session.execute(select(PractitionerRole)).all()


def test_a_place_of_somebody_else_is_not_found(house: House) -> None:
    one, other = house.practitioner(), house.practitioner()
    role = PractitionerRole(practitioner_id=other.id)
    house.session.add(role)
    house.session.commit()
    path = f"/directory/practitioners/{one.id}/places/{role.id}/edit"
    assert house.reader.get(path).status_code == 404
    assert house.reader.post(path, data=LINE).status_code == 404


def test_the_place_is_found_before_it_is_written(house: House) -> None:
    row = house.practitioner()
    page = house.get(f"/practitioners/{row.id}/places/choose?q=tilleuls")
    assert f"/places/at/{house.organization.id}" in page
    assert "/places/alone" in page
    assert "Aucune structure" in house.get(f"/practitioners/{row.id}/places/choose?q=zzz")


def test_an_organization_is_added_with_everything_patients_call_by(house: House) -> None:
    form = PLACE | LINE | {"on_call_phone": "0261910199", "has_116117": "on", "kind": "msp"}
    form |= {"finess": "29 000 00 17", "holiday_region": "alsace_moselle"}
    answer = house.post("/organizations/new", **(form | {"finess": "290000017"}))
    assert answer.status_code == 303
    row = house.session.get_one(Organization, entry_of(answer.headers["Location"]))
    assert (row.kind, row.phone, row.finess) == ("msp", "02 61 91 01 78", "290000017")
    assert (row.on_call_phone, row.has_116117) == ("02 61 91 01 99", True)
    assert (row.holiday_region, len(row.hours)) == ("alsace_moselle", 1)


def test_who_coordinates_elsewhere_changes_no_number_that_patients_call(house: House) -> None:
    house.organization.on_call_phone = "02 61 91 01 99"
    elsewhere = house.place(name="Ailleurs")
    stranger = house.account()
    factories.make_coordination(house.session, user=stranger, organization_id=elsewhere.id)
    house.session.commit()
    house.enter(stranger)
    path = f"/organizations/{house.organization.id}/edit"
    page = house.get(path)
    assert 'name="on_call_phone"' not in page
    assert "02 61 91 01 99" in page.replace("\u00a0", " ")
    form = PLACE | LINE | {"on_call_phone": "0600000000", "has_116117": "on"}
    assert house.post(path, **form, version=versions(page)).status_code == 303
    house.forget()
    row = house.session.get_one(Organization, house.organization.id)
    assert (row.name, row.on_call_phone) == ("Cabinet du Port", "02 61 91 01 99")
    assert (row.has_116117, row.hours) == (False, [])
    house.enter(house.coordinator)
    page = house.get(path)
    assert house.post(path, **form, version=versions(page)).status_code == 303
    house.forget()
    assert house.session.get_one(Organization, row.id).on_call_phone == "06 00 00 00 00"


def test_only_coordinators_write_and_only_after_a_fresh_code(house: House) -> None:
    row = house.practitioner()
    house.enter(house.account(row))
    for path in ("/practitioners/new", f"/practitioners/{row.id}/edit", "/organizations/new"):
        assert house.reader.get(f"/directory{path}").status_code == 403
        assert house.post(path, **PERSON).status_code == 403
    house.enter(house.coordinator)
    house.let_confirmation_lapse()
    answer = house.post(f"/practitioners/{row.id}/edit", **PERSON)
    assert answer.status_code == 403
    assert "Médecin généraliste" in answer.text, "what was typed waits for the code"


def test_a_form_costs_five_statements_at_most(house: House, app: Flask) -> None:
    row = house.practitioner()
    role = PractitionerRole(practitioner_id=row.id, organization_id=house.organization.id)
    house.session.add(role)
    house.forget()
    paths = [f"/practitioners/{row.id}/{part}" for part in ("edit", f"places/{role.id}/edit")]
    for path in (*paths, f"/organizations/{house.organization.id}/edit"):
        with counted(app) as statements:
            house.get(path)
        assert len(statements) <= 5, (path, statements)
