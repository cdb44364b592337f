"""One act each, and one line of history for each."""

from datetime import date, timedelta

import pytest

from portal.blueprints.needs.settling import review_after
from tests.needs.circle import Circle


def test_a_need_is_added_once_however_often_it_is_sent(circle: Circle) -> None:
    circle.enter("jeanne")
    answers = circle.answers()
    first = circle.reader.post(f"{circle.door}/new", data=answers)
    again = circle.reader.post(f"{circle.door}/new", data=answers)
    assert (first.status_code, again.status_code) == (303, 303)
    (need,) = circle.needs()
    assert (need.code, need.detail, need.version) == ("dressing", "La jambe gauche", 1)
    assert need.owner_id == circle.places["nadia"].id
    (line,) = circle.changes(need)
    assert (line.actor_id, line.capacity) == (circle.people["jeanne"].id, "self")
    assert (line.owner_name, line.deputy_name) == ("Nadia Belkacem", "Julie Belkacem")
    assert str(need.id) in first.location
    assert "La jambe gauche" in circle.reader.get(first.location).text


def test_after_going_back_other_words_are_another_need(circle: Circle) -> None:
    circle.enter("jeanne")
    answers = circle.answers()
    circle.reader.post(f"{circle.door}/new", data=answers)
    circle.reader.post(f"{circle.door}/new", data=answers | {"detail": "La jambe droite"})
    assert {one.detail for one in circle.needs()} == {"La jambe gauche", "La jambe droite"}


def test_a_need_without_anybody_is_kept_and_is_an_alarm(circle: Circle) -> None:
    circle.enter("jeanne")
    assert circle.add(owner="", deputy="").status_code == 303
    assert "Personne n’en répond" in circle.get().text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("kind", "", "Choisissez ce dont il s’agit"),
        ("kind", "no such thing", "Choisissez ce dont il s’agit"),
        ("review_on", "", "Écrivez le jour comme 17/03/2027"),
        ("review_on", "bientôt", "Écrivez le jour comme 17/03/2027"),
        ("review_on", "17/03/2001", "Choisissez un jour à venir"),
        ("review_on", "17/03/2999", "Choisissez un jour dans l’année qui vient"),
        ("detail", "x" * 201, "Écrivez-le en moins de mots"),
        ("owner", "nobody", "Choisissez une personne de la liste"),
    ],
)
def test_a_mistake_is_said_and_everything_typed_is_kept(
    circle: Circle, field: str, value: str, sentence: str
) -> None:
    circle.enter("jeanne")
    answer = circle.add(**({"frequency": "Le lundi"} | {field: value}))
    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2, "in the summary and beside the field"
    assert 'value="Le lundi"' in answer.text
    assert "<title>Erreur" in answer.text
    assert circle.needs() == []


def test_one_person_is_not_both_owner_and_deputy(circle: Circle) -> None:
    circle.enter("jeanne")
    nadia = str(circle.places["nadia"].id)
    answer = circle.add(owner=nadia, deputy=nadia)
    assert answer.status_code == 422
    assert "Choisissez une autre personne pour remplacer" in answer.text


def test_what_is_changed_stands_in_one_more_line(circle: Circle) -> None:
    need = circle.need(owner_id=circle.places["julie"].id)
    circle.enter("claire")
    form = circle.get(need, "/change").text
    assert 'name="version" value="1"' in form
    answer = circle.post(need, "change", **circle.answers(frequency="Le lundi"))
    assert answer.status_code == 303
    changed = circle.stored(need)
    assert (changed.version, changed.frequency) == (2, "Le lundi")
    assert [one.version for one in circle.changes(need)] == [1, 2]
    assert circle.changes(need)[1].capacity == "coordinator"
    page = circle.reader.get(answer.location).text
    assert "Nadia Belkacem en répond." in page
    assert "Fréquence : Le lundi" in page.replace("\u00a0", " ")
    assert "par vous" in page


def test_the_same_words_again_change_nothing(circle: Circle) -> None:
    need = circle.need(owner_id=circle.places["julie"].id)
    circle.enter("claire")
    answers = circle.answers()
    circle.post(need, "change", **answers)
    answer = circle.post(need, "change", **(answers | {"version": 1}))
    assert "done=same" in answer.location
    assert len(circle.changes(need)) == 2


