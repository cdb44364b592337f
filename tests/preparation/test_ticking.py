"""Boxes of the preparation: ticked by whoever did it, never undone by somebody else's page."""

import pytest
from sqlmodel import select

from portal import clock
from portal.models.agreement import PreparationTick
from portal.scheduling.preparation import key_of, points_of
from tests import factories
from tests.companions.family import Family, words_of

CARD, PAPER, WEIGHT = (key_of(one) for one in ("Carte Vitale", "Ordonnance", "Poids de ce matin"))


def _ticked(family: Family) -> dict[str, str]:
    """Each line that is done, and who did it."""
    family.session.rollback()
    family.session.expire_all()
    names = {one.id: name for name, one in family.people.items()}
    rows = family.session.exec(select(PreparationTick)).all()
    return {row.line: names[row.done_by] for row in rows}


def test_each_line_is_a_box_and_says_who_ticked_it(family: Family) -> None:
    family.enter("paul")
    page = family.text()
    assert page.count('name="done"') == 3
    assert "0 point sur 3 est prêt." in page
    answer = family.post("/preparation", done=[CARD, PAPER])
    assert answer.headers["Location"].endswith("#preparation")
    assert _ticked(family) == {"Carte Vitale": "paul", "Ordonnance": "paul"}
    page = family.text()
    assert "2 points sur 3 sont prêts." in page
    assert page.count("Fait par Paul, aujourd’hui à") == 2
    family.post("/preparation", done=[CARD, PAPER, WEIGHT], was=[CARD, PAPER])
    assert "Tout est prêt." in family.text()


def test_a_box_is_unticked(family: Family) -> None:
    family.enter("paul")
    family.post("/preparation", done=[CARD, PAPER])
    family.post("/preparation", done=[PAPER], was=[CARD, PAPER])
    assert _ticked(family) == {"Ordonnance": "paul"}


def test_two_who_tick_at_once_both_hold(family: Family) -> None:
    """Each page shows no tick of the other one."""
    family.enter("paul")
    family.post("/preparation", done=[CARD])
    family.enter("sylvie")
    family.post("/preparation", done=[PAPER])
    family.post("/preparation", done=[CARD, PAPER])
    assert _ticked(family) == {"Carte Vitale": "paul", "Ordonnance": "sylvie"}


def test_htmx_gets_the_list_alone_as_it_is_now(family: Family) -> None:
    family.enter("sylvie")
    family.post("/preparation", done=[PAPER])
    family.enter("paul")
    family.session.rollback()
    answer = family.reader.post(f"{family.door}/preparation", data={"done": [CARD]}, htmx=True)
    assert answer.status_code == 200
    assert "<!doctype" not in answer.text
    assert 'role="status"' in answer.text
    assert "2 points sur 3 sont prêts." in words_of(answer)
    assert answer.text.count('name="was"') == 2


def test_a_line_that_was_rewritten_is_not_ticked_by_an_old_page(family: Family) -> None:
    family.enter("paul")
    family.post("/preparation", done=[PAPER])
    family.put(preparation="Ordonnance de novembre\nCarte Vitale")
    assert "0 point sur 2 est prêt." in family.text()
    answer = family.post("/preparation", done=[PAPER, CARD], was=[PAPER])
    assert answer.status_code == 409
    assert "La liste a changé entre-temps." in words_of(answer)
    assert "Ordonnance de novembre" in answer.text
    assert _ticked(family) == {"Ordonnance": "paul"}


@pytest.mark.parametrize("name", ["marc", "nadia", "claire"])
def test_the_others_read_the_state_without_boxes(family: Family, name: str) -> None:
    family.enter("paul")
    family.post("/preparation", done=[CARD])
    family.enter(name)
    page = family.text()
    assert "1 point sur 3 est prêt." in page
    assert "Fait par Paul" in page
    assert 'name="done"' not in page
    assert family.post("/preparation", done=[PAPER]).status_code == 403
    assert _ticked(family) == {"Carte Vitale": "paul"}


def test_what_is_over_or_hidden_takes_no_tick(family: Family) -> None:
    family.put(status="cancelled")
    family.enter("paul")
    assert 'name="done"' not in family.get().text
    assert family.post("/preparation", done=[CARD]).status_code == 409
    family.put(status="booked")
    family.hide_from("paul")
    assert family.post("/preparation", done=[CARD]).status_code == 404
    assert _ticked(family) == {}


def test_the_lines_of_another_patient_stay_theirs(family: Family) -> None:
    other = factories.make_patient(family.session, given_name="Odile")
    theirs = factories.make_appointment(
        family.session, patient=other, preparation="Carte Vitale", starts_at=clock.now()
    )
    family.session.commit()
    family.enter("jeanne")
    path = f"/p/{family.patient.id}/agenda/{theirs.id}/preparation"
    assert family.reader.post(path, data={"done": CARD}).status_code == 404
    assert _ticked(family) == {}


def test_hostile_lines_are_only_words(family: Family) -> None:
    family.put(preparation='<img src=x onerror="alert(1)">\n{{ 7 * 7 }}')
    family.enter("paul")
    page = family.get().text
    assert "<img" not in page
    assert "{{ 7 * 7 }}" in page
    for key in ("x", "' OR 1=1", "\x00", "é" * 500):
        assert family.post("/preparation", done=[key]).status_code == 409


def test_lines_are_kept_once_and_in_their_order() -> None:
    text = " b \n\na\nb\n" + "x" * 400
    assert points_of(text) == ["b", "a", "x" * 300]
    assert len(points_of("\n".join(str(one) for one in range(100)))) == 40
    assert points_of("  \n ") == []
