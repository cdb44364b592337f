"""The numbers of an organization: the same as counted one by one, whatever stands around them."""

import random
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session

from portal.blueprints.indicators.queries import Numbers, numbers
from portal.clock import now
from portal.crypto import KeyRing
from portal.models.base import new_id
from portal.models.care import CareTeamMember, MemberFunction, Patient
from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus
from portal.models.directory import Absence, Organization, Practitioner
from portal.models.need import Need
from portal.models.rights import Block
from tests import factories

DOCTOR = [MemberFunction.MEDECIN_TRAITANT.value]


def _of(session: Session, place: Organization, *, at: datetime, day: date | None = None) -> Numbers:
    return numbers(session, today={place.id: day or at.date()}, at=at)[place.id]


def _need(session: Session, patient: Patient, **fields: object) -> Need:
    need = Need(patient_id=patient.id, code="meals", **fields)
    session.add(need)
    session.flush()
    return need


@pytest.fixture
def place(session: Session) -> Organization:
    return factories.make_organization(session)


@pytest.fixture
def patient(session: Session, place: Organization) -> Patient:
    return factories.make_patient(session, organization_id=place.id)


def test_nobody_is_counted_where_there_is_nobody(session: Session, place: Organization) -> None:
    assert _of(session, place, at=now()) == Numbers()


def test_who_died_and_who_is_elsewhere_is_not_counted(
    session: Session, place: Organization
) -> None:
    gone = factories.make_patient(session, organization_id=place.id, is_deceased=True)
    other = factories.make_patient(session)
    for patient in (gone, other):
        doctor = factories.make_practitioner(session)
        factories.make_member(session, patient=patient, practitioner_id=doctor.id, functions=DOCTOR)
        _need(session, patient, review_on=date(2020, 1, 1))
    assert _of(session, place, at=now()) == Numbers()


def test_a_doctor_whose_place_ends_exactly_now_is_not_there_any_more(
    session: Session, place: Organization, patient: Patient
) -> None:
    at = now()
    doctor = factories.make_practitioner(session)
    member = factories.make_member(
        session, patient=patient, practitioner_id=doctor.id, functions=DOCTOR, period_end=at
    )
    _need(session, patient, owner_id=member.id)
    found = _of(session, place, at=at)
    assert (found.with_doctor, found.ending, found.no_owner) == (0, 0, 1)
    before = _of(session, place, at=at - timedelta(seconds=1))
    assert (before.with_doctor, before.ending, before.no_owner) == (1, 1, 0)


def test_two_doctors_of_one_patient_are_one_patient_with_a_doctor(
    session: Session, place: Organization, patient: Patient
) -> None:
    for _ in range(2):
        doctor = factories.make_practitioner(session)
        factories.make_member(
            session, patient=patient, practitioner_id=doctor.id, functions=["referent", *DOCTOR]
        )
    assert _of(session, place, at=now()).with_doctor == 1


def test_a_place_counts_as_ending_up_to_thirty_days_before(
    session: Session, place: Organization, patient: Patient
) -> None:
    at = now()
    for days, seconds in ((30, 0), (30, 1), (0, 1)):
        nurse = factories.make_practitioner(session)
        end = at + timedelta(days=days, seconds=seconds)
        factories.make_member(session, patient=patient, practitioner_id=nurse.id, period_end=end)
    assert _of(session, place, at=at).ending == 2


def test_an_ended_need_is_nobodys_any_more(
    session: Session, place: Organization, patient: Patient
) -> None:
    _need(session, patient, review_on=date(2020, 1, 1), ended_at=now())
    found = _of(session, place, at=now())
    assert (found.no_owner, found.review_due) == (0, 0)


def test_a_review_is_due_on_its_day_where_the_organization_is(
    session: Session, place: Organization, patient: Patient
) -> None:
    at = now()
    today = at.date()
    _need(session, patient, review_on=today)
    ahead, behind = today + timedelta(days=1), today - timedelta(days=1)
    assert _of(session, place, at=at, day=today).review_due == 1
    assert _of(session, place, at=at, day=ahead).review_due == 1
    assert _of(session, place, at=at, day=behind).review_due == 0


