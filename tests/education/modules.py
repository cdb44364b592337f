"""Modules of the tests: a text that may be published, and who writes and reviews it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education.content import Again, Answer, Question, Source, Step, Text
from portal.education.members import add_member
from portal.education.review import approve, publish, submit
from portal.education.storing import store
from portal.models.account import User
from portal.models.directory import Organization
from portal.models.education import Audience, Module, ModuleVersion, Theme
from portal.models.education_writing import EducationMember, EducationRole, ModuleRemark
from tests import factories

ANSWERS = (
    Answer(text="J’attends", is_right=False, explanation="L’eau peut gêner le souffle."),
    Answer(text="J’appelle", is_right=True, explanation="Un appel suffit souvent."),
)
AGAIN = Again(
    explanation="Le poids monte avant la gêne.",
    question="Deux kilos de plus : qui appelez-vous ?",
    answers=(
        Answer(text="Mon équipe", is_right=True, explanation="Elle vous attend."),
        Answer(text="Personne", is_right=False, explanation="Votre équipe préfère savoir."),
    ),
)
QUESTION = Question(question="Vous prenez 2 kg. Que faites-vous ?", answers=ANSWERS, again=AGAIN)
SOURCE = Source(title="Insuffisance cardiaque", publisher="Assurance Maladie", year=2025)


def a_text(**changes: Any) -> Text:
    fields: dict[str, Any] = {
        "title": "Se peser chaque matin",
        "goal": "quand appeler si mon poids augmente",
        "summary": "La balance voit l’eau avant vos chevilles.",
        "steps": (
            Step(title="Pourquoi", body="Le corps garde de l’[eau](term:œdème). Elle pèse."),
            Step(title="Comment", body="Le matin.\n\n!! Deux kilos de plus : appelez."),
        ),
        "questions": (QUESTION,),
        "sources": (SOURCE,),
        "glossary": {"œdème": "De l’eau qui reste dans le corps."},
    }
    return Text(**(fields | changes))


@dataclass(frozen=True)
class Desk:
    """Who writes, who reads as a peer, who reviews, and where."""

    organization: Organization
    author: User
    peer: User
    reviewer: User


def make_desk(session: Session, keys: KeyRing) -> Desk:
    practitioner = factories.make_practitioner(session, family_name="Haddad")
    people = (
        {"is_patient_expert": True},
        {"is_patient_expert": True},
        {"practitioner_id": practitioner.id, "family_name": "Haddad"},
    )
    users = [
        factories.make_user(session, keys, email=f"{uuid4().hex}@example.org", **fields)[0]
        for fields in people
    ]
    desk = Desk(factories.make_organization(session), *users)
    for user in users:
        role = EducationRole.WRITER if user.is_patient_expert else EducationRole.REVIEWER
        make_education_member(session, desk, user, role)
    return desk


def make_education_member(
    session: Session, desk: Desk, user: User, role: EducationRole
) -> EducationMember:
    organization_id = desk.organization.id
    return add_member(
        session, user.id, organization_id=organization_id, role=role, by=None, at=now()
    )


def make_remark(session: Session, version: ModuleVersion, by: User, **fields: Any) -> ModuleRemark:
    values = {
        "place": "step-2-body",
        "quote": "Deux kilos de plus",
        "body": "En combien de jours ?",
    }
    remark = ModuleRemark(
        version_id=version.id, author_id=by.id, made_at=now(), **(values | fields)
    )
    session.add(remark)
    session.flush()
    return remark


def make_module(session: Session, desk: Desk, **fields: Any) -> Module:
    values: dict[str, Any] = {
        "slug": f"module-{uuid4().hex[:12]}",
        "theme": Theme.HEART,
        "audience": Audience.PATIENT,
    }
    module = Module(
        organization_id=desk.organization.id,
        created_by=desk.author.id,
        created_at=now(),
        **(values | fields),
    )
    session.add(module)
    session.flush()
    return module


def make_draft(
    session: Session, desk: Desk, module: Module, *, number: int = 1, text: Text | None = None
) -> ModuleVersion:
    said = text or a_text()
    version = ModuleVersion(
        module_id=module.id,
        locale="fr",
        number=number,
        title=said.title,
        goal=said.goal,
        summary=said.summary,
        author_id=desk.author.id,
        created_at=now(),
    )
    session.add(version)
    session.flush()
    store(session, version, said)
    return version


def make_published(
    session: Session, desk: Desk, module: Module, *, is_urgent: bool = False, **fields: Any
) -> ModuleVersion:
    version = make_draft(session, desk, module, **fields)
    approve_draft(session, desk, version)
    publish(session, version, at=now(), is_urgent=is_urgent)
    return version


def approve_draft(session: Session, desk: Desk, version: ModuleVersion) -> None:
    submit(session, version, by=desk.author.id, at=now())
    approve(session, version, by=desk.reviewer, review_due=in_a_year(), at=now())


def in_a_year() -> date:
    return now().date() + timedelta(days=365)


def ids(*rows: Any) -> list[UUID]:
    return [row.id for row in rows]
