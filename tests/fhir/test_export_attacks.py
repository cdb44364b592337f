"""Whoever writes our identifiers into a file gains nothing by it."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.fhir import ImportReport, Outcome
from portal.models.care import CareTeamMember, Patient, RelatedPerson
from portal.models.directory import Absence, Organization, Practitioner
from portal.models.need import Need, NeedType
from portal.models.rights import Block
from tests import factories
from tests.fhir.circles import LONG_AGO, exported, only, resources, rich_circle
from tests.fhir.conftest import Import
from tests.fhir.files import OTHER_INS, Json, patient

Said = Callable[[ImportReport], list[str]]
URN = "urn:uuid:"


@pytest.fixture
def bundle(session: Session) -> Json:
    """The export of a rich circle, to be bent."""
    return exported(session, rich_circle(session).id, "hl7")


def _participants(bundle: Json) -> list[Json]:
    found: list[Json] = only(bundle, "CareTeam")["participant"]
    return found


def _of(bundle: Json, name: str) -> Json:
    return next(one for one in _participants(bundle) if name in one["member"].get("display", ""))


def _said(participant: Json, name: str) -> Json:
    url = f"urn:relais:{name}"
    return next(one for one in participant["extension"] if one["url"] == url)


def _member(session: Session, participant: Json) -> CareTeamMember:
    place = UUID(_said(participant, "member")["valueUri"].removeprefix(URN))
    return session.exec(select(CareTeamMember).where(CareTeamMember.id == place)).one()


@pytest.mark.parametrize(
    "other",
    [
        {"name": [{"family": "Petit", "given": ["Lucien"]}]},
        {"name": [{"family": "Petit", "given": ["Jeanne"]}], "birthDate": "1950"},
    ],
)
def test_our_id_with_another_identity_is_refused(take: Import, bundle: Json, other: Json) -> None:
    told = only(bundle, "Patient")
    told |= other
    told["identifier"] = [told["identifier"][-1]]
    assert "imported before for another person" in take.refusal(bundle).reason


def test_our_id_with_another_ins_is_refused(take: Import, bundle: Json) -> None:
    only(bundle, "Patient")["identifier"][0]["value"] = OTHER_INS
    assert "another person" in take.refusal(bundle).reason


def test_the_ids_of_two_patients_in_one_are_refused(
    take: Import, session: Session, bundle: Json
) -> None:
    other = factories.make_patient(session, given_name="Odile", family_name="Petit")
    session.commit()
    ours = only(bundle, "Patient")["identifier"][-1]
    ours["value"] = f"{URN}{other.id}"
    assert "belong to different patients" in take.refusal(bundle).reason


def test_our_id_alone_renames_no_professional_and_no_place(
    take: Import, session: Session, bundle: Json, said: Said
) -> None:
    for told in resources(bundle, "Practitioner"):
        told["name"] = [{"family": "Zzz", "given": ["Zzz"]}]
    for told in resources(bundle, "Organization"):
        told["name"], told["telecom"] = "Zzz", [{"system": "phone", "value": "0666"}]
        told["identifier"] = told["identifier"][-1:]
    lines = said(take(bundle))
    assert any("who is somebody else" in line for line in lines)
    assert any("an id alone renames no place" in line for line in lines)
    assert not [one for one in session.exec(select(Practitioner)) if one.family_name == "Zzz"]
    phones = [place.phone for place in session.exec(select(Organization))]
    assert "0666" not in phones


def test_an_identifier_without_our_mark_is_nothing_of_ours(take: Import, session: Session) -> None:
    """`urn:uuid:` identifiers are common: they are matched with files, never with rows."""
    row = factories.make_patient(session, given_name="Jeanne", family_name="Morel")
    session.commit()
    foreign = [{"system": "urn:ietf:rfc:3986", "value": f"{URN}{row.id}"}]
    assert take(patient(identifier=foreign)).counts()[Outcome.CREATED] == 1
    assert len(session.exec(select(Patient)).all()) == 2


def test_the_relative_of_another_patient_is_not_taken(
    take: Import, session: Session, bundle: Json, said: Said
) -> None:
    odile = factories.make_patient(session, given_name="Odile")
    theirs = factories.make_relative(session, patient=odile, phone="0601")
    session.commit()
    told = only(bundle, "RelatedPerson")
    told["identifier"][-1]["value"] = f"{URN}{theirs.id}"
    told["telecom"] = [{"system": "phone", "value": "0666"}]
    assert any(
        "they are a related person of another patient" in line for line in said(take(bundle))
    )
    query = select(RelatedPerson.phone).where(RelatedPerson.id == theirs.id)
    assert session.exec(query).all() == ["0601"]


def test_no_file_opens_a_place_that_is_stricter_here(
    take: Import, session: Session, bundle: Json
) -> None:
    nurse = _of(bundle, "Belkacem")
    _said(nurse, "is-outside-care-team")["valueBoolean"] = False
    _said(nurse, "sees")["valueString"] = "agenda care_team documents"
    former = _of(bundle, "Roux")
    del former["period"]
    take(bundle)
    row = _member(session, nurse)
    assert (row.is_outside_care_team, row.sees) == (True, "agenda care_team")
    assert _member(session, former).period_end is not None


def test_a_second_place_opens_no_more_than_the_first(
    take: Import, session: Session, bundle: Json
) -> None:
    second = deepcopy(_of(bundle, "Belkacem"))
    _said(second, "member")["valueUri"] = f"{URN}{uuid4()}"
    for url in ("is-outside-care-team", "sees"):
        second["extension"].remove(_said(second, url))
    _participants(bundle).append(second)
    take(bundle)
    row = _member(session, second)
    assert (row.is_outside_care_team, row.sees) == (True, "agenda care_team")


def test_a_file_may_end_a_place(take: Import, session: Session, bundle: Json) -> None:
    doctor = _of(bundle, "Goff")
    doctor["period"] = {"end": "2026-01-31T12:00:00Z"}
    take(bundle)
    assert _member(session, doctor).period_end == datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_the_place_of_somebody_else_is_not_taken(
    take: Import, session: Session, bundle: Json, said: Said
) -> None:
    nurse, doctor = _of(bundle, "Belkacem"), _of(bundle, "Goff")
    mine, theirs = _said(nurse, "member"), _said(doctor, "member")
    mine["valueUri"], theirs["valueUri"] = theirs["valueUri"], mine["valueUri"]
    before = _places(session)
    lines = said(take(bundle))
    assert sum("the place is somebody else's here" in line for line in lines) == 2
    assert _places(session) == before


def _places(session: Session) -> set[tuple[object, ...]]:
    rows = session.exec(select(CareTeamMember))
    found = {(row.id, row.practitioner_id, row.is_outside_care_team) for row in rows}
    session.rollback()
    return found


def test_a_need_that_stands_here_is_never_changed(
    take: Import, session: Session, bundle: Json, said: Said
) -> None:
    for activity in only(bundle, "CarePlan")["activity"]:
        activity["detail"] |= {"description": "zzz", "performer": []}
    before = take.tables()
    lines = said(take(bundle))
    assert sum("needs are changed in Relais" in line for line in lines) == 3
    assert take.tables() == before


def test_the_absence_of_another_professional_is_not_taken(
    take: Import, session: Session, bundle: Json, said: Said
) -> None:
    doctor = next(one for one in resources(bundle, "Practitioner") if "Goff" in str(one["name"]))
    nurse = next(one for one in resources(bundle, "Practitioner") if one.get("extension"))
    doctor["extension"] = nurse.pop("extension")
    lines = said(take(bundle))
    assert any("it is the absence of another professional" in line for line in lines)
    assert len(session.exec(select(Absence)).all()) == 1


def test_the_need_type_of_another_organization_stays_its_own(
    take: Import, session: Session, bundle: Json
) -> None:
    elsewhere = factories.make_organization(session, name="Ailleurs")
    session.flush()
    foreign = NeedType(organization_id=elsewhere.id, label="zzz")
    session.add(foreign)
    session.commit()
    activity = deepcopy(only(bundle, "CarePlan")["activity"][-1])
    need_id = uuid4()
    activity["detail"]["extension"][0]["valueUri"] = f"{URN}{need_id}"
    activity["detail"]["code"] = {
        "coding": [{"system": "urn:relais:need-type", "code": str(foreign.id)}],
        "text": "Arrosage",
    }
    only(bundle, "CarePlan")["activity"].append(activity)
    take(bundle)
    need = session.exec(select(Need).where(Need.id == need_id)).one()
    own_type = session.get_one(NeedType, need.need_type_id)
    assert own_type.label == "Arrosage"
    assert own_type.organization_id != elsewhere.id


WRONG = [
    {"url": "urn:relais:position", "valueInteger": 10**9},
    {"url": "urn:relais:position", "valueString": "first"},
    {"url": "urn:relais:is-outside-care-team", "valueString": "no"},
    {"url": "urn:relais:contact-for", "valueBoolean": True},
    {"url": "urn:relais:end-reason", "valueString": "zzz"},
    {"url": "urn:relais:member", "valueUri": "urn:uuid:zzz"},
    {"url": "urn:relais:successor", "valueUri": "urn:uuid:zzz"},
    {"url": "urn:relais:role", "valueReference": {"display": "zzz"}},
    {"url": "urn:relais:hours", "extension": [{"url": "day", "valueCode": "zzz"}]},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda one: one["url"] + next(iter(one)))
def test_extensions_with_wrong_values_are_not_believed(
    take: Import, session: Session, bundle: Json, wrong: Json
) -> None:
    doctor = _of(bundle, "Goff")
    doctor["extension"] = [
        *(one for one in doctor["extension"] if one["url"] != wrong["url"]),
        wrong,
    ]
    before = _places(session)
    take(bundle)
    assert _places(session) == before


def test_a_time_zone_that_does_not_exist_is_not_taken(take: Import, session: Session) -> None:
    patient_id = factories.make_patient(session).id
    session.commit()
    bundle = exported(session, patient_id, "hl7")
    only(bundle, "Patient")["extension"][0]["valueString"] = "Mars/Olympus"
    take(bundle)
    assert session.get_one(Patient, patient_id).time_zone == "Europe/Paris"


def test_who_is_kept_out_does_not_leave(take: Import, session: Session, keys: KeyRing) -> None:
    """Elsewhere nobody would know that the patient keeps them out."""
    patient_id = rich_circle(session).id
    nurse = session.exec(select(Practitioner).where(Practitioner.family_name == "Belkacem")).one()
    user, _ = factories.make_user(session, keys)
    block = Block(
        patient_id=patient_id, practitioner_id=nurse.id, starts_at=LONG_AGO, created_by=user.id
    )
    session.add(block)
    session.commit()
    bundle = exported(session, patient_id, "french")
    assert "Belkacem" not in str(bundle)
    before = take.tables()
    assert {entry.outcome for entry in take(bundle).entries} == {Outcome.UNCHANGED}
    assert take.tables() == before


def test_a_mistaken_place_does_not_leave(session: Session) -> None:
    row = rich_circle(session)
    patient_id = row.id
    wrong = factories.make_practitioner(session, family_name="Erreur")
    factories.make_member(
        session,
        patient=row,
        practitioner_id=wrong.id,
        period_end=now(),
        end_reason="mistake",
    )
    session.commit()
    assert "Erreur" not in str(exported(session, patient_id, "french"))
