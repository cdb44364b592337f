"""Adding somebody: from the directory, by number, an organization, a listed relative."""

import pytest

from portal.models.directory import Practitioner
from portal.models.numbers import passes_luhn
from tests import factories
from tests.circle.office import RPPS, Office


def _who(office: Office, name: str) -> str:
    return f"practitioner:{office.staff[name].id}"


@pytest.fixture(autouse=True)
def _coordinator(office: Office) -> None:
    office.enter("claire")


def test_the_directory_is_searched_by_words_without_accents(office: Office) -> None:
    page = office.get("/add?q=LUCIÉ").text
    assert "Lucie Belkacem" in page
    assert f"who=practitioner:{office.staff['lucie'].id}" in page
    assert "Anne Belkacem" not in page


def test_who_is_in_the_circle_already_is_changed_not_added(office: Office) -> None:
    page = office.get("/add?q=nadia").text
    assert f"{office.door}/{office.places['nadia'].id}" in page
    assert "add/place?who" not in page.partition("Paul")[0]


def test_a_professional_is_found_by_number(office: Office) -> None:
    assert passes_luhn(RPPS)
    page = office.get(f"/add?q={RPPS[:2]}+{RPPS[2:]}").text
    assert "Anne Belkacem" in page


def test_a_number_with_a_wrong_key_is_said_to_be_wrong(office: Office) -> None:
    assert "Ce numéro RPPS n’est pas juste" in office.get("/add?q=10003456780").text


def test_an_unknown_number_offers_the_directory(office: Office) -> None:
    unknown = next(n for n in map(str, range(10_100_000_000, 10_100_000_020)) if passes_luhn(n))
    page = office.get(f"/add?q={unknown}").text
    assert "/directory/practitioners/new" in page


def test_somebody_of_the_house_is_proposed_inside_and_others_outside(office: Office) -> None:
    page = office.get(f"/add/place?who={_who(office, 'anne')}").text
    assert 'value="inside" checked' in page
    page = office.get(f"/add/place?who={_who(office, 'lucie')}").text
    assert 'value="outside" checked' in page


def test_an_inside_member_opens_the_file_and_jeanne_is_told(office: Office) -> None:
    page = office.follow(office.add(_who(office, "lucie"), sees="agenda"))
    assert "Lucie Belkacem" in page
    member = office.members()[-1]
    assert (member.contact_for, member.sees) == ("Les pansements", "agenda")
    assert member.period_end == office.end(180)
    assert not member.is_outside_care_team
    assert office.letters() == [("circle_changed", "jeanne")]


def test_an_outside_member_waits_and_jeanne_is_asked(office: Office) -> None:
    page = office.follow(office.add(_who(office, "lucie"), is_in_care_team="outside"))
    assert "Jeanne n’a pas encore dit oui" in page
    assert office.members()[-1].is_outside_care_team
    assert office.letters() == [("consent_asked", "jeanne")]


def test_a_second_tap_adds_nothing_and_tells_nobody(office: Office) -> None:
    answers = office.answers(_who(office, "lucie"))
    for _ in range(2):
        assert office.post("/add/place", **answers).status_code == 303
    assert len(office.members()) == 3
    assert office.letters() == [("circle_changed", "jeanne")]


def test_nobody_has_two_places(office: Office) -> None:
    answer = office.add(_who(office, "nadia"))
    assert answer.status_code == 422
    assert f"{office.door}/{office.places['nadia'].id}" in answer.text
    assert len(office.members()) == 2


def test_who_left_can_come_back(office: Office) -> None:
    office.finish("nadia")
    assert office.add(_who(office, "nadia")).status_code == 303
    assert len(office.members()) == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact_for", ""),
        ("contact_for", "x" * 301),
        ("sees", "messages"),
        ("is_in_care_team", "elsewhere"),
        ("until", ""),
        ("until", "bientôt"),
        ("until", "01/01/2020"),
        ("until", "01/01/2190"),
        ("functions", "personne_de_confiance"),
        ("functions", "medecin_traitant"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(office: Office, field: str, value: str) -> None:
    answer = office.add(_who(office, "lucie"), **{field: value})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert len(office.members()) == 2
    if field != "contact_for":
        assert "Les pansements" in answer.text


def test_only_the_regular_doctor_stays_without_an_end(office: Office) -> None:
    answer = office.add(_who(office, "anne"), functions="medecin_traitant", until="")
    assert answer.status_code == 303
    assert office.members()[-1].period_end is None


def test_a_second_regular_doctor_follows_the_first_or_is_refused(office: Office) -> None:
    office.put("julie", functions=["medecin_traitant", "referent"])
    answer = office.add(_who(office, "anne"), functions="medecin_traitant")
    assert answer.status_code == 422
    assert 'href="#replaces_doctor"' in answer.text
    assert office.stored("julie").functions == ["medecin_traitant", "referent"]
    answer = office.add(_who(office, "anne"), functions="medecin_traitant", replaces_doctor="y")
    assert answer.status_code == 303
    assert office.stored("julie").functions == ["referent"]
    assert office.stored("julie").period_end is None
    assert office.members()[-1].functions == ["medecin_traitant"]


def test_a_pharmacy_is_added_without_an_end(office: Office) -> None:
    page = office.get("/add?q=pharmacie").text
    assert "Pharmacie du Port" in page
    office.follow(office.add(f"organization:{office.pharmacy.id}", until="", sees="agenda"))
    member = office.members()[-1]
    assert member.organization_id == office.pharmacy.id
    assert (member.sees, member.period_end, member.is_outside_care_team) == ("", None, False)
    assert office.add(f"organization:{office.pharmacy.id}", until="").status_code == 422


def test_a_listed_relative_is_proposed_and_added(office: Office) -> None:
    assert "Paul Morel" in office.get("/add").text
    office.follow(office.add(f"relative:{office.son.id}", until="", functions="aidant_principal"))
    assert office.members()[-1].related_person_id == office.son.id
    assert "Paul Morel" not in office.get("/add").text


def test_a_relative_of_somebody_else_is_not_there(office: Office) -> None:
    other = factories.make_patient(office.session, family_name="Kermeur")
    stranger = factories.make_relative(office.session, patient=other, given_name="Zoé")
    office.session.commit()
    assert office.get(f"/add/place?who=relative:{stranger.id}").status_code == 404
    assert office.add(f"relative:{stranger.id}", until="").status_code == 404
    assert "Zoé" not in office.get("/add").text


@pytest.mark.parametrize("who", ["x", "practitioner:", "patient:x", "relative:123"])
def test_nobody_is_not_there(office: Office, who: str) -> None:
    assert office.get(f"/add/place?who={who}").status_code == 404
    assert office.add(who).status_code == 404


@pytest.mark.parametrize("name", ["jeanne", "paul", "nadia"])
def test_only_who_keeps_the_circle_adds_to_it(office: Office, name: str) -> None:
    office.enter(name)
    assert office.get().status_code == 403
    assert office.get("/add").status_code == 403
    assert office.add(_who(office, "lucie")).status_code == 403
    assert len(office.members()) == 2


def test_the_coordinator_of_another_house_finds_nothing(office: Office) -> None:
    other = factories.make_organization(office.session, name="Maison du Port")
    office.patient.organization_id = other.id
    office.session.add(office.patient)
    office.session.commit()
    assert office.get().status_code == 404
    assert office.add(_who(office, "lucie")).status_code == 404


def test_a_professional_typed_with_wildcards_finds_nobody(office: Office) -> None:
    assert "Belkacem" not in office.get("/add?q=%25%25").text
    assert office.session.get(Practitioner, office.staff["anne"].id) is not None
