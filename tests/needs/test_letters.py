"""Who is told that something was entrusted to them, and what the letter does not say."""

import pytest

from portal.outbox.queue import values_of
from tests import factories
from tests.needs.circle import Circle


def _told(circle: Circle) -> dict[str, str]:
    """Who → where the letter leads."""
    names = {user.id: name for name, user in circle.people.items()}
    return {
        names[one.user_id]: values_of(one, keys=circle.keys)["path"]
        for one in circle.letters()
        if one.user_id is not None
    }


def test_owner_and_deputy_are_told_once_each(circle: Circle) -> None:
    circle.enter("jeanne")
    answer = circle.add(deputy=str(circle.places["paul"].id))
    assert "told=1" in answer.location
    assert "Un e-mail prévient qui en répond." in circle.reader.get(answer.location).text
    assert _told(circle) == {"nadia": "/professional/needs", "paul": "/"}
    assert len(circle.letters()) == 2


def test_nobody_is_told_of_what_they_did_themself(circle: Circle) -> None:
    need = circle.need()
    circle.enter("nadia")
    answer = circle.post(need, "take-over")
    assert circle.letters() == []
    assert "told" not in answer.location


def test_only_who_is_new_is_told_of_a_change(circle: Circle) -> None:
    need = circle.need(owner_id=circle.places["nadia"].id)
    circle.enter("claire")
    circle.post(need, "change", **circle.answers(frequency="Le lundi"))
    assert list(_told(circle)) == ["julie"]
    circle.post(need, "confirm")
    circle.post(need, "end", reason="Guérie")
    circle.post(need, "reopen")
    assert len(circle.letters()) == 1


def test_a_deputy_who_becomes_the_owner_is_told(circle: Circle) -> None:
    need = circle.need(owner_id=circle.places["nadia"].id, deputy_id=circle.places["julie"].id)
    circle.enter("claire")
    circle.post(need, "owner", owner=str(circle.places["julie"].id))
    assert list(_told(circle)) == ["julie"]
    assert circle.stored(need).deputy_id is None


def test_the_same_form_twice_tells_once(circle: Circle) -> None:
    need = circle.need()
    circle.enter("claire")
    for _ in range(2):
        circle.post(need, "owner", owner=str(circle.places["nadia"].id), version=1)
    assert len(circle.letters()) == 1


def test_what_is_refused_tells_nobody(circle: Circle) -> None:
    need = circle.need()
    circle.enter("claire")
    circle.post(need, "owner", owner=str(circle.places["nadia"].id), version=7)
    assert circle.letters() == []


@pytest.mark.parametrize("why", ["disabled", "no address", "organization"])
def test_where_no_letter_can_go_nothing_is_promised(circle: Circle, why: str) -> None:
    nadia = circle.people["nadia"]
    if why == "disabled":
        nadia.disabled_at = factories.LONG_AGO
    elif why == "no address":
        nadia.email, nadia.username = None, "nadia"
    circle.session.commit()
    need = circle.need()
    circle.enter("claire")
    place = "pharmacy" if why == "organization" else "nadia"
    answer = circle.post(need, "owner", owner=str(circle.places[place].id))
    assert answer.status_code == 303
    assert "told" not in answer.location
    assert circle.letters() == []
