"""What becomes of a line: taken, taken without a cell, or refused; nobody is overwritten."""

from typing import Any

import pytest
from sqlmodel import Session, select

from portal.clock import now
from portal.db import Database
from portal.imports import files, numbers
from portal.models.directory import Organization, Practitioner, PractitionerRole
from portal.models.directory_keeping import DirectoryImport
from portal.models.search import key_of
from tests import factories
from tests.directory_import import lists
from tests.directory_import.lists import line, person, rpps, table

HERE = {"structure": "Cabinet du Port", "ville": "Brest", "code_postal": "29200"}


class Directory:
    """Lists go in, rows come out."""

    def __init__(self, database: Database, session: Session) -> None:
        self.database, self.session = database, session

    def take(self, *rows: str) -> DirectoryImport:
        return self.take_file(table(*rows))

    def take_file(self, content: bytes) -> DirectoryImport:
        kept = lists.keep(self.session, content)
        lists.work_through(self.database)
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(DirectoryImport, kept.id)

    def problems(self, kept: DirectoryImport) -> list[tuple[Any, ...]]:
        return lists.result(self.session, kept).problems

    def all(self, table: type[Any]) -> list[Any]:
        self.session.rollback()
        self.session.expire_all()
        return list(self.session.exec(select(table)).all())


@pytest.fixture
def directory(database: Database, session: Session) -> Directory:
    return Directory(database, session)


def _counts(kept: DirectoryImport) -> tuple[int, int, int, int]:
    return kept.added, kept.changed, kept.unchanged, kept.refused


def test_a_professional_at_a_place_is_three_rows_that_can_be_found(directory: Directory) -> None:
    kept = directory.take(lists.NADIA)
    assert _counts(kept) == (1, 0, 0, 0)
    (nadia,), (place,), (role,) = map(directory.all, (Practitioner, Organization, PractitionerRole))
    assert (nadia.rpps, nadia.profession, nadia.gender) == ("10100000016", "infirmier", "female")
    assert (place.name, place.kind) == ("Cabinet des Tilleuls", "cabinet")
    assert place.address == "3 rue des Tilleuls, 29000 Quimper"
    assert (role.practitioner_id, role.organization_id) == (nadia.id, place.id)
    assert (role.phone, role.email) == ("06 39 98 12 07", "nadia@example.org")
    assert nadia.search_key == key_of(nadia) != ""
    assert place.search_key == key_of(place) != ""


def test_the_same_list_again_changes_nothing(directory: Directory) -> None:
    rows = (lists.NADIA, lists.HOUSE, person(**HERE), person(prénom="Zoé"))
    assert _counts(directory.take(*rows)) == (4, 0, 0, 0)
    assert _counts(directory.take(*rows)) == (0, 0, 4, 0)
    assert len(directory.all(Practitioner)) == 3
    assert len(directory.all(PractitionerRole)) == 2


def test_an_empty_cell_erases_nothing(directory: Directory) -> None:
    directory.take(lists.NADIA, lists.HOUSE)
    kept = directory.take(
        person(
            rpps="10100000016", profession="", structure="Cabinet des Tilleuls", ville="Quimper"
        ),
        line(type="structure", structure="Maison de santé des Tilleuls", finess="290000017"),
    )
    assert _counts(kept) == (0, 0, 2, 0)
    (nadia,) = directory.all(Practitioner)
    assert (nadia.profession, nadia.prefix) == ("infirmier", "Mme")
    assert {place.phone for place in directory.all(Organization)} == {"", "02 98 00 00 00"}


def test_what_the_list_says_new_is_brought_up_to_date(directory: Directory) -> None:
    directory.take(lists.NADIA)
    kept = directory.take(lists.NADIA.replace("06 39 98 12 07", "06 39 98 00 99"))
    assert _counts(kept) == (0, 1, 0, 0)
    (role,) = directory.all(PractitionerRole)
    assert role.phone == "06 39 98 00 99"
    changed = directory.take(lists.NADIA.replace("infirmière;;", "infirmière;Diabète;"))
    assert changed.changed == 1
    (nadia,) = directory.all(Practitioner)
    assert nadia.search_key == key_of(nadia)
    assert "diabete" in nadia.search_key


