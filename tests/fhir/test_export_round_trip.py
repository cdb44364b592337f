"""What leaves comes back: nothing changes here, and everything arrives in the next place."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlmodel import Session, select

from portal.fhir import ImportReport, Outcome
from portal.models import metadata
from portal.models.care import CareTeamMember, Patient
from portal.models.interop import FhirResource
from portal.models.need import Need, NeedChange
from tests.fhir.circles import exported, rich_circle
from tests.fhir.conftest import Import
from tests.fhir.files import Json

PROFILES = ("french", "hl7")
profiles = pytest.mark.parametrize("profile", PROFILES)


def _only_unchanged(report: ImportReport) -> bool:
    said = [(entry.label, entry.piece, entry.reason) for entry in report.entries]
    assert {entry.outcome for entry in report.entries} == {Outcome.UNCHANGED}, said
    return bool(report.entries)


def _empty(session: Session) -> None:
    for table in reversed(metadata.sorted_tables):
        session.execute(delete(table))
    session.commit()
    session.expunge_all()


@profiles
def test_our_own_export_changes_nothing_here(take: Import, session: Session, profile: str) -> None:
    bundle = exported(session, rich_circle(session).id, profile)
    before = take.tables()
    assert _only_unchanged(take(bundle))
    assert take.tables() == before


@profiles
def test_what_less_readers_take_away_changes_nothing_either(
    take: Import, session: Session, profile: str
) -> None:
    bundle = exported(session, rich_circle(session).id, profile, is_full=False)
    before = take.tables()
    assert _only_unchanged(take(bundle))
    assert take.tables() == before


@profiles
def test_an_empty_installation_exports_the_same_again(
    take: Import, session: Session, profile: str
) -> None:
    patient_id = rich_circle(session).id
    bundle = exported(session, patient_id, profile)
    _empty(session)
    report = take(bundle)
    assert {entry.outcome for entry in report.entries} == {Outcome.CREATED}
    assert exported(session, patient_id, profile) == bundle


def test_both_profiles_in_one_command_are_one_circle(take: Import, session: Session) -> None:
    patient_id = rich_circle(session).id
    bundles = [exported(session, patient_id, profile) for profile in PROFILES]
    _empty(session)
    take(*bundles)
    assert [exported(session, patient_id, profile) for profile in PROFILES] == bundles
    assert len(session.exec(select(Patient)).all()) == 1


@profiles
def test_the_new_installation_knows_what_it_took(
    take: Import, session: Session, profile: str
) -> None:
    patient_id = rich_circle(session).id
    bundle = exported(session, patient_id, profile)
    _empty(session)
    take(bundle)
    before = take.tables()
    assert _only_unchanged(take(bundle))
    assert take.tables() == before


def test_a_need_that_arrives_has_a_history_that_nobody_signed(
    take: Import, session: Session
) -> None:
    bundle = exported(session, rich_circle(session).id, "french")
    _empty(session)
    take(bundle)
    changes = {change.need_id: change for change in session.exec(select(NeedChange))}
    needs = session.exec(select(Need)).all()
    assert changes.keys() == {need.id for need in needs}
    dressing = next(need for need in needs if need.code == "dressing")
    change = changes[dressing.id]
    told = (change.actor_id, change.owner_name, change.deputy_name, change.detail)
    assert told == (None, "Nadia Belkacem", "Julie Roux", "La jambe gauche")


@pytest.fixture
def outside(shared_data: Path) -> list[Path]:
    fhir = shared_data / "fhir"
    return [fhir / "cercle-de-soins-transaction.json", fhir / "hl7-r4-examples"]


def _patients(session: Session) -> list[UUID]:
    found = sorted(session.exec(select(Patient.id)))
    session.rollback()
    return found


@profiles
def test_circles_that_came_from_other_software_come_back_unchanged(
    take: Import, session: Session, outside: list[Path], profile: str
) -> None:
    take(*outside)
    before = take.tables()
    bundles = [exported(session, one, profile) for one in _patients(session)]
    assert len(bundles) == 3
    assert _only_unchanged(take(*bundles))
    assert take.tables() == before
    take(*outside)
    assert take.tables() == before


@profiles
def test_circles_of_other_software_arrive_in_an_empty_installation(
    take: Import, session: Session, outside: list[Path], profile: str
) -> None:
    take(*outside)
    patients = _patients(session)
    bundles = [exported(session, one, profile) for one in patients]
    _empty(session)
    take(*bundles)
    assert [exported(session, one, profile) for one in patients] == bundles


def test_a_circle_by_hand_and_from_a_file_comes_back_unchanged(
    take: Import, session: Session, outside: list[Path]
) -> None:
    take(*outside)
    patient_id = next(one for one in _patients(session) if _seats(session, one))
    seat = _seats(session, patient_id)[0]
    seat.contact_for, seat.functions = "Tout", ["referent"]
    session.add(seat)
    session.add(Need(patient_id=patient_id, code="meals", owner_id=seat.id))
    session.commit()
    bundle = exported(session, patient_id, "french")
    before = take.tables()
    assert _only_unchanged(take(bundle))
    assert take.tables() == before


def _seats(session: Session, patient_id: UUID) -> list[CareTeamMember]:
    query = select(CareTeamMember).where(CareTeamMember.patient_id == patient_id)
    return list(session.exec(query))


def test_what_was_changed_outside_is_taken_and_kept_as_it_came(
    take: Import, session: Session
) -> None:
    bundle: Json = exported(session, rich_circle(session).id, "hl7")
    doctor = next(
        entry["resource"]
        for entry in bundle["entry"]
        if "Goff" in str(entry["resource"].get("name"))
    )
    doctor["telecom"] = [{"system": "phone", "value": "02 99 11 11 11"}]
    report = take(bundle)
    assert report.counts()[Outcome.UPDATED] == 1
    assert report.counts()[Outcome.LEFT_OUT] == 0
    kept = session.exec(select(FhirResource)).one()
    assert "02 99 11 11 11" in kept.content
    assert take(bundle).counts()[Outcome.UPDATED] == 0
