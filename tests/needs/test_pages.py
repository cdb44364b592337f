"""What the pages about needs show, and the one act that settles an alarm."""

from datetime import timedelta

import pytest

from tests.needs.circle import Circle


def test_a_need_without_an_owner_stands_first_with_one_act_that_settles_it(circle: Circle) -> None:
    circle.need(owner_id=circle.places["nadia"].id)
    alone = circle.need(code="meals", detail="Moins de sel")
    circle.enter("jeanne")
    page = circle.get().text
    assert "Personne n’en répond" in page
    assert page.index("Repas") < page.index("Pansement")
    answer = circle.post(alone, "owner", owner=str(circle.places["paul"].id), **{"from": "list"})
    assert answer.status_code == 303
    settled = circle.reader.get(answer.location).text
    assert "Personne n’en répond" not in settled
    assert "Repas : Moins de sel" in settled.replace("\u00a0", " ")


def test_a_review_that_passed_is_an_alarm_until_somebody_says_that_it_holds(
    circle: Circle,
) -> None:
    late = circle.need(
        owner_id=circle.places["nadia"].id, review_on=circle.today - timedelta(days=4)
    )
    circle.enter("claire")
    assert "À revoir depuis le" in circle.get().text
    answer = circle.post(late, "confirm", **{"from": "list"})
    assert "À revoir depuis le" not in circle.reader.get(answer.location).text
    assert circle.stored(late).review_on > circle.today + timedelta(days=80)


@pytest.mark.parametrize("name", ["jeanne", "paul", "nadia", "claire"])
def test_everybody_of_the_circle_reads_and_writes(circle: Circle, name: str) -> None:
    need = circle.need(owner_id=circle.places["julie"].id)
    circle.enter(name)
    for path in ("", "/change", "/end"):
        assert circle.get(need, path).status_code == 200, path
    assert circle.get(path="/new").status_code == 200
    assert circle.add().status_code == 303
    assert circle.post(need, "end", reason="Guérie").status_code == 303
    assert circle.get(need).status_code == 200
    assert circle.post(need, "reopen").status_code == 303