def test_a_number_of_somebody_else_is_refused_and_their_name_stays(directory: Directory) -> None:
    directory.take(lists.NADIA)
    kept = directory.take(lists.NADIA.replace("Belkacem", "Dupont"))
    assert _counts(kept) == (0, 0, 0, 1)
    assert [one[2] for one in directory.problems(kept)] == ["other_name"]
    assert [one.family_name for one in directory.all(Practitioner)] == ["Belkacem"]


def test_a_name_in_capitals_without_accents_is_the_same_person(directory: Directory) -> None:
    directory.take(person(nom="Lefèvre", prénom="Zoé", rpps=rpps(7)))
    assert _counts(directory.take(person(nom="LEFEVRE", prénom="ZOE", rpps=rpps(7))))[2] == 1


def test_who_was_known_without_a_number_gets_it(directory: Directory) -> None:
    directory.take(person(**HERE))
    assert _counts(directory.take(person(rpps=rpps(8), **HERE))) == (0, 1, 0, 0)
    assert [one.rpps for one in directory.all(Practitioner)] == [rpps(8)]


def test_two_people_of_one_name_stay_two(directory: Directory) -> None:
    elsewhere = HERE | {"structure": "Cabinet de la Gare", "ville": "Rennes"}
    directory.take(person(**HERE), person(**elsewhere), person(profession="médecin", **HERE))
    assert len(directory.all(Practitioner)) == 3


def test_a_line_that_could_be_two_people_is_refused(directory: Directory) -> None:
    for number in (9, 10):
        directory.take(person(rpps=rpps(number), **HERE))
    kept = directory.take(person(**HERE))
    assert [one[2] for one in directory.problems(kept)] == ["several_people"]


def test_a_professional_of_two_places_is_one_person_with_two_roles(directory: Directory) -> None:
    second = HERE | {"structure": "Hôpital du Port"}
    kept = directory.take(person(rpps=rpps(11), **HERE), person(rpps=rpps(11), **second))
    assert _counts(kept) == (1, 1, 0, 0)
    assert len(directory.all(PractitionerRole)) == 2


def test_the_same_line_twice_is_taken_once(directory: Directory) -> None:
    kept = directory.take(lists.NADIA, lists.NADIA, lists.HOUSE, lists.HOUSE)
    assert _counts(kept) == (2, 0, 0, 2)
    assert [one[:3] for one in directory.problems(kept)] == [
        (3, "", "repeated"),
        (5, "", "repeated"),
    ]


def test_people_who_were_there_before_are_found(directory: Directory) -> None:
    house = factories.make_organization(directory.session, name="Cabinet du Port", address="Brest")
    nadia = factories.make_practitioner(directory.session)
    directory.session.add(PractitionerRole(practitioner_id=nadia.id, organization_id=house.id))
    directory.session.commit()
    kept = directory.take(person(rpps=rpps(12), **HERE))
    assert kept.changed == 1
    (found,) = directory.all(Practitioner)
    assert (found.id, found.rpps, found.phone) == (nadia.id, rpps(12), "06 39 98 12 07")


