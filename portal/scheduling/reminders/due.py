"""Which reminders are due now: the choices that are open, and the visits that they are about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Integer,
    RowMapping,
    Uuid,
    and_,
    bindparam,
    exists,
    not_,
    or_,
    select,
    tuple_,
)
from sqlmodel import Session

from portal.access.facts import is_hidden
from portal.access.permissions import Permission
from portal.models import columns
from portal.models.account import User
from portal.models.agenda import Appointment
from portal.models.base import UtcDateTime
from portal.models.calendar import ReminderChoice, ReminderSent
from portal.models.care import Patient
from portal.models.rights import CareLink
from portal.scheduling.letters.at_send import REMINDED
from portal.scheduling.reminders.times import FURTHEST, Occasion, due_times, quiet_since
from portal.scheduling.standings import RELATIVES, allows, standing_as_relative

CHOICES_AT_ONCE = 100
"""In one piece; more than one person can have."""
VISITS_AT_ONCE = 5000

_choice = columns(ReminderChoice)
_sent = columns(ReminderSent)
_a = columns(Appointment)
_user = columns(User)
_patient = columns(Patient)
_link = columns(CareLink)
_now = bindparam("now", type_=UtcDateTime)
_OWN = ("evening_before", "minutes_before", "only_accompanied", "quiet_from", "quiet_until")
_CHOICES = (
    RELATIVES.add_columns(*(_choice[name] for name in _OWN), _choice.updated_at)
    .join(
        ReminderChoice,
        and_(_choice.patient_id == _link.patient_id, _choice.user_id == _link.user_id),
    )
    .where(
        _user.email.is_not(None),
        _patient.is_deceased.is_(False),
        or_(_choice.evening_before.is_not(None), _choice.minutes_before.is_not(None)),
        tuple_(_choice.user_id, _choice.patient_id)
        > tuple_(bindparam("after_user", type_=Uuid), bindparam("after_patient", type_=Uuid)),
    )
    .order_by(_choice.user_id, _choice.patient_id)
    .limit(bindparam("limit", type_=Integer))
)


def _was_sent(occasion: Occasion) -> Any:
    return exists().where(
        _sent.patient_id == _a.patient_id,
        _sent.appointment_id == _a.id,
        _sent.user_id == _choice.user_id,
        _sent.occasion == occasion,
        _sent.starts_at == _a.starts_at,
    )


_VISITS = (
    select(
        _choice.user_id,
        _a.patient_id,
        _a.id,
        _a.starts_at,
        _a.companion_id,
        _a.companion_confirmed,
        *(_was_sent(one).label(one) for one in Occasion),
    )
    .join_from(ReminderChoice, Appointment, _a.patient_id == _choice.patient_id)
    .where(
        _choice.user_id.in_(bindparam("users", expanding=True, type_=Uuid)),
        _a.patient_id.in_(bindparam("patients", expanding=True, type_=Uuid)),
        _a.starts_at > _now,
        _a.starts_at <= bindparam("furthest", type_=UtcDateTime),
        _a.status == REMINDED,
        not_(is_hidden(_a.patient_id, _a.id, _choice.user_id)),
    )
    .order_by(_a.starts_at, _a.id)
    .limit(VISITS_AT_ONCE)
)


class Place(NamedTuple):
    """Up to where the choices were looked at."""

    user_id: UUID
    patient_id: UUID


FIRST = Place(UUID(int=0), UUID(int=0))


class Due(NamedTuple):
    """One reminder that its reader waits for."""

    user_id: UUID
    patient_id: UUID
    appointment_id: UUID
    occasion: Occasion
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    choices: dict[Place, RowMapping]
    due: list[Due]
    next: Place | None
    """Where the next piece begins; none after the last."""


class _Chosen(NamedTuple):
    evening_before: Any
    minutes_before: Any
    quiet_from: Any
    quiet_until: Any

    @classmethod
    def of(cls, row: RowMapping) -> "_Chosen":
        return cls(*(row[name] for name in cls._fields))


def look(session: Session, *, after: Place, usual_time_zone: str, at: datetime) -> Piece:
    """The reminders of the choices after a place, as far as their readers may have them now."""
    values = {
        "after_user": after.user_id,
        "after_patient": after.patient_id,
        "limit": CHOICES_AT_ONCE,
        "now": at,
    }
    rows = session.execute(_CHOICES, values).mappings().all()
    whole = _whole_people(rows)
    choices = {Place(row["user_id"], row["patient_id"]): row for row in whole}
    is_last = len(rows) < CHOICES_AT_ONCE
    end = None if is_last else list(choices)[-1]
    return Piece(choices, list(_due(session, choices, usual_time_zone, at=at)), end)


def _due(
    session: Session, choices: dict[Place, RowMapping], usual_time_zone: str, *, at: datetime
) -> Iterator[Due]:
    open_ = {
        place: row
        for place, row in choices.items()
        if allows(Permission.AGENDA_SEE, standing_as_relative(row, at=at))
        and quiet_since(_Chosen.of(row), at=at, time_zone=row["own_time_zone"] or usual_time_zone)
        is None
    }
    if not open_:
        return
    values = {
        "users": sorted({place.user_id for place in open_}),
        "patients": sorted({place.patient_id for place in open_}),
        "now": at,
        "furthest": at + FURTHEST,
    }
    for visit in session.execute(_VISITS, values).mappings():
        choice = open_.get(Place(visit["user_id"], visit["patient_id"]))
        if choice is not None and _is_wanted(choice, visit):
            zone = choice["own_time_zone"] or usual_time_zone
            yield from _due_of(choice, visit, zone, at=at)


def _due_of(
    choice: RowMapping, visit: RowMapping, time_zone: str, *, at: datetime
) -> Iterator[Due]:
    times = due_times(_Chosen.of(choice), starts_at=visit["starts_at"], time_zone=time_zone)
    for occasion, due in times.items():
        # What was due before it was chosen is not sent at once: the reader is on the page.
        if choice["updated_at"] <= due <= at and not visit[occasion]:
            yield Due(
                visit["user_id"],
                visit["patient_id"],
                visit["id"],
                occasion,
                visit["starts_at"],
            )


def _whole_people(rows: Iterable[RowMapping]) -> list[RowMapping]:
    """Without the last person when more of theirs may follow: they get one mail, not two."""
    found = list(rows)
    if len(found) < CHOICES_AT_ONCE:
        return found
    last = found[-1]["user_id"]
    return [row for row in found if row["user_id"] != last] or found


def _is_wanted(choice: RowMapping, visit: RowMapping) -> bool:
    if not choice["only_accompanied"]:
        return True
    goes = visit["companion_id"] is not None and visit["companion_confirmed"]
    return bool(goes and visit["companion_id"] == choice["related_person_id"])
