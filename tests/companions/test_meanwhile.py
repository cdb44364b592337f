"""Two who decide at once: nobody is replaced by somebody who did not know of them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlmodel import Session

from portal import clock
from portal.access.audit import Author
from portal.db import Database, begin_writing
from portal.errors import ChangedMeanwhileError
from portal.models.agreement import AppointmentAct, NoteAudience
from portal.scheduling import companions
from portal.scheduling.acts import change, locked
from portal.scheduling.companions import Act, Seen
from portal.scheduling.details import read_details
from tests.companions.family import Family, words_of


def test_the_second_reads_who_it_is_now_and_decides(family: Family) -> None:
    family.enter("paul")
    before = family.seen()
    family.enter("sylvie")
    family.choose("sylvie")
    family.enter("paul")
    answer = family.choose("paul", **before)
    assert answer.status_code == 409
    page = words_of(answer)
    assert "Quelqu’un a changé ce rendez-vous entre-temps." in page
    assert "Sylvie accompagne." in page
    assert "Par Sylvie Morel, aujourd’hui à" in page
    chosen = f'value="{family.relatives["paul"].id}" checked'
    assert chosen in answer.text
    assert family.companion() == ("sylvie", True)
    state = f"goes:{family.relatives['sylvie'].id}"
    assert f'name="state" value="{state}"' in answer.text
    assert family.choose("paul").status_code == 303
    assert family.companion() == ("paul", True)


def test_a_yes_to_a_time_that_was_moved_is_asked_again(family: Family) -> None:
    family.enter("jeanne")
    family.choose("marc")
    before = family.seen()
    _move(family)
    family.enter("marc")
    answer = family.answer("yes", **before)
    assert answer.status_code == 409
    assert "Déplacé du" in words_of(answer)
    assert family.companion() == ("marc", False)
    assert 'name="version" value="2"' in answer.text
    assert family.answer("yes").status_code == 303


def test_a_choice_for_a_time_that_was_moved_is_asked_again(family: Family) -> None:
    before = family.seen()
    _move(family)
    family.enter("paul")
    assert family.choose("paul", **before).status_code == 409
    assert family.choose("paul", **(before | {"version": "x"})).status_code == 409
    assert family.companion() is None


def test_who_was_replaced_meanwhile_answers_nothing(family: Family) -> None:
    family.enter("jeanne")
    family.choose("marc")
    before = family.seen()
    family.choose("sylvie")
    family.enter("marc")
    assert family.answer("yes", **before).status_code == 404
    assert family.get("/companion/answer").status_code == 303
    assert family.companion() == ("sylvie", False)


def test_words_about_the_way_are_not_written_over(family: Family) -> None:
    before = family.seen()
    family.enter("sylvie")
    family.post("/transport", transport="Taxi", was="", **before)
    family.enter("paul")
    answer = family.post("/transport", transport="Ma voiture", was="", **before)
    assert answer.status_code == 409
    page = words_of(answer)
    assert 'value="Ma voiture"' in page
    assert "Trajet : Taxi" in page
    assert 'name="was" value="Taxi"' in page
    assert family.stored().transport == "Taxi"
    family.post("/transport", transport="Ma voiture", was="Taxi", **family.seen())
    assert family.stored().transport == "Ma voiture"


def test_of_two_offers_at_the_same_instant_one_is_refused(
    family: Family, database: Database
) -> None:
    start = Barrier(2)
    seen = Seen(version=1, state="nobody")
    names = ("sylvie", "paul")
    people = {name: family.people[name].id for name in names}
    relatives = {name: family.relatives[name].id for name in names}
    patient_id, visit_id, keys = family.patient.id, family.visit.id, family.keys
    family.session.rollback()

    def offer(name: str) -> bool:
        with database.session() as own:
            start.wait(timeout=30)
            begin_writing(own)
            appointment = locked(own, patient_id=patient_id, appointment_id=visit_id)
            at = clock.now()
            details = read_details(
                own,
                patient_id=patient_id,
                appointment_id=visit_id,
                audiences=(NoteAudience.EVERYBODY,),
                at=at,
            )
            try:
                companions.choose(
                    own,
                    appointment,
                    relatives[name],
                    seen=seen,
                    details=details,
                    anyway=False,
                    act=Act(by=Author(people[name], "carer"), at=at, keys=keys),
                )
            except ChangedMeanwhileError:
                return False
            own.commit()
            return True

    with ThreadPoolExecutor(2) as pool:
        written = list(pool.map(offer, names))
    assert sorted(written) == [False, True]
    assert family.companion() == (names[written.index(True)], True)
    assert len(family.lines()) == 1


def _move(family: Family) -> None:
    row = family.stored()
    assert row.starts_at is not None
    assert row.ends_at is not None
    session: Session = family.session
    later = timedelta(days=1)
    wanted = {"starts_at": row.starts_at + later, "ends_at": row.ends_at + later}
    by = Author(family.people["claire"].id, "coordinator")
    change(session, row, wanted, act=AppointmentAct.MOVED, by=by, at=clock.now())
    session.commit()
