"""What the writers of one import share, and how each of them begins and ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from json import loads
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, SQLModel

from portal.fhir.elements import Json
from portal.fhir.fingerprint import as_text, fingerprint
from portal.fhir.identity import literal_id, literals_of, source_keys
from portal.fhir.incoming import Incoming
from portal.fhir.journal import Journal
from portal.fhir.links import Links, Target
from portal.fhir.merge import Fields, fit, news
from portal.fhir.own import own_id
from portal.fhir.recognition import Recognition
from portal.fhir.report import Outcome
from portal.fhir.stored import Stored
from portal.models.base import new_id
from portal.models.care import RelatedPerson
from portal.models.interop import FhirResource


@dataclass(frozen=True, slots=True)
class Relative:
    """A related person who was written in this import, as they are and as they were."""

    person: RelatedPerson
    functions: set[str]
    functions_before: set[str]
    is_new: bool
    is_gone: bool
    was_gone: bool


@dataclass(slots=True)
class State:
    session: Session
    stored: Stored
    links: Links
    recognition: Recognition
    journal: Journal
    zone: ZoneInfo
    now: datetime
    relatives: list[Relative] = field(default_factory=list)
    owners: dict[UUID, FhirResource] = field(default_factory=dict)
    """By patient: the CareTeam that gives their circle its name."""
    new_circles: set[UUID] = field(default_factory=set)
    """By patient: those that this command made."""
    places: dict[UUID, dict[UUID, UUID]] = field(default_factory=dict)
    """By patient: the id of a place in a file of ours → its row here."""
    _pending: list[SQLModel] = field(default_factory=list)

    def digest(self, incoming: Incoming) -> bytes:
        return fingerprint(incoming.body, meaning=self.links.meaning(incoming))

    def is_unchanged(self, incoming: Incoming, known: FhirResource | None, digest: bytes) -> bool:
        """Settles the resource when there is nothing to do for it."""
        if known is None or not self.stored.has_row(known):
            return False
        if known.content_hash != digest and not _is_extract(incoming, known):
            return False
        self.settle(incoming, known, Outcome.UNCHANGED)
        return True

    def own_row(self, incoming: Incoming) -> Any:
        """The row of ours that the resource says to be; whoever writes it checks that."""
        return self.stored.row(incoming.kind, own_id(incoming.body))

    def new_row_id(self, incoming: Incoming) -> UUID:
        """What left an installation of Relais has the same id in the next one."""
        return own_id(incoming.body) or new_id()

    def new_columns(self, incoming: Incoming, new: Fields) -> Fields:
        """Of a row with a time zone, which files of other software do not tell."""
        return {"id": self.new_row_id(incoming), "time_zone": self.zone.key} | new

    def is_said(
        self,
        incoming: Incoming,
        row: Any,
        read: Callable[[Json], Fields],
        *,
        patient_id: UUID | None = None,
    ) -> bool:
        """Settles a resource of ours that tells nothing new: not even its JSON is kept."""
        if row is None or row is not self.own_row(incoming):
            return False
        if news(row, fit(type(row), read(incoming.body))[0]):
            return False
        self.settle_own(incoming, row_id=row.id, patient_id=patient_id)
        return True

    def settle_own(self, incoming: Incoming, *, row_id: UUID, patient_id: UUID | None) -> None:
        incoming.key, incoming.row_id = source_keys(incoming)[0], row_id
        incoming.patient_id = patient_id
        self.journal.settle(incoming, Outcome.UNCHANGED, row_id=row_id)

    def fields(
        self,
        model: type[SQLModel],
        incoming: Incoming,
        known: FhirResource | None,
        read: Callable[[Json], Fields],
    ) -> tuple[Fields, Fields | None]:
        """What the resource says now, cut to fit its columns, and what it said before."""
        new, notes = fit(model, read(incoming.body))
        for name, note in notes.items():
            self.journal.note(incoming, name, note)
        if known is None or not self.stored.has_row(known):
            return new, None
        return new, fit(model, read(loads(known.content)))[0]

    def add(self, row: Any) -> None:
        self.stored.remember(row)
        self.session.add(row)

    def keep(
        self,
        incoming: Incoming,
        known: FhirResource | None,
        *,
        digest: bytes,
        row_id: UUID | None,
        patient_id: UUID | None = None,
        outcome: Outcome | None = None,
    ) -> FhirResource:
        """Store the original JSON and settle the resource as created or updated."""
        key = self.recognition.best_key(incoming, known, patient_id)
        resource = known or self._new_resource(incoming)
        resource.source_key = key
        resource.row_id, resource.patient_id = row_id, patient_id
        resource.content = incoming.source_text or as_text(incoming.body)
        resource.content_hash, resource.imported_at = digest, self.now
        if known:
            self._follow_literal(incoming, resource)
        self.stored.add(resource)
        self.settle(incoming, resource, outcome or (Outcome.UPDATED if known else Outcome.CREATED))
        return resource

    def target(
        self, incoming: Incoming, reference: Json, kind: str, *, piece: str
    ) -> Target | None:
        """The resource that an optional reference means; notes it when there is none."""
        if not reference:
            return None
        found = self.links.resolve(incoming, reference, kind)
        if isinstance(found, Target):
            return found
        self.journal.note(incoming, piece, found)
        return None

    def add_after(self, row: SQLModel) -> None:
        """What points at rows that are written in the same turn, many at a time."""
        self._pending.append(row)

    def flush(self) -> None:
        """Rows before the stored resources, and whatever else points at them."""
        self.session.flush()
        self.session.add_all(self._pending)
        self._pending.clear()
        self.session.flush()

    def settle(self, incoming: Incoming, resource: FhirResource, outcome: Outcome) -> None:
        self.recognition.settle(incoming, resource)
        self.journal.settle(incoming, outcome, row_id=resource.row_id)

    def _new_resource(self, incoming: Incoming) -> FhirResource:
        wanted = (literal_id(literal) for literal in literals_of(incoming))
        free = (one for one in wanted if one not in self.stored.by_id)
        resource = FhirResource(
            id=next(free, None) or new_id(),
            resource_type=incoming.kind,
            source_key="",
            content="",
            content_hash=b"",
            imported_at=self.now,
        )
        self._pending.append(resource)
        return resource

    def _follow_literal(self, incoming: Incoming, resource: FhirResource) -> None:
        """Later files refer to it by its new `Type/id`.

        A CareTeam keeps its id: nothing refers to it, and its members are recognised by it.
        """
        literal = next(iter(literals_of(incoming)), "")
        is_free = literal_id(literal) not in self.stored.by_id
        is_named = literal.startswith(f"{incoming.kind}/")
        if is_free and is_named and incoming.kind != "CareTeam":
            del self.stored.by_id[resource.id]
            resource.id = literal_id(literal)


def _is_extract(incoming: Incoming, known: FhirResource) -> bool:
    """What another resource contains of a person or place that is known in full."""
    own = [literal_id(literal) for literal in literals_of(incoming)]
    return incoming.parent is not None and known.id not in own