def test_each_organization_has_its_own_day(session: Session) -> None:
    at = now()
    today = at.date()
    days = {}
    for shift in (-1, 0, 1):
        one = factories.make_organization(session, name=f"Maison {shift}")
        patient = factories.make_patient(session, organization_id=one.id)
        _need(session, patient, review_on=today)
        days[one.id] = today + timedelta(days=shift)
    found = numbers(session, today=days, at=at)
    assert [found[one].review_due for one in days] == [0, 1, 1]


@pytest.mark.parametrize(
    ("status", "version", "waits"),
    [
        (None, 0, 1),
        (ConsentStatus.GIVEN, 99, 0),
        (ConsentStatus.GIVEN, 0, 1),
        (ConsentStatus.REFUSED, 99, 0),
        (ConsentStatus.WITHDRAWN, 99, 0),
    ],
)
def test_who_waits_for_a_consent_has_no_answer_that_counts(
    session: Session,
    keys: KeyRing,
    place: Organization,
    patient: Patient,
    status: ConsentStatus | None,
    version: int,
    waits: int,
) -> None:
    worker = factories.make_practitioner(session)
    factories.make_member(
        session, patient=patient, practitioner_id=worker.id, is_outside_care_team=True
    )
    if status is not None:
        user, _ = factories.make_user(session, keys)
        session.add(_decision(patient, worker, status, version, by=user.id))
        session.flush()
    assert _of(session, place, at=now()).waiting == waits


def test_who_is_blocked_waits_for_nothing(
    session: Session, keys: KeyRing, place: Organization, patient: Patient
) -> None:
    worker = factories.make_practitioner(session)
    factories.make_member(
        session, patient=patient, practitioner_id=worker.id, is_outside_care_team=True
    )
    user, _ = factories.make_user(session, keys)
    assert _of(session, place, at=now()).waiting == 1
    session.add(
        Block(
            patient_id=patient.id,
            practitioner_id=worker.id,
            starts_at=factories.LONG_AGO,
            created_by=user.id,
        )
    )
    session.flush()
    assert _of(session, place, at=now()).waiting == 0


def test_who_is_away_is_counted_once_and_not_when_replaced(
    session: Session, place: Organization, patient: Patient
) -> None:
    at = now()
    today = at.date()
    second = factories.make_patient(session, organization_id=place.id)
    nurse, julie = (factories.make_practitioner(session) for _ in range(2))
    for one in (patient, second):
        factories.make_member(session, patient=one, practitioner_id=nurse.id)
    session.add(Absence(practitioner_id=nurse.id, starts_on=today, ends_on=today))
    session.flush()
    assert _of(session, place, at=at).away == 1
    assert _of(session, place, at=at, day=today + timedelta(days=1)).away == 0
    session.add(
        Absence(practitioner_id=nurse.id, starts_on=today, ends_on=today, replacement_id=julie.id)
    )
    session.flush()
    assert _of(session, place, at=at).away == 0


def _decision(
    patient: Patient, worker: Practitioner, status: ConsentStatus, version: int, *, by: UUID
) -> ConsentDecision:
    return ConsentDecision(
        patient_id=patient.id,
        purpose=ConsentPurpose.OUTSIDE_CARE_TEAM,
        practitioner_id=worker.id,
        status=status,
        text_version=version,
        text_locale="fr",
        text_hash="0" * 64,
        actor_id=by,
        capacity="self",
        channel="portal",
        decided_at=factories.LONG_AGO,
    )


