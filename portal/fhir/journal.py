"""Notes down, while an import runs, what happened to each resource and to pieces of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from portal.fhir.incoming import Incoming, Skipped
from portal.fhir.names import name_in
from portal.fhir.report import Entry, ImportReport, Outcome


@dataclass(slots=True)
class Journal:
    _entries: dict[int, list[Entry]] = field(default_factory=dict)
    """By the identity of the incoming resource: its own entry first, then its pieces."""

    def settle(self, incoming: Incoming, outcome: Outcome, *, row_id: UUID | None) -> None:
        self._put_first(incoming, outcome, row_id=row_id)

    def leave_out(self, incoming: Incoming, reason: str) -> None:
        self._entries.pop(id(incoming), None)  # no piece of what is left out whole
        self._put_first(incoming, Outcome.LEFT_OUT, reason=reason)

    def note(self, incoming: Incoming, piece: str, reason: str, *, name: str = "") -> None:
        """A piece of the resource is left out; the rest of it is taken."""
        entry = Entry(
            resource_type=incoming.kind,
            label=incoming.label,
            name=name,
            outcome=Outcome.LEFT_OUT,
            reason=reason,
            file=incoming.file,
            piece=piece,
        )
        entries = self._entries.setdefault(id(incoming), [])
        if entry not in entries:
            entries.append(entry)

    def report(self, items: Iterable[Incoming | Skipped]) -> ImportReport:
        """In the order in which the files brought them."""
        report = ImportReport()
        for item in items:
            if isinstance(item, Skipped):
                report.entries.append(_skipped(item))
            else:
                report.entries += self._entries.get(id(item), [])
        return report

    def _put_first(
        self, incoming: Incoming, outcome: Outcome, *, reason: str = "", row_id: UUID | None = None
    ) -> None:
        entry = Entry(
            resource_type=incoming.kind,
            label=incoming.label,
            name=name_in(incoming.kind, incoming.body),
            outcome=outcome,
            reason=reason,
            file=incoming.file,
            row_id=row_id,
        )
        self._entries.setdefault(id(incoming), []).insert(0, entry)


def _skipped(item: Skipped) -> Entry:
    return Entry(
        resource_type=item.kind,
        label=item.label,
        name="",
        outcome=Outcome.LEFT_OUT,
        reason=item.reason,
        file=item.file,
    )
