"""A FHIR CareTeam and the patient's one circle: who joins, stays, leaves, comes back."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from sqlmodel import Session, col, select

from portal.fhir import ImportReport, Outcome
from portal.models.care import CareTeam, CareTeamMember, Patient
from portal.models.directory import Organization, Practitioner
from tests.fhir.conftest import Import
from tests.fhir.files import (
    Json,
    care_team,
    concept,
    location,
    member,
    name,
    organization,
    patient,
    practitioner,
    related_person,
)

Said = Callable[[ImportReport], list[str]]
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 7, 1, 12, tzinfo=UTC)
BASE = (patient(), practitioner(), practitioner("roux", name=[name("Roux", "Luc")]), organization())
LEROY, ROUX = member("Practitioner/leroy"), member("Practitioner/roux")


def _members(session: Session) -> dict[str, CareTeamMember]:
    """By the family name of the professional, the structure's name, or "relative"."""
    people = {row.id: row.family_name for row in session.exec(select(Practitioner))}
    places = {row.id: row.name for row in session.exec(select(Organization))}
    found = {}
    for row in session.exec(select(CareTeamMember).order_by(col(CareTeamMember.id))):
        who = people.get(row.practitioner_id) or places.get(row.organization_id) or "relative"  # type: ignore[arg-type]  # None is no key
        found[who] = row
    return found


def _circle(session: Session) -> CareTeam:
    return session.exec(select(CareTeam)).one()


def test_members_of_every_kind_take_their_place(take: Import, session: Session) -> None:
    role = {
        "resourceType": "PractitionerRole",
        "id": "r",
        "practitioner": {"reference": "Practitioner/roux"},
        "organization": {"reference": "Organization/cabinet"},
    }
    team = care_team(
        member("Practitioner/leroy", onBehalfOf={"reference": "Organization/cabinet"}),
        member("PractitionerRole/r"),
        member("Organization/cabinet"),
        member("RelatedPerson/paul"),
        member("Patient/jeanne"),
    )
    report = take(*BASE, role, related_person(), team)
    rows = session.exec(select(CareTeamMember)).all()
    kinds = sorted(
        (bool(row.practitioner_id), bool(row.organization_id), bool(row.practitioner_role_id))
        for row in rows
    )
    assert kinds == [
        (False, False, False),
        (False, True, False),
        (True, True, False),
        (True, True, True),
    ]
    assert report.counts()[Outcome.LEFT_OUT] == 0


@pytest.mark.parametrize(
    ("role", "functions", "words"),
    [
        ({"text": "Médecin traitant"}, ["medecin_traitant"], ""),
        ({"text": "adviser"}, [], "adviser"),
        (
            concept(
                "https://mos.esante.gouv.fr/NOS/TRE_R259-HL7ParticipationFunction/FHIR/"
                "TRE-R259-HL7ParticipationFunction",
                "PCP",
            ),
            ["medecin_traitant"],
            "",
        ),
        (concept("urn:local", "Z"), [], "Z"),
    ],
)
def test_a_role_is_a_function_or_words(
    take: Import, session: Session, role: Json, functions: list[str], words: str
) -> None:
    take(*BASE, care_team(member("Practitioner/leroy", role=[role])))
    row = _members(session)["Leroy"]
    assert (row.functions, row.role_text) == (functions, words)


def test_roles_side_by_side_are_one_place(take: Import, session: Session) -> None:
    roles = [[{"text": "Référent"}], [{"text": "Coordinatrice"}], [{"text": "écoute"}]]
    take(*BASE, care_team(*(member("Practitioner/leroy", role=role) for role in roles)))
    row = session.exec(select(CareTeamMember)).one()
    assert (row.functions, row.role_text) == (["coordinateur", "referent"], "écoute")


def test_two_periods_are_two_places(take: Import, session: Session) -> None:
    first = {"start": "2010", "end": "2012"}
    team = care_team(
        member("Practitioner/leroy", period=first),
        member("Practitioner/leroy", period={"start": "2020-05-01T10:00:00Z"}),
    )
    take(*BASE, team)
    rows = session.exec(select(CareTeamMember).order_by(col(CareTeamMember.period_start))).all()
    ends = [row.period_end.isoformat() if row.period_end else None for row in rows]
    assert ends == ["2012-12-31T22:59:59+00:00", None]
    assert take(*BASE, team).counts()[Outcome.UPDATED] == 0


def test_days_are_those_of_the_place(take: Import, session: Session) -> None:
    period = {"start": "2026-01-01", "end": "2026-01-31"}
    take(*BASE, care_team(member("Practitioner/leroy", period=period)), zone="Indian/Reunion")
    row = _members(session)["Leroy"]
    assert row.period_start == datetime(2025, 12, 31, 20, tzinfo=UTC)
    assert row.period_end == datetime(2026, 1, 31, 19, 59, 59, tzinfo=UTC)


def test_the_end_of_a_team_ends_its_places_and_not_the_circle(
    take: Import, session: Session
) -> None:
    take(*BASE, related_person(), care_team(LEROY, period={"end": "2013-01-01"}))
    members = _members(session)
    assert members["Leroy"].period_end == datetime(2013, 1, 1, 22, 59, 59, tzinfo=UTC)
    assert members["relative"].period_end is None
    assert (_circle(session).status, _circle(session).period_end) == ("active", None)


