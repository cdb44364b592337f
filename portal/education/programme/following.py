"""A patient's programme as the team sees it: its state, its goals, what is in it."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, String, Uuid, and_, bindparam, func, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel

from portal.crypto import KeyRing
from portal.education.programme.papers import cell_of, open_texts
from portal.education.programme.sealing import reason_cell, title_cell, words_cell
from portal.models import columns
from portal.models.account import User
from portal.models.education import ModuleVersion, VersionState
from portal.models.programme import (
    EducationProgramme,
    GoalOutcome,
    ItemState,
    ProgrammeAssessment,
    ProgrammeEvaluation,
    ProgrammeGoal,
    ProgrammeItem,
    ProgrammeState,
    ProgrammeSynthesis,
)
from portal.models.series import Workshop
from portal.models.union import ArmOf, Union

MOST = 100
"""Goals, and things proposed, of one programme."""
_p, _g, _i = columns(EducationProgramme), columns(ProgrammeGoal), columns(ProgrammeItem)
_a, _e, _s = (
    columns(table) for table in (ProgrammeAssessment, ProgrammeEvaluation, ProgrammeSynthesis)
)
_v, _w, _user = columns(ModuleVersion), columns(Workshop), columns(User)
_Answerer: Any = aliased(User, name="answerer")
_OlderAssessment: Any = aliased(ProgrammeAssessment, name="older_assessment")
_OlderSynthesis: Any = aliased(ProgrammeSynthesis, name="older_synthesis")
_of_patient = bindparam("of_patient", type_=Uuid)
_of_programme = bindparam("of_programme", type_=Uuid)
_locale = bindparam("of_locale", type_=String)


def _of_it(paper: Any) -> ColumnElement[bool]:
    return and_(paper.patient_id == _p.patient_id, paper.programme_id == _p.id)


def _last(papers: Any) -> Any:
    """The highest number of the papers of this programme; null without one."""
    return (
        select(func.max(papers.number))
        .where(_of_it(papers))
        .correlate(EducationProgramme.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
        .scalar_subquery()
    )


_NEWEST = (
    select(
        _p.id,
        _p.organization_id,
        _p.title_sealed,
        _p.state,
        _p.shares_progress,
        _p.revision,
        _user.given_name,
        _user.family_name,
        _p.proposed_at,
        _Answerer.given_name.label("answerer_given_name"),
        _Answerer.family_name.label("answerer_family_name"),
        _p.answered_at,
        _p.ended_at,
        _a.number.label("assessment"),
        _a.content_sealed.label("assessment_sealed"),
        _a.written_at.label("assessed_at"),
        _e.revision.label("evaluation"),
        _e.content_sealed.label("evaluation_sealed"),
        _s.number.label("synthesis"),
        _s.shared_at,
        _s.withdrawn_at,
    )
    .join_from(EducationProgramme, User, _user.id == _p.proposed_by)
    .outerjoin(_Answerer, _Answerer.id == _p.answered_by)
    .outerjoin(ProgrammeAssessment, _of_it(_a) & (_a.number == _last(_OlderAssessment)))
    .outerjoin(ProgrammeEvaluation, _of_it(_e))
    .outerjoin(ProgrammeSynthesis, _of_it(_s) & (_s.number == _last(_OlderSynthesis)))
    .where(_p.patient_id == _of_patient)
    .order_by(_p.id.desc())
    .limit(1)
)
_title = (
    select(_v.title)
    .where(_v.module_id == _i.module_id, _v.published_at.is_not(None))
    .order_by(
        (_v.state == VersionState.PUBLISHED).desc(),
        (_v.locale == _locale).desc(),
        (_v.locale == "fr").desc(),
        _v.number.desc(),
    )
    .limit(1)
    .correlate(ProgrammeItem.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    .scalar_subquery()
)
_goals = {
    "id": _g.id,
    "words_sealed": _g.words_sealed,
    "outcome": _g.outcome,
    "set_at": _g.set_at,
}
_items = {
    "id": _i.id,
    "module_id": _i.module_id,
    "workshop_id": _i.workshop_id,
    "module_title": _title,
    "workshop_title": _w.title,
    "starts_at": _w.starts_at,
    "time_zone": _w.time_zone,
    "reason_sealed": _i.reason_sealed,
    "state": _i.state,
}


class Following(NamedTuple):
    """The programme proposed last, whatever became of it."""

    id: UUID
    organization_id: UUID
    title: str
    state: ProgrammeState
    shares_progress: bool
    revision: int
    proposer: str
    proposed_at: datetime
    answerer: str
    answered_at: datetime | None
    ended_at: datetime | None
    assessment: int
    """The number of the newest state of each paper; 0 without one."""
    assessment_texts: dict[str, str]
    assessed_at: datetime | None
    evaluation: int
    evaluation_texts: dict[str, str]
    synthesis: int
    is_synthesis_shared: bool
    is_synthesis_waiting: bool
    """For the patient's answer."""

    @property
    def is_current(self) -> bool:
        return self.state in (ProgrammeState.PROPOSED, ProgrammeState.ACCEPTED)

    @property
    def is_under_way(self) -> bool:
        return self.state is ProgrammeState.ACCEPTED


