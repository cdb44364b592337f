"""Who answers, who is answered, and what is refused to everybody else."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from portal import clock
from portal.models.agenda import Appointment
from portal.models.agreement import ChangeRequest, RequestState
from portal.models.rights import CareLink, Grant
from tests import factories
from tests.answering.circle import Circle, in_days, words_of

FAMILY = (
    ("GET", "/answer"),
    ("POST", "/answer"),
    ("POST", "/undo-answer"),
    ("POST", "/waiting-list"),
    ("POST", "/waiting-list/leave"),
    ("POST", "/requests/{request}/withdraw"),
    ("POST", "/requests/{request}/accept"),
    ("POST", "/requests/{request}/refuse"),
)
KEEPER = (("GET", "/requests/{request}/reply"), ("POST", "/requests/{request}/reply"))
_DATA = {"version": 1, "answer": "yes"}


def _statuses(
    circle: Circle,
    visit: Appointment,
    asked: ChangeRequest,
    ways: tuple[tuple[str, str], ...],
    **data: object,
) -> set[int]:
    door, request_id = circle.door(visit), asked.id
    circle.session.rollback()
    headers = {"Sec-Fetch-Site": "same-origin"}
    return {
        circle.reader.client.open(
            door + path.format(request=request_id),
            method=method,
            headers=headers,
            data=_DATA | data if method == "POST" else None,
        ).status_code
        for method, path in ways
    }


def test_a_carer_who_only_sees_the_agenda_sees_what_is_asked_and_no_action(circle: Circle) -> None:
    visit = circle.visit()
    asked = circle.asked(visit)
    circle.enter("eve")
    page = words_of(circle.get(visit))
    assert "Paul Morel a demandé un autre moment" in page
    for path in ("/answer", "/requests/", "/waiting-list"):
        assert f"/agenda/{visit.id}{path}" not in page
    for word in ("Retirer la demande", "Répondre", "Déplacer au", "Demander un autre moment"):
        assert word not in page
    assert _statuses(circle, visit, asked, FAMILY + KEEPER) == {403}
    proposal = circle.proposal()
    assert "Accepter" not in words_of(circle.get(proposal))
    assert circle.state(visit) is RequestState.OPEN
    assert circle.acts(visit) == []


def test_strangers_do_not_learn_that_there_is_a_file(circle: Circle) -> None:
    visit = circle.visit()
    asked = circle.asked(visit)
    circle.people["odd"], _ = factories.make_user(circle.session, circle.keys)
    circle.session.commit()
    circle.enter("odd")
    assert _statuses(circle, visit, asked, FAMILY + KEEPER) == {404}
    assert circle.reader.get("/professional/requests").status_code == 403


def test_professionals_do_not_answer_for_the_family_and_the_family_not_for_them(
    circle: Circle,
) -> None:
    visit = circle.visit()
    asked = circle.asked(visit)
    circle.enter("nadia")
    assert _statuses(circle, visit, asked, FAMILY) == {403}
    circle.enter("jeanne")
    assert _statuses(circle, visit, asked, KEEPER) == {403}
    assert circle.reader.get("/professional/requests").status_code == 403
    assert circle.state(visit) is RequestState.OPEN


def test_a_colleague_does_not_answer_what_another_keeps(circle: Circle) -> None:
    visit = circle.visit()
    asked = circle.asked(visit)
    circle.enter("julie")
    page = words_of(circle.get(visit))
    assert "Garder comme prévu" not in page
    assert _statuses(circle, visit, asked, KEEPER, answer="keep") == {403}
    assert "Pansement" not in words_of(circle.reader.get("/professional/requests"))
    assert circle.state(visit) is RequestState.OPEN


def test_what_is_hidden_is_not_found(circle: Circle) -> None:
    visit = circle.proposal(title="Consultation secrète")
    asked = circle.asked(visit)
    circle.hide(visit)
    circle.enter("paul")
    assert _statuses(circle, visit, asked, FAMILY) == {404}
    circle.enter("jeanne")
    assert circle.answer(visit, "yes").status_code == 303


def test_an_appointment_of_another_patient_is_not_found_through_ones_own(circle: Circle) -> None:
    other = factories.make_patient(circle.session, given_name="Odile")
    theirs = factories.make_appointment(
        circle.session, patient=other, title="Chez Odile", status="proposed"
    )
    asked = circle.asked(theirs)
    theirs_id, own = theirs.id, circle.patient.id
    visit = circle.visit()
    circle.enter("jeanne")
    for path in ("/answer", "/undo-answer", f"/requests/{asked.id}/withdraw"):
        door = f"/p/{own}/agenda/{theirs_id}{path}"
        circle.session.rollback()
        answer = circle.reader.post(door, data=_DATA)
        assert answer.status_code == 404
        assert "Odile" not in answer.text
    assert circle.post(visit, f"/requests/{asked.id}/withdraw").status_code == 404
    assert circle.post(visit, f"/requests/{uuid4()}/accept").status_code == 404
    circle.enter("nadia")
    assert circle.post(visit, f"/requests/{asked.id}/reply", answer="keep").status_code == 404
    assert circle.stored(theirs).version == 1
    assert circle.state(theirs) is RequestState.OPEN


def test_a_request_is_answered_through_its_own_appointment_only(circle: Circle) -> None:
    visit, other = circle.visit(), circle.visit(starts_at=in_days(8))
    asked = circle.asked(visit)
    circle.enter("nadia")
    assert circle.post(other, f"/requests/{asked.id}/reply", answer="keep").status_code == 404
    circle.enter("paul")
    for act in ("withdraw", "accept", "refuse"):
        assert circle.post(other, f"/requests/{asked.id}/{act}").status_code == 404


def test_a_get_writes_nothing(circle: Circle) -> None:
    visit = circle.proposal()
    asked = circle.asked(visit)
    circle.enter("nadia")
    for path in ("", f"/requests/{asked.id}/reply"):
        assert circle.get(visit, path).status_code == 200
    circle.enter("paul")
    assert circle.get(visit, "/answer").status_code == 200
    assert circle.acts(visit) == []
    assert circle.state(visit) is RequestState.OPEN


def test_nobody_answers_by_a_preview(circle: Circle) -> None:
    visit = circle.proposal()
    link = _link_of_paul(circle)
    circle.enter("jeanne")
    page = circle.get(visit, f"?preview={link}&rights=agenda:act")
    assert page.status_code == 200
    assert "Accepter" in words_of(page), "the page is theirs, whole"
    door = circle.door(visit)
    circle.session.rollback()
    answer = circle.reader.post(f"{door}/answer?preview={link}", data=_DATA)
    assert answer.status_code == 403
    assert circle.acts(visit) == []


def _link_of_paul(circle: Circle) -> UUID:
    of_paul = select(CareLink).where(CareLink.user_id == circle.people["paul"].id)
    return circle.session.exec(of_paul).one().id


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999", "2"])
def test_a_version_that_nobody_saw_changes_nothing(circle: Circle, version: str) -> None:
    visit = circle.proposal()
    circle.enter("paul")
    answer = circle.answer(visit, "yes", version=version)
    assert answer.status_code == 409
    assert circle.acts(visit) == []


def test_another_site_sends_nothing(circle: Circle) -> None:
    visit = circle.proposal()
    circle.enter("paul")
    door = circle.door(visit)
    circle.session.rollback()
    answer = circle.reader.client.post(
        f"{door}/answer", data=_DATA, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert circle.acts(visit) == []


def test_a_carer_whose_right_ended_answers_nothing_more(circle: Circle) -> None:
    visit = circle.proposal()
    circle.enter("paul")
    assert circle.get(visit, "/answer").status_code == 200
    for grant in circle.session.exec(select(Grant)).all():
        grant.ends_at = clock.now() - timedelta(minutes=1)
    circle.session.commit()
    assert circle.answer(visit, "yes").status_code == 403
    assert circle.acts(visit) == []
