"""What is sealed of a programme: its title, the words of the goals, why something is proposed."""

from uuid import UUID

from portal.crypto import Cell, KeyRing
from portal.models.programme import EducationProgramme, ProgrammeGoal, ProgrammeItem


def title_cell(programme_id: UUID) -> Cell:
    return Cell(str(EducationProgramme.__tablename__), "title_sealed", programme_id)


def words_cell(goal_id: UUID) -> Cell:
    return Cell(str(ProgrammeGoal.__tablename__), "words_sealed", goal_id)


def reason_cell(item_id: UUID) -> Cell:
    return Cell(str(ProgrammeItem.__tablename__), "reason_sealed", item_id)


def seal_text(keys: KeyRing, text: str, cell: Cell) -> bytes:
    return keys.seal(text.encode(), cell)


def open_text(keys: KeyRing, sealed: bytes, cell: Cell) -> str:
    """Raises `ValueError` when it was changed or moved."""
    return keys.open(sealed, cell).decode()