@pytest.mark.parametrize(
    ("cells", "problem", "column"),
    [
        ({"rpps": "10100000017"}, "rpps", "rpps"),
        ({"rpps": "1,01E+10"}, "rpps", "rpps"),
        ({"nom": ""}, "name_missing", "nom"),
        ({"nom": "x" * 101}, "name_too_long", "nom"),
        ({"type": "licorne"}, "type", "type"),
        ({"type": "structure", "nom": ""}, "place_missing", "structure"),
        ({"type": "structure", "structure": "Hôpital", "finess": "12"}, "finess", "finess"),
        ({"nom": "Bel\ufffdacem"}, "unreadable", "nom"),
    ],
)
def test_a_line_is_refused_when_nobody_knows_for_certain_whom_it_means(
    directory: Directory, cells: dict[str, str], problem: str, column: str
) -> None:
    kept = directory.take(person(**cells))
    assert _counts(kept) == (0, 0, 0, 1)
    (found,) = directory.problems(kept)
    assert found[:3] == (2, column, problem)
    assert directory.all(Practitioner) == directory.all(Organization) == []


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"téléphone": "douze"}, "phone"),
        ({"courriel": "nadia chez example"}, "email"),
        ({"structure": "Hôpital", "finess": "12"}, "number"),
        ({"profession": "rebouteux"}, "job"),
        ({"structure": "Phare", "type_de_structure": "phare"}, "kind"),
        ({"titre": "x" * 51}, "long"),
        ({"téléphone": "douze", "courriel": "non", "profession": "fée"}, "job+phone+email"),
    ],
)
def test_a_line_is_taken_without_a_cell_that_says_nothing_of_who_it_is(
    directory: Directory, cells: dict[str, str], problem: str
) -> None:
    kept = directory.take(person(**cells))
    assert _counts(kept) == (1, 0, 0, 0)
    assert [one[2] for one in directory.problems(kept)] == [problem]


def test_words_that_nobody_knows_are_kept_as_they_are(directory: Directory) -> None:
    directory.take(person(profession="Rebouteux", structure="Phare", type_de_structure="Tour"))
    (one,), (place,) = directory.all(Practitioner), directory.all(Organization)
    assert (one.profession, one.profession_text) == ("", "Rebouteux")
    assert (place.kind, place.kind_text) == ("other", "Tour")


def test_a_specialist_is_a_doctor_whose_words_are_kept(directory: Directory) -> None:
    directory.take(person(profession="Cardiologue"))
    (one,) = directory.all(Practitioner)
    assert (one.profession, one.profession_text) == ("medecin", "Cardiologue")


def test_an_address_without_a_name_is_a_practice_of_its_own(directory: Directory) -> None:
    rows = (person(adresse="1 rue du Port", ville="Brest"),)
    assert _counts(directory.take(*rows)) == (1, 0, 0, 0)
    assert [place.name for place in directory.all(Organization)] == ["Cabinet Nadia Belkacem"]
    assert _counts(directory.take(*rows)) == (0, 0, 1, 0)


def test_files_of_spreadsheets_and_of_other_times_say_the_same(directory: Directory) -> None:
    text = table(lists.NADIA, person(nom="Lefèvre", prénom="Zoé")).decode()
    forms = [
        text.encode("cp1252"),
        b"\xef\xbb\xbf" + text.encode(),
        text.replace(";", "\t").encode(),
        text.replace("\r\n", "\n").rstrip("\n").encode(),
        text.replace(";", ",").replace("structure,", '"structure",').encode(),
    ]
    assert directory.take_file(text.encode()).added == 2
    for form in forms:
        assert _counts(directory.take_file(form)) == (0, 0, 2, 0)


def test_english_headings_in_another_order_are_known(directory: Directory) -> None:
    content = b"First name,Family name,Unknown,Phone\nZoe,Martin,?,+33 6 39 98 12 07\n"
    assert directory.take_file(content).added == 1
    (one,) = directory.all(Practitioner)
    assert (one.given_name, one.family_name, one.phone) == ("Zoe", "Martin", "06 39 98 12 07")


def test_what_a_spreadsheet_spoils_is_mended() -> None:
    assert numbers.phone("639981207") == numbers.phone("+33 (0)6.39.98.12.07") == "06 39 98 12 07"
    assert numbers.phone("12 34") == "1234"
    assert numbers.phone("06 39 98") is None
    assert numbers.finess("10000017") == "010000017"
    assert numbers.finess("2A0000017") == "2A0000017"
    assert numbers.rpps(f"8{rpps(3)}") == numbers.rpps(rpps(3)) == rpps(3)
    assert numbers.postal_code("1000") == "01000"


def test_what_was_read_is_not_kept_any_longer(directory: Directory) -> None:
    kept = directory.take(lists.NADIA)
    assert list(files.blocks(directory.session, import_id=kept.id, at=0)) == []
    assert kept.ended_at is not None
    assert kept.ended_at <= now()
