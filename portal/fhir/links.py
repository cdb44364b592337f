"""What a reference means: in its Bundle, in the files of the command, in the database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from json import loads
from typing import Any
from uuid import UUID

from portal.fhir.elements import Json, child, text
from portal.fhir.identity import (
    identifier_key,
    identifier_keys,
    literal_id,
    literal_reference,
)
from portal.fhir.incoming import Incoming, is_absolute, mapped_references
from portal.fhir.stored import Stored
from portal.models.interop import FhirResource


@dataclass(frozen=True, slots=True)
class Target:
    """The resource that a reference means, and the row that it became."""

    kind: str
    row_id: UUID | None
    patient_id: UUID | None
    key: str
    source: Incoming | FhirResource

    @property
    def meaning(self) -> str:
        """The same in every run, whatever the reference is called."""
        return f"{self.kind}:{self.row_id or self.key}"

    @property
    def body(self) -> Json:
        if isinstance(self.source, Incoming):
            return self.source.body
        content: Json = loads(self.source.content)
        return content


class Links:
    """Every name under which the resources of this command may be called."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self._names: dict[str, list[Incoming]] = defaultdict(list)
        self._identifiers: dict[tuple[str, str], list[Incoming]] = defaultdict(list)

    def add(self, incoming: Incoming) -> None:
        for key in identifier_keys(incoming.kind, incoming.body):
            self._identifiers[incoming.kind, key].append(incoming)
        if incoming.parent:
            return  # known inside its parent only
        names = {incoming.full_url}
        if resource_id := text(incoming.body, "id"):
            names.add(f"{incoming.kind}/{resource_id}")
        for name in filter(None, names):
            self._names[name].append(incoming)

    def resolve(self, source: Incoming, reference: Json, *kinds: str) -> Target | str:
        """The target of one of these types, or in a few words why there is none."""
        found = self._in_command(source, reference, kinds)
        written = {item.row_id or item.key: item for item in found if item.key}
        if found and not written:
            return f"{_shown(reference)} was left out"
        if len(written) > 1 or not all(item.key for item in found):
            return f"{_shown(reference)} may mean {len(found)} different resources"
        first = next(iter(written.values()), None)
        candidate = first or self._in_database(source, reference, kinds)
        if candidate is None:
            return f"{_shown(reference)} is unknown: not in these files, not imported before"
        target = _target(candidate)
        if target.kind not in kinds:
            return f"{_shown(reference)} is of type {target.kind}, not {' or '.join(kinds)}"
        return target

    def has_patient(self, parent: Incoming) -> bool:
        """Before anything was written: whether what must be about a patient will be."""
        references = [
            (reference, kinds)
            for reference, kinds in mapped_references(parent)
            if "Patient" in kinds
        ]
        return not references or any(
            self._kind_of(parent, reference, kinds) == "Patient" for reference, kinds in references
        )

    def _kind_of(self, source: Incoming, reference: Json, kinds: tuple[str, ...]) -> str:
        found = self._in_command(source, reference, kinds)
        candidate = next(iter(found), None) or self._in_database(source, reference, kinds)
        return _target(candidate).kind if candidate else ""

    def meaning(self, incoming: Incoming) -> dict[int, str]:
        """For the fingerprint: the mapped references that resolve, by identity."""
        meant: dict[int, str] = {}
        for reference, kinds in mapped_references(incoming):
            target = self.resolve(incoming, reference, *kinds)
            if isinstance(target, Target):
                meant[id(reference)] = target.meaning
        return meant

    def _in_command(
        self, source: Incoming, reference: Json, kinds: Iterable[str]
    ) -> list[Incoming]:
        name = text(reference, "reference")
        if name.startswith("#"):
            return _inside(source, name[1:])
        if query := _search_key(name):
            return self._identifiers.get(query, [])
        by_name = self._named(source, name) if name else []
        by_number = (self._identifiers.get(pair, []) for pair in _keys(reference, kinds))
        return by_name or next(filter(None, by_number), [])

    def _named(self, source: Incoming, name: str) -> list[Incoming]:
        absolute = _absolute(source, name)
        for wanted in _names(source, name):
            inside = source.bundle.names.get(wanted) if source.bundle else None
            if inside and _is_of_server(inside, absolute):
                return [inside]
            if found := [item for item in self._names[wanted] if _is_of_server(item, absolute)]:
                return found
        return []

    def _in_database(
        self, source: Incoming, reference: Json, kinds: Iterable[str]
    ) -> FhirResource | None:
        name = text(reference, "reference")
        if name.startswith("#"):
            return None
        query = _search_key(name)
        pairs = [query] if query else _keys(reference, kinds)
        literals = [] if query or not name else _names(source, name)
        candidates = [self.stored.by_id.get(literal_id(literal)) for literal in literals]
        candidates += [self.stored.by_key.get(pair) for pair in pairs]
        absolute = _absolute(source, name) if literals else ""
        return next((one for one in candidates if one and self._is_good(one, absolute)), None)

    def _is_good(self, known: FhirResource, absolute: str) -> bool:
        origin = self.stored.origin.get(id(known))
        is_elsewhere = origin is not None and not _is_of_server(origin, absolute)
        return self.stored.has_row(known) and not is_elsewhere


