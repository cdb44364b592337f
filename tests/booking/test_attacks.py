"""What two people type at once, what comes back from the dead, and days of no calendar."""

import pytest

from portal.models.agenda import Appointment, AppointmentStatus
from tests.booking.circle import Circle


def _beside(circle: Circle, appointment: Appointment, path: str) -> str:
    """What the form that is open holds of the words that do not raise the version."""
    page = circle.get(f"{appointment.id}/{path}").text
    return page.partition('name="beside" value="')[2].partition('"')[0]


def _words(**data: object) -> dict[str, object]:
    words = {"kind": "cabinet", "title": "Pansement", "transport": "", "preparation": ""}
    return words | {"place": "Cabinet des Tilleuls"} | data


def test_a_correction_does_not_undo_what_the_family_said_of_the_way_there(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("nadia")
    seen = _beside(circle, visit, "correct")
    circle.enter("paul")
    said = circle.act(visit, "transport", transport="Paul conduit", was="")
    assert said.status_code == 303
    circle.enter("nadia")
    answer = circle.act(visit, "correct", **_words(title="Pansement au bras"), beside=seen)
    assert answer.status_code == 409
    assert "Paul conduit" in answer.text
    assert 'value="Pansement au bras"' in answer.text
    assert circle.stored(visit.id).transport == "Paul conduit"
    fresh = _beside(circle, visit, "correct")
    assert f'name="beside" value="{fresh}"' in answer.text, "sent again, it is saved"
    again = _words(title="Pansement au bras", transport="Paul conduit")
    assert circle.act(visit, "correct", **again, beside=fresh).status_code == 303
    stored = circle.stored(visit.id)
    assert (stored.title, stored.transport) == ("Pansement au bras", "Paul conduit")


def test_two_who_write_what_to_prepare_do_not_lose_a_line(circle: Circle) -> None:
    visit = circle.visit(kind="cabinet", place="Cabinet des Tilleuls")
    circle.enter("claire")
    seen = _beside(circle, visit, "correct")
    circle.enter("nadia")
    mine = _beside(circle, visit, "correct")
    first = circle.act(visit, "correct", **_words(preparation="Ordonnance"), beside=mine)
    assert first.status_code == 303
    circle.enter("claire")
    second = _words(preparation="Carte Vitale")
    answer = circle.act(visit, "correct", **second, version=1, beside=seen)
    assert answer.status_code == 409
    assert circle.stored(visit.id).preparation == "Ordonnance"


def test_the_familys_own_change_does_not_undo_the_way_there_either(circle: Circle) -> None:
    own = circle.own("paul", time_zone="Europe/Paris")
    circle.enter("jeanne")
    seen = _beside(circle, own, "own")
    circle.enter("paul")
    assert circle.act(own, "transport", transport="En taxi", was="").status_code == 303
    circle.enter("jeanne")
    wish = {**circle.timing(starts="11:00"), **_words(title="Le dentiste")}
    answer = circle.act(own, "own", **wish, beside=seen)
    assert answer.status_code == 409
    assert "En taxi" in answer.text
    assert circle.stored(own.id).transport == "En taxi"


@pytest.mark.parametrize("status", [AppointmentStatus.CANCELLED, AppointmentStatus.FULFILLED])
def test_what_is_deleted_comes_back_as_it_was(circle: Circle, status: AppointmentStatus) -> None:
    own = circle.own("paul", source="calendar", source_name="CHU Nord", status=status)
    circle.enter("paul")
    circle.act(own, "delete")
    assert circle.act(own, "put-back").status_code == 303
    assert circle.stored(own.id).status is status


@pytest.mark.parametrize("zone", ["America/Martinique", "Europe/Paris"])
@pytest.mark.parametrize("timing", ["exact", "window", "days"])
@pytest.mark.parametrize("year", ["9999", "0001"])
def test_a_day_at_the_end_of_all_calendars_is_a_mistake(
    circle: Circle, zone: str, timing: str, year: str
) -> None:
    days = {"day": f"{year}-12-31", "last_day": f"{year}-12-31"}
    if timing == "days":
        days["day"] = f"{year}-01-01"
    if year == "0001":
        days["day"] = f"{year}-01-01"
    typed = {"starts": "00:00" if year == "0001" else "23:30", "ends": "23:45"}
    answers = circle.answers(**days, **typed, timing=timing, time_zone=zone)
    circle.enter("claire")
    assert circle.post("book", **answers).status_code == 422
    weekly = {"repeats": "weekly", "ends_how": "day", "until": "9999-12-31"}
    assert circle.post("book", **(answers | weekly)).status_code == 422
    visit = circle.visit()
    moving = circle.timing(**days, **typed, timing=timing, time_zone=zone)
    assert circle.act(visit, "move", **moving).status_code == 422
    circle.enter("paul")
    assert circle.post("new", **answers).status_code == 422
    assert len(circle.all()) == 1
