"""Moving, cancelling, restoring, correcting, noting what came of it: one act, one line."""

from datetime import timedelta
from uuid import UUID

import pytest

from portal import clock
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import AppointmentAct, ChangeRequest, RequestKind, RequestState
from portal.models.series import Workshop
from tests.booking.circle import Circle


def _text(html: str) -> str:
    return html.replace("\u00a0", " ").replace("\u202f", " ")


def _acts(circle: Circle, appointment: Appointment) -> list[AppointmentAct]:
    return [one.act for one in circle.changes(appointment)]


def _request(circle: Circle, appointment_id: UUID, state: RequestState) -> ChangeRequest:
    row = ChangeRequest(
        patient_id=circle.patient.id,
        appointment_id=appointment_id,
        kind=RequestKind.CHANGE,
        state=state,
        asked_by=circle.people["paul"].id,
        capacity="carer",
        asked_at=clock.now(),
    )
    circle.session.add(row)
    circle.session.commit()
    return row


def _stored_request(circle: Circle, row: ChangeRequest) -> ChangeRequest:
    circle.session.rollback()
    circle.session.expire_all()
    return circle.session.get_one(ChangeRequest, (row.patient_id, row.id))


def test_the_form_to_move_holds_the_time_as_it_is(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("nadia")
    page = circle.get(f"{visit.id}/move").text
    assert f'value="{circle.day.isoformat()}"' in page
    assert 'value="09:00"' in page
    assert 'value="30"' in page
    assert "reçoivent un e-mail" in _text(page)


@pytest.mark.parametrize("name", ["nadia", "claire"])
def test_an_appointment_is_moved_by_one_act(circle: Circle, name: str) -> None:
    visit = circle.visit()
    circle.enter(name)
    answer = circle.act(visit, "move", **circle.timing(starts="16:00"), reason="Une urgence")
    assert answer.status_code == 303
    moved = circle.stored(visit.id)
    assert (moved.starts_at, moved.ends_at) == (circle.at(16), circle.at(16, 30))
    assert moved.version == 2
    (line,) = circle.changes(visit)
    assert (line.act, line.reason) == (AppointmentAct.MOVED, "Une urgence")
    assert line.fields["starts_at"][0].startswith(f"{circle.at(9):%Y-%m-%dT%H:%M}")
    assert "Le rendez-vous est déplacé." in circle.reader.get(answer.location).text


def test_moving_twice_by_a_double_click_is_one_act(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("nadia")
    for _tap in range(2):
        answer = circle.act(visit, "move", **circle.timing(starts="16:00"), version=1)
        assert answer.status_code == 303
    assert _acts(circle, visit) == [AppointmentAct.MOVED]


@pytest.mark.parametrize("state", [RequestState.OPEN, RequestState.PROPOSED])
@pytest.mark.parametrize("act", ["move", "cancel"])
def test_an_open_request_is_answered_by_it(circle: Circle, act: str, state: RequestState) -> None:
    visit = circle.visit()
    asked = _request(circle, visit.id, state)
    circle.enter("nadia")
    circle.act(visit, act, **circle.timing(starts="16:00"), reason="Une urgence")
    found = _stored_request(circle, asked)
    assert found.state is (RequestState.MOVED if act == "move" else RequestState.CANCELLED)
    assert found.answered_by == circle.people["nadia"].id
    assert found.answered_at is not None


def test_what_was_answered_before_stays_as_it_was(circle: Circle) -> None:
    visit = circle.visit()
    asked = _request(circle, visit.id, RequestState.KEPT)
    circle.enter("nadia")
    circle.act(visit, "move", **circle.timing(starts="16:00"))
    assert _stored_request(circle, asked).state is RequestState.KEPT


def test_a_cancellation_needs_a_reason_and_can_be_undone(circle: Circle) -> None:
    visit = circle.visit(status=AppointmentStatus.PROPOSED)
    circle.enter("claire")
    refused = circle.act(visit, "cancel", reason=" ")
    assert refused.status_code == 422
    assert "Écrivez pourquoi il est annulé" in refused.text
    answer = circle.act(visit, "cancel", reason="Le médecin est malade")
    gone = circle.stored(visit.id)
    assert (gone.status, gone.version) == (AppointmentStatus.CANCELLED, 2)
    page = circle.reader.get(answer.location).text
    assert "Le médecin est malade" in page
    assert "Revenir sur l’annulation" in page
    back = circle.act(visit, "restore")
    assert "done=restored" in back.location
    restored = circle.stored(visit.id)
    assert (restored.status, restored.cancellation_reason) == (AppointmentStatus.PROPOSED, "")
    assert _acts(circle, visit) == [AppointmentAct.CANCELLED, AppointmentAct.RESTORED]
    again = circle.act(visit, "restore")
    assert "done=booking_same" in again.location


def test_what_the_family_declined_is_not_restored(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("claire")
    circle.act(visit, "cancel", reason="Une erreur")
    (line,) = circle.changes(visit)
    circle.session.get_one(
        type(line), (line.patient_id, line.appointment_id, line.id)
    ).act = AppointmentAct.DECLINED
    circle.session.commit()
    assert "Revenir sur l’annulation" not in circle.get(str(visit.id)).text
    assert "booking_meanwhile" in circle.act(visit, "restore").location
    assert circle.stored(visit.id).status is AppointmentStatus.CANCELLED


def test_the_details_are_corrected_and_the_time_stays(circle: Circle) -> None:
    visit = circle.visit(companion_confirmed=True)
    circle.enter("nadia")
    page = circle.get(f"{visit.id}/correct").text
    assert 'value="Pansement"' in page
    words = {"kind": "home_nursing", "title": "Pansement du pied", "instructions": "Bien boire"}
    answer = circle.act(visit, "correct", **words)
    assert answer.status_code == 303
    found = circle.stored(visit.id)
    assert (found.title, found.instructions, found.version) == (
        "Pansement du pied",
        "Bien boire",
        2,
    )
    assert found.starts_at == circle.at(9)
    assert _acts(circle, visit) == [AppointmentAct.CORRECTED]
    assert "done=booking_same" in circle.act(visit, "correct", **words).location


def test_what_came_of_it_is_noted_and_put_right(circle: Circle) -> None:
    start = clock.now() - timedelta(hours=5)
    visit = circle.visit(starts_at=start, ends_at=start + timedelta(minutes=30))
    circle.enter("nadia")
    page = circle.get(str(visit.id)).text
    assert "Il a eu lieu" in page
    assert "Il n’a pas eu lieu" in page
    assert "Déplacer" not in page
    circle.act(visit, "outcome", outcome="missed")
    assert circle.stored(visit.id).status is AppointmentStatus.NOSHOW
    circle.act(visit, "outcome", outcome="took_place")
    assert circle.stored(visit.id).status is AppointmentStatus.FULFILLED
    circle.act(visit, "outcome", outcome="cancelled")
    assert circle.stored(visit.id).status is AppointmentStatus.FULFILLED
    assert _acts(circle, visit) == [AppointmentAct.MISSED, AppointmentAct.TOOK_PLACE]


def test_nothing_can_have_come_yet_of_what_is_to_come(circle: Circle) -> None:
    visit = circle.visit()
    circle.enter("nadia")
    assert "Il a eu lieu" not in circle.get(str(visit.id)).text
    circle.act(visit, "outcome", outcome="took_place")
    assert circle.stored(visit.id).status is AppointmentStatus.BOOKED


def test_what_is_cancelled_is_neither_moved_nor_corrected(circle: Circle) -> None:
    visit = circle.visit(status=AppointmentStatus.CANCELLED)
    circle.enter("nadia")
    for act in ("move", "correct", "cancel"):
        assert circle.get(f"{visit.id}/{act}").status_code == 303
        words = {"kind": "other", "title": "Autre", "reason": "Pourquoi"}
        assert circle.act(visit, act, **circle.timing(), **words).status_code == 303
    assert circle.stored(visit.id).version == 1
    assert circle.changes(visit) == []


def _workshop(circle: Circle, *, capacity: int, taken: int) -> Workshop:
    circle.session.rollback()
    row = Workshop(
        organization_id=circle.house.id,
        title="Le sel",
        starts_at=circle.at(10),
        ends_at=circle.at(12),
        capacity=capacity,
        places_taken=taken,
    )
    circle.session.add(row)
    circle.session.commit()
    return row


def _places(circle: Circle, workshop: Workshop) -> int:
    circle.session.rollback()
    circle.session.expire_all()
    return circle.session.get_one(Workshop, workshop.id).places_taken


def test_a_cancelled_place_in_a_workshop_is_free_again(circle: Circle) -> None:
    workshop = _workshop(circle, capacity=3, taken=3)
    visit = circle.visit(workshop_id=workshop.id, kind="workshop")
    circle.enter("claire")
    assert circle.get(f"{visit.id}/move").status_code == 303, "it moves as a whole"
    circle.act(visit, "cancel", reason="La patiente est à l’hôpital")
    assert _places(circle, workshop) == 2
    circle.act(visit, "cancel", reason="La patiente est à l’hôpital", version=1)
    assert _places(circle, workshop) == 2
    circle.act(visit, "restore")
    assert _places(circle, workshop) == 3


def test_a_place_that_somebody_else_took_does_not_come_back(circle: Circle) -> None:
    workshop = _workshop(circle, capacity=1, taken=1)
    visit = circle.visit(workshop_id=workshop.id, kind="workshop")
    circle.enter("claire")
    circle.act(visit, "cancel", reason="Une erreur")
    assert _places(circle, workshop) == 0
    circle.session.get_one(Workshop, workshop.id).places_taken = 1
    circle.session.commit()
    answer = circle.act(visit, "restore")
    assert "booking_full" in answer.location
    assert "L’atelier est complet" in circle.reader.get(answer.location).text
    assert circle.stored(visit.id).status is AppointmentStatus.CANCELLED
    assert _places(circle, workshop) == 1


def test_a_place_that_was_only_proposed_frees_none(circle: Circle) -> None:
    workshop = _workshop(circle, capacity=3, taken=2)
    visit = circle.visit(
        workshop_id=workshop.id, kind="workshop", status=AppointmentStatus.PROPOSED
    )
    circle.enter("claire")
    circle.act(visit, "cancel", reason="Une erreur")
    assert _places(circle, workshop) == 2