class _GoalRow(NamedTuple):
    id: UUID
    words_sealed: bytes
    outcome: GoalOutcome | None
    set_at: datetime


class _ItemRow(NamedTuple):
    id: UUID
    module_id: UUID | None
    workshop_id: UUID | None
    module_title: str | None
    workshop_title: str | None
    starts_at: datetime | None
    time_zone: str | None
    reason_sealed: bytes
    state: ItemState


class Goal(NamedTuple):
    id: UUID
    words: str
    outcome: GoalOutcome | None


class Item(NamedTuple):
    id: UUID
    module_id: UUID | None
    workshop_id: UUID | None
    title: str
    starts_at: datetime | None
    """Of a workshop."""
    time_zone: str
    reason: str
    state: ItemState


_UNION = Union({"goal": ArmOf(_goals, _GoalRow), "item": ArmOf(_items, _ItemRow)})
_LISTS = union_all(
    _UNION.arm("goal", _g.position).where(
        _g.patient_id == _of_patient,
        _g.programme_id == _of_programme,
        _g.removed_at.is_(None),
    ),
    _UNION.arm("item", _i.position)
    .select_from(ProgrammeItem)
    .outerjoin(Workshop, _w.id == _i.workshop_id)
    .where(
        _i.patient_id == _of_patient,
        _i.programme_id == _of_programme,
        _i.state != ItemState.REMOVED,
    ),
).order_by("position")


def newest(session: Session, *, patient_id: UUID, keys: KeyRing) -> Following | None:
    """None when nobody ever proposed one."""
    row = session.execute(_NEWEST, {"of_patient": patient_id}).one_or_none()
    if row is None:
        return None
    return Following(
        row.id,
        row.organization_id,
        keys.open(row.title_sealed, title_cell(row.id)).decode(),
        row.state,
        row.shares_progress,
        row.revision,
        f"{row.given_name} {row.family_name}".strip(),
        row.proposed_at,
        f"{row.answerer_given_name or ''} {row.answerer_family_name or ''}".strip(),
        row.answered_at,
        row.ended_at,
        row.assessment or 0,
        _texts(keys, row.assessment_sealed, ProgrammeAssessment, row.id, row.assessment),
        row.assessed_at,
        row.evaluation or 0,
        _texts(keys, row.evaluation_sealed, ProgrammeEvaluation, row.id, 1),
        row.synthesis or 0,
        row.shared_at is not None and row.withdrawn_at is None,
        bool(row.synthesis) and row.shared_at is None and row.withdrawn_at is None,
    )


def _texts(
    keys: KeyRing, sealed: bytes | None, table: type[SQLModel], programme_id: UUID, number: int
) -> dict[str, str]:
    """Empty without the paper."""
    if sealed is None:
        return {}
    return open_texts(keys, sealed, cell_of(str(table.__tablename__), programme_id, number))


def contents(
    session: Session, *, patient_id: UUID, programme_id: UUID, keys: KeyRing, locale: str
) -> tuple[list[Goal], list[Item]]:
    """The goals, and what was proposed and not taken back; each in its order."""
    values = {"of_patient": patient_id, "of_programme": programme_id, "of_locale": locale}
    found = _UNION.read(session.execute(_LISTS, values).mappings())
    goals = [
        Goal(one.id, keys.open(one.words_sealed, words_cell(one.id)).decode(), one.outcome)
        for one in found["goal"][:MOST]
    ]
    items = [
        Item(
            one.id,
            one.module_id,
            one.workshop_id,
            one.module_title or one.workshop_title or "",
            one.starts_at,
            one.time_zone or "Europe/Paris",
            keys.open(one.reason_sealed, reason_cell(one.id)).decode(),
            one.state,
        )
        for one in found["item"][:MOST]
    ]
    return goals, items