def wanted_of(incoming: Incoming) -> Iterator[tuple[list[tuple[str, str]], list[str]]]:
    """Keys and literals under which the database may know what this resource refers to."""
    for reference, kinds in mapped_references(incoming):
        name = text(reference, "reference")
        query = _search_key(name)
        is_literal = name and not query and not name.startswith("#")
        keys = [query] if query else list(_keys(reference, kinds))
        yield keys, _names(incoming, name) if is_literal else []


def _absolute(source: Incoming, name: str) -> str:
    """The URL that the reference means; empty where no server is known."""
    name = name.partition("/_history/")[0]
    if is_absolute(name):
        return name
    is_relative = source.base and not name.startswith("urn:")
    return f"{source.base}/{name}" if is_relative else ""


def _names(source: Incoming, name: str) -> list[str]:
    """The most certain one first."""
    names = [_absolute(source, name), literal_reference(name)]
    return list(dict.fromkeys(filter(None, names)))


def _inside(source: Incoming, fragment: str) -> list[Incoming]:
    container = source.parent or source
    if not fragment:
        return [container]
    inside = container.contained.get(fragment)
    return [inside] if inside else []


def _search_key(name: str) -> tuple[str, str] | None:
    """Of a conditional reference, `Patient?identifier=system|value`."""
    kind, mark, query = name.partition("?identifier=")
    system, bar, value = query.partition("|")
    if not (mark and bar and kind.isalpha() and "&" not in value):
        return None
    return kind, identifier_key(kind, system, value)


def _keys(reference: Json, kinds: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Of a reference by identifier: one for each type that it may have."""
    identifier = child(reference, "identifier")
    system, value = text(identifier, "system"), text(identifier, "value")
    stated = text(reference, "type")
    if system and value:
        for kind in [stated] if stated in kinds else kinds:
            yield kind, identifier_key(kind, system, value)


def _is_of_server(candidate: Incoming, absolute: str) -> bool:
    """Two servers may both have a Patient/1: an absolute URL means the one of its server."""
    if not absolute or not candidate.base:
        return True
    return candidate.full_url == absolute


def _target(candidate: Incoming | FhirResource) -> Target:
    if isinstance(candidate, Incoming):
        kind, key = candidate.kind, candidate.key
    else:
        kind, key = candidate.resource_type, candidate.source_key
    return Target(kind, candidate.row_id, candidate.patient_id, key, candidate)


def _shown(reference: Json) -> str:
    identifier: Any = child(reference, "identifier")
    name = text(reference, "reference") or text(identifier, "value")
    return name or f'"{text(reference, "display")}" (named without a reference)'
