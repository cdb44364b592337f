"""Who goes along is said, offered, taken over; each is told what concerns them."""

import pytest

from portal.models.agreement import AppointmentAct
from tests.companions.family import Family, words_of


def test_the_patient_asks_a_relative_who_says_yes(family: Family) -> None:
    family.enter("jeanne")
    answer = family.choose("sylvie")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("?done=companion_asked#companion")
    assert family.companion() == ("sylvie", False)
    assert family.told.calls == [("asked", family.relatives["sylvie"].id)]
    assert "Sylvie, votre fille (en attente de sa réponse)" in family.text()

    family.enter("sylvie")
    page = family.text()
    assert "Oui, j’accompagne" in page
    assert family.answer("yes").headers["Location"].endswith("?done=companion_offered#companion")
    assert family.companion() == ("sylvie", True)
    assert family.told.calls[1:] == [("family", None)]
    assert [one.act for one in family.lines()] == [
        AppointmentAct.COMPANION_NAMED,
        AppointmentAct.COMPANION_CONFIRMED,
    ]


def test_who_cannot_come_hands_the_question_to_the_others(family: Family) -> None:
    family.enter("jeanne")
    family.choose("sylvie")
    family.enter("sylvie")
    family.answer("no")
    assert family.companion() is None
    assert family.stored().needs_companion
    assert family.told.calls[-1] == ("asked", None)
    family.enter("paul")
    page = family.text()
    assert "Personne n’accompagne encore" in page
    assert "Sylvie ne peut pas accompagner." in page


def test_a_carer_offers_themself(family: Family) -> None:
    family.enter("paul")
    page = family.text()
    assert "Moi, Paul" in page
    assert "Sylvie, fille de Jeanne" in page
    assert family.choose("paul").headers["Location"].endswith("companion_offered#companion")
    assert family.companion() == ("paul", True)
    assert family.told.calls == [("family", None)]
    assert "C’est noté : vous accompagnez." in family.text("?done=companion_offered")


def test_a_carer_takes_over_and_the_other_is_told(family: Family) -> None:
    family.enter("sylvie")
    family.choose("sylvie")
    family.enter("paul")
    family.choose("paul")
    assert family.companion() == ("paul", True)
    assert family.told.calls == [("family", None), ("family", None)]


def test_a_relative_without_account_goes_along_by_that_word(family: Family) -> None:
    family.enter("jeanne")
    assert family.choose("rose").headers["Location"].endswith("companion_named#companion")
    assert family.companion() == ("rose", True)
    assert family.told.calls == [("family", None)]


def test_who_cannot_open_the_question_is_not_asked(family: Family) -> None:
    family.enter("jeanne")
    family.choose("lou")
    assert family.companion() == ("lou", True)
    assert family.told.calls == [("family", None)]


def test_nobody_is_needed(family: Family) -> None:
    family.enter("jeanne")
    family.choose("sylvie")
    family.choose("nobody")
    row = family.stored()
    assert (row.companion_id, row.needs_companion) == (None, False)
    assert family.told.calls[-1] == ("family", None)
    assert 'value="nobody" checked' in family.get().text
    assert "Personne n’a besoin d’accompagner." in family.text()


def test_nothing_is_chosen_before_somebody_says_it(family: Family) -> None:
    family.enter("jeanne")
    assert " checked>" not in family.get("/companion").text
    family.choose("nobody")
    assert [one.act for one in family.lines()] == [AppointmentAct.COMPANION_NOT_NEEDED]
    assert family.told.calls == []


def test_the_relatives_are_asked(family: Family) -> None:
    family.enter("jeanne")
    family.choose("wanted")
    row = family.stored()
    assert (row.companion_id, row.needs_companion) == (None, True)
    assert family.told.calls == [("asked", None)]
    page = family.text("?done=companion_wanted")
    assert "La question est posée aux proches." in page
    assert "Personne n’accompagne encore" in page


@pytest.mark.parametrize("who", ["paul", "sylvie", "rose", "nobody", "wanted"])
def test_a_second_tap_changes_nothing_and_tells_nobody(family: Family, who: str) -> None:
    family.enter("paul")
    before = family.seen()
    family.choose(who, **before)
    lines, calls = len(family.lines()), list(family.told.calls)
    answer = family.choose(who, **before)
    assert answer.headers["Location"].endswith("companion_same#companion")
    assert len(family.lines()) == lines
    assert family.told.calls == calls


def test_the_second_yes_changes_nothing(family: Family) -> None:
    family.enter("jeanne")
    family.choose("marc")
    family.enter("marc")
    family.answer("yes")
    assert family.answer("yes").headers["Location"].endswith("companion_same#companion")
    assert len(family.lines()) == 2


def test_the_way_there_is_said_in_words(family: Family) -> None:
    family.enter("paul")
    sent = {"transport": " VSL réservé, départ à 8 h 30 ", "was": ""}
    answer = family.post("/transport", **(sent | family.seen()))
    assert answer.headers["Location"].endswith("transport_said#companion")
    assert family.stored().transport == "VSL réservé, départ à 8 h 30"
    assert "Trajet : VSL réservé, départ à 8 h 30" in family.text()
    assert 'value="VSL réservé, départ à 8 h 30"' in family.text("/companion")
    assert (
        family.post("/transport", **(sent | family.seen()))
        .headers["Location"]
        .endswith("companion_same#companion")
    )


def test_words_that_are_too_long_stay_in_the_field(family: Family) -> None:
    family.enter("paul")
    answer = family.post("/transport", transport="x" * 301, was="", **family.seen())
    assert answer.status_code == 422
    assert "x" * 301 in answer.text
    assert "Écrivez-le en moins de mots" in words_of(answer)


def test_an_empty_form_says_what_is_missing(family: Family) -> None:
    family.enter("paul")
    for who in ("", "somebody", "00000000"):
        answer = family.choose(who)
        assert answer.status_code == 422
        assert 'href="#who"' in answer.text
    assert "Choisissez une réponse" not in family.text("/companion")
    family.choose("paul")
    assert family.answer("perhaps").status_code == 422
