"""The door never says who is in the portal, nor who keeps whom out; and it opens rarely."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlmodel import Session

from portal import clock
from portal.blueprints.emergency.routes import A_DAY
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.rights import Block
from tests import factories
from tests.emergency.doors import Scene, ask, openings, scene
from tests.letters import waiting
from tests.pages import PageClient

__all__ = ["scene"]


def _nobody(session: Session, scene: Scene) -> None:
    scene.patient.birth_date = "1945-03-18"
    session.add(scene.patient)


def _two_of_one_name(session: Session, scene: Scene) -> None:
    factories.make_patient(session, birth_date="1945-03-17", given_name="JEANNE")


def _deceased(session: Session, scene: Scene) -> None:
    scene.patient.is_deceased = True
    session.add(scene.patient)


def _half_a_date(session: Session, scene: Scene) -> None:
    scene.patient.birth_date = "1945-03"
    session.add(scene.patient)


def _blocked(session: Session, scene: Scene) -> None:
    session.add(
        Block(
            patient_id=scene.patient.id,
            practitioner_id=scene.practitioner.id,
            starts_at=clock.now() - timedelta(days=1),
            created_by=scene.owner.id,
        )
    )


def _two_of_one_name_and_one_blocks(session: Session, scene: Scene) -> None:
    _two_of_one_name(session, scene)
    _blocked(session, scene)


@pytest.mark.parametrize(
    "arrange",
    [
        _nobody,
        _two_of_one_name,
        _deceased,
        _half_a_date,
        _blocked,
        _two_of_one_name_and_one_blocks,
    ],
)
def test_whatever_the_cause_the_answer_is_the_same(
    reader: PageClient,
    session: Session,
    keys: KeyRing,
    scene: Scene,
    arrange: Callable[[Session, Scene], None],
) -> None:
    unknown = ask(reader, family_name="Inconnue").text.replace("Inconnue", "Morel")
    arrange(session, scene)
    session.commit()
    answer = ask(reader)
    assert answer.status_code == 422
    assert _steady(answer.text) == _steady(unknown)
    assert openings(session) == []
    assert waiting(session, keys) == []
    assert reader.get(scene.home).status_code == 404


def test_a_block_that_is_over_keeps_nobody_out(
    reader: PageClient, session: Session, scene: Scene
) -> None:
    at = clock.now()
    session.add(
        Block(
            patient_id=scene.patient.id,
            practitioner_id=scene.practitioner.id,
            starts_at=at - timedelta(days=2),
            ends_at=at - timedelta(days=1),
            created_by=scene.owner.id,
        )
    )
    session.commit()
    assert ask(reader).status_code == 303


def test_the_eleventh_of_a_day_is_refused_even_with_the_right_answers(
    reader: PageClient, session: Session, keys: KeyRing, scene: Scene
) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False):
        tries = [ask(reader, family_name=f"Essai {n}").status_code for n in range(A_DAY)]
        assert tries == [422] * A_DAY
        answer = ask(reader)
        assert answer.status_code == 429
        assert 'value="Morel"' in answer.text
        assert openings(session) == []
    _another_professional_still_can(reader, session, keys)
    with time_machine.travel(start + timedelta(days=1, seconds=1), tick=False):
        reader.enter(session, session.get_one(User, scene.professional.id))
        assert ask(reader).status_code == 303


def test_a_form_with_a_mistake_costs_none_of_the_ten(reader: PageClient, scene: Scene) -> None:
    for _try in range(A_DAY + 1):
        assert ask(reader, birth_date="hier").status_code == 422
    assert ask(reader).status_code == 303


def _another_professional_still_can(reader: PageClient, session: Session, keys: KeyRing) -> None:
    practitioner = factories.make_practitioner(session, family_name="Autre")
    other, _ = factories.make_user(session, keys, practitioner_id=practitioner.id)
    reader.enter(session, other)
    assert ask(reader).status_code == 303


def _steady(html: str) -> str:
    """Without what tells one second from the next: how long the session lasts."""
    return "\n".join(line for line in html.splitlines() if "data-session" not in line)
