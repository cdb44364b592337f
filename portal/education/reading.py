"""What people read of modules: only what is published, or what they began with."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Integer,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    case,
    false,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session

from portal.models import columns
from portal.models.account import User
from portal.models.directory import Gender, Organization, Practitioner
from portal.models.education import (
    Audience,
    Module,
    ModuleProgress,
    ModuleStep,
    ModuleVersion,
    Theme,
    VersionState,
)

MOST_LISTED = 200
_FIRST_LANGUAGE = "fr"
"""What is read where a module does not speak the reader's language."""
_m, _v, _s, _p = (columns(table) for table in (Module, ModuleVersion, ModuleStep, ModuleProgress))
_author, _practitioner = columns(User), columns(Practitioner)
_organization = columns(Organization)
_Reviewer: Any = aliased(User, name="reviewer")
_Peer: Any = aliased(User, name="peer")
_locale = bindparam("of_locale", type_=String)
_this_version = bindparam("of_version", type_=Uuid)


class ModuleRow(NamedTuple):
    """A module in a list; the last four are the reader's own."""

    slug: str
    theme: Theme
    audience: Audience
    locale: str
    title: str
    summary: str
    minutes: int
    step_count: int
    has_easy_reading: bool
    author_given_name: str
    author_family_name: str
    step: int | None
    """The furthest step that they read to its end; none when they never opened it."""
    finished_at: datetime | None
    has_question: bool | None
    updated_at: datetime | None


class Opened(NamedTuple):
    """One version as it is read, who answers for it, and the step that was asked for."""

    module_id: UUID
    version_id: UUID
    slug: str
    audience: Audience
    is_public: bool
    locale: str
    title: str
    goal: str
    summary: str
    step_count: int
    minutes: int
    has_easy_reading: bool
    author_given_name: str
    author_family_name: str
    peer_given_name: str | None
    peer_family_name: str | None
    reviewer_prefix: str | None
    reviewer_given_name: str
    reviewer_family_name: str
    reviewer_gender: Gender | None
    reviewer_profession: str | None
    reviewer_profession_text: str | None
    reviewed_at: datetime
    review_due: date
    organization_name: str
    place: int | None
    """The furthest step that the reader read to its end; none when they never opened it."""
    finished_at: datetime | None
    has_question: bool | None
    is_corrected: bool | None
    """An urgent correction took the place of what they read, and they read nothing since."""
    number: int | None
    """Of the step; none when the version has none of that number."""
    step_title: str | None
    step_minutes: int | None
    body: str | None
    easy_body: str | None


class Withdrawn(NamedTuple):
    """A module that somebody began, and that is read no longer."""

    title: str
    retracted_at: datetime | None
    """None when its review date passed."""
    reason: str


may_be_read = and_(
    _m.retracted_at.is_(None),
    or_(
        _v.state == VersionState.PUBLISHED,
        and_(_v.id == _p.version_id, _v.state == VersionState.REPLACED),
    ),
)
# What somebody began with comes first, then their language, then French.
preference = case(
    (_v.id == _p.version_id, 0),
    (_v.locale == _locale, 1),
    (_v.locale == _FIRST_LANGUAGE, 2),
    else_=3,
)
of_reader = and_(
    _p.module_id == _m.id,
    _p.patient_id == bindparam("of_patient", type_=Uuid),
    _p.user_id == bindparam("of_user", type_=Uuid),
)
of_nobody = false()
corrected_since = and_(
    _v.state == VersionState.PUBLISHED, _v.is_urgent, _v.published_at > _p.updated_at
)
"""An urgent correction was published after the reader read the last time."""


# Of a `ModuleRow`, by its names.
MODULE_COLUMNS = (
    _m.slug,
    _m.theme,
    _m.audience,
    _v.locale,
    _v.title,
    _v.summary,
    _v.minutes,
    _v.step_count,
    _v.has_easy_reading,
    _author.given_name.label("author_given_name"),
    _author.family_name.label("author_family_name"),
    _p.step,
    _p.finished_at,
    _p.has_question,
    _p.updated_at,
)


def _opening(progress: Any, *conditions: Any) -> Select[Any]:
    return (
        select(
            _m.id,
            _v.id.label("version_id"),
            _m.slug,
            _m.audience,
            _m.is_public,
            _v.locale,
            _v.title,
            _v.goal,
            _v.summary,
            _v.step_count,
            _v.minutes,
            _v.has_easy_reading,
            _author.given_name,
            _author.family_name,
            _Peer.given_name,
            _Peer.family_name,
            _practitioner.prefix,
            _Reviewer.given_name,
            _Reviewer.family_name,
            _practitioner.gender,
            _practitioner.profession,
            _practitioner.profession_text,
            _v.reviewed_at,
            _v.review_due,
            _organization.name,
            _p.step,
            _p.finished_at,
            _p.has_question,
            and_(_p.step == 0, corrected_since).label("is_corrected"),
            _s.number,
            _s.title,
            _s.minutes,
            _s.body,
            _s.easy_body,
        )
        .join_from(Module, ModuleVersion, _v.module_id == _m.id)
        .join(Organization, _organization.id == _m.organization_id)
        .join(User, _author.id == _v.author_id)
        .join(_Reviewer, _Reviewer.id == _v.reviewer_id)
        .outerjoin(Practitioner, _practitioner.id == _Reviewer.practitioner_id)
        .outerjoin(_Peer, _Peer.id == _v.peer_id)
        .outerjoin(ModuleProgress, progress)
        .outerjoin(
            ModuleStep,
            and_(_s.version_id == _v.id, _s.number == bindparam("of_number", type_=Integer)),
        )
        .where(_m.slug == bindparam("of_slug", type_=String), may_be_read, *conditions)
        .order_by(preference)
        .limit(1)
    )


_OPEN = _opening(of_reader)
_PUBLIC_OPEN = _opening(of_nobody, _m.is_public)
_WITHDRAWN = (
    select(_v.title, _m.retracted_at, _m.retraction_reason)
    .join_from(ModuleProgress, Module, of_reader)
    .join(ModuleVersion, _v.id == _p.version_id)
    .where(_m.slug == bindparam("of_slug", type_=String))
)


def open_module(
    session: Session, slug: str, *, number: int, patient_id: UUID, user_id: UUID, locale: str
) -> Opened | None:
    """A module with one of its steps; none when it is not, or no longer, read."""
    values = {
        "of_slug": slug,
        "of_number": number,
        "of_patient": patient_id,
        "of_user": user_id,
        "of_locale": locale,
    }
    row = session.execute(_OPEN, values).first()
    return Opened(*row) if row is not None else None


def open_public_module(session: Session, slug: str, *, number: int, locale: str) -> Opened | None:
    values = {"of_slug": slug, "of_number": number, "of_locale": locale}
    row = session.execute(_PUBLIC_OPEN, values).first()
    return Opened(*row) if row is not None else None


def withdrawn_module(
    session: Session, slug: str, *, patient_id: UUID, user_id: UUID
) -> Withdrawn | None:
    """Why what this reader began is not there any more; none when they never began it."""
    values = {"of_slug": slug, "of_patient": patient_id, "of_user": user_id}
    row = session.execute(_WITHDRAWN, values).first()
    return Withdrawn(*row) if row is not None else None
