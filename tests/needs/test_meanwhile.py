"""Two who change the same need: the second sees what the first did, and loses nothing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlmodel import Session

from portal.access.audit import Author
from portal.blueprints.needs import settling
from portal.clock import now
from portal.db import Database, begin_writing
from portal.errors import ChangedMeanwhileError
from tests.needs.circle import Circle


def test_the_second_sees_what_changed_and_what_they_wrote(circle: Circle) -> None:
    need = circle.need(owner_id=circle.places["julie"].id)
    circle.enter("claire")
    circle.post(need, "change", **circle.answers(frequency="Le mardi"))
    circle.enter("jeanne")
    answer = circle.post(need, "change", **circle.answers(frequency="Le lundi", version=1))
    assert answer.status_code == 409
    page = answer.text.replace("\u00a0", " ")
    assert "Quelqu’un a changé ce besoin entre-temps" in page
    assert "Fréquence : Le mardi" in page
    assert "Nadia Belkacem en répond." in page
    assert 'value="Le lundi"' in page
    assert 'name="version" value="2"' in page
    assert circle.stored(need).frequency == "Le mardi"
    circle.post(need, "change", **circle.answers(frequency="Le lundi", version=2))
    assert circle.stored(need).frequency == "Le lundi"


@pytest.mark.parametrize("act", ["owner", "take-over", "confirm", "end"])
def test_no_act_writes_over_a_newer_version(circle: Circle, act: str) -> None:
    need = circle.need(owner_id=circle.places["julie"].id, review_on=circle.today)
    circle.enter("claire")
    circle.post(need, "change", **circle.answers(owner=str(circle.places["paul"].id)))
    circle.enter("nadia")
    stale = {"version": 1, "owner": str(circle.places["nadia"].id), "reason": "Guérie"}
    answer = circle.post(need, act, **stale)
    assert answer.status_code == 409
    assert "Paul Morel en répond." in answer.text
    assert circle.stored(need).version == 2
    assert len(circle.changes(need)) == 2


def test_who_chose_somebody_finds_the_choice_again(circle: Circle) -> None:
    need = circle.need()
    circle.enter("claire")
    circle.post(need, "owner", owner=str(circle.places["paul"].id))
    circle.enter("jeanne")
    chosen = str(circle.places["nadia"].id)
    answer = circle.post(need, "owner", owner=chosen, version=1)
    assert f'<option value="{chosen}" selected>' in answer.text


def test_a_change_of_what_was_ended_meanwhile_is_refused_until_it_is_opened(
    circle: Circle,
) -> None:
    need = circle.need()
    circle.enter("claire")
    circle.post(need, "end", reason="La plaie est guérie")
    circle.enter("jeanne")
    for version in (1, 2):
        answer = circle.post(need, "change", **circle.answers(version=version))
        assert answer.status_code == 409
        assert "reprenez d’abord le besoin" in answer.text
    other = circle.post(need, "end", reason="Plus besoin", version=1)
    assert other.status_code == 409
    assert "Il est déjà terminé" in other.text
    assert 'value="Plus besoin"' in other.text
    assert circle.stored(need).ended_at is not None


def test_of_two_at_the_same_instant_one_is_refused(
    session: Session, database: Database, circle: Circle
) -> None:
    need = circle.need()
    start = Barrier(2)
    today, places = circle.today, (circle.places["nadia"].id, circle.places["paul"].id)
    author, patient_id, need_id = (
        Author(circle.people["claire"].id, "coordinator"),
        circle.patient.id,
        need.id,
    )
    session.rollback()

    def entrust(owner_id: UUID) -> bool:
        with database.session() as own:
            start.wait(timeout=30)
            begin_writing(own)
            try:
                settling.assign(
                    own,
                    patient_id=patient_id,
                    need_id=need_id,
                    version=1,
                    owner_id=owner_id,
                    today=today,
                    by=author,
                    at=now(),
                )
            except ChangedMeanwhileError:
                return False
            own.commit()
            return True

    with ThreadPoolExecutor(2) as pool:
        written = list(pool.map(entrust, places))
    assert sorted(written) == [False, True]
    assert circle.stored(need).owner_id == places[written.index(True)]
    assert [one.version for one in circle.changes(need)] == [1, 2]
