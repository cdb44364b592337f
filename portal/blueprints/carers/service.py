"""Giving, taking away, pausing: at once, and without half a change."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, update
from sqlmodel import Session

from portal.access.offered_rights import OFFERED
from portal.blueprints.carers.queries import GrantRow, grants_of_carer
from portal.clock import now
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.rights import (
    CareLink,
    CareLinkKind,
    CareLinkStatus,
    Grant,
    GrantAction,
    GrantCategory,
    GrantRequest,
)

PERIODS = {1: timedelta(days=30), 6: timedelta(days=182), 12: timedelta(days=365)}
"""Months that can be chosen; a right must be renewed after 12 at most."""
ENDS_SOON = timedelta(days=30)
"""How long before its end a right is offered again."""
ASKED_AGAIN_AFTER = timedelta(days=182)
"""How long an answer to "is this carer still right?" counts."""

_link = columns(CareLink)
_grant = columns(Grant)
_request = columns(GrantRequest)
_of_patient = bindparam("of_patient", type_=Uuid)
_of_link = bindparam("of_link", type_=Uuid)
_instant = bindparam("instant", type_=UtcDateTime)
_END_GRANTS = (
    update(Grant)
    .where(
        _grant.patient_id == _of_patient,
        _grant.care_link_id == _of_link,
        _grant.ends_at > _instant,
    )
    .values(ends_at=_instant)
)
_END_GRANT = _END_GRANTS.where(_grant.id == bindparam("of_grant", type_=Uuid))
_DROP_REQUESTS = (
    update(GrantRequest)
    .where(
        _request.patient_id == _of_patient,
        _request.care_link_id == _of_link,
        _request.answered_at.is_(None),
    )
    .values(answered_at=_instant, is_granted=False)
)
_SET_STATUS = (
    update(CareLink)
    .where(
        _link.patient_id == _of_patient,
        _link.kind == CareLinkKind.CARER,
        _link.status == bindparam("before"),
    )
    .values(status=bindparam("after"))
)
_LINK = (
    select(CareLink).where(_link.patient_id == _of_patient, _link.id == _of_link).with_for_update()
)


def version_of(rows: Iterable[GrantRow]) -> str:
    """Of what a form showed: another one when any right changed meanwhile."""
    text = " ".join(f"{row.id} {row.ends_at.isoformat()}" for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def change_rights(
    session: Session,
    *,
    patient_id: UUID,
    link_id: UUID,
    rights: Iterable[str],
    months: int | None,
    version: str,
    at: datetime,
) -> bool:
    """What the carer may do from now on; whether anything changed.

    With `months` everything lasts that long from now; without, what they hold keeps its dates
    and what is new lasts 12 months. Raises `ChangedMeanwhileError` when `version` is not that of
    the rights in force.
    """
    locked_carer(session, patient_id=patient_id, link_id=link_id)
    at = max(at, now())  # whoever had the lock before wrote later than this request began
    held = grants_of_carer(session, patient_id=patient_id, link_id=link_id, at=at)
    wanted = _strongest(rights)
    if version_of(held) != version:
        if months is None and wanted == {row.right for row in held if row.right in OFFERED}:
            return False  # a second tap
        raise ChangedMeanwhileError
    kept = {row.right for row in held if months is None and row.right in wanted}
    ended = [row for row in held if row.right not in kept and row.right in OFFERED]
    for row in ended:
        values = {"of_patient": patient_id, "of_link": link_id, "of_grant": row.id, "instant": at}
        session.connection().execute(_END_GRANT, values)
    new = wanted - kept
    grant_all(session, patient_id, link_id, new, at=at, period=PERIODS[months or 12])
    return bool(ended or new)


def renew(session: Session, *, patient_id: UUID, link_id: UUID, at: datetime) -> bool:
    """12 months more for the rights of the page that end soon; whether there were any."""
    locked_carer(session, patient_id=patient_id, link_id=link_id)
    held = grants_of_carer(session, patient_id=patient_id, link_id=link_id, at=at)
    ending = [row for row in held if row.ends_at <= at + ENDS_SOON and row.right in OFFERED]
    for row in ending:
        values = {"of_patient": patient_id, "of_link": link_id, "of_grant": row.id, "instant": at}
        session.connection().execute(_END_GRANT, values)
    rights = {row.right for row in ending}
    grant_all(session, patient_id, link_id, rights, at=at, period=PERIODS[12])
    return bool(ending)


def end_link(session: Session, *, patient_id: UUID, link_id: UUID, at: datetime) -> UUID:
    """The carer is one no more; returns their account. They stay listed as a relative."""
    link = locked_carer(session, patient_id=patient_id, link_id=link_id)
    link.status, link.ends_at = CareLinkStatus.ENDED, at
    session.add(link)
    values = {"of_patient": patient_id, "of_link": link_id, "instant": at}
    session.connection().execute(_END_GRANTS, values)
    session.connection().execute(_DROP_REQUESTS, values)
    return link.user_id


def pause_all(session: Session, *, patient_id: UUID) -> int:
    """Every carer sees what one without rights sees; returns how many were paused now."""
    return _move(session, patient_id, CareLinkStatus.ACTIVE, CareLinkStatus.PAUSED)


def resume_all(session: Session, *, patient_id: UUID) -> int:
    """The rights that still hold open again."""
    return _move(session, patient_id, CareLinkStatus.PAUSED, CareLinkStatus.ACTIVE)


def confirm(session: Session, *, patient_id: UUID, link_id: UUID, at: datetime) -> None:
    """The patient says that this carer is still the right person."""
    link = locked_carer(session, patient_id=patient_id, link_id=link_id)
    link.confirmed_at = at
    session.add(link)


def locked_carer(session: Session, *, patient_id: UUID, link_id: UUID) -> CareLink:
    """Raises `NotFoundError` for who is no carer of this patient, or represents them by law."""
    values = {"of_patient": patient_id, "of_link": link_id}
    link: CareLink | None = session.execute(_LINK, values).scalar_one_or_none()
    is_carer = link is not None and link.kind is CareLinkKind.CARER
    if link is None or not is_carer or link.status is CareLinkStatus.ENDED:
        raise NotFoundError("carer")
    return link


def grant_all(
    session: Session,
    patient_id: UUID,
    link_id: UUID,
    rights: Iterable[str],
    *,
    at: datetime,
    period: timedelta,
) -> None:
    for right in sorted(rights):
        category, _, action = right.partition(":")
        session.add(
            Grant(
                patient_id=patient_id,
                care_link_id=link_id,
                category=GrantCategory(category),
                action=GrantAction(action),
                starts_at=at,
                ends_at=at + period,
            )
        )
    session.flush()


def _move(session: Session, patient_id: UUID, before: CareLinkStatus, after: CareLinkStatus) -> int:
    values = {"of_patient": patient_id, "before": before, "after": after}
    return session.connection().execute(_SET_STATUS, values).rowcount


def _strongest(rights: Iterable[str]) -> set[str]:
    """`agenda:act` says `agenda:see`: one row says both."""
    wanted = set(rights) & set(OFFERED)
    return {one for one in wanted if one.endswith(":act") or _acting(one) not in wanted}


def with_weaker(rights: set[str]) -> set[str]:
    """With what they say besides: who may act may see."""
    return rights | {one.replace(":act", ":see") for one in rights}


def _acting(right: str) -> str:
    return right.replace(":see", ":act")
