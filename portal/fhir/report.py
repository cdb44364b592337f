"""What an import did, resource by resource, for the operator who ran it."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of a file, or one piece of it that was left out."""

    resource_type: str
    label: str
    """`Patient/example`, or the type and the `urn:uuid:` of an entry without an id."""
    name: str
    """Short and human: "Jacques Thobois"; empty when the file gives none."""
    outcome: Outcome
    reason: str = ""
    file: str = ""
    piece: str = ""
    """The path inside the resource (`participant[1]`) when only that was left out."""
    row_id: UUID | None = None
    """The row of its table; none where nothing is shown of it."""


@dataclass(slots=True)
class ImportReport:
    """Entries in the order of the files; the pieces follow their resource."""

    entries: list[Entry] = field(default_factory=list)

    def counts(self) -> dict[Outcome, int]:
        """Every outcome is a key; pieces count as left out."""
        counted = Counter(entry.outcome for entry in self.entries)
        return {outcome: counted[outcome] for outcome in Outcome}

    def rows(self, resource_type: str) -> dict[UUID, str]:
        """Id → name of the rows of that type that the files speak of, unchanged ones too."""
        return {
            entry.row_id: entry.name
            for entry in self.entries
            if entry.row_id and entry.resource_type == resource_type and not entry.piece
        }

    @property
    def patients(self) -> dict[UUID, str]:
        return self.rows("Patient")

    @property
    def practitioners(self) -> dict[UUID, str]:
        return self.rows("Practitioner")

    @property
    def organizations(self) -> dict[UUID, str]:
        return self.rows("Organization")
