"""Who is in the demo and who takes part in which circle."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Table, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from portal.models import metadata
from portal.models.care import CareTeam, CareTeamMember, Patient, RelatedPerson
from portal.models.directory import Absence, Organization, Practitioner, PractitionerRole

Seed = Callable[[datetime], Session]

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)

_DIGEST = re.compile(r"[0-9a-f]{64}")
FICTION = re.compile(r"(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49|06 39 98) \d\d \d\d")
"""The ranges that are given to nobody, in France."""

CIRCLE_OF_JEANNE = [
    ("Claire Morvan", "Organiser les visites, régler un souci, savoir à qui parler."),
    ("Dr Anne Le Goff", "Un symptôme nouveau, le traitement, les ordonnances."),
    ("Paul Morel", "Rendez-vous, messages et réponses aux soignants."),
    ("Sylvie Morel", "Accompagne aux visites. Ne lit pas les messages."),
    ("Nadia Belkacem", "Pansements, prises de sang, pilulier."),
    ("Dr Samir Haddad", "Le cœur, le souffle, le poids qui monte."),
    ("Karim Diallo", "La marche, les exercices, les chutes."),
    ("Pharmacie des Halles", "Médicaments, livraison, effets gênants."),
    ("Lucie Perrin", "Les repas, le sel."),
]


def _patient(session: Session, given_name: str) -> Patient:
    return session.exec(select(Patient).where(Patient.given_name == given_name)).one()


def _members(session: Session, patient: Patient, *, at: datetime) -> list[CareTeamMember]:
    query = select(CareTeamMember).where(
        CareTeamMember.patient_id == patient.id,
        col(CareTeamMember.period_start) <= at,
        col(CareTeamMember.period_end).is_(None) | (col(CareTeamMember.period_end) > at),
    )
    return list(session.exec(query.order_by(col(CareTeamMember.position))))


def _name(session: Session, member: CareTeamMember) -> str:
    if member.practitioner_id is not None:
        someone = session.get_one(Practitioner, member.practitioner_id)
        return " ".join(filter(None, (someone.prefix, someone.given_name, someone.family_name)))
    if member.related_person_id is not None:
        key = (member.patient_id, member.related_person_id)
        relative = session.get_one(RelatedPerson, key)
        return f"{relative.given_name} {relative.family_name}"
    return session.get_one(Organization, member.organization_id).name


def _role(session: Session, family_name: str) -> PractitionerRole:
    query = select(PractitionerRole).join(Practitioner)
    return session.exec(query.where(Practitioner.family_name == family_name)).one()


def test_the_circle_of_jeanne_is_the_one_of_the_reference_pages(demo: Session) -> None:
    members = _members(demo, _patient(demo, "Jeanne"), at=NOW)

    assert [(_name(demo, m), m.contact_for) for m in members] == CIRCLE_OF_JEANNE


def test_the_functions_of_jeannes_circle_are_set(demo: Session) -> None:
    members = _members(demo, _patient(demo, "Jeanne"), at=NOW)

    assert {_name(demo, m): m.functions for m in members if m.functions} == {
        "Claire Morvan": ["coordinateur"],
        "Dr Anne Le Goff": ["medecin_traitant"],
        "Paul Morel": ["aidant_principal"],
    }


def test_one_member_left_last_month_and_one_leaves_next_week(demo: Session) -> None:
    jeanne = _patient(demo, "Jeanne")
    today = {_name(demo, m) for m in _members(demo, jeanne, at=NOW)}

    before = {_name(demo, m) for m in _members(demo, jeanne, at=NOW - timedelta(days=32))}
    after = {_name(demo, m) for m in _members(demo, jeanne, at=NOW + timedelta(days=9))}

    assert before - today == {"Julie Kerbrat"}
    assert today - after == {"Karim Diallo"}


def test_the_hours_say_what_the_reference_page_says_at_half_past_eleven(demo: Session) -> None:
    work_week = ["mon", "tue", "wed", "thu", "fri"]

    assert _role(demo, "Morvan").hours == [{"days": work_week, "from": "09:00", "to": "18:00"}]
    assert _role(demo, "Le Goff").hours[0]["to"] == "12:00"
    assert _role(demo, "Le Goff").hours[1] == {"days": work_week, "from": "14:00", "to": "18:30"}
    assert _role(demo, "Haddad").hours[1]["from"] == "14:00"
    every_day = [*work_week, "sat", "sun"]
    assert _role(demo, "Belkacem").hours == [{"days": every_day, "from": "07:00", "to": "19:00"}]
    texts = {
        _name(demo, m): m.availability_text
        for m in _members(demo, _patient(demo, "Jeanne"), at=NOW)
    }
    assert texts["Sylvie Morel"] == "Plutôt le soir et le mardi"


def test_karim_is_away_and_maud_replaces_him(demo: Session) -> None:
    people = {one.id: one.family_name for one in demo.exec(select(Practitioner)).all()}
    found = {
        people[one.practitioner_id]: (one.starts_on, people[one.replacement_id])
        for one in demo.exec(select(Absence)).all()
        if one.replacement_id is not None
    }
    assert found["Diallo"] == (NOW.date(), "Cadiou")


def test_the_pharmacy_brings_its_hours_itself(demo: Session) -> None:
    pharmacy = _members(demo, _patient(demo, "Jeanne"), at=NOW)[-2]

    assert pharmacy.hours is not None
    assert pharmacy.hours[0]["to"] == "19:30"
    assert "sat" in pharmacy.hours[0]["days"]


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        datetime(2027, 3, 16, 12, tzinfo=UTC),
        datetime(2027, 3, 17, 12, tzinfo=UTC),
        datetime(2028, 2, 29, 12, tzinfo=UTC),
    ],
)
def test_jeanne_is_always_81(seed_at: Seed, now: datetime) -> None:
    born = date.fromisoformat(_patient(seed_at(now), "Jeanne").birth_date)

    had_birthday = (now.month, now.day) >= (born.month, born.day)
    assert now.year - born.year - (not had_birthday) == 81


@pytest.mark.parametrize(
    ("professional", "patients"),
    [
        ("Belkacem", {"Jeanne", "Marcel", "Louise", "Georges"}),
        ("Le Goff", {"Jeanne", "Marcel", "Paul", "Monique", "Ahmed", "Louise"}),
        ("Haddad", {"Jeanne", "Monique", "Georges", "Lucette"}),
        ("Morvan", {"Jeanne", "Marcel", "Ahmed", "Louise", "Georges", "Lucette"}),
    ],
)
def test_each_professional_has_patients(
    demo: Session, professional: str, patients: set[str]
) -> None:
    query = select(Patient.given_name).where(
        CareTeamMember.patient_id == Patient.id,
        CareTeamMember.practitioner_id == Practitioner.id,
        Practitioner.family_name == professional,
    )

    assert set(demo.exec(query)) == patients


def test_one_circle_is_empty_and_every_patient_has_one(demo: Session) -> None:
    circles = {team.patient_id for team in demo.exec(select(CareTeam))}
    patients = demo.exec(select(Patient)).all()

    empty = {p.given_name for p in patients if not _members(demo, p, at=NOW)}

    assert circles == {p.id for p in patients}
    assert empty == {"Yvonne"}


def _of_people() -> list[Table]:
    """Modules are for everybody: they name real help lines and the sites of public bodies."""
    return [one for one in metadata.sorted_tables if not one.name.startswith("module")]


def test_every_number_and_address_is_one_that_nobody_has(demo: Session) -> None:
    texts = [
        value
        for table in _of_people()
        for row in demo.execute(select_columns(table))
        for value in row
        if isinstance(value, str) and not _DIGEST.fullmatch(value)
    ]
    numbers = [text for text in texts if re.search(r"(?:\d[ .]?){9,}", text)]
    mails = [text for text in texts if "@" in text]
    urls = [text for text in texts if "://" in text]

    assert len(numbers) > 30
    assert all(FICTION.fullmatch(number) for number in numbers)
    assert mails
    assert all(re.fullmatch(r"[a-z]+@example\.org", mail) for mail in mails)
    assert urls
    assert all(url.startswith("https://visio.example.org/") for url in urls)


def test_no_national_number_is_invented(demo: Session) -> None:
    assert {p.ins for p in demo.exec(select(Patient))} == {None}
    assert {p.rpps for p in demo.exec(select(Practitioner))} == {None}


def test_the_demo_stays_small(demo: Session) -> None:
    counts = {
        table.name: demo.execute(select_columns(func.count()).select_from(table)).scalar_one()
        for table in _of_people()
    }

    assert counts["patient"] == 10
    assert sum(counts.values()) < 300
