"""Circles in the database, for the tests of the export: one by hand with everything in it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal import clock
from portal.fhir.export import Profile, export_circle
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Absence, PractitionerRole
from portal.models.need import Need, NeedType
from tests import factories
from tests.fhir.files import INS, RPPS, Json

HOURS = [
    {"days": ["mon", "tue"], "from": "09:00", "to": "12:30"},
    {"days": ["sat"], "from": "00:00", "to": "23:59"},
]
LONG_AGO = datetime(2024, 2, 3, 4, 5, 6, 789, tzinfo=UTC)


def exported(session: Session, patient_id: UUID, profile: str, *, is_full: bool = True) -> Json:
    """As of now; the session has nothing in its memory afterwards."""
    body = export_circle(
        session,
        patient_id=patient_id,
        profile=Profile(profile),
        is_full=is_full,
        at=clock.now(),
    )
    session.rollback()
    session.expunge_all()
    session.info.clear()
    return body


def resources(bundle: Json, kind: str) -> list[Json]:
    found = (entry["resource"] for entry in bundle["entry"])
    return [resource for resource in found if resource["resourceType"] == kind]


def only(bundle: Json, kind: str) -> Json:
    (found,) = resources(bundle, kind)
    return found


def rich_circle(session: Session) -> Patient:
    """Every kind of member, of need and of absence, with every column filled."""
    house = factories.make_organization(
        session,
        phone="02 99 00 00 01",
        email="accueil@example.org",
        address="3 rue des Tilleuls, 35000 Rennes",
        time_zone="Indian/Reunion",
        finess="350000121",
        hours=HOURS,
        is_open_on_holidays=True,
        holiday_region="974",
        on_call_phone="02 99 00 00 02",
        on_call_text="La garde, la nuit",
        has_116117=True,
    )
    pharmacy = factories.make_organization(
        session, name="Pharmacie du Port", kind="other", kind_text="Officine"
    )
    patient = factories.make_patient(
        session,
        birth_date="1948-03",
        ins=INS,
        ins_status="VALI",
        phone="06 39 98 00 01",
        email="jeanne@example.org",
        address="12 rue du Port, 35000 Rennes",
        time_zone="Indian/Reunion",
        organization_id=house.id,
        has_long_term_condition=True,
    )
    _rename(session, patient)
    nurse = factories.make_practitioner(session, email="nadia@example.org")
    doctor = factories.make_practitioner(
        session,
        prefix="Dr",
        given_name="Anne",
        family_name="Le Goff",
        profession="medecin",
        profession_text="Médecine générale",
        rpps=RPPS,
    )
    expert = factories.make_practitioner(session, family_name="Ipa", profession="ipa", phone="")
    stand_in = factories.make_practitioner(session, given_name="Julie", family_name="Roux")
    role = PractitionerRole(
        practitioner_id=nurse.id,
        organization_id=house.id,
        role_text="Soins à domicile",
        phone="02 99 00 00 03",
        email="soins@example.org",
        time_zone="America/Cayenne",
        hours=HOURS,
        absences=[{"from": "2026-01-02", "to": "2026-01-09", "reason": ""}],
        is_open_on_holidays=True,
        period_start=date(2024, 1, 1),
    )
    today = clock.now().date()
    absence = Absence(
        practitioner_id=nurse.id,
        starts_on=today,
        ends_on=today + timedelta(days=9),
        replacement_id=stand_in.id,
        note="Julie a les clés.",
    )
    rows = [role, absence]
    session.add_all(rows)
    session.flush()
    daughter = factories.make_relative(
        session,
        patient=patient,
        relationship_text="aidant principal",
        is_emergency_contact=True,
        phone="06 39 98 00 02",
        email="sylvie@example.org",
        address="1 rue Haute, 35000 Rennes",
        period_start=date(2020, 5, 1),
    )
    coordinator = factories.make_member(
        session,
        patient=patient,
        practitioner_id=nurse.id,
        practitioner_role_id=role.id,
        organization_id=house.id,
        functions=["referent", "coordinateur"],
        role_text="Passe le matin",
        contact_for="Les pansements.",
        phone="06 39 98 00 03",
        hours=HOURS,
        availability_text="Plutôt le matin",
        is_outside_care_team=True,
        sees="agenda care_team",
        position=7,
        period_start=LONG_AGO,
    )
    _others(session, patient, doctor.id, expert.id, pharmacy.id, daughter.id)
    former = factories.make_member(
        session,
        patient=patient,
        practitioner_id=stand_in.id,
        period_end=LONG_AGO,
        end_reason="replaced",
        successor_id=coordinator.id,
    )
    _needs(session, patient, owner=coordinator, deputy=former, organization_id=house.id)
    session.commit()
    return patient


def _rename(session: Session, patient: Patient) -> None:
    team = session.get_one(CareTeam, patient.id)
    team.name, team.period_start = "Le cercle de Jeanne", date(2024, 1, 1)
    session.add(team)
    session.flush()


def _others(
    session: Session, patient: Patient, doctor: UUID, expert: UUID, pharmacy: UUID, daughter: UUID
) -> None:
    places = (
        {"practitioner_id": doctor, "functions": ["medecin_traitant"]},
        {"practitioner_id": expert},
        {"organization_id": pharmacy, "role_text": "Mme Tran"},
        {"related_person_id": daughter, "functions": ["aidant_principal"]},
    )
    for place in places:
        factories.make_member(session, patient=patient, **place)


def _needs(
    session: Session,
    patient: Patient,
    *,
    owner: CareTeamMember,
    deputy: CareTeamMember,
    organization_id: UUID,
) -> None:
    own_type = NeedType(organization_id=organization_id, label="Lecture du courrier")
    session.add(own_type)
    session.flush()
    dressing = Need(
        patient_id=patient.id,
        code="dressing",
        detail="La jambe gauche",
        owner_id=owner.id,
        deputy_id=deputy.id,
        contact_text="Par message",
        frequency="3 fois par semaine",
        review_on=date(2026, 12, 24),
    )
    ended = Need(
        patient_id=patient.id,
        code="meals",
        ended_at=LONG_AGO,
        end_reason="Le portage des repas suffit",
    )
    session.add_all([dressing, ended, Need(patient_id=patient.id, need_type_id=own_type.id)])
    session.flush()
