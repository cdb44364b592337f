"""Whoever keeps the appointment answers a request: by one tap, in words, or with another time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest

from portal import clock
from portal.access.audit import Author
from portal.db import Database, begin_writing
from portal.errors import ChangedMeanwhileError
from portal.models.agenda import AppointmentStatus
from portal.models.agreement import RequestKind, RequestState
from portal.scheduling.requests import replies
from portal.scheduling.requests.replies import Reply
from tests.answering.circle import Circle, in_days, words_of

PARIS = ZoneInfo("Europe/Paris")


def _wall(days: int, hour: int = 14) -> str:
    return f"{in_days(days):%Y-%m-%d}T{hour:02d}:00"


def _instant(wall: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=PARIS).astimezone(UTC)


def test_the_keeper_moves_it_to_a_preferred_moment_by_one_tap(circle: Circle) -> None:
    visit = circle.visit(ends_at=in_days(3) + timedelta(minutes=30))
    asked = circle.asked(visit, moments=[_wall(4), _wall(-1)])
    circle.enter("nadia")
    page = words_of(circle.get(visit))
    assert page.count("Déplacer au") == 1, "a moment that is over is not offered"
    assert "Le transport ne passe pas avant 11 h" in page
    answer = circle.reply(asked, f"move:{_wall(4)}")
    assert answer.status_code == 303
    stored = circle.stored(visit)
    assert stored.starts_at == _instant(_wall(4))
    assert stored.ends_at == _instant(_wall(4)) + timedelta(minutes=30)
    assert circle.state(visit) is RequestState.MOVED
    assert circle.acts(visit) == ["moved"]
    assert {circle.people["paul"].id, circle.people["jeanne"].id} <= circle.told()
    assert "Le rendez-vous est déplacé" in words_of(circle.reader.get(answer.location))
    circle.enter("paul")
    assert "Nadia Belkacem a répondu" in words_of(circle.get(visit))


def test_a_proposal_that_is_moved_where_the_family_wished_is_booked(circle: Circle) -> None:
    visit = circle.proposal()
    asked = circle.asked(visit, moments=[_wall(4)])
    circle.enter("nadia")
    circle.reply(asked, f"move:{_wall(4)}")
    assert circle.stored(visit).status is AppointmentStatus.BOOKED


@pytest.mark.parametrize(
    ("answer", "state", "act"),
    [("keep", RequestState.KEPT, "kept"), ("called", RequestState.CALLED, "called")],
)
def test_the_keeper_keeps_it_or_has_called(
    circle: Circle, answer: str, state: RequestState, act: str
) -> None:
    visit = circle.visit()
    asked = circle.asked(visit, kind=RequestKind.CALL)
    circle.enter("nadia")
    assert "J’ai appelé" in words_of(circle.get(visit))
    for _ in range(2):
        assert circle.reply(asked, answer, text="Je passe après midi").status_code == 303
    kept = circle.request(visit)
    assert (kept.state, kept.answered_by) == (state, circle.people["nadia"].id)
    assert circle.acts(visit) == [act]
    assert circle.stored(visit).starts_at == visit.starts_at
    circle.enter("jeanne")
    page = words_of(circle.get(visit))
    assert "Je passe après midi" in page
    assert "Demander un autre moment" in page


def test_another_time_is_proposed_and_accepted(circle: Circle) -> None:
    visit = circle.visit(is_window=True, ends_at=in_days(3) + timedelta(hours=2))
    asked = circle.asked(visit)
    circle.enter("nadia")
    data = {"day": f"{in_days(5):%d/%m/%Y}", "time": "16:00", "text": "Je suis libre à 16 h"}
    assert circle.reply(asked, "propose", **data).status_code == 303
    wall = _instant(_wall(5, 16))
    offered = circle.request(visit)
    assert (offered.proposed_start, offered.proposed_end) == (wall, wall + timedelta(hours=2))
    assert circle.stored(visit).starts_at == visit.starts_at, "nothing moved yet"
    circle.enter("paul")
    page = words_of(circle.get(visit))
    assert "Nadia Belkacem propose" in page
    assert "entre 16 h et 18 h" in page
    assert "Je suis libre à 16 h" in page
    for _ in range(2):
        answer = circle.post(visit, f"/requests/{asked.id}/accept", version=1)
        assert answer.status_code == 303
    stored = circle.stored(visit)
    assert (stored.starts_at, stored.ends_at) == (wall, wall + timedelta(hours=2))
    assert (stored.version, stored.status) == (2, AppointmentStatus.BOOKED)
    assert circle.state(visit) is RequestState.MOVED
    assert circle.acts(visit) == ["other_proposed", "accepted"]


def test_another_time_is_refused_or_answered_by_a_new_wish(circle: Circle) -> None:
    for refuses in (True, False):
        visit = circle.visit()
        asked = circle.asked(
            visit,
            state=RequestState.PROPOSED,
            proposed_start=in_days(6),
            answered_by=circle.people["nadia"].id,
            answered_at=clock.now(),
        )
        circle.enter("paul")
        if refuses:
            circle.post(visit, f"/requests/{asked.id}/refuse")
            assert circle.acts(visit) == ["other_refused"]
        else:
            circle.answer(visit, "other", parts=["evening"])
            assert [one.state for one in circle.requests(visit)] == [
                RequestState.DECLINED,
                RequestState.OPEN,
            ]
        assert circle.requests(visit)[0].state is RequestState.DECLINED
        assert circle.stored(visit).starts_at == visit.starts_at


def test_a_proposed_time_that_is_over_is_not_accepted(circle: Circle) -> None:
    visit = circle.visit()
    asked = circle.asked(visit, state=RequestState.PROPOSED, proposed_start=in_days(-1))
    circle.enter("paul")
    answer = circle.post(visit, f"/requests/{asked.id}/accept")
    assert answer.status_code == 422
    assert "Ce moment est déjà passé" in words_of(answer)


def test_a_proposed_time_at_which_there_is_something_else_is_warned_of_once(
    circle: Circle,
) -> None:
    circle.visit(title="Dentiste", starts_at=in_days(6), ends_at=in_days(6) + timedelta(hours=1))
    visit = circle.visit()
    asked = circle.asked(visit, state=RequestState.PROPOSED, proposed_start=in_days(6))
    circle.enter("paul")
    door = f"/requests/{asked.id}/accept"
    warned = circle.post(visit, door, version=1)
    assert warned.status_code == 422
    assert "Dentiste" in words_of(warned)
    assert circle.stored(visit).starts_at == visit.starts_at, "nothing moved yet"
    assert 'name="anyway"' in warned.text
    assert circle.post(visit, door, version=1, anyway="2").status_code == 422, "another warning"
    assert circle.post(visit, door, version=1, anyway="1").status_code == 303
    assert circle.stored(visit).starts_at == in_days(6)


def test_a_hidden_visit_at_a_proposed_time_gives_no_warning(circle: Circle) -> None:
    other = circle.visit(
        title="Dentiste", starts_at=in_days(6), ends_at=in_days(6) + timedelta(hours=1)
    )
    circle.hide(other)
    visit = circle.visit()
    asked = circle.asked(visit, state=RequestState.PROPOSED, proposed_start=in_days(6))
    circle.enter("paul")
    assert circle.post(visit, f"/requests/{asked.id}/accept", version=1).status_code == 303


def test_of_two_keepers_the_second_is_told_who_answered(circle: Circle) -> None:
    visit = circle.visit()
    asked = circle.asked(visit, moments=[_wall(4)])
    circle.enter("claire")
    circle.reply(asked, "keep", text="Impossible cette semaine")
    circle.enter("nadia")
    answer = circle.reply(asked, f"move:{_wall(4)}", version=1)
    assert answer.status_code == 409
    page = words_of(answer)
    assert "Quelqu’un a agi entre-temps" in page
    assert "Claire Morvan a répondu" in page
    assert "Impossible cette semaine" in page
    assert circle.stored(visit).starts_at == visit.starts_at
    assert circle.acts(visit) == ["kept"]


def test_a_reply_to_a_moved_appointment_shows_what_moved_and_keeps_the_words(
    circle: Circle,
) -> None:
    visit = circle.visit()
    asked = circle.asked(visit, moments=[_wall(4)])
    circle.enter("nadia")
    stored = circle.stored(visit)
    stored.version = 2
    circle.session.commit()
    answer = circle.reply(asked, "keep", version=1, text="Je ne peux pas")
    assert answer.status_code == 409
    assert "Je ne peux pas" in answer.text
    assert circle.state(visit) is RequestState.OPEN
    assert circle.reply(asked, "keep", version=2, text="Je ne peux pas").status_code == 303


def test_what_the_patient_has_then_is_shown_before_it_is_moved_there(circle: Circle) -> None:
    visit = circle.visit()
    circle.visit(title="Kinésithérapie", starts_at=_instant(_wall(4)))
    asked = circle.asked(visit, moments=[_wall(4), _wall(5)])
    circle.enter("nadia")
    answer = circle.reply(asked, f"move:{_wall(4)}")
    assert answer.status_code == 422
    assert "Jeanne a autre chose à ce moment" in words_of(answer)
    assert "Kinésithérapie" in answer.text
    assert circle.stored(visit).starts_at == visit.starts_at
    wrong = _instant(_wall(5)).isoformat()
    assert circle.reply(asked, f"move:{_wall(4)}", anyway=wrong).status_code == 422
    seen = _instant(_wall(4)).isoformat()
    assert f'name="anyway" value="{seen}"' in answer.text
    assert circle.reply(asked, f"move:{_wall(4)}", anyway=seen).status_code == 303
    assert circle.stored(visit).starts_at == _instant(_wall(4))


@pytest.mark.parametrize(
    ("answer", "data"),
    [
        ("", {}),
        ("perhaps", {}),
        ("move:2030-01-01T10:00", {}),
        ("move:x", {}),
        ("propose", {}),
        ("propose", {"day": "2020-01-01", "time": "10:00"}),
        ("propose", {"day": "2027-03-28", "time": "02:30"}),
        ("propose", {"day": "demain", "time": "10:00"}),
        ("keep", {"text": "x" * 301}),
    ],
)
def test_a_reply_that_cannot_be_understood_is_asked_again(
    circle: Circle, answer: str, data: dict[str, object]
) -> None:
    visit = circle.visit()
    asked = circle.asked(visit, moments=[_wall(4)])
    circle.enter("nadia")
    refused = circle.reply(asked, answer, **data)
    assert refused.status_code == 422
    assert "Erreur" in words_of(refused)
    assert circle.state(visit) is RequestState.OPEN


def test_a_place_far_away_keeps_its_own_clock(circle: Circle) -> None:
    visit = circle.visit(time_zone="Indian/Reunion")
    asked = circle.asked(visit, moments=[_wall(4)])
    circle.enter("nadia")
    circle.reply(asked, f"move:{_wall(4)}")
    there = datetime.fromisoformat(_wall(4)).replace(tzinfo=ZoneInfo("Indian/Reunion"))
    assert circle.stored(visit).starts_at == there.astimezone(UTC)


def test_the_page_of_a_reply_stands_on_the_time_that_is_planned(circle: Circle) -> None:
    visit = circle.visit()
    asked = circle.asked(visit)
    circle.enter("nadia")
    page = circle.get(visit, f"/requests/{asked.id}/reply")
    assert page.status_code == 200
    assert f'value="{in_days(3).astimezone(PARIS):%H:%M}"' in page.text


def test_of_two_keepers_at_the_same_instant_one_is_refused(
    circle: Circle, database: Database
) -> None:
    visit = circle.visit()
    asked = circle.asked(visit)
    ids = {
        "patient_id": visit.patient_id,
        "appointment_id": visit.id,
        "request_id": asked.id,
    }
    authors = [circle.author("nadia", "professional"), circle.author("claire", "coordinator")]
    wanted = [Reply(state=RequestState.KEPT), Reply(state=RequestState.CALLED)]
    circle.session.rollback()
    start = Barrier(2)

    def answer(author: Author, reply: Reply) -> bool:
        with database.session() as own:
            start.wait(timeout=30)
            begin_writing(own)
            try:
                replies.reply(own, version=1, answer=reply, by=author, at=clock.now(), **ids)
            except ChangedMeanwhileError:
                return False
            own.commit()
            return True

    with ThreadPoolExecutor(2) as pool:
        written = list(pool.map(answer, authors, wanted))
    assert sorted(written) == [False, True]
    assert circle.request(visit).answered_by == authors[written.index(True)].user_id
    assert len(circle.acts(visit)) == 1
