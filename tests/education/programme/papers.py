"""What the tests of the papers repeat: a patient whose programme is under way, and the team."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from portal.clock import now
from portal.consents.deciding import Author as Decider
from portal.crypto import KeyRing
from portal.education.programme import taking_part
from portal.education.programme.sealing import reason_cell, title_cell, words_cell
from portal.models.account import User
from portal.models.base import new_id
from portal.models.care import MemberFunction, Patient
from portal.models.directory import Organization, Practitioner
from portal.models.programme import (
    EducationProgramme,
    ItemState,
    ProgrammeGoal,
    ProgrammeItem,
)
from portal.models.rights import CareLinkKind
from tests import factories

TITLE = "Vivre avec mon cœur"


@dataclass
class Team:
    """Jeanne, her son, a nurse and the médecin traitant of her circle, a nurse of elsewhere."""

    house: Organization
    patient: Patient
    jeanne: User
    paul: User
    nadia: User
    doctor: User
    yves: User
    programme: EducationProgramme

    @property
    def of_programme(self) -> dict[str, Any]:
        return {"patient_id": self.patient.id, "programme_id": self.programme.id}


def make_team(
    session: Session, keys: KeyRing, *, accepts: bool = True, carer: str = "act", sees: str = ""
) -> Team:
    house = factories.make_organization(session)
    patient = factories.make_patient(session, given_name="Jeanne", organization_id=house.id)
    jeanne, _ = factories.make_user(session, keys, given_name="Jeanne", family_name="Moreau")
    factories.make_link(session, patient=patient, user=jeanne, kind=CareLinkKind.SELF)
    paul, _ = factories.make_user(session, keys, given_name="Paul", family_name="Moreau")
    link = factories.make_link(session, patient=patient, user=paul, kind=CareLinkKind.CARER)
    if carer:
        factories.make_grant(session, link=link, category="education", action=carer)
    nadia = make_professional(session, keys, patient, "Nadia", sees=sees)
    functions = [MemberFunction.MEDECIN_TRAITANT]
    doctor = make_professional(session, keys, patient, "Samir", functions=functions)
    yves = make_professional(session, keys, None, "Yves")
    programme = make_programme(session, keys, patient, house, nadia)
    if accepts:
        decider = Decider(jeanne.id, "self")
        taking_part.agree(session, patient_id=patient.id, author=decider, locale="fr", at=now())
    session.commit()
    return Team(house, patient, jeanne, paul, nadia, doctor, yves, programme)


def make_programme(
    session: Session, keys: KeyRing, patient: Patient, house: Organization, by: User
) -> EducationProgramme:
    programme_id = new_id()
    programme = EducationProgramme(
        patient_id=patient.id,
        id=programme_id,
        organization_id=house.id,
        title_sealed=keys.seal(TITLE.encode(), title_cell(programme_id)),
        proposed_by=by.id,
        proposed_at=now(),
    )
    session.add(programme)
    session.flush()
    return programme


def make_professional(
    session: Session,
    keys: KeyRing,
    patient: Patient | None,
    name: str,
    *,
    functions: list[MemberFunction] | None = None,
    **place: Any,
) -> User:
    practitioner: Practitioner = factories.make_practitioner(
        session, given_name=name, family_name="Bensaïd"
    )
    if patient is not None:
        factories.make_member(
            session,
            patient=patient,
            practitioner_id=practitioner.id,
            functions=functions or [],
            **place,
        )
    user, _ = factories.make_user(
        session, keys, practitioner_id=practitioner.id, given_name=name, family_name="Bensaïd"
    )
    return user


def make_goal(session: Session, keys: KeyRing, team: Team, words: str) -> ProgrammeGoal:
    goal_id = new_id()
    goal = ProgrammeGoal(
        **team.of_programme,
        id=goal_id,
        position=1,
        words_sealed=keys.seal(words.encode(), words_cell(goal_id)),
        set_by=team.jeanne.id,
        set_at=now(),
    )
    session.add(goal)
    session.commit()
    return goal


def make_item(
    session: Session,
    keys: KeyRing,
    team: Team,
    *,
    reason: str = "",
    state: ItemState = ItemState.ACCEPTED,
    **what: Any,
) -> ProgrammeItem:
    item_id = new_id()
    item = ProgrammeItem(
        **team.of_programme,
        id=item_id,
        position=1,
        reason_sealed=keys.seal(reason.encode(), reason_cell(item_id)),
        state=state,
        proposed_by=team.nadia.id,
        proposed_at=now(),
        **what,
    )
    session.add(item)
    session.commit()
    return item