@pytest.mark.parametrize("status", ["inactive", "suspended", "entered-in-error"])
def test_a_team_that_is_not_active_any_more_ends_its_places(
    take: Import, session: Session, status: str
) -> None:
    take(*BASE, care_team(LEROY))
    with time_machine.travel(NOW, tick=False):
        take(care_team(LEROY, status=status))
    assert _members(session)["Leroy"].period_end == NOW
    with time_machine.travel(LATER, tick=False):
        take(care_team(LEROY, status=status, name="x"))
    assert _members(session)["Leroy"].period_end == NOW
    take(care_team(LEROY))
    assert _members(session)["Leroy"].period_end is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("entered-in-error", "it was entered in error"),
        ("proposed", "the team is only proposed: import it again once it is active"),
    ],
)
def test_a_team_that_never_worked_gives_no_place(
    take: Import, said: Said, status: str, reason: str
) -> None:
    report = take(*BASE, care_team(LEROY, status=status))
    assert said(report) == [f"CareTeam/cercle: {reason}"]
    assert take.tables()["care_team_member"] == []


def test_who_is_not_named_any_more_leaves_now(take: Import, session: Session) -> None:
    take(*BASE, care_team(LEROY, ROUX))
    with time_machine.travel(NOW, tick=False):
        report = take(care_team(ROUX))
    members = _members(session)
    assert members["Leroy"].period_end == NOW
    assert members["Roux"].period_end is None
    assert report.counts()[Outcome.UPDATED] == 1


def test_who_is_named_again_is_back(take: Import, session: Session) -> None:
    for members in ((LEROY, ROUX), (ROUX,), (LEROY, ROUX)):
        take(*BASE, care_team(*members))
    assert _members(session)["Leroy"].period_end is None
    assert len(session.exec(select(CareTeamMember)).all()) == 2


def test_whom_a_coordinator_took_out_stays_out(take: Import, session: Session) -> None:
    take(*BASE, care_team(LEROY, ROUX))
    _members(session)["Leroy"].period_end = NOW
    session.commit()
    take(care_team(LEROY, ROUX, name="Nouveau nom"))
    assert _circle(session).name == "Nouveau nom"
    assert _members(session)["Leroy"].period_end == NOW


def test_what_was_entered_by_hand_stays(take: Import, session: Session) -> None:
    take(*BASE, care_team(member("Practitioner/leroy", role=[{"text": "adviser"}])))
    row = _members(session)["Leroy"]
    row.contact_for, row.position, row.phone = "les pansements", 3, "0601"
    row.functions = ["referent"]
    session.commit()
    changed = member("Practitioner/leroy", role=[{"text": "Médecin traitant"}])
    take(care_team(changed))
    row = _members(session)["Leroy"]
    assert (row.contact_for, row.position, row.phone) == ("les pansements", 3, "0601")
    assert (row.functions, row.role_text) == (["medecin_traitant", "referent"], "")


def test_a_member_entered_by_hand_is_not_doubled_and_never_ended(
    take: Import, session: Session
) -> None:
    take(*BASE)
    doctor = session.exec(select(Practitioner).where(Practitioner.family_name == "Leroy")).one()
    patient_id = session.exec(select(Patient)).one().id
    session.add(CareTeamMember(patient_id=patient_id, practitioner_id=doctor.id, position=1))
    session.commit()
    take(care_team(LEROY, ROUX))
    assert len(session.exec(select(CareTeamMember)).all()) == 2
    take(care_team(ROUX))
    row = _members(session)["Leroy"]
    assert (row.position, row.period_end) == (1, None)


def test_a_patient_has_one_circle_whatever_the_number_of_teams(
    take: Import, session: Session, said: Said
) -> None:
    other = care_team(ROUX, id="autre", name="Équipe B")
    report = take(*BASE, care_team(LEROY), other)
    assert said(report) == [
        "CareTeam/cercle name: another CareTeam names the circle already; "
        "the members of this one were added"
    ]
    assert _circle(session).name == "Équipe B"
    assert _members(session).keys() == {"Leroy", "Roux"}
    with time_machine.travel(NOW, tick=False):
        take(care_team())
    members = _members(session)
    assert (members["Leroy"].period_end, members["Roux"].period_end) == (NOW, None)


def test_the_structure_that_keeps_the_circle_is_told_once(take: Import, session: Session) -> None:
    keeps = {"managingOrganization": [{"reference": "Organization/cabinet"}]}
    take(*BASE, organization("b", name="Autre"), care_team(**keeps))
    home = session.exec(select(Organization).where(Organization.name == "Cabinet des Lilas")).one()
    assert session.exec(select(Patient)).one().organization_id == home.id
    take(care_team(managingOrganization=[{"reference": "Organization/b"}]))
    assert session.exec(select(Patient)).one().organization_id == home.id


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("CareTeam/cercle", "a team inside a team is not shown"),
        ("RelatedPerson/far", "they are a related person of another patient"),
        ("Patient/b", "another patient is no member of this circle"),
        ("Location/hopital", "Location/hopital is of type Location, not Practitioner or "),
    ],
)
def test_who_cannot_be_a_member_is_left_out(
    take: Import, said: Said, reference: str, reason: str
) -> None:
    stranger = patient("b", name=[name("Petit", "Lucien")])
    far = related_person("far", patient={"reference": "Patient/b"}, name=[name("Petit", "Zoé")])
    take(*BASE, stranger, far, location(), care_team())
    lines = said(take(care_team(member(reference))))
    assert len(lines) == 1
    assert lines[0].startswith(f"CareTeam/cercle participant[0]: {reason}")
