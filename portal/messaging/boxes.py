"""In which box of somebody who works a conversation stands, as conditions on a row of `thread`.

Each condition starts from an index of whoever answers. A file that closed, a place that ended or an
absence that is over take their conversations out at once.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
)

from portal.access.facts import active_link
from portal.access.thread_facts import (
    is_for_team_of,
    opens_from_circle,
    opens_to_coordinator,
)
from portal.access.viewer import Viewer
from portal.models import columns
from portal.models.care import Patient
from portal.models.directory import Absence, Gender
from portal.models.messaging import Thread, ThreadReader, ThreadState
from portal.models.rights import CareLink, HiddenItem

MOST_TEAMS = 4
"""Whose answered and closed conversations are listed: nobody works in more places."""

_t = columns(Thread)
_absence = columns(Absence)
_reader = columns(ThreadReader)
_link = columns(CareLink)
_hidden = columns(HiddenItem)
shown_patients = Patient.__table__.alias("shown_patient")  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_shown = shown_patients.c
_viewer = bindparam("viewer_id", type_=Uuid)
_practitioner = bindparam("practitioner_id", type_=Uuid)
_today = bindparam("today", type_=Date)


class Box(StrEnum):
    MINE = "mine"
    """To answer: one's own, of whom one stands in for, and late ones that one heard of."""
    TEAM = "team"
    """To answer: of the coordination, or of a place where one works."""
    ANSWERED = "answered"
    CLOSED = "closed"


class PatientRow(NamedTuple):
    """Whose conversation it is, and as what it is read: else as coordinator."""

    id: UUID
    given_name: str
    family_name: str
    gender: Gender
    time_zone: str
    is_from_circle: bool
    kept_back_id: UUID | None
    """The conversation, when it is kept from a relative: nor do they read that it was looked at."""


def patient_columns(
    patient_id: ColumnElement[Any], thread_id: ColumnElement[Any]
) -> list[ColumnElement[Any]]:
    """Those of a `PatientRow`, with `shown_patients` joined."""
    is_kept_back = exists().where(_hidden.patient_id == patient_id, _hidden.item_id == thread_id)
    return [
        *(_shown[name].label(f"patient_{name}") for name in PatientRow._fields[:-2]),
        opens_from_circle(patient_id, _practitioner).label("patient_is_from_circle"),
        case((is_kept_back.correlate_except(HiddenItem.__table__), thread_id)).label(  # type: ignore[attr-defined]  # set by SQLModel's metaclass
            "patient_kept_back_id"
        ),
    ]


def patient_of(row: Any) -> PatientRow:
    values = {name: row[f"patient_{name}"] for name in PatientRow._fields}
    return PatientRow(**values | {"is_from_circle": bool(values["is_from_circle"])})


def file_is_open(patient_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a place in the circle, or the coordination, opens messages there."""
    return or_(
        opens_from_circle(patient_id, _practitioner), opens_to_coordinator(patient_id, _viewer)
    )


def is_read_at_work(patient_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The same, and they are no relative there: who is one reads as one, and no notes."""
    is_linked = exists().where(
        _link.patient_id == patient_id, _link.user_id == _viewer, active_link()
    )
    return and_(
        file_is_open(patient_id),
        not_(is_linked.correlate_except(CareLink.__table__)),  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    )


# A partial index is not used for a bound value: the state stands in the statement itself.
def is_in(state: ThreadState) -> ColumnElement[bool]:
    return _t.state == literal_column(f"'{state}'")


_replaced = select(_absence.practitioner_id).where(
    _absence.replacement_id == _practitioner,
    _absence.starts_on <= _today,
    _absence.ends_on >= _today,
)
# Apart, so that each walks its index in order and stops when the page is full.
_OWN = _t.practitioner_id == _practitioner
_REPLACED = _t.practitioner_id.in_(_replaced)
_TEAM = is_for_team_of(_viewer, _practitioner, _today)
_EACH_TEAM = [
    and_(_t.organization_id == bindparam(f"team{number}", type_=Uuid), _TEAM)
    for number in range(MOST_TEAMS)
]
HEARD_OF = and_(
    is_in(ThreadState.WAITING),
    _t.escalation != literal_column("'none'"),
    tuple_(_t.patient_id, _t.id).in_(
        select(_reader.patient_id, _reader.thread_id).where(
            _reader.user_id == _viewer, _reader.heard_late
        )
    ),
)


def of_state(state: ThreadState) -> list[ColumnElement[bool]]:
    """Theirs and their teams', the newest of each by an index."""
    return [and_(is_in(state), whose) for whose in (_OWN, _REPLACED, *_EACH_TEAM)]


WHICH: dict[Box, list[ColumnElement[bool]]] = {
    Box.MINE: [*(and_(is_in(ThreadState.WAITING), one) for one in (_OWN, _REPLACED)), HEARD_OF],
    Box.TEAM: [and_(is_in(ThreadState.WAITING), _TEAM)],
    Box.ANSWERED: of_state(ThreadState.ANSWERED),
    Box.CLOSED: of_state(ThreadState.CLOSED),
}


def values_of(viewer: Viewer, *, at: datetime, teams: Sequence[UUID] = ()) -> dict[str, Any]:
    """What the conditions bind; `teams` as `read_summary` found them."""
    chosen = dict(enumerate(teams))
    return {
        **{f"team{number}": chosen.get(number) for number in range(MOST_TEAMS)},
        "viewer_id": viewer.id,
        "practitioner_id": viewer.practitioner_id,
        "now": at,
        "today": at.date(),
    }
