"""Asking for another time or a call: the appointment stays, and it is said who answers."""

from datetime import timedelta

import pytest

from portal.models.agreement import RequestKind, RequestState
from tests import factories
from tests.answering.circle import Circle, in_days, words_of


def _moment(days: int, clock: str = "14:00") -> dict[str, str]:
    return {"day0": in_days(days).date().isoformat(), "time0": clock}


def test_another_time_is_asked_for_with_what_is_preferred(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("paul")
    wanted = {"parts": ["other_day", "afternoon"], "text": "Pas avant 11 h"} | _moment(4)
    answer = circle.answer(visit, "other", **wanted)
    assert answer.status_code == 303
    asked = circle.request(visit)
    assert (asked.kind, asked.state) == (RequestKind.CHANGE, RequestState.OPEN)
    assert asked.parts_of_day == ["afternoon", "other_day"]
    assert asked.moments == [f"{in_days(4):%Y-%m-%d}T14:00"]
    assert asked.text == "Pas avant 11 h"
    page = words_of(circle.reader.get(answer.location))
    assert "Votre demande est envoyée. Nadia Belkacem l’a reçue" in page
    assert "Le rendez-vous reste prévu tant que Nadia Belkacem n’a pas répondu" in page
    assert "L’après-midi" in page
    assert "à 14 h" in page
    assert circle.stored(visit).version == 1
    assert circle.acts(visit) == ["change_asked"]
    assert {circle.people["nadia"].id, circle.people["jeanne"].id} <= circle.told()


def test_who_would_rather_be_called_names_no_moment(circle: Circle) -> None:
    visit = circle.proposal()
    circle.enter("jeanne")
    assert circle.answer(visit, "call", parts=["morning"]).status_code == 303
    asked = circle.request(visit)
    assert (asked.kind, asked.parts_of_day) == (RequestKind.CALL, [])
    page = words_of(circle.get(visit))
    assert "vous avez demandé qu’on vous appelle" in page
    assert "La proposition reste ouverte tant que Nadia Belkacem n’a pas répondu" in page


def test_without_an_account_of_the_professional_the_coordinator_receives_it(
    circle: Circle,
) -> None:
    visit = circle.visit(practitioner_id=circle.doctor.id)
    circle.enter("paul")
    circle.answer(visit, "other", parts=["morning"])
    page = words_of(circle.get(visit))
    assert "tant que Claire Morvan n’a pas répondu" in page
    assert circle.people["claire"].id in circle.told()


def test_a_professional_without_a_place_in_the_circle_receives_nothing(circle: Circle) -> None:
    nurse = factories.make_practitioner(circle.session, given_name="Lucie", family_name="Petit")
    factories.make_user(circle.session, circle.keys, practitioner_id=nurse.id)
    visit = circle.visit(practitioner_id=nurse.id)
    circle.enter("paul")
    assert "Claire Morvan la reçoit" in words_of(circle.get(visit, "/answer"))


@pytest.mark.parametrize("source", ["own", "calendar"])
def test_what_nobody_keeps_cannot_be_asked_to_move(circle: Circle, source: str) -> None:
    visit = circle.visit(source=source, practitioner_id=None)
    circle.enter("paul")
    assert "Demander un autre moment" not in words_of(circle.get(visit))
    assert circle.get(visit, "/answer").status_code == 303
    assert circle.answer(visit, "other", parts=["morning"]).status_code == 422
    assert circle.requests(visit) == []


def test_a_second_tap_asks_once(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("paul")
    for _ in range(2):
        assert circle.answer(visit, "other", parts=["morning"]).status_code == 303
    assert len(circle.requests(visit)) == 1
    assert circle.acts(visit) == ["change_asked"]


def test_who_asks_after_somebody_else_is_told_and_keeps_the_words(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("paul")
    circle.answer(visit, "other", parts=["morning"])
    circle.enter("jeanne")
    answer = circle.answer(visit, "other", parts=["evening"], text="Plutôt le soir")
    assert answer.status_code == 409
    page = words_of(answer)
    assert "Quelqu’un a demandé avant vous" in page
    assert "Paul Morel a demandé un autre moment" in page
    assert len(circle.requests(visit)) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Dites au moins un moment"),
        (_moment(4, "quand vous voulez"), "Écrivez l’heure comme 14:30"),
        ({"day0": "bientôt", "time0": "14:00"}, "Écrivez le jour comme 17/03/2027"),
        (_moment(-1), "Choisissez un moment à venir"),
        (_moment(4000), "Vérifiez l’année"),
        ({"day0": "9999-12-31", "time0": "23:59"}, "Vérifiez l’année"),
        ({"time0": "14:00", "parts": ["morning"]}, "Écrivez le jour comme 17/03/2027"),
        ({"parts": ["midnight"]}, "Choisissez parmi les moments de la journée"),
        ({"text": "x" * 1001}, "Écrivez-le en moins de mots"),
    ],
)
def test_what_cannot_be_understood_is_asked_again(
    circle: Circle, data: dict[str, object], sentence: str
) -> None:
    visit = circle.visit()
    circle.enter("paul")
    answer = circle.answer(visit, "other", **data)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert circle.requests(visit) == []


def test_a_time_that_the_clocks_skip_is_refused(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("paul")
    spring = {"day0": "2027-03-28", "time0": "02:30"}
    answer = circle.answer(visit, "other", **spring)
    assert answer.status_code == 422
    assert "Cette heure n’existe pas" in words_of(answer)


def test_hostile_words_do_no_harm(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("paul")
    hostile = "<script>alert(1)</script> %(name)s {{ 7*7 }} \x00\x1b[31m ' OR 1=1"
    circle.answer(visit, "other", text=hostile)
    page = circle.get(visit).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; %(name)s {{ 7*7 }}" in page
    assert "\x1b" not in circle.request(visit).text


def test_a_request_is_taken_back_by_anybody_who_may_act(circle: Circle) -> None:
    visit = circle.visit()
    asked = circle.asked(visit)
    circle.enter("jeanne")
    for _ in range(2):
        answer = circle.post(visit, f"/requests/{asked.id}/withdraw")
        assert answer.status_code == 303
    assert circle.state(visit) is RequestState.WITHDRAWN
    assert circle.acts(visit) == ["request_withdrawn"]
    assert "Votre demande est retirée" in words_of(circle.reader.get(answer.location))


def test_an_answered_request_is_not_taken_back(circle: Circle) -> None:
    visit = circle.visit()
    asked = circle.asked(visit, state=RequestState.KEPT)
    circle.enter("paul")
    assert circle.post(visit, f"/requests/{asked.id}/withdraw").status_code == 409
    assert circle.state(visit) is RequestState.KEPT


def test_a_yes_settles_what_was_asked_before(circle: Circle) -> None:
    visit = circle.proposal()
    circle.asked(visit)
    circle.enter("jeanne")
    circle.answer(visit, "yes")
    assert circle.state(visit) is RequestState.WITHDRAWN


def test_a_request_about_a_moved_appointment_is_looked_at_again(circle: Circle) -> None:
    visit = circle.visit()
    stored = circle.stored(visit)
    stored.starts_at, stored.version = in_days(6), 2
    circle.session.commit()
    circle.enter("paul")
    answer = circle.answer(visit, "other", version=1, parts=["evening"], text="Plutôt le soir")
    assert answer.status_code == 409
    assert "Quelqu’un a agi entre-temps" in words_of(answer)
    assert "Plutôt le soir" in answer.text
    assert 'name="version" value="2"' in answer.text
    again = circle.answer(visit, "other", version=2, parts=["evening"], text="Plutôt le soir")
    assert again.status_code == 303
    assert circle.request(visit).text == "Plutôt le soir"


def test_nothing_is_asked_of_what_is_over(circle: Circle) -> None:
    visit = circle.visit(starts_at=in_days(-2))
    circle.enter("paul")
    assert circle.answer(visit, "call").status_code == 422
    ongoing = circle.visit(starts_at=in_days(-1), ends_at=in_days(1) + timedelta(hours=1))
    assert circle.answer(ongoing, "call").status_code == 303
