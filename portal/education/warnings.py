"""Every hour: whose review ends soon or is over, told once each to who answers for it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Integer, String, Uuid, and_, bindparam, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.education.answerable import answerable_for, authors_of
from portal.education.telling import tell
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.education import Module, ModuleVersion, VersionState
from portal.models.education_writing import ModuleNotice
from portal.outbox import Letter

FIRST, LAST = timedelta(days=60), timedelta(days=14)
TOLD_WITHIN = timedelta(days=30)
"""What was withdrawn longer ago than that is no news."""
AT_ONCE = 200
"""Letters about that many versions in one transaction; the rest follow in the next hour."""
ENDS_IN_60, ENDS_IN_14, WITHDRAWN = "ends_in_60", "ends_in_14", "withdrawn"
"""Kinds of `ModuleNotice`; a renewal forgets them."""

_v, _m, _notice = columns(ModuleVersion), columns(Module), columns(ModuleNotice)
_today = bindparam("today", type_=Date)


def _not_yet(kind: str) -> Any:
    return ~exists().where(_notice.version_id == _v.id, _notice.kind == kind)


_is_read = and_(_v.state == VersionState.PUBLISHED, _v.review_due >= _today)
_is_last = _v.review_due <= bindparam("until_last", type_=Date)
_DUE = (
    select(ModuleVersion)
    .join(Module, _m.id == _v.module_id)
    .where(
        _m.retracted_at.is_(None),
        or_(
            and_(_is_read, _is_last, _not_yet(ENDS_IN_14)),
            and_(
                _is_read,
                ~_is_last,
                _v.review_due <= bindparam("until_first", type_=Date),
                _not_yet(ENDS_IN_60),
            ),
            and_(
                _v.state == VersionState.WITHDRAWN,
                _v.review_due < _today,
                _v.review_due >= bindparam("not_before", type_=Date),
                _not_yet(WITHDRAWN),
            ),
        ),
    )
    .order_by(_v.review_due, _v.id)
    .limit(bindparam("most", type_=Integer))
)
_ROW = {
    "version_id": bindparam("of_version", type_=Uuid),
    "kind": bindparam("of_kind", type_=String),
    "sent_at": bindparam("at", type_=UtcDateTime),
}
# Of two workers at once one gets the row back, and writes the letters.
_CLAIM = {
    "sqlite": sqlite.insert(ModuleNotice)
    .values(_ROW)
    .on_conflict_do_nothing()
    .returning(_notice.version_id),
    "postgresql": postgresql.insert(ModuleNotice)
    .values(_ROW)
    .on_conflict_do_nothing()
    .returning(_notice.version_id),
}


@dataclass(frozen=True, slots=True)
class ReviewWarnings:
    """A task of the mail worker, after the one that withdraws."""

    keys: KeyRing

    def is_due(self, session: Session, *, at: datetime) -> bool:
        return bool(_due(session, at.date(), most=1))

    def carry_out(self, session: Session, *, at: datetime) -> None:
        for version in _due(session, at.date(), most=AT_ONCE):
            kind = _kind_of(version, at.date())
            if _claimed(session, version, kind, at):
                self._warn(session, version, kind, at)

    def _warn(self, session: Session, version: ModuleVersion, kind: str, at: datetime) -> None:
        is_over = kind == WITHDRAWN
        letter = Letter.MODULE_WITHDRAWN if is_over else Letter.MODULE_ENDS_SOON
        people = answerable_for(session, version) if is_over else authors_of(version)
        last_day = f"{version.review_due}"
        for user_id in people:
            tell(session, letter, version, to=user_id, keys=self.keys, at=at, last_day=last_day)


def _due(session: Session, today: date, *, most: int) -> list[ModuleVersion]:
    values = {
        "today": today,
        "until_first": today + FIRST,
        "until_last": today + LAST,
        "not_before": today - TOLD_WITHIN,
        "most": most,
    }
    return list(session.execute(_DUE, values).scalars())


def _kind_of(version: ModuleVersion, today: date) -> str:
    if version.state is VersionState.WITHDRAWN:
        return WITHDRAWN
    due = version.review_due
    return ENDS_IN_14 if due is not None and due <= today + LAST else ENDS_IN_60


def _claimed(session: Session, version: ModuleVersion, kind: str, at: datetime) -> bool:
    claim = _CLAIM[session.connection().dialect.name]
    values = {"of_version": version.id, "of_kind": kind, "at": at}
    return session.connection().execute(claim, values).first() is not None
