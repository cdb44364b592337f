"""What somebody may read, and what became of it: taken back, not shown for now, corrected."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import String, Uuid, and_, bindparam, case, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session

from portal.education.reading import (
    MODULE_COLUMNS,
    MOST_LISTED,
    ModuleRow,
    corrected_since,
    may_be_read,
    of_reader,
    preference,
)
from portal.models import columns
from portal.models.account import User
from portal.models.education import Module, ModuleProgress, ModuleVersion, VersionState

_m, _v, _p = columns(Module), columns(ModuleVersion), columns(ModuleProgress)
_author = columns(User)
_Read: Any = aliased(ModuleVersion, name="read")


class NoticeKind(StrEnum):
    TAKEN_BACK = "taken_back"
    NOT_FOR_NOW = "not_for_now"
    """Its review is over; no news for who finished it."""
    CORRECTED = "corrected"
    """An urgent correction took the place of what they read."""


class ReaderNotice(NamedTuple):
    slug: str
    title: str
    locale: str
    kind: NoticeKind
    reason: str
    since: datetime


class Shelf(NamedTuple):
    modules: list[ModuleRow]
    """All that the reader may read, in the language that suits them."""
    notices: list[ReaderNotice]


_other_is_read = exists().where(
    _Read.module_id == _m.id, _Read.state == VersionState.PUBLISHED, _Read.id != _v.id
)
_is_news = and_(
    _v.id == _p.version_id,
    or_(
        _m.retracted_at > _p.updated_at,
        and_(
            _m.retracted_at.is_(None),
            _v.state == VersionState.WITHDRAWN,
            _p.finished_at.is_(None),
            ~_other_is_read,
        ),
        and_(_m.retracted_at.is_(None), corrected_since),
    ),
)
# What may be read and what became of the rest: one page shows both, one statement reads them.
_SHELF = (
    select(
        *MODULE_COLUMNS,
        may_be_read.label("may_be_read"),
        _is_news.label("is_news"),
        _m.retracted_at,
        _m.retraction_reason,
        _v.state,
        _v.review_due,
        _v.published_at,
    )
    .join_from(Module, ModuleVersion, _v.module_id == _m.id)
    .join(User, _author.id == _v.author_id)
    .outerjoin(ModuleProgress, of_reader)
    .where(or_(may_be_read, _is_news))
    .order_by(_m.slug, preference)
    .limit(MOST_LISTED)
)
_READ = (
    update(ModuleProgress)
    .where(
        _p.patient_id == bindparam("of_patient", type_=Uuid),
        _p.user_id == bindparam("of_user", type_=Uuid),
        _p.module_id.in_(select(_m.id).where(_m.slug == bindparam("of_slug"))),
    )
    .values(updated_at=bindparam("at"))
)


class TakenBack(NamedTuple):
    """What everybody may read of a module that was taken back."""

    title: str
    locale: str
    retracted_at: datetime
    reason: str


_TAKEN_BACK = (
    select(_v.title, _v.locale, _m.retracted_at, _m.retraction_reason)
    .join_from(ModuleVersion, Module, _m.id == _v.module_id)
    .where(
        _m.slug == bindparam("of_slug", type_=String),
        _m.is_public,
        _m.retracted_at.is_not(None),
        _v.published_at.is_not(None),
    )
    .order_by(case((_v.locale == bindparam("of_locale", type_=String), 0), else_=1))
    .order_by(_v.locale.desc(), _v.number.desc())
    .limit(1)
)


def taken_back_publicly(session: Session, slug: str, *, locale: str) -> TakenBack | None:
    """Of a module that anybody could read; none of any other."""
    row = session.execute(_TAKEN_BACK, {"of_slug": slug, "of_locale": locale}).first()
    return TakenBack(*row) if row is not None else None


def shelf_of(session: Session, *, patient_id: UUID, user_id: UUID, locale: str) -> Shelf:
    """Each module once, and what this reader has not said that they know.

    Whatever they did last is older than a notice.
    """
    values = {"of_patient": patient_id, "of_user": user_id, "of_locale": locale}
    modules: dict[str, ModuleRow] = {}
    notices = []
    for row in session.execute(_SHELF, values):
        if row.may_be_read:
            # The first of each module is in the language that suits best.
            modules.setdefault(row.slug, ModuleRow(*row[: len(MODULE_COLUMNS)]))
        if row.is_news:
            notices.append((_notice(row), row.updated_at))
    unread = [one for one, last_read in notices if one.since > last_read]
    return Shelf(list(modules.values()), unread)


def say_known(
    session: Session, slug: str, *, patient_id: UUID, user_id: UUID, at: datetime
) -> None:
    """The reader read the notice: it is not shown again."""
    values = {"of_patient": patient_id, "of_user": user_id, "of_slug": slug, "at": at}
    session.connection().execute(_READ, values)


def _notice(row: Any) -> ReaderNotice:
    if row.retracted_at is not None:
        kind, since = NoticeKind.TAKEN_BACK, row.retracted_at
    elif row.state is VersionState.WITHDRAWN:
        after = row.review_due + timedelta(days=1)
        kind, since = NoticeKind.NOT_FOR_NOW, datetime.combine(after, time(), tzinfo=UTC)
    else:
        kind, since = NoticeKind.CORRECTED, row.published_at
    return ReaderNotice(row.slug, row.title, row.locale, kind, row.retraction_reason, since)
