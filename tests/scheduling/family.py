"""Jeanne, those who see her agenda, those who do not, and who keeps her appointments."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment, AppointmentKind, AppointmentStatus
from portal.models.care import CareTeamMember, Patient
from portal.models.outbox import OutboxMessage, OutboxState
from portal.models.rights import (
    CareLink,
    CareLinkKind,
    CareLinkStatus,
    GrantCategory,
    HiddenItem,
    LegalStatus,
    Mandate,
)
from portal.outbox.queue import values_of
from portal.scheduling.letters.notices import About
from tests import factories

CANARY = "Zébulon"
"""In every name, title and place: what a letter must never say."""


@dataclass(frozen=True)
class Family:
    """`people` are accounts by first name: paul and lea act, remy sees, zoe sees nothing."""

    session: Session
    keys: KeyRing
    patient: Patient
    people: dict[str, User]
    links: dict[str, CareLink]
    nurse: CareTeamMember
    visit: Appointment

    def about(self, by: str = "jeanne", visit: Appointment | None = None) -> About:
        visit = visit or self.visit
        return About(
            patient_id=self.patient.id, appointment_id=visit.id, by=self.people[by].id, at=now()
        )

    def add(self, **fields: object) -> Appointment:
        visit = factories.make_appointment(
            self.session,
            patient=self.patient,
            **{
                "title": f"Dialyse {CANARY}",
                "kind": AppointmentKind.HOSPITAL,
                "status": AppointmentStatus.BOOKED,
                "starts_at": now() + timedelta(days=2),
                "place": f"Hôpital {CANARY}",
            }
            | fields,
        )
        self.session.commit()
        return visit

    def save(self, *rows: object) -> None:
        self.session.add_all(rows)
        self.session.commit()

    def hide(self, *, from_: str, visit: Appointment | None = None) -> None:
        self.save(
            HiddenItem(
                patient_id=self.patient.id,
                category=GrantCategory.AGENDA,
                item_id=(visit or self.visit).id,
                care_link_id=self.links[from_].id,
                created_at=now(),
                created_by=self.people["jeanne"].id,
            )
        )

    def pause(self, name: str) -> None:
        link = self.links[name]
        link.status = CareLinkStatus.PAUSED
        self.save(link)

    def letters(self) -> list[OutboxMessage]:
        self.session.rollback()
        self.session.expire_all()
        return list(self.session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))).all())

    def told(self) -> set[str]:
        """To whom something waits to be sent."""
        return {self.name(one) for one in self.letters() if one.state is OutboxState.PENDING}

    def name(self, letter: OutboxMessage) -> str:
        return next(name for name, user in self.people.items() if user.id == letter.user_id)

    def path_to(self, name: str) -> str:
        (letter,) = (one for one in self.letters() if self.name(one) == name)
        return values_of(letter, keys=self.keys)["path"]


Change = Callable[[Family], None]


@pytest.fixture
def family(session: Session, keys: KeyRing) -> Family:
    return make_family(session, keys)


def make_family(session: Session, keys: KeyRing) -> Family:
    house = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=house.id, given_name=CANARY)
    people: dict[str, User] = {}
    for name in ("jeanne", "paul", "lea", "remy", "zoe", "claire"):
        people[name], _ = factories.make_user(session, keys, given_name=name, family_name=CANARY)
    links = {
        "jeanne": factories.make_link(
            session, patient=patient, user=people["jeanne"], kind=CareLinkKind.SELF
        )
    }
    for name, grants in (
        ("paul", ("agenda:act",)),
        ("lea", ("agenda:act",)),
        ("remy", ("agenda:see",)),
        ("zoe", ("care_team:act",)),
    ):
        relative = factories.make_relative(session, patient=patient, given_name=name)
        links[name] = factories.make_link(
            session,
            patient=patient,
            user=people[name],
            grants=grants,
            related_person_id=relative.id,
        )
    nurse = factories.make_practitioner(session, family_name=CANARY)
    people["nadia"], _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    place = factories.make_member(session, patient=patient, practitioner_id=nurse.id)
    factories.make_coordination(session, user=people["claire"], organization_id=house.id)
    session.commit()
    visit = factories.make_appointment(
        session,
        patient=patient,
        title=f"Dialyse {CANARY}",
        place=f"Hôpital {CANARY}",
        practitioner_id=nurse.id,
        starts_at=now() + timedelta(days=2),
    )
    session.commit()
    return Family(session, keys, patient, people, links, place, visit)


def make_guardian(family: Family, name: str = "guardian") -> Family:
    """With somebody who represents Jeanne by law, and no grant."""
    user, _ = factories.make_user(family.session, family.keys, given_name=name)
    kind = CareLinkKind.LEGAL_REPRESENTATIVE
    link = factories.make_link(family.session, patient=family.patient, user=user, kind=kind)
    at: datetime = factories.LONG_AGO
    family.save(
        Mandate(
            patient_id=family.patient.id,
            care_link_id=link.id,
            status=LegalStatus.TUTEUR_PERSONNE,
            proof_kind="jugement",
            issued_by="Tribunal",
            issued_on=at.date(),
            starts_at=at,
            verified_by=family.people["claire"].id,
            verified_at=at,
        )
    )
    return replace(family, people=family.people | {name: user}, links=family.links | {name: link})