def test_whoever_takes_over_is_the_owner_and_stands_in_no_more(circle: Circle) -> None:
    need = circle.need(owner_id=circle.places["julie"].id, deputy_id=circle.places["nadia"].id)
    circle.enter("nadia")
    assert "Je m’en occupe" in circle.get(need).text
    assert circle.post(need, "take-over").status_code == 303
    taken = circle.stored(need)
    assert (taken.owner_id, taken.deputy_id) == (circle.places["nadia"].id, None)
    assert circle.changes(need)[-1].capacity == "professional"
    assert "Je m’en occupe" not in circle.get(need).text


def test_a_relative_of_the_circle_can_take_over(circle: Circle) -> None:
    need = circle.need(code="transport")
    circle.enter("paul")
    assert circle.post(need, "take-over").status_code == 303
    assert circle.stored(need).owner_id == circle.places["paul"].id
    assert circle.changes(need)[-1].capacity == "carer"


def test_without_a_version_only_what_nobody_answers_for_is_taken_over(circle: Circle) -> None:
    """As from a list of several patients."""
    free, taken = circle.need(), circle.need(owner_id=circle.places["julie"].id)
    circle.enter("nadia")
    assert circle.post(free, "take-over", version="").status_code == 303
    refused = circle.post(taken, "take-over", version="")
    assert refused.status_code == 409
    assert circle.stored(free).owner_id == circle.places["nadia"].id
    assert circle.stored(taken).owner_id == circle.places["julie"].id


def test_a_coordinator_without_a_place_cannot_take_over(circle: Circle) -> None:
    need = circle.need()
    circle.enter("claire")
    assert "Je m’en occupe" not in circle.get(need).text
    refused = circle.post(need, "take-over")
    assert refused.status_code == 422
    assert "Choisissez une personne du cercle" in refused.text


def test_a_new_owner_settles_a_review_that_is_due_too(circle: Circle) -> None:
    need = circle.need(review_on=circle.today - timedelta(days=1))
    circle.enter("claire")
    circle.post(need, "owner", owner=str(circle.places["pharmacy"].id))
    settled = circle.stored(need)
    assert settled.owner_id == circle.places["pharmacy"].id
    assert settled.review_on == review_after(circle.today)
    assert "À revoir depuis" not in circle.get().text


def test_a_new_owner_leaves_a_review_that_is_still_to_come(circle: Circle) -> None:
    need = circle.need()
    planned = need.review_on
    circle.enter("claire")
    circle.post(need, "owner", owner=str(circle.places["paul"].id))
    assert circle.stored(need).review_on == planned


def test_a_need_ends_with_a_reason_and_can_be_opened_again(circle: Circle) -> None:
    need = circle.need(owner_id=circle.places["nadia"].id)
    circle.enter("jeanne")
    assert circle.post(need, "end", reason="").status_code == 422
    answer = circle.post(need, "end", reason="La plaie est guérie")
    assert circle.stored(need).ended_at is not None
    page = circle.reader.get(answer.location).text
    assert "La plaie est guérie" in page
    assert "1 besoin terminé" in circle.get().text.replace("\u00a0", " ")
    assert circle.get(need, "/change").status_code == 303, "what is over is not changed"
    assert circle.get(need, "/end").status_code == 303
    circle.post(need, "reopen")
    opened = circle.stored(need)
    assert (opened.ended_at, opened.end_reason) == (None, "")
    assert opened.owner_id == circle.places["nadia"].id
    assert [(one.version, one.is_ended) for one in circle.changes(need)] == [
        (1, False),
        (2, True),
        (3, False),
    ]


def test_an_end_or_an_opening_sent_twice_leaves_one_line(circle: Circle) -> None:
    need = circle.need()
    circle.enter("jeanne")
    for act in ("end", "reopen"):
        answers = [circle.post(need, act, reason="Guérie", version=1) for _ in range(2)]
        assert [one.status_code for one in answers] == [303, 303]
    assert len(circle.changes(need)) == 3


def test_saying_twice_that_it_still_holds_leaves_one_line(circle: Circle) -> None:
    need = circle.need(review_on=circle.today)
    circle.enter("jeanne")
    answers = [circle.post(need, "confirm", version=1) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert len(circle.changes(need)) == 2


@pytest.mark.parametrize(
    ("today", "then"),
    [
        (date(2026, 11, 22), date(2027, 2, 22)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2026, 12, 31), date(2027, 3, 31)),
        (date(2027, 9, 1), date(2027, 12, 1)),
    ],
)
def test_the_next_review_is_three_months_later(today: date, then: date) -> None:
    assert review_after(today) == then
