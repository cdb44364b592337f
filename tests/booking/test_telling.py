"""Who is told of an act: those concerned, in the transaction of the act, and not the doer."""

from uuid import UUID

import pytest
from sqlmodel import select

from portal.models.agenda import Appointment
from portal.models.outbox import OutboxMessage
from tests.booking.circle import Circle


def _told(circle: Circle, about: Appointment) -> set[str]:
    """First names of those for whom a letter waits."""
    names: dict[UUID, str] = {user.id: name for name, user in circle.people.items()}
    circle.session.rollback()
    rows = circle.session.exec(select(OutboxMessage)).all()
    return {
        names[one.user_id] for one in rows if one.user_id in names and one.subject_id == about.id
    }


@pytest.mark.parametrize("act", ["move", "cancel", "correct"])
def test_the_family_and_the_professional_are_told_and_not_the_doer(
    circle: Circle, act: str
) -> None:
    visit = circle.visit()
    circle.hide(visit, "sylvie")
    circle.enter("claire")
    words = {"kind": "other", "title": "Pansement du pied", "reason": "Une urgence"}
    answer = circle.act(visit, act, **circle.timing(starts="16:00"), **words)
    assert _told(circle, visit) == {"jeanne", "paul", "nadia"}
    assert "-told" in answer.location
    assert (
        "Les personnes concernées reçoivent un e-mail." in circle.reader.get(answer.location).text
    )


def test_a_professional_who_moves_their_own_is_not_told_of_it(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("nadia")
    circle.act(visit, "move", **circle.timing(starts="16:00"))
    assert _told(circle, visit) == {"jeanne", "paul", "sylvie"}


def test_nobody_is_told_of_what_was_refused_or_said_before(circle: Circle) -> None:
    visit = circle.visit()
    circle.visit(starts_at=circle.at(16), ends_at=circle.at(17))
    circle.enter("nadia")
    circle.act(visit, "move", **circle.timing(starts="16:00"))
    circle.act(visit, "move", **circle.timing(starts="11:00"), version=7)
    circle.act(visit, "cancel", reason="")
    circle.act(visit, "move", **circle.timing(starts="09:00"))
    assert _told(circle, visit) == set()


def test_nobody_is_told_of_an_outcome_or_of_a_new_entry_of_the_family(circle: Circle) -> None:
    past = circle.visit(starts_at=circle.at(9, days=-12), ends_at=circle.at(10, days=-12))
    circle.enter("nadia")
    circle.act(past, "outcome", outcome="took_place")
    assert _told(circle, past) == set()
    circle.enter("paul")
    circle.post("new", **circle.answers(title="Le dentiste"))
    own = next(one for one in circle.all() if one.source == "own")
    assert _told(circle, own) == set()
    circle.act(own, "delete")
    assert _told(circle, own) == {"jeanne", "sylvie"}
