"""What is written around a programme, sealed: several texts of one paper, each under its name."""

import json
from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.crypto import Cell, KeyRing
from portal.errors import NotFoundError, PortalError
from portal.models import columns
from portal.models.programme import EducationProgramme, ProgrammeState

LONGEST = 2000
"""Characters of each text."""
Texts = Mapping[str, str]
_p = columns(EducationProgramme)
_LOCKED = (
    select(EducationProgramme)
    .where(
        _p.patient_id == bindparam("of_patient", type_=Uuid),
        _p.id == bindparam("of_programme", type_=Uuid),
    )
    .with_for_update()
)


class NotUnderWayError(PortalError):
    """The programme was not accepted, or is over: its papers are only read."""


def locked_programme(
    session: Session, *, patient_id: UUID, programme_id: UUID
) -> EducationProgramme:
    """Raises `NotFoundError` for that of another patient."""
    values = {"of_patient": patient_id, "of_programme": programme_id}
    fresh = {"populate_existing": True}
    found: EducationProgramme | None = session.execute(
        _LOCKED, values, execution_options=fresh
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError("education programme")
    return found


def under_way(session: Session, *, patient_id: UUID, programme_id: UUID) -> EducationProgramme:
    """The same, locked. Raises `NotUnderWayError` unless the patient takes part in it now."""
    programme = locked_programme(session, patient_id=patient_id, programme_id=programme_id)
    if programme.state is not ProgrammeState.ACCEPTED:
        raise NotUnderWayError
    return programme


def cell_of(table: str, programme_id: UUID, number: int = 1) -> Cell:
    """One text of a programme does not open as another, nor as an older one."""
    return Cell(table, f"content_sealed.{number}", programme_id)


def seal_texts(keys: KeyRing, texts: Texts, cell: Cell) -> bytes:
    return keys.seal(json.dumps(dict(texts), ensure_ascii=False).encode(), cell)


def open_texts(keys: KeyRing, sealed: bytes, cell: Cell) -> dict[str, str]:
    """Raises `ValueError` when they were changed or moved."""
    found: dict[str, str] = json.loads(keys.open(sealed, cell))
    return found


def only(names: Iterable[str], texts: Texts) -> dict[str, str]:
    """Those that the paper has, each there and none too long. Raises `ValueError`."""
    found = {name: texts.get(name, "").strip() for name in names}
    if any(len(text) > LONGEST for text in found.values()):
        raise ValueError(f"a text of a paper has at most {LONGEST} characters")
    return found
