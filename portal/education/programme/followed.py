"""How far the patient is in their programme: read for the team only while the patient shows it."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select, union_all
from sqlmodel import Session

from portal.models import columns
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.education import ModuleProgress
from portal.models.programme import EducationProgramme, ItemState, ProgrammeItem
from portal.models.rights import CareLink, CareLinkKind
from portal.models.union import ArmOf, Union

CAME = (AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN, AppointmentStatus.FULFILLED)
_p, _i = columns(EducationProgramme), columns(ProgrammeItem)
_progress, _visit, _link = columns(ModuleProgress), columns(Appointment), columns(CareLink)


class Followed(NamedTuple):
    """What the patient did of one thing of the programme."""

    item_id: UUID
    step: int
    """Of a module: the last one read to its end."""
    finished_at: datetime | None
    """The module was read to its end, or the workshop took place with the patient."""


_in_programme = (
    _p.patient_id == bindparam("of_patient", type_=Uuid),
    _p.id == bindparam("of_programme", type_=Uuid),
    # Said once more where it is read: what is not shown is never loaded.
    _p.shares_progress,
    _i.state == ItemState.ACCEPTED,
)
_UNION = Union(
    {
        "module": ArmOf(
            {
                "item_id": _i.id,
                "step": _progress.step,
                "finished_at": _progress.finished_at,
            },
            Followed,
        ),
        "workshop": ArmOf(
            {
                "item_id": _i.id,
                "step": _i.position,
                "finished_at": _visit.starts_at,
            },
            Followed,
        ),
    }
)


def _items(arm: str) -> Select[Any]:
    return (
        _UNION.arm(arm)
        .select_from(EducationProgramme)
        .join(
            ProgrammeItem,
            (_i.patient_id == _p.patient_id) & (_i.programme_id == _p.id),
        )
    )


_OWN = (
    select(_link.user_id)
    .where(
        _link.patient_id == _p.patient_id,
        _link.kind == CareLinkKind.SELF,
    )
    .correlate(EducationProgramme.__table__)  # type: ignore[attr-defined]  # set by SQLModel's metaclass
)
_FOLLOWED = union_all(
    _items("module")
    .join(
        ModuleProgress,
        (_progress.patient_id == _p.patient_id)
        & (_progress.module_id == _i.module_id)
        & _progress.user_id.in_(_OWN),
    )
    .where(*_in_programme),
    _items("workshop")
    .join(
        Appointment,
        (_visit.patient_id == _p.patient_id) & (_visit.workshop_id == _i.workshop_id),
    )
    .where(*_in_programme, _visit.status.in_(CAME)),
)


def followed(session: Session, *, patient_id: UUID, programme_id: UUID) -> dict[UUID, Followed]:
    """By item; empty unless the patient shares it now."""
    values = {"of_patient": patient_id, "of_programme": programme_id}
    found = _UNION.read(session.execute(_FOLLOWED, values).mappings())
    return {one.item_id: one for rows in found.values() for one in rows}
