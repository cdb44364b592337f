"""A patient's programme as one reader sees it: what to read next, workshops, goals.

How far somebody read is their own: each reader sees what they read themselves.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    not_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session

from portal.access.facts import is_hidden
from portal.crypto import KeyRing
from portal.education.programme.sealing import open_text, reason_cell, title_cell, words_cell
from portal.education.programme.seen import (
    Goal,
    GoalRow,
    HeadRow,
    Item,
    ItemRow,
    Overview,
    Programme,
)
from portal.education.reading import may_be_read, of_reader, preference
from portal.models import columns
from portal.models.account import User
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.education import Module, ModuleProgress, ModuleVersion
from portal.models.programme import (
    EducationProgramme,
    ItemState,
    ProgrammeEvaluation,
    ProgrammeGoal,
    ProgrammeItem,
    ProgrammeSynthesis,
)
from portal.models.rights import CareLink, CareLinkKind
from portal.models.series import Workshop
from portal.models.union import ArmOf, Union

_g, _i, _m, _v, _p, _w = (
    columns(one)
    for one in (ProgrammeGoal, ProgrammeItem, Module, ModuleVersion, ModuleProgress, Workshop)
)
_head, _e, _s = (
    columns(one) for one in (EducationProgramme, ProgrammeEvaluation, ProgrammeSynthesis)
)
_a, _link, _user = columns(Appointment), columns(CareLink), columns(User)
_Version: Any = aliased(ModuleVersion, name="version_read")
_Author: Any = aliased(User, name="module_author")
_of_patient = bindparam("of_patient", type_=Uuid)
_of_user = bindparam("of_user", type_=Uuid)
_newest = (
    select(_head.id)
    .where(_head.patient_id == _of_patient)
    .order_by(_head.id.desc())
    .limit(1)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whose progress is counted, and whether the agenda of the patient is open to them."""

    patient_id: UUID
    user_id: UUID
    locale: str
    sees_agenda: bool


# The version that this reader would read: as in `portal/education/reading.py`.
_version_id = (
    select(_v.id)
    .where(_v.module_id == _i.module_id, may_be_read)
    .order_by(preference)
    .limit(1)
    .correlate(Module, ModuleProgress, ProgrammeItem)
    .scalar_subquery()
)


def _has(paper: Any) -> ColumnElement[bool]:
    return exists().where(paper.patient_id == _head.patient_id, paper.programme_id == _head.id)


_is_own = _g.set_by.in_(
    select(_link.user_id).where(_link.patient_id == _of_patient, _link.kind == CareLinkKind.SELF)
)
_UNION = Union(
    {
        "head": ArmOf(
            {
                "id": _head.id,
                "title_sealed": _head.title_sealed,
                "state": _head.state,
                "shares_progress": _head.shares_progress,
                "given_name": _user.given_name,
                "family_name": _user.family_name,
                "answered_at": _head.answered_at,
                "ended_at": _head.ended_at,
                "has_evaluation": _has(_e),
                "has_synthesis": _has(_s),
            },
            HeadRow,
        ),
        "goal": ArmOf(
            {
                "id": _g.id,
                "words_sealed": _g.words_sealed,
                "outcome": _g.outcome,
                "is_own": _is_own,
                "given_name": _user.given_name,
                "family_name": _user.family_name,
            },
            GoalRow,
        ),
        "item": ArmOf(
            {
                "id": _i.id,
                "state": _i.state,
                "reason_sealed": _i.reason_sealed,
                "given_name": _user.given_name,
                "family_name": _user.family_name,
                "slug": _m.slug,
                "title": _Version.title,
                "minutes": _Version.minutes,
                "step_count": _Version.step_count,
                "step": _p.step,
                "finished_at": _p.finished_at,
                "audience": _m.audience,
                "author_given_name": _Author.given_name,
                "author_family_name": _Author.family_name,
                "workshop_id": _w.id,
                "workshop_title": _w.title,
                "starts_at": _w.starts_at,
                "time_zone": _w.time_zone,
                "place": _w.place,
                "cancelled_at": _w.cancelled_at,
                "appointment_id": _a.id,
                "status": _a.status,
            },
            ItemRow,
        ),
    }
)


def _items() -> Select[Any]:
    own_visit = and_(
        _a.patient_id == _i.patient_id,
        _a.workshop_id == _i.workshop_id,
        _a.status != AppointmentStatus.ENTERED_IN_ERROR,
        bindparam("sees_agenda", type_=Boolean),
        not_(is_hidden(_a.patient_id, _a.id, _of_user)),
    )
    return (
        _UNION.arm("item", _i.position)
        .select_from(ProgrammeItem)
        .join(User, _user.id == _i.proposed_by)
        .outerjoin(Module, _m.id == _i.module_id)
        .outerjoin(ModuleProgress, of_reader)
        .outerjoin(_Version, _Version.id == _version_id)
        .outerjoin(_Author, _Author.id == _Version.author_id)
        .outerjoin(Workshop, _w.id == _i.workshop_id)
        .outerjoin(Appointment, own_visit)
        .where(
            _i.patient_id == _of_patient,
            _i.programme_id == _newest,
            _i.state != ItemState.REMOVED,
        )
    )


_ALL = union_all(
    _UNION.arm("head")
    .select_from(EducationProgramme)
    .join(User, _user.id == _head.proposed_by)
    .where(_head.patient_id == _of_patient, _head.id == _newest),
    _UNION.arm("goal", _g.position)
    .select_from(ProgrammeGoal)
    .join(User, _user.id == _g.set_by)
    .where(
        _g.patient_id == _of_patient,
        _g.programme_id == _newest,
        _g.removed_at.is_(None),
    ),
    _items(),
).order_by("position")


def overview(session: Session, reader: Reader, *, keys: KeyRing) -> Overview | None:
    """Of the programme proposed last, whatever became of it; one statement."""
    values = {
        "of_patient": reader.patient_id,
        "of_user": reader.user_id,
        "of_locale": reader.locale,
        "sees_agenda": reader.sees_agenda,
    }
    found = _UNION.read(session.execute(_ALL, values).mappings())
    if not found["head"]:
        return None
    return Overview(
        _programme(found["head"][0], keys),
        [_goal(row, keys) for row in found["goal"]],
        [_item(row, keys) for row in found["item"]],
    )


def _programme(row: HeadRow, keys: KeyRing) -> Programme:
    return Programme(
        row.id,
        open_text(keys, row.title_sealed, title_cell(row.id)),
        row.state,
        row.shares_progress,
        f"{row.given_name} {row.family_name}".strip(),
        row.answered_at,
        row.ended_at,
        row.has_evaluation,
        row.has_synthesis,
    )


def _goal(row: GoalRow, keys: KeyRing) -> Goal:
    writer = "" if row.is_own else f"{row.given_name} {row.family_name}".strip()
    return Goal(row.id, open_text(keys, row.words_sealed, words_cell(row.id)), row.outcome, writer)


def _item(row: ItemRow, keys: KeyRing) -> Item:
    # A module that nobody reads now has no version: neither its name nor its address is of use.
    seen = row if row.title is not None else row._replace(slug=None)
    return Item(seen, open_text(keys, row.reason_sealed, reason_cell(row.id)))
