"""What a team can propose: published modules that are not in the programme; and in whose name."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, String, Uuid, bindparam, case, exists, func, select
from sqlmodel import Session

from portal.access.viewer import Viewer
from portal.errors import NotFoundError
from portal.models import columns
from portal.models.care import Patient
from portal.models.directory import Organization
from portal.models.education import Module, ModuleVersion, VersionState
from portal.models.programme import ItemState, ProgrammeItem
from portal.scheduling.reach import own_houses, reach_of

MOST_CHOICES = 30
_i, _m, _v = columns(ProgrammeItem), columns(Module), columns(ModuleVersion)
_patient, _house = columns(Patient), columns(Organization)
_of_patient = bindparam("of_patient", type_=Uuid)
_locale = bindparam("of_locale", type_=String)
_is_there = exists().where(
    _i.patient_id == _of_patient,
    _i.programme_id == bindparam("of_programme", type_=Uuid),
    _i.module_id == _v.module_id,
    _i.state.in_((ItemState.PROPOSED, ItemState.ACCEPTED)),
)
_place = func.row_number().over(
    partition_by=_v.module_id,
    order_by=(case((_v.locale == _locale, 0), (_v.locale == "fr", 1), else_=2), _v.id),
)
_readable = (
    select(
        _v.module_id,
        _v.title,
        _v.summary,
        _v.minutes,
        _place.label("place"),
        _is_there.label("is_there"),
    )
    .join_from(ModuleVersion, Module, _m.id == _v.module_id)
    .where(_v.state == VersionState.PUBLISHED, _m.retracted_at.is_(None))
    .subquery("readable")
).c
_CHOICES = (
    select(_readable.module_id, _readable.title, _readable.summary, _readable.minutes)
    .where(
        _readable.place == 1,
        _readable.is_there.is_(False),
        func.lower(_readable.title + " " + _readable.summary).contains(
            bindparam("of_text", type_=String)
        ),
    )
    .order_by(_readable.title, _readable.module_id)
    .limit(bindparam("most", type_=Integer))
)
_keeper = select(_patient.organization_id).where(_patient.id == _of_patient).scalar_subquery()
_HOUSE = (
    select(_house.id)
    .where((_house.id == _keeper) | _house.id.in_(own_houses))
    .order_by(case((_house.id == _keeper, 0), else_=1), _house.name, _house.id)
    .limit(1)
)


class Choice(NamedTuple):
    module_id: UUID
    title: str
    summary: str
    minutes: int


def module_choices(
    session: Session, *, patient_id: UUID, programme_id: UUID, text: str, locale: str
) -> list[Choice]:
    """Those whose title or summary says `text`; one more than `MOST_CHOICES` when there are."""
    values = {
        "of_patient": patient_id,
        "of_programme": programme_id,
        "of_locale": locale,
        # Without what a pattern would take for a sign of its own.
        "of_text": text.lower().translate({ord(sign): None for sign in "%_\\"}),
        "most": MOST_CHOICES + 1,
    }
    return [Choice._make(row) for row in session.execute(_CHOICES, values)]


def house_for(session: Session, *, viewer: Viewer, patient_id: UUID, at: datetime) -> UUID:
    """Which organization proposes it: whose coordinators keep the circle, else the reader's own.

    Raises `NotFoundError` without either.
    """
    values = reach_of(viewer, at=at) | {"of_patient": patient_id}
    found: UUID | None = session.execute(_HOUSE, values).scalar_one_or_none()
    if found is None:
        raise NotFoundError("organization")
    return found
