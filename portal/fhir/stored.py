"""What earlier imports left in the database, read in few statements."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, col, select

from portal.fhir.incoming import Incoming
from portal.models.agenda import Appointment
from portal.models.care import CareTeam, CareTeamMember, Patient, RelatedPerson
from portal.models.directory import Absence, Organization, Practitioner, PractitionerRole
from portal.models.interop import FhirResource

_CHUNK = 500
Row = TypeVar("Row", bound=SQLModel)

TABLES: dict[str, type[SQLModel]] = {
    "Organization": Organization,
    "Practitioner": Practitioner,
    "PractitionerRole": PractitionerRole,
    "Patient": Patient,
    "RelatedPerson": RelatedPerson,
    "CareTeam": CareTeam,
    "Appointment": Appointment,
}
"""A Location has no table: it is kept as JSON and shown by the appointments."""

OWN_TABLES: dict[str, type[SQLModel]] = {
    **{kind: TABLES[kind] for kind in ("Organization", "Practitioner", "PractitionerRole")},
    **{kind: TABLES[kind] for kind in ("Patient", "RelatedPerson")},
    "Absence": Absence,
}
"""Whose rows a resource of ours names by their ids."""


class Stored:
    """Imported resources by key and by literal id, and the rows that they became."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.by_key: dict[tuple[str, str], FhirResource] = {}
        self.by_id: dict[UUID, FhirResource] = {}
        self.rows: dict[str, dict[UUID, Any]] = defaultdict(dict)
        self.appointments: dict[UUID, dict[UUID, Appointment]] = defaultdict(dict)
        """By id, then by patient: an appointment of several patients has a row for each."""
        self.origin: dict[int, Incoming] = {}
        """By the identity of a resource: what this command settled it with."""
        self._numbers: dict[tuple[str, str], Any] = {}
        self.members: dict[UUID, list[CareTeamMember]] = defaultdict(list)

    def load(self, *, keys: Iterable[tuple[str, str]], ids: Iterable[UUID]) -> None:
        by_kind: dict[str, set[str]] = defaultdict(set)
        for kind, key in keys:
            by_kind[kind].add(key)
        found = list(self._chunks(FhirResource, FhirResource.id, ids))
        for kind, wanted in by_kind.items():
            of_kind = col(FhirResource.resource_type) == kind
            found += self._chunks(FhirResource, FhirResource.source_key, wanted, of_kind)
        for resource in found:
            self.add(resource)
        self._load_rows(found)

    def load_numbers(
        self, *, ins: Iterable[str], rpps: Iterable[str], finess: Iterable[str]
    ) -> None:
        """Who or what was entered by hand and is recognised by a national number."""
        for patient in self._chunks(Patient, Patient.ins, ins):
            self.remember(patient)
        for practitioner in self._chunks(Practitioner, Practitioner.rpps, rpps):
            self.remember(practitioner)
        for organization in self._chunks(Organization, Organization.finess, finess):
            self.remember(organization)

    def load_own(self, ids: Iterable[tuple[str, UUID]]) -> None:
        """Rows by the ids that resources of ours name; kinds without such rows are passed over."""
        by_kind: dict[str, set[UUID]] = defaultdict(set)
        for kind, row_id in ids:
            by_kind[kind].add(row_id)
        for kind, table in OWN_TABLES.items():
            columns: Any = table
            for row in self._chunks(table, columns.id, by_kind[kind]):
                self.remember(row)

    def load_own_appointments(self, ids: Iterable[UUID]) -> None:
        """Those of every patient: an id that stands elsewhere is not taken."""
        for row in self._chunks(Appointment, Appointment.id, ids):
            self.appointments[row.id][row.patient_id] = row

    def load_owners(self, patients: Iterable[UUID]) -> dict[UUID, FhirResource]:
        """By patient: the CareTeam that gives their circle its name."""
        is_owner = col(FhirResource.row_id) == col(FhirResource.patient_id)
        is_team = col(FhirResource.resource_type) == "CareTeam"
        found = self._chunks(FhirResource, FhirResource.patient_id, patients, is_team, is_owner)
        return {resource.patient_id: resource for resource in found if resource.patient_id}

    def row(self, kind: str, row_id: UUID | None) -> Any:
        """None when there is no such row (any more)."""
        return self.rows[kind].get(row_id) if row_id else None

    def remember(self, row: Any) -> None:
        """Find the row by its id and by its national number from now on."""
        kind = type(row).__name__
        self.rows[kind][row.id] = row
        for name in ("ins", "rpps", "finess"):
            if number := getattr(row, name, None):
                self._numbers[kind, number] = row

    def patient_of(self, ins: str | None) -> Patient | None:
        return self._numbers.get(("Patient", ins or ""))

    def practitioner_of(self, rpps: str | None) -> Practitioner | None:
        return self._numbers.get(("Practitioner", rpps or ""))

    def organization_of(self, finess: str | None) -> Organization | None:
        return self._numbers.get(("Organization", finess or ""))

    def load_circles(self, patients: Iterable[UUID]) -> None:
        """Circles and their members; to be called once."""
        wanted = set(patients)
        for circle in self._chunks(CareTeam, CareTeam.patient_id, wanted):
            self.rows["CareTeam"][circle.patient_id] = circle
        for member in self._chunks(CareTeamMember, CareTeamMember.patient_id, wanted):
            self.members[member.patient_id].append(member)

    def find(self, kind: str, key: str) -> FhirResource | None:
        """By key, asking the database for one that was not foreseen."""
        if (kind, key) not in self.by_key:
            self.load(keys=[(kind, key)], ids=())
        return self.by_key.get((kind, key))

    def add(self, resource: FhirResource) -> None:
        self.by_key[resource.resource_type, resource.source_key] = resource
        self.by_id[resource.id] = resource

    def has_row(self, resource: FhirResource) -> bool:
        """False when the row was deleted since."""
        kind, row_id = resource.resource_type, resource.row_id
        if kind == "Location":
            return True
        if kind == "Appointment":
            return row_id in self.appointments
        if kind == "CareTeam":
            return resource.patient_id in self.rows[kind]
        return row_id in self.rows[kind]

    def _load_rows(self, resources: list[FhirResource]) -> None:
        for kind in ("Organization", "Practitioner", "PractitionerRole", "Patient"):
            table: Any = TABLES[kind]
            wanted = {r.row_id for r in resources if r.resource_type == kind and r.row_id}
            for row in self._chunks(table, table.id, wanted):
                self.remember(row)
        for person in self._rows_of_patients(RelatedPerson, resources):
            self.remember(person)
        for appointment in self._rows_of_patients(Appointment, resources):
            self.appointments[appointment.id][appointment.patient_id] = appointment

    def _rows_of_patients(self, table: type[Row], resources: list[FhirResource]) -> Iterator[Row]:
        """Through the patient, who comes first in the key; without one, by id alone."""
        columns: Any = table
        kind = table.__name__
        patient_of = {r.row_id: r.patient_id for r in resources if r.resource_type == kind}
        for batch in _batched(sorted(filter(None, patient_of)), _CHUNK):
            patients = {patient_of[row_id] for row_id in batch if patient_of[row_id]}
            alone = [row_id for row_id in batch if not patient_of[row_id]]
            shown = [row_id for row_id in batch if patient_of[row_id]]
            query = select(table).where(columns.patient_id.in_(patients), columns.id.in_(shown))
            yield from self.session.exec(query)
            yield from self._chunks(table, columns.id, alone)

    def _chunks(
        self, table: type[Row], column: Any, values: Iterable[Any], *where: ColumnElement[bool]
    ) -> Iterator[Row]:
        for chunk in _batched(sorted(set(values)), _CHUNK):
            query = select(table).where(col(column).in_(chunk), *where)
            yield from self.session.exec(query)


def _batched(values: Sequence[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch
