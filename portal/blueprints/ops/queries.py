"""Accounts, as an operator may see them: no word of anybody's health or relatives."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, func, select
from sqlmodel import Session

from portal.models import columns
from portal.models.account import User, UserSession
from portal.models.base import UtcDateTime

_user = columns(User)
_session = columns(UserSession)


class AccountRow(NamedTuple):
    id: UUID
    sign_in_name: str
    given_name: str
    family_name: str
    enrolled_at: datetime | None
    disabled_at: datetime | None
    is_operator: bool
    last_seen_at: datetime | None


_last_seen = (
    select(func.max(_session.last_seen_at, type_=UtcDateTime))
    .where(_session.user_id == _user.id)
    .correlate(User.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    .scalar_subquery()
)
_ACCOUNTS = (
    select(
        _user.id,
        func.coalesce(_user.email, _user.username),
        _user.given_name,
        _user.family_name,
        _user.enrolled_at,
        _user.disabled_at,
        _user.is_operator,
        _last_seen,
    )
    .where(_user.id > bindparam("after_id", type_=Uuid))
    .order_by(_user.id)
    .limit(bindparam("limit", type_=Integer))
)


def accounts(session: Session, *, after_id: UUID | None, limit: int) -> list[AccountRow]:
    """Oldest first, `limit` at a time."""
    after = after_id or UUID(int=0)
    rows = session.execute(_ACCOUNTS, {"after_id": after, "limit": limit})
    return [AccountRow._make(row) for row in rows]
