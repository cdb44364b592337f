"""What the family writes down itself, changes and takes away."""

import pytest

from portal.models.agenda import AppointmentStatus
from portal.models.agreement import AppointmentAct
from tests.booking.circle import Circle


def _text(html: str) -> str:
    return html.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(("name", "capacity"), [("jeanne", "self"), ("paul", "carer")])
def test_an_appointment_is_written_down_once(circle: Circle, name: str, capacity: str) -> None:
    circle.enter(name)
    assert 'name="appointment_id"' in circle.get("new").text
    answers = circle.answers(title="Le dentiste", kind="cabinet", performer_text="Dr Roux")
    first, again = (circle.post("new", **answers) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    (own,) = circle.all()
    assert (own.source, own.created_by, own.status) == (
        "own",
        circle.people[name].id,
        AppointmentStatus.BOOKED,
    )
    assert (own.practitioner_id, own.performer_text) == (None, "Dr Roux")
    (line,) = circle.changes(own)
    assert (line.act, line.capacity) == (AppointmentAct.ADDED, capacity)
    page = circle.reader.get(first.location).text
    assert "Le rendez-vous est ajouté." in page
    assert "Ajouté par vous" in page


def test_everybody_reads_who_added_it(circle: Circle) -> None:
    circle.enter("paul")
    circle.post("new", **circle.answers(title="Le dentiste"))
    (own,) = circle.all()
    for name in ("jeanne", "sylvie", "nadia"):
        circle.enter(name)
        assert "Ajouté par Paul" in circle.get(str(own.id)).text, name


def test_it_is_changed_by_whoever_acts_for_the_patient(circle: Circle) -> None:
    own = circle.own("paul")
    circle.enter("jeanne")
    form = circle.get(f"{own.id}/own").text
    assert 'value="Le dentiste"' in form
    assert 'value="09:00"' in form
    words = {"title": "Le dentiste, détartrage", "kind": "cabinet"}
    answer = circle.act(own, "own", **circle.timing(starts="09:00"), **words)
    assert "done=own_changed" in answer.location
    answer = circle.act(own, "own", **circle.timing(starts="11:00"), **words)
    changed = circle.stored(own.id)
    assert (changed.title, changed.starts_at) == ("Le dentiste, détartrage", circle.at(11))
    assert [one.act for one in circle.changes(own)] == [
        AppointmentAct.CORRECTED,
        AppointmentAct.MOVED,
    ]
    same = circle.act(own, "own", **circle.timing(starts="11:00"), **words)
    assert "booking_same" in same.location


def test_words_of_one_that_is_over_can_still_be_put_right(circle: Circle) -> None:
    own = circle.own("paul", starts_at=circle.at(9, days=-20), ends_at=circle.at(9, 30, days=-20))
    day = circle.at(9, days=-20).date().isoformat()
    circle.enter("paul")
    timing = circle.timing(day=day, starts="09:00")
    answer = circle.act(own, "own", **timing, title="Le dentiste du port", kind="other")
    assert answer.status_code == 303
    assert circle.stored(own.id).title == "Le dentiste du port"


def test_it_is_deleted_for_all_and_put_back(circle: Circle) -> None:
    own = circle.own("paul")
    circle.enter("paul")
    assert "Supprimer ce rendez-vous ?" in _text(circle.get(f"{own.id}/delete").text)
    answer = circle.act(own, "delete")
    assert answer.location.split("?")[0].endswith(f"{own.id}/deleted")
    assert "n’est plus dans l’agenda" in circle.reader.get(answer.location).text
    assert circle.stored(own.id).status is AppointmentStatus.ENTERED_IN_ERROR
    assert circle.get(str(own.id)).status_code == 404
    assert circle.act(own, "delete", version=1).status_code == 303, "a second tap"
    circle.enter("sylvie")
    assert circle.get(str(own.id)).status_code == 404
    circle.enter("jeanne")
    back = circle.act(own, "put-back")
    assert "done=own_put_back" in back.location
    assert circle.stored(own.id).status is AppointmentStatus.BOOKED
    assert "booking_same" in circle.act(own, "put-back").location
    assert circle.get(f"{own.id}/deleted").status_code == 404
    assert [one.act for one in circle.changes(own)] == [
        AppointmentAct.CANCELLED,
        AppointmentAct.RESTORED,
    ]


def test_who_deletes_what_was_changed_meanwhile_sees_it_first(circle: Circle) -> None:
    own = circle.own("paul")
    circle.enter("jeanne")
    circle.act(own, "own", **circle.timing(starts="11:00"), title="Le dentiste", kind="other")
    circle.enter("paul")
    answer = circle.act(own, "delete", version=1)
    assert answer.status_code == 409
    assert "à 11 h" in _text(answer.text)
    assert 'name="version" value="2"' in answer.text
    stale = circle.act(
        own, "own", **circle.timing(starts="15:00"), title="Autre", kind="other", version=1
    )
    assert stale.status_code == 409
    assert 'value="Autre"' in stale.text
    assert circle.stored(own.id).starts_at == circle.at(11)


@pytest.mark.parametrize("path", ["own", "delete", "deleted"])
def test_what_the_team_booked_is_not_the_familys_to_change(circle: Circle, path: str) -> None:
    visit = circle.visit()
    for name in ("jeanne", "paul"):
        circle.enter(name)
        page = circle.get(str(visit.id)).text
        assert "Supprimer ce rendez-vous" not in page
        assert circle.get(f"{visit.id}/{path}").status_code == 404
        words = {"title": "Pris", "kind": "other"}
        for act in ("own", "delete", "put-back"):
            assert circle.act(visit, act, **circle.timing(), **words).status_code == 404
    assert circle.stored(visit.id).version == 1


def test_one_from_a_file_says_whose_file_it_was(circle: Circle) -> None:
    own = circle.own("paul", source="calendar", source_name="CHU Nord")
    circle.enter("paul")
    page = circle.get(str(own.id)).text
    assert "d’après un fichier de CHU Nord" in page
    assert "Modifier ce rendez-vous" in page
