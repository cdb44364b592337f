"""Finding an entry: by the beginning of words, in any order, with or without accents."""

import re

import pytest
from flask import Flask

from portal.models.directory import Absence, PractitionerRole
from portal.web import dates
from tests import factories
from tests.directory.house import RPPS, House, house
from tests.statements import counted

__all__ = ["house"]


def found(house: House, query: str) -> list[str]:
    """The titles of the lines, in their order."""
    page = house.get(f"?{query}").replace("\u00a0", " ")
    return re.findall(r'link-row-title">([^<]+)<', page)


@pytest.fixture
def full(house: House) -> House:
    """A doctor with a place, a nurse with none, a pharmacy."""
    practice = house.place(name="Cabinet du Dr Le Goff", kind="cabinet", address="Quimper")
    house.place(name="Pharmacie des Halles", kind="pharmacie", address="Quimper")
    doctor = house.practitioner(prefix="Dr", given_name="Hélène", family_name="Le Goff", rpps=RPPS)
    house.practitioner(given_name="Nadia", family_name="Belkacem", profession="infirmier")
    house.session.add(PractitionerRole(practitioner_id=doctor.id, organization_id=practice.id))
    house.session.commit()
    return house


@pytest.mark.parametrize(
    "text", ["le goff hélène", "GOFF hel", "legoff", "101019", "quimper le", "cab hel"]
)
def test_a_professional_is_found_by_the_beginnings_of_words(full: House, text: str) -> None:
    names = found(full, f"q={text}")
    assert ("Dr Hélène Le Goff" in names) == (text != "legoff")
    assert "Nadia Belkacem" not in names


def test_filters_keep_people_places_professions_and_kinds(full: House) -> None:
    assert found(full, "what=people") == ["Nadia Belkacem", "Dr Hélène Le Goff"]
    assert found(full, "what=places&q=quimper") == ["Cabinet du Dr Le Goff", "Pharmacie des Halles"]
    assert found(full, "profession=infirmier&what=places") == ["Nadia Belkacem"]
    assert found(full, "kind=cabinet") == ["Cabinet du Dr Le Goff", "Dr Hélène Le Goff"]
    assert found(full, "kind=pharmacie&profession=medecin") == []


@pytest.mark.parametrize("query", ["q=%25", "q=_", "q=%27%3B--", "kind=nothing", "after=x&q="])
def test_no_character_is_a_wildcard_and_a_wrong_filter_is_none(full: House, query: str) -> None:
    assert len(found(full, query)) == 5, "all entries"


def test_nobody_found_says_what_to_do_next(full: House) -> None:
    page = full.get("?q=zzz")
    assert "Personne" in page
    assert "/directory/practitioners/new" in page
    nurse = full.practitioner(family_name="Autre")
    full.enter(full.account(nurse))
    page = full.get("?q=zzz")
    assert "/directory/practitioners/new" not in page
    assert "/directory/import" not in page


def test_every_entry_is_on_exactly_one_page_whatever_its_name(house: House) -> None:
    for number in range(95):
        house.practitioner(given_name="Jean", family_name=f"Martin{number % 7}")
    seen, path = [], "/directory"
    for _ in range(5):
        page = house.reader.get(path).text
        seen += re.findall(r'/directory/practitioners/([0-9a-f-]{36})"', page)
        following = re.search(r'href="(/directory\?[^"]*after=[^"]+)"', page)
        if following is None:
            break
        path = following[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 95


def test_a_search_costs_the_same_whatever_it_finds(house: House, app: Flask) -> None:
    counts = []
    for people in (1, 40):
        for _ in range(people):
            doctor = house.practitioner()
            for place in range(3):
                where = house.place(name=f"Cabinet {place}")
                role = PractitionerRole(practitioner_id=doctor.id, organization_id=where.id)
                house.session.add(role)
        house.session.commit()
        with counted(app) as statements:
            house.get("?q=martin")
        counts.append(len(statements))
    assert counts == [2, 2]


def test_an_entry_tells_places_hours_numbers_and_absences_and_no_patient(
    house: House, app: Flask
) -> None:
    doctor, other = house.practitioner(rpps=RPPS), house.practitioner(family_name="Roux")
    where = house.place(name="Cabinet du Port", kind="esp", on_call_phone="02 61 91 01 99")
    patient = house.patient()
    house.member(patient, doctor)
    hours = [
        {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "12:00"},
        {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "14:00", "to": "18:30"},
        {"days": ["sat"], "from": "22:00", "to": "06:00"},
    ]
    role = PractitionerRole(practitioner_id=doctor.id, organization_id=where.id, hours=hours)
    today = dates.local(house.at, "Europe/Paris").date()
    away = Absence(
        practitioner_id=doctor.id, starts_on=today, ends_on=today, replacement_id=other.id
    )
    house.session.add_all([role, away])
    house.session.commit()
    with counted(app) as statements:
        page = house.get(f"/practitioners/{doctor.id}")
    assert len(statements) <= 5
    plain = page.replace("\u00a0", " ")
    assert "Du lundi au vendredi, 9 h–12 h et 14 h–18 h 30" in plain
    assert "Le samedi, 22 h–6 h le lendemain" in plain
    assert RPPS in page
    assert f"/directory/practitioners/{other.id}" in page
    assert "Jeanne" not in page
    with counted(app) as statements:
        page = house.get(f"/organizations/{where.id}")
    assert len(statements) <= 5
    assert "Coordination de proximité" in page
    assert "Anne Martin" in page
    assert "Jeanne" not in page


def test_support_coordination_is_another_thing(house: House) -> None:
    page = house.get(f"/organizations/{house.place(kind='dac').id}")
    assert "Coordination d’appui" in page
    assert "Coordination de proximité" not in page


def test_what_is_not_there_is_not_found(house: House) -> None:
    entry = house.practitioner()
    for path in (f"organizations/{entry.id}", f"practitioners/{house.organization.id}"):
        assert house.reader.get(f"/directory/{path}").status_code == 404


def test_who_is_no_professional_does_not_read_the_directory(house: House) -> None:
    entry = house.practitioner()
    jeanne, _ = factories.make_user(house.session, house.keys)
    house.enter(jeanne)
    for path in ("", f"/practitioners/{entry.id}", f"/organizations/{house.organization.id}"):
        assert house.reader.get(f"/directory{path}").status_code == 403


def test_a_place_in_the_list_that_nobody_was_given_is_no_error(house: House) -> None:
    place = f"after={house.organization.id}&after_key=%00"
    assert "Annuaire" in house.get(f"?q=martin&{place}")
    for what in ("people", "places"):
        assert house.get(f"/duplicates?what={what}&{place}")
