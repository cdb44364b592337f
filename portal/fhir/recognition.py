"""Which stored resource an incoming one is, and when that may not be believed."""

from collections.abc import Iterator
from json import loads
from uuid import UUID

from portal.errors import ImportRefusedError
from portal.fhir.elements import Json
from portal.fhir.identity import (
    identifier_keys,
    literal_id,
    literals_of,
    shortened,
    source_keys,
)
from portal.fhir.incoming import Incoming
from portal.fhir.names import name_in
from portal.fhir.people import name_of
from portal.fhir.stored import Stored
from portal.models.care import RelatedPerson
from portal.models.directory import Practitioner
from portal.models.interop import FhirResource


class LeftOutError(Exception):
    """The resource is not written, and nothing of it was: the message says why."""


class Recognition:
    """Remembers what this command settled, so that one resource is not written twice."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored

    def settle(self, incoming: Incoming, resource: FhirResource) -> None:
        _point(incoming, resource)
        self.stored.origin[id(resource)] = incoming

    def find(self, incoming: Incoming, *, patient_id: UUID | None = None) -> FhirResource | None:
        """By its identifiers, else by its literal id.

        Raises `LeftOutError` when that is a resource of another patient, and when its
        identifiers are those of several resources.
        """
        known = self._matching(incoming, patient_id)
        if known is None:
            return None
        if patient_id and known.patient_id and known.patient_id != patient_id:
            raise LeftOutError(f"{incoming.label} was imported before for another patient")
        return known

    def check_first(self, incoming: Incoming, known: FhirResource | None) -> None:
        """Raises `LeftOutError` when this command has settled the resource already.

        To be called once it is certain that both are the same: references to this one then mean
        the other.
        """
        if known and (twin := self.stored.origin.get(id(known))):
            _point(incoming, known)
            raise LeftOutError(f"it is {twin.label} again, which was taken from {twin.file}")

    def keys(self, incoming: Incoming, patient_id: UUID | None) -> list[str]:
        """Under which it may be stored, the best one first."""
        keys = source_keys(incoming)
        if incoming.kind != "RelatedPerson":
            return keys
        # One person may be the mother of two patients: their identifier then comes twice.
        literals = _literal_keys(incoming)
        return [key if key in literals else self._scoped(key, patient_id) for key in keys]

    def best_key(
        self, incoming: Incoming, known: FhirResource | None, patient_id: UUID | None
    ) -> str:
        """The first one that no other resource of this type holds."""
        keys = self.keys(incoming, patient_id)
        holders = {key: self.stored.by_key.get((incoming.kind, key)) for key in keys}
        return next(key for key in keys if holders[key] is None or holders[key] is known)

    def _matching(self, incoming: Incoming, patient_id: UUID | None) -> FhirResource | None:
        literals = _literal_keys(incoming)
        keys = [key for key in self.keys(incoming, patient_id) if key not in literals]
        by_key = self.stored.by_key
        found = [by_key[incoming.kind, key] for key in keys if (incoming.kind, key) in by_key]
        found += [known for known in self._named(incoming) if self._is_same(incoming, known, found)]
        if len({item.row_id or id(item) for item in found}) > 1:
            reason = "its identifiers belong to different resources that were imported before"
            if incoming.kind == "Patient":
                raise ImportRefusedError(incoming.file, incoming.path, reason)
            raise LeftOutError(reason)
        return found[0] if found else None

    def _named(self, incoming: Incoming) -> Iterator[FhirResource]:
        """What is stored under its literal names, as id or as key."""
        for literal in literals_of(incoming):
            known = self.stored.by_id.get(literal_id(literal))
            if known and known.resource_type == incoming.kind:
                yield known
        for key in _literal_keys(incoming):
            if known := self.stored.by_key.get((incoming.kind, key)):
                yield known

    def _is_same(self, incoming: Incoming, known: FhirResource, found: list[FhirResource]) -> bool:
        """Two servers may both have an Organization/1; patients are compared when written."""
        if any(item is known for item in found) or incoming.kind == "Patient":
            return True
        twin = self.stored.origin.get(id(known))
        is_elsewhere = twin and twin.base and incoming.base and twin.base != incoming.base
        if not is_elsewhere and not _is_other(incoming, loads(known.content)):
            return True
        if not incoming.base:
            name = name_in(incoming.kind, loads(known.content))
            raise LeftOutError(f'{incoming.label} was imported before as another one, "{name}"')
        return False

    def _scoped(self, key: str, patient_id: UUID | None) -> str:
        holder = self.stored.by_key.get(("RelatedPerson", key))
        if holder is None or holder.patient_id == patient_id:
            return key
        scoped = shortened(f"{key}@{patient_id}")
        self.stored.find("RelatedPerson", scoped)
        return scoped


def _literal_keys(incoming: Incoming) -> list[str]:
    if incoming.parent:
        keys = source_keys(incoming)
        return [key for key in keys if key not in identifier_keys(incoming.kind, incoming.body)]
    return [shortened(literal) for literal in literals_of(incoming)]


def _point(incoming: Incoming, resource: FhirResource) -> None:
    incoming.key, incoming.row_id = resource.source_key, resource.row_id
    incoming.patient_id = resource.patient_id


def _is_other(incoming: Incoming, before: Json) -> bool:
    """The id is the same and nothing else is."""
    kind = incoming.kind
    if kind in ("Practitioner", "RelatedPerson"):
        return are_others(name_of(before), name_of(incoming.body))
    old, new = set(identifier_keys(kind, before)), set(identifier_keys(kind, incoming.body))
    if not old or not new or old & new:
        return False
    names = [name_in(kind, body).casefold() for body in (before, incoming.body)]
    return kind not in ("Organization", "Location") or names[0] != names[1]


def differ(old: str, new: str) -> bool:
    """Both are known, and they are not the same word."""
    return bool(old and new) and old.casefold() != new.casefold()


def are_others(old: tuple[str, str], new: tuple[str, str]) -> bool:
    """Given and family names of two people: one may change by marriage or correction, not both."""
    same_given = bool(old[0] and new[0]) and not differ(old[0], new[0])
    return differ(old[1], new[1]) and not same_given


def check_name(row: Practitioner | RelatedPerson, body: Json) -> None:
    """Raises `LeftOutError` where the row is somebody else's."""
    name = (row.given_name, row.family_name)
    if are_others(name, name_of(body)):
        told = " ".join(filter(None, name))
        raise LeftOutError(f'it was imported before as "{told}", who is somebody else')
