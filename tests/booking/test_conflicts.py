"""Two appointments at one time: warned before saving, never told beyond what one may see."""

import pytest

from portal.models.agenda import AppointmentStatus
from tests.booking.circle import Circle

WARNING = "Déjà prévu à ce moment"


def _text(html: str) -> str:
    return html.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_clash_is_warned_of_and_saved_all_the_same(circle: Circle) -> None:
    circle.visit(title="Kiné", starts_at=circle.at(14), ends_at=circle.at(15))
    circle.enter("claire")
    answers = circle.answers(place="Salle bleue")
    warned = circle.post("book", **answers)
    assert warned.status_code == 422
    page = _text(warned.text)
    assert WARNING in page
    assert "Kiné" in page
    assert 'value="Salle bleue"' in page
    assert "Enregistrer quand même" in page
    assert len(circle.all()) == 1
    assert circle.post("book", **answers, anyway="1").status_code == 303
    assert len(circle.all()) == 2


@pytest.mark.parametrize(
    ("start", "end", "is_warned"),
    [
        ((14, 0), (14, 30), False),
        ((14, 0), (14, 31), True),
        ((14, 59), (16, 0), True),
        ((15, 0), (16, 0), False),
    ],
)
def test_only_what_overlaps_is_a_clash(
    circle: Circle, start: tuple[int, int], end: tuple[int, int], is_warned: bool
) -> None:
    circle.visit(starts_at=circle.at(*start), ends_at=circle.at(*end))
    circle.enter("claire")
    answer = circle.post("book", **circle.answers(starts="14:30", duration="30"))
    assert (answer.status_code == 422) is is_warned


def test_what_is_cancelled_or_a_stay_is_no_clash(circle: Circle) -> None:
    circle.visit(starts_at=circle.at(14), ends_at=circle.at(15), status=AppointmentStatus.CANCELLED)
    circle.visit(kind="admission", starts_at=circle.at(8, days=-3), ends_at=circle.at(18, days=3))
    circle.enter("claire")
    assert circle.post("book", **circle.answers()).status_code == 303


def test_what_is_hidden_from_the_reader_gives_no_warning(circle: Circle) -> None:
    secret = circle.visit(title="Secret", starts_at=circle.at(14), ends_at=circle.at(15))
    circle.hide(secret, "paul")
    circle.enter("paul")
    answer = circle.post("new", **circle.answers(kind="other"))
    assert answer.status_code == 303
    circle.enter("jeanne")
    answer = circle.post("new", **circle.answers(kind="other", starts="14:00"))
    assert answer.status_code == 422
    assert "Secret" in answer.text


def test_moving_warns_of_others_and_not_of_itself(circle: Circle) -> None:
    visit = circle.visit()
    circle.visit(title="Kiné", starts_at=circle.at(16), ends_at=circle.at(17))
    circle.enter("nadia")
    near = circle.act(visit, "move", **circle.timing(starts="09:15"))
    assert near.status_code == 303
    warned = circle.act(visit, "move", **circle.timing(starts="16:30"), reason="Une urgence")
    assert warned.status_code == 422
    assert WARNING in _text(warned.text)
    assert 'value="Une urgence"' in warned.text
    assert circle.stored(visit.id).starts_at == circle.at(9, 15)
    data = {**circle.timing(starts="16:30"), "anyway": "1"}
    assert circle.act(visit, "move", **data).status_code == 303
    assert circle.stored(visit.id).starts_at == circle.at(16, 30)


def test_a_stay_is_warned_of_the_visits_at_home_meanwhile(circle: Circle) -> None:
    circle.visit(title="Pansement à la maison", starts_at=circle.at(9, days=1), ends_at=None)
    circle.enter("claire")
    last = circle.at(9, days=3).date().isoformat()
    answers = circle.answers(timing="days", kind="admission", last_day=last)
    warned = circle.post("book", **answers)
    assert warned.status_code == 422
    assert "Pansement à la maison" in warned.text


def test_a_series_is_warned_of_its_first_day(circle: Circle) -> None:
    circle.visit(title="Kiné", starts_at=circle.at(14), ends_at=circle.at(15))
    circle.enter("claire")
    answers = circle.answers(repeats="weekly", every="1", ends_how="times", times="3")
    assert circle.post("book", **answers).status_code == 422
    assert len(circle.all()) == 1
    assert circle.post("book", **answers, anyway="1").status_code == 303
    assert len(circle.all()) == 4
