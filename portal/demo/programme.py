"""The programme that Jeanne follows, and the one that Paul is asked about."""

from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, select
from sqlmodel import Session

from portal.consents.deciding import Author
from portal.crypto import KeyRing
from portal.demo.cast import Cast
from portal.demo.visits import workshop_id
from portal.education.programme import taking_part
from portal.education.programme.goals import add_goal
from portal.education.programme.items import Thing, propose_item
from portal.education.programme.proposing import propose
from portal.models import columns
from portal.models.base import new_id
from portal.models.education import Module
from portal.models.programme import EducationProgramme

_m = columns(Module)
_BY_SLUG = select(_m.id).where(_m.slug == bindparam("of_slug", type_=String))
_OF_JEANNE = (
    ("preparer-le-pilulier", ""),
    ("insuffisance-cardiaque-se-peser", "Le poids prévient avant les chevilles."),
    ("anticoagulants-au-quotidien", "Vous en prenez depuis cet été."),
    ("chutes-a-domicile", "Vous avez eu peur dans l'escalier."),
)
_GOALS = (
    "Aller au marché à pied sans m'arrêter",
    "Savoir quand appeler, sans attendre Paul",
)


def write(session: Session, cast: Cast, *, keys: KeyRing, now: datetime) -> None:
    """After the modules; flushes."""
    began = now - timedelta(days=21)
    programme = _propose(
        session, cast, "jeanne", "Mieux vivre avec l'insuffisance cardiaque", keys=keys, at=began
    )
    for slug, reason in _OF_JEANNE:
        _add(session, cast, programme, _module(session, slug), reason, keys=keys, at=began)
    cooking = Thing(workshop_id=workshop_id("cooking"))
    reason = "Moins de sel, et toujours du goût."
    _add(session, cast, programme, cooking, reason, keys=keys, at=began)
    taking_part.agree(
        session,
        patient_id=programme.patient_id,
        author=Author(cast.users["jeanne"].id, "self"),
        locale="fr",
        at=began + timedelta(days=1),
    )
    for words in _GOALS:
        _set_goal(session, cast, programme, words, keys=keys, at=began + timedelta(days=2))
    of_paul = _propose(
        session, cast, "paul", "Aider longtemps, et tenir", keys=keys, at=now - timedelta(days=1)
    )
    rest = _module(session, "aider-sans-s-epuiser")
    _add(session, cast, of_paul, rest, "Vous dormez peu en ce moment.", keys=keys, at=now)


def _propose(
    session: Session, cast: Cast, patient: str, title: str, *, keys: KeyRing, at: datetime
) -> EducationProgramme:
    return propose(
        session,
        patient_id=cast.patients[patient].id,
        organization_id=cast.organizations["tilleuls"].id,
        title=title,
        by=cast.users["claire"].id,
        at=at,
        keys=keys,
    )


def _module(session: Session, slug: str) -> Thing:
    return Thing(module_id=session.execute(_BY_SLUG, {"of_slug": slug}).scalar_one())


def _add(
    session: Session,
    cast: Cast,
    programme: EducationProgramme,
    thing: Thing,
    reason: str,
    *,
    keys: KeyRing,
    at: datetime,
) -> None:
    propose_item(
        session,
        thing,
        patient_id=programme.patient_id,
        programme_id=programme.id,
        reason=reason,
        by=cast.users["claire"].id,
        at=at,
        keys=keys,
    )


def _set_goal(
    session: Session,
    cast: Cast,
    programme: EducationProgramme,
    words: str,
    *,
    keys: KeyRing,
    at: datetime,
) -> None:
    add_goal(
        session,
        patient_id=programme.patient_id,
        programme_id=programme.id,
        goal_id=new_id(),
        words=words,
        by=cast.users["jeanne"].id,
        at=at,
        keys=keys,
    )
