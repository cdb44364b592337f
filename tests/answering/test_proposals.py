"""A proposal is accepted, declined, taken back; and everybody concerned is told."""

from datetime import timedelta

import pytest

from portal import clock
from portal.models.agenda import AppointmentStatus
from tests.answering.circle import Circle, in_days, words_of


@pytest.mark.parametrize("who", ["jeanne", "paul"])
def test_a_proposal_is_accepted_by_one_tap(circle: Circle, who: str) -> None:
    visit = circle.proposal()
    circle.enter(who)
    page = words_of(circle.get(visit))
    label = "Accepter ce rendez-vous" if who == "jeanne" else "Accepter pour Jeanne"
    assert label in page
    answer = circle.answer(visit, "yes")
    assert answer.status_code == 303
    assert circle.stored(visit).status is AppointmentStatus.BOOKED
    said = words_of(circle.reader.get(answer.location))
    assert "Le rendez-vous est confirmé" in said
    assert "Nous prévenons Nadia Belkacem" in said
    assert circle.acts(visit) == ["accepted"]


def test_a_second_tap_changes_nothing_and_tells_nobody(circle: Circle) -> None:
    visit = circle.proposal()
    circle.enter("paul")
    circle.answer(visit, "yes", version=1)
    told = circle.told()
    assert circle.answer(visit, "yes", version=1).status_code == 303
    assert circle.acts(visit) == ["accepted"]
    assert circle.stored(visit).version == 2
    assert circle.told() == told
    assert circle.people["nadia"].id in told
    assert circle.people["jeanne"].id in told
    assert circle.people["paul"].id not in told


def test_a_no_says_who_and_why_and_can_be_taken_back(circle: Circle) -> None:
    visit = circle.proposal()
    circle.enter("paul")
    circle.answer(visit, "no", text="Elle est chez ma sœur")
    stored = circle.stored(visit)
    assert stored.status is AppointmentStatus.CANCELLED
    assert stored.cancellation_reason == "Elle est chez ma sœur"
    assert "vous avez répondu non" in words_of(circle.get(visit))
    circle.enter("jeanne")
    page = words_of(circle.get(visit))
    assert "Paul Morel a répondu non" in page
    assert "Elle est chez ma sœur" in page
    assert circle.post(visit, "/undo-answer").status_code == 303
    stored = circle.stored(visit)
    assert (stored.status, stored.cancellation_reason) == (AppointmentStatus.PROPOSED, "")
    assert circle.acts(visit) == ["declined", "restored"]
    assert circle.post(visit, "/undo-answer").status_code == 303
    assert circle.acts(visit) == ["declined", "restored"]


def test_a_no_is_not_taken_back_once_somebody_acted(circle: Circle) -> None:
    visit = circle.proposal()
    circle.enter("paul")
    circle.answer(visit, "no")
    stored = circle.stored(visit)
    stored.version += 1
    circle.session.commit()
    assert "Annuler ce non" not in words_of(circle.get(visit))
    for version in (2, 3):
        assert circle.post(visit, "/undo-answer", version=version).status_code == 409
    assert circle.stored(visit).status is AppointmentStatus.CANCELLED


def test_after_the_last_day_nothing_is_accepted_but_a_call_can_be_asked_for(
    circle: Circle,
) -> None:
    yesterday = (clock.now() - timedelta(days=2)).date()
    visit = circle.proposal(respond_before=yesterday)
    circle.enter("paul")
    page = words_of(circle.get(visit))
    assert "Le jour limite pour répondre est passé" in page
    assert "Accepter pour Jeanne" not in page
    for answer in ("yes", "no"):
        refused = circle.answer(visit, answer, text="Trop tard ?")
        assert refused.status_code == 422
        assert "Le jour limite pour répondre est passé" in words_of(refused)
        assert "Trop tard ?" in words_of(refused)
    assert circle.stored(visit).status is AppointmentStatus.PROPOSED
    assert circle.answer(visit, "call").status_code == 303


def test_the_last_day_is_that_of_the_place(circle: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    at = clock.now().replace(hour=3, minute=0)  # still the day before in Martinique
    visit = circle.proposal(
        time_zone="America/Martinique", respond_before=(at - timedelta(days=1)).date()
    )
    yesterday = (at - timedelta(days=1)).date()
    paris = circle.proposal(respond_before=yesterday, starts_at=in_days(6))
    circle.enter("jeanne")
    monkeypatch.setattr("portal.blueprints.answering.acting.now", lambda: at)
    assert circle.answer(visit, "yes").status_code == 303
    assert circle.answer(paris, "yes").status_code == 422


@pytest.mark.parametrize(
    "fields",
    [
        {"status": AppointmentStatus.BOOKED},
        {"status": AppointmentStatus.CANCELLED},
        {"status": AppointmentStatus.FULFILLED},
        {"starts_at": in_days(-2)},
        {"starts_at": None},
    ],
    ids=["booked", "cancelled", "fulfilled", "over", "undated"],
)
def test_what_asks_nothing_is_not_accepted(circle: Circle, fields: dict[str, object]) -> None:
    visit = circle.proposal(**fields)
    before = circle.stored(visit).status
    circle.enter("paul")
    assert circle.answer(visit, "yes").status_code == 422
    assert circle.stored(visit).status is before
    assert circle.acts(visit) == []


def test_what_else_there_is_then_is_shown_before_the_yes_counts(circle: Circle) -> None:
    visit = circle.proposal()
    circle.visit(title="Kinésithérapie", starts_at=visit.starts_at)
    circle.enter("paul")
    answer = circle.answer(visit, "yes")
    assert answer.status_code == 422
    assert "Jeanne a autre chose à ce moment" in words_of(answer)
    assert "Kinésithérapie" in words_of(answer)
    assert 'name="anyway" value="1"' in answer.text
    assert circle.stored(visit).status is AppointmentStatus.PROPOSED
    assert circle.answer(visit, "yes", anyway="2").status_code == 422
    assert circle.answer(visit, "yes", anyway="1").status_code == 303
    assert circle.stored(visit).status is AppointmentStatus.BOOKED


def test_what_is_hidden_from_the_carer_gives_no_warning(circle: Circle) -> None:
    visit = circle.proposal()
    circle.hide(circle.visit(title="Consultation secrète", starts_at=visit.starts_at))
    circle.enter("paul")
    assert circle.answer(visit, "yes").status_code == 303


def test_a_form_without_an_answer_comes_back_with_what_was_typed(circle: Circle) -> None:
    visit = circle.proposal()
    circle.enter("paul")
    answer = circle.post(visit, "/answer", text="Bonjour <b>Nadia</b>")
    assert answer.status_code == 422
    assert "Choisissez une des réponses" in words_of(answer)
    assert "Bonjour &lt;b&gt;Nadia&lt;/b&gt;" in answer.text
