"""Circles as people might type them, drawn by Hypothesis and written into the database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlmodel import Session

from portal.models.care import CareTeam, CareTeamStatus, EndReason, MemberFunction, Patient
from portal.models.directory import Absence, Gender, OrganizationKind, PractitionerRole, Profession
from portal.models.need import Need, NeedCode, NeedType
from tests import factories

RELATIONSHIPS = ("", "DAU", "SON", "WIFE", "NBOR", "FRND", "DOMPART")
ZONES = ("Europe/Paris", "Indian/Reunion", "America/Cayenne")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# As people type: accents, quotes, two blanks, a narrow no-break space, arrows, signs of code.
LETTERS = "aéÀœ ’'\"<>&|#/\\=;,.:-\u202f\u00a0→😀0"

words = st.text(LETTERS, max_size=12)
names = st.text("aéÀœ-’", min_size=1, max_size=12)
phones = st.sampled_from(("", "06 39 98 12 07", "+33639981207", "15"))
emails = st.sampled_from(("", "nadia@example.org"))
days = st.dates(date(1990, 1, 1), date(2040, 1, 1))
some_days = st.none() | days
instants = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)).map(  # noqa: DTZ001  # made aware below
    lambda one: one.replace(tzinfo=UTC)
)
clocks = st.times().map(lambda one: f"{one:%H:%M}")
spans = st.fixed_dictionaries(
    {
        "days": st.sets(st.sampled_from(WEEK), min_size=1).map(
            lambda some: [day for day in WEEK if day in some]
        ),
        "from": clocks,
        "to": clocks,
    }
)
hours = st.lists(spans, max_size=2)
zones = st.sampled_from(ZONES)
flags = st.booleans()
genders = st.sampled_from(Gender)


def rows(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(columns)


ORGANIZATIONS = rows(
    name=names,
    kind=st.sampled_from(OrganizationKind),
    kind_text=words,
    phone=phones,
    email=emails,
    address=words,
    time_zone=zones,
    hours=hours,
    is_open_on_holidays=flags,
    holiday_region=st.sampled_from(("", "974")),
    on_call_phone=phones,
    on_call_text=words,
    has_116117=flags,
)
PRACTITIONERS = rows(
    prefix=st.sampled_from(("", "Dr", "M. le Pr")),
    given_name=st.just("") | names,
    family_name=names,
    gender=genders,
    profession=st.just("") | st.sampled_from(Profession),
    profession_text=words,
    phone=phones,
    email=emails,
)
ROLES = rows(
    role_text=words,
    phone=phones,
    email=emails,
    time_zone=zones,
    hours=hours,
    is_open_on_holidays=flags,
    absences=st.lists(
        st.builds(
            lambda day, length, reason: {
                "from": day.isoformat(),
                "to": (day + timedelta(length)).isoformat(),
                "reason": " ".join(reason.split()),
            },
            days,
            st.integers(0, 40),
            words,
        ),
        max_size=2,
    ),
    period_start=some_days,
    period_end=some_days,
)
RELATIVES = rows(
    given_name=names,
    family_name=names,
    gender=genders,
    relationship=st.sampled_from(RELATIONSHIPS),
    relationship_text=words | st.sampled_from(("aidant principal", "personne de confiance")),
    is_emergency_contact=flags,
    phone=phones,
    email=emails,
    address=words,
    period_start=some_days,
    period_end=some_days,
    is_active=flags,
)
SEATS = rows(
    role_text=words | st.sampled_from(("Référent", "coordinatrice")),
    functions=st.lists(st.sampled_from(MemberFunction), unique=True, max_size=3),
    contact_for=words,
    phone=phones,
    hours=st.none() | st.lists(spans, min_size=1, max_size=2),
    availability_text=words,
    is_outside_care_team=flags,
    sees=st.sampled_from(("", "agenda", "agenda care_team")),
    position=st.integers(1, 300),
    period_start=instants,
    period_end=instants,
    end_reason=st.sampled_from(("", *EndReason)),
)
NEEDS = rows(
    code=st.sampled_from(("", *NeedCode)),
    detail=words,
    contact_text=words,
    frequency=words,
    review_on=some_days,
    ended_at=instants,
    end_reason=words,
    owner=st.none() | st.integers(0, 5),
    deputy=st.none() | st.integers(0, 5),
)
PATIENTS = rows(
    given_name=st.just("") | names,
    family_name=names,
    gender=genders,
    birth_date=st.sampled_from(("", "1948", "1948-03", "1948-03-17")),
    ins_status=st.sampled_from(("", "VALI", "PROV")),
    phone=phones,
    email=emails,
    address=words,
    time_zone=zones,
    is_deceased=flags,
    has_long_term_condition=flags,
)
TEAMS = rows(
    name=words,
    status=st.sampled_from(CareTeamStatus),
    period_start=some_days,
    period_end=some_days,
)
ABSENCES = rows(
    starts_on=st.dates(date(2026, 11, 1), date(2026, 12, 31)),
    length=st.integers(0, 60),
    note=words,
    has_replacement=flags,
)
CIRCLES = rows(
    patient=PATIENTS,
    team=TEAMS,
    keeper=st.none() | ORGANIZATIONS,
    places=st.lists(st.tuples(ORGANIZATIONS, SEATS), max_size=2),
    professionals=st.lists(
        st.tuples(PRACTITIONERS, st.none() | ROLES, flags, SEATS, st.none() | ABSENCES), max_size=3
    ),
    relatives=st.lists(st.tuples(RELATIVES, SEATS), max_size=2),
    needs=st.lists(NEEDS, max_size=3),
)


def write_circle(session: Session, circle: dict[str, Any]) -> Patient:
    keeper = factories.make_organization(session, **circle["keeper"]) if circle["keeper"] else None
    keeper_id = keeper.id if keeper else None
    patient = factories.make_patient(session, organization_id=keeper_id, **circle["patient"])
    team = session.get_one(CareTeam, patient.id)
    for name, value in circle["team"].items():
        setattr(team, name, value)
    session.flush()
    seats = [_place(session, patient, *one) for one in circle["places"]]
    seats += [_professional(session, patient, keeper_id, *one) for one in circle["professionals"]]
    seats += [_relative(session, patient, *one) for one in circle["relatives"]]
    for need in circle["needs"]:
        _need(session, patient, keeper_id, seats, **need)
    session.commit()
    return patient


def _place(session: Session, patient: Patient, place: dict[str, Any], seat: dict[str, Any]) -> Any:
    row = factories.make_organization(session, **place)
    return factories.make_member(session, patient=patient, organization_id=row.id, **seat)


def _relative(session: Session, patient: Patient, one: dict[str, Any], seat: dict[str, Any]) -> Any:
    row = factories.make_relative(session, patient=patient, **one)
    return factories.make_member(session, patient=patient, related_person_id=row.id, **seat)


def _professional(
    session: Session,
    patient: Patient,
    keeper_id: Any,
    person: dict[str, Any],
    role: dict[str, Any] | None,
    is_named: bool,  # drawn as one tuple
    seat: dict[str, Any],
    absence: dict[str, Any] | None,
) -> Any:
    who = factories.make_practitioner(session, **person)
    work = None
    if role:
        work = PractitionerRole(practitioner_id=who.id, organization_id=keeper_id, **role)
        session.add(work)
        session.flush()
    if absence:
        _absence(session, who.id, **absence)
    return factories.make_member(
        session,
        patient=patient,
        practitioner_id=who.id,
        practitioner_role_id=work.id if work and is_named else None,
        organization_id=keeper_id if is_named else None,
        **seat,
    )


def _absence(
    session: Session,
    who: Any,
    *,
    starts_on: date,
    length: int,
    note: str,
    has_replacement: bool,
) -> None:
    other = factories.make_practitioner(session).id if has_replacement else None
    row = Absence(
        practitioner_id=who,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(length),
        note=note,
        replacement_id=other,
    )
    session.add(row)
    session.flush()


def _need(
    session: Session,
    patient: Patient,
    keeper_id: Any,
    seats: list[Any],
    *,
    owner: int | None,
    deputy: int | None,
    **columns: Any,
) -> None:
    if not columns["code"]:
        if keeper_id is None:
            return
        own_type = NeedType(organization_id=keeper_id, label="")
        own_type.label = f"Besoin {own_type.id}"
        session.add(own_type)
        session.flush()
        columns["need_type_id"] = own_type.id
    held = {"owner_id": owner, "deputy_id": deputy if deputy != owner else None}
    ids = {
        name: seats[number].id
        for name, number in held.items()
        if number is not None and number < len(seats)
    }
    session.add(Need(patient_id=patient.id, **columns, **ids))
    session.flush()
