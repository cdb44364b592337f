"""What people said about one appointment is read by one statement, and only by those meant."""

from datetime import timedelta

from sqlmodel import Session

from portal import clock
from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment
from portal.models.agreement import (
    AppointmentAct,
    AppointmentNote,
    ChangeRequest,
    NoteAudience,
    PreparationTick,
    RequestKind,
    RequestState,
)
from portal.models.care import Patient
from portal.models.rights import GrantCategory, HiddenItem
from portal.models.series import AppointmentSeries, Workshop
from portal.scheduling.acts import change
from portal.scheduling.details import read_details
from portal.scheduling.rows import Details
from tests import factories

FAMILY = (NoteAudience.EVERYBODY, NoteAudience.FAMILY)


def _read(session: Session, appointment: Appointment) -> Details:
    session.flush()
    return read_details(
        session,
        patient_id=appointment.patient_id,
        appointment_id=appointment.id,
        audiences=FAMILY,
        at=clock.now(),
    )


def _carer(session: Session, keys: KeyRing, patient: Patient, name: str) -> tuple[User, object]:
    relative = factories.make_relative(session, patient=patient, given_name=name)
    user, _ = factories.make_user(session, keys, given_name=name)
    link = factories.make_link(session, patient=patient, user=user, related_person_id=relative.id)
    return user, link


def test_nothing_was_said(session: Session) -> None:
    patient = factories.make_patient(session)
    found = _read(session, factories.make_appointment(session, patient=patient))
    assert found == Details(None, [], [], [], [], None, None)


def test_everything_that_was_said_stands_there_once(session: Session, keys: KeyRing) -> None:
    patient = factories.make_patient(session)
    house = factories.make_organization(session)
    paul, _ = _carer(session, keys, patient, "Paul")
    at = clock.now()
    series = AppointmentSeries(
        patient_id=patient.id, rrule="FREQ=DAILY", first_day=at.date(), at=at.time(), title="Soin"
    )
    workshop = Workshop(
        organization_id=house.id,
        title="Cuisine",
        starts_at=at,
        ends_at=at + timedelta(hours=1),
        capacity=8,
        places_taken=3,
    )
    session.add_all([series, workshop])
    session.flush()
    visit = factories.make_appointment(
        session, patient=patient, series_id=series.id, workshop_id=workshop.id
    )
    other = factories.make_appointment(session, patient=patient)
    for one, state in (
        (visit, RequestState.WITHDRAWN),
        (visit, RequestState.OPEN),
        (other, "open"),
    ):
        asked = {"patient_id": patient.id, "appointment_id": one.id, "asked_by": paul.id}
        session.add(
            ChangeRequest(
                kind=RequestKind.CHANGE,
                state=RequestState(state),
                capacity="carer",
                asked_at=at,
                moments=["2026-12-03T14:00"],
                **asked,
            )
        )
        session.flush()
    session.add(
        PreparationTick(
            patient_id=patient.id,
            appointment_id=visit.id,
            line="Ordonnance",
            done_by=paul.id,
            done_at=at,
        )
    )
    for audience in NoteAudience:
        session.add(
            AppointmentNote(
                patient_id=patient.id,
                appointment_id=visit.id,
                author_id=paul.id,
                capacity="carer",
                audience=audience,
                text_sealed=audience.encode(),
                at=at,
            )
        )
    wanted = {"place": "Cabinet", "starts_at": at + timedelta(days=1)}
    change(
        session,
        visit,
        wanted,
        act=AppointmentAct.MOVED,
        by=Author(paul.id, "carer"),
        at=at,
        reason="Grève",
    )
    found = _read(session, visit)
    assert found.request
    assert found.request.state is RequestState.OPEN
    assert found.request.moments == ["2026-12-03T14:00"]
    assert [one.given_name for one in found.companions] == ["Paul"]
    assert found.companions[0].user_id == paul.id
    assert [one.line for one in found.ticks] == ["Ordonnance"]
    assert {one.text_sealed for one in found.notes} == {b"everybody", b"family"}
    [line] = found.changes
    assert (line.act, line.version, line.reason) == (AppointmentAct.MOVED, 2, "Grève")
    assert line.fields.keys() == {"place", "starts_at"}
    assert found.series
    assert found.series.rrule == "FREQ=DAILY"
    assert found.workshop
    assert (found.workshop.capacity, found.workshop.places_taken) == (8, 3)


def test_nobody_is_proposed_from_whom_it_is_hidden(session: Session, keys: KeyRing) -> None:
    patient = factories.make_patient(session)
    visit = factories.make_appointment(session, patient=patient)
    paul, link = _carer(session, keys, patient, "Paul")
    _carer(session, keys, patient, "Sylvie")
    session.add(
        HiddenItem(
            patient_id=patient.id,
            category=GrantCategory.AGENDA,
            item_id=visit.id,
            care_link_id=link.id,
            created_at=clock.now(),
            created_by=paul.id,
        )
    )
    assert [one.given_name for one in _read(session, visit).companions] == ["Sylvie"]


def test_what_goes_along_does_not_raise_the_version(session: Session, keys: KeyRing) -> None:
    patient = factories.make_patient(session)
    visit = factories.make_appointment(session, patient=patient)
    relative = factories.make_relative(session, patient=patient)
    paul, _ = factories.make_user(session, keys)
    by, at = Author(paul.id, "carer"), clock.now()
    wanted = {"companion_id": relative.id, "transport": "Taxi"}
    change(session, visit, wanted, act=AppointmentAct.COMPANION_NAMED, by=by, at=at)
    assert (visit.version, visit.companion_id) == (1, relative.id)
    same = change(session, visit, wanted, act=AppointmentAct.COMPANION_NAMED, by=by, at=at)
    assert same.fields == {}