class _Naive:
    """The same rows in Python's memory, counted one by one."""

    def __init__(self) -> None:
        self.patients: list[Patient] = []
        self.members: list[CareTeamMember] = []
        self.needs: list[Need] = []
        self.absences: list[Absence] = []

    def count(self, place_id: UUID, *, at: datetime) -> Numbers:
        today = at.date()
        mine = {
            one.id: one
            for one in self.patients
            if one.organization_id == place_id and not one.is_deceased
        }
        held = [one for one in self.members if one.patient_id in mine and _holds(one, at)]
        followed = {one.patient_id for one in held if DOCTOR[0] in one.functions}
        chronic = {one.id for one in mine.values() if one.has_long_term_condition}
        needs = [one for one in self.needs if one.patient_id in mine and one.ended_at is None]
        held_ids = {one.id for one in self.members if _holds(one, at)}
        current = [one for one in self.absences if one.starts_on <= today <= one.ends_on]
        away = {one.practitioner_id for one in current}
        replaced = {one.practitioner_id for one in current if one.replacement_id}
        horizon = at + timedelta(days=30)
        return Numbers(
            patients=len(mine),
            with_doctor=len(followed),
            long_term=len(chronic),
            long_term_with_doctor=len(chronic & followed),
            no_owner=sum(one.owner_id not in held_ids for one in needs),
            review_due=sum(one.review_on is not None and one.review_on <= today for one in needs),
            ending=sum(one.period_end is not None and one.period_end <= horizon for one in held),
            waiting=sum(one.is_outside_care_team for one in held),
            away=len({one.practitioner_id for one in held} & (away - replaced)),
        )


def _holds(member: CareTeamMember, at: datetime) -> bool:
    begun = member.period_start is None or member.period_start <= at
    return begun and (member.period_end is None or member.period_end > at)


@pytest.mark.parametrize("seed", range(6))
def test_the_numbers_are_those_counted_one_by_one(session: Session, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
    at = now()
    naive = _Naive()
    places = [factories.make_organization(session, name=f"Maison {n}") for n in range(3)]
    people = [factories.make_practitioner(session) for _ in range(6)]
    for person in people:
        if dice.random() < 0.6:
            naive.absences.append(_some_absence(dice, person, people, at))
    for _ in range(25):
        patient = factories.make_patient(
            session,
            organization_id=dice.choice([None, *(one.id for one in places)]),
            is_deceased=dice.random() < 0.2,
            has_long_term_condition=dice.random() < 0.5,
        )
        naive.patients.append(patient)
        seats = [
            _some_seat(dice, patient, one, at) for one in dice.sample(people, dice.randint(0, 4))
        ]
        session.add_all(seats)
        session.flush()
        naive.members += seats
        naive.needs += [_some_need(dice, patient, seats, at) for _ in range(dice.randint(0, 4))]
    session.add_all([*naive.absences, *naive.needs])
    session.flush()
    found = numbers(session, today={one.id: at.date() for one in places}, at=at)
    assert found == {one.id: naive.count(one.id, at=at) for one in places}
    assert any(one.patients for one in found.values())


def _some_absence(
    dice: random.Random, person: Practitioner, people: list[Practitioner], at: datetime
) -> Absence:
    first = at.date() + timedelta(days=dice.randint(-3, 2))
    other = dice.choice([one.id for one in people if one.id != person.id])
    return Absence(
        practitioner_id=person.id,
        starts_on=first,
        ends_on=first + timedelta(days=dice.randint(0, 3)),
        replacement_id=dice.choice([None, other]),
    )


def _some_seat(
    dice: random.Random, patient: Patient, person: Practitioner, at: datetime
) -> CareTeamMember:
    shifts = [None, timedelta(), timedelta(days=-1), timedelta(days=3), timedelta(days=90)]
    begins, ends = dice.choice(shifts), dice.choice([None, *shifts])
    return CareTeamMember(
        patient_id=patient.id,
        id=new_id(),
        practitioner_id=person.id,
        functions=dice.choice([[], DOCTOR, ["referent"]]),
        is_outside_care_team=dice.random() < 0.3,
        period_start=at + begins if begins is not None else None,
        period_end=at + ends if ends is not None else None,
    )


def _some_need(
    dice: random.Random, patient: Patient, seats: list[CareTeamMember], at: datetime
) -> Need:
    return Need(
        patient_id=patient.id,
        code="meals",
        owner_id=dice.choice([None, *(one.id for one in seats)]),
        review_on=dice.choice([None, *(at.date() + timedelta(days=n) for n in (-5, 0, 5))]),
        ended_at=dice.choice([None, None, at]),
    )
