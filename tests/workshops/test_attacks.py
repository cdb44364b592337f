"""What comes back to a workshop that moved on, and who keeps one whose house they left."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from portal import clock
from portal.access.audit import Author
from portal.db import begin_writing
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.audit import Capacity
from portal.models.care import Patient
from portal.models.directory import PractitionerRole
from portal.models.series import Workshop
from portal.scheduling.workshops import acts
from portal.scheduling.workshops.acts import Plan
from tests import factories
from tests.workshops.office import Office


def _answer(office: Office, guest: Appointment, path: str, **data: object) -> int:
    version = _stored(office, guest).version
    office.session.rollback()
    door = f"/p/{guest.patient_id}/agenda/{guest.id}/{path}"
    return office.reader.post(door, data={"version": version} | data).status_code


def _plan(workshop: Workshop, **changes: object) -> Plan:
    return Plan(**({name: getattr(workshop, name) for name in Plan.__slots__} | changes))


def _moved(office: Office, workshop: Workshop, starts_at: datetime) -> None:
    plan = _plan(workshop, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    by = Author(office.people["nadia"].id, Capacity.PROFESSIONAL)
    _in_writing(office.session)
    acts.rewrite(
        office.session,
        workshop_id=workshop.id,
        version=workshop.version,
        plan=plan,
        by=by,
        at=clock.now(),
    )
    office.session.commit()


def _called_off(office: Office, workshop: Workshop) -> None:
    by = Author(office.people["nadia"].id, Capacity.PROFESSIONAL)
    _in_writing(office.session)
    acts.call_off(
        office.session,
        workshop_id=workshop.id,
        version=workshop.version,
        reason="La salle est fermée",
        by=by,
        at=clock.now(),
    )
    office.session.commit()


def _in_writing(session: Session) -> None:
    session.rollback()
    begin_writing(session)


def _guest(office: Office, workshop: Workshop, status: AppointmentStatus) -> Appointment:
    patient: Patient = office.patient("Durand")
    factories.make_link(
        office.session, patient=patient, user=office.people["paul"], grants=("agenda:act",)
    )
    return office.guest(workshop, patient, status)


def _stored(office: Office, guest: Appointment) -> Appointment:
    office.session.rollback()
    office.session.expire_all()
    return office.session.get_one(Appointment, (guest.patient_id, guest.id))


def test_a_place_that_was_given_back_comes_back_at_the_time_of_now(office: Office) -> None:
    workshop = office.workshop()
    guest = _guest(office, workshop, AppointmentStatus.BOOKED)
    office.enter("paul")
    assert _answer(office, guest, "answer", answer="no") == 303
    later = workshop.starts_at + timedelta(days=2)
    _moved(office, workshop, later)
    assert _stored(office, guest).status is AppointmentStatus.CANCELLED
    office.enter("paul")
    assert _answer(office, guest, "undo-answer") == 303
    stored = _stored(office, guest)
    assert (stored.status, stored.starts_at) == (AppointmentStatus.BOOKED, later)
    assert office.stored(workshop.id).places_taken == 1


def test_a_cancelled_place_is_restored_at_the_time_of_now(office: Office) -> None:
    workshop = office.workshop()
    guest = _guest(office, workshop, AppointmentStatus.PROPOSED)
    office.enter("claire")
    assert _answer(office, guest, "cancel", reason="Une erreur") == 303
    later = workshop.starts_at + timedelta(days=2)
    _moved(office, workshop, later)
    office.enter("claire")
    assert _answer(office, guest, "restore") == 303
    stored = _stored(office, guest)
    assert (stored.status, stored.starts_at) == (AppointmentStatus.PROPOSED, later)


def test_nothing_comes_back_to_a_workshop_that_is_called_off(office: Office) -> None:
    workshop = office.workshop()
    declined = _guest(office, workshop, AppointmentStatus.PROPOSED)
    proposed = office.guest(workshop, office.patient("Morel"))
    office.enter("paul")
    assert _answer(office, declined, "answer", answer="no") == 303
    _called_off(office, workshop)
    office.enter("paul")
    assert _answer(office, declined, "undo-answer") == 422
    office.enter("claire")
    _answer(office, proposed, "restore")
    assert _stored(office, declined).status is AppointmentStatus.CANCELLED
    assert _stored(office, proposed).status is AppointmentStatus.CANCELLED


def test_who_left_the_house_keeps_none_of_its_workshops(office: Office) -> None:
    workshop = office.workshop(created_by=office.people["karim"].id)
    karim = office.people["karim"].practitioner_id
    office.enter("karim")
    assert office.get(f"/{workshop.id}/change").status_code == 200
    role = office.session.exec(
        select(PractitionerRole).where(PractitionerRole.practitioner_id == karim)
    ).one()
    role.period_end = clock.now().date() - timedelta(days=3)
    office.session.add(role)
    office.session.commit()
    office.enter("karim")
    for path in ("", "/change", "/cancel", "/propose"):
        assert office.get(f"/{workshop.id}{path}").status_code == 404, path
    answer = office.post(f"/{workshop.id}/cancel", reason="Par dépit", version=1)
    assert answer.status_code == 404
    assert office.stored(workshop.id).cancelled_at is None
    assert workshop.title not in office.text()


def test_a_day_at_the_end_of_all_calendars_is_a_mistake(office: Office) -> None:
    office.enter("nadia")
    late = {"day": "31/12/9999", "starts": "23:30", "ends": "23:45"}
    early = {"day": "01/01/0001", "starts": "00:00", "ends": "00:15"}
    for typed, zone in ((late, "America/Martinique"), (early, "Europe/Paris")):
        for last in ("", "31/12/9999", "01/01/0001"):
            answers = office.answers(**typed, time_zone=zone, respond_before=last)
            assert office.post("/new", **answers).status_code == 422
    assert office.workshops() == []
