"""Every hour: what is past its review date is read no longer."""

from datetime import datetime

from sqlalchemy import Date, bindparam, exists, select
from sqlmodel import Session

from portal.education.review import withdraw_overdue
from portal.models import columns
from portal.models.education import ModuleVersion, VersionState

_v = columns(ModuleVersion)
_OVERDUE = select(
    exists().where(
        _v.state == VersionState.PUBLISHED, _v.review_due < bindparam("today", type_=Date)
    )
)


def is_due(session: Session, *, at: datetime) -> bool:
    return bool(session.execute(_OVERDUE, {"today": at.date()}).scalar())


def carry_out(session: Session, *, at: datetime) -> None:
    withdraw_overdue(session, today=at.date())
