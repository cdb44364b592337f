"""From a file to its resources: Bundles are opened, contained resources taken out, all checked."""

from collections.abc import Iterator

from portal.errors import ImportRefusedError
from portal.fhir.codes import check_codes
from portal.fhir.elements import Json, child, objects, text
from portal.fhir.files import Document
from portal.fhir.incoming import (
    KINDS,
    Bundle,
    Incoming,
    Skipped,
    all_references,
    mapped_references,
)
from portal.fhir.own import own_id
from portal.fhir.structure import check_structure

READ_BUNDLES = ("transaction", "batch", "collection", "searchset")


def unpack(document: Document) -> list[Incoming | Skipped]:
    """Raises `ImportRefusedError` when any resource of the file is broken."""
    kind = document.body["resourceType"]
    if kind == "Bundle":
        return list(_entries(document))
    if not _is_read(kind, document.body):
        return [_unread(document.file, kind, document.body)]
    single = Incoming(document.file, kind, kind, document.body, source_text=document.text)
    return [single, *_checked(single)]


def _unread(file: str, kind: str, body: Json, full_url: str = "") -> Skipped:
    resource_id = text(body, "id")
    label = f"{kind}/{resource_id}" if resource_id else f"{kind} {full_url}".strip()
    return Skipped(file, kind, label, f"Relais does not read {kind} yet")


def _is_read(kind: str, body: Json) -> bool:
    """A plan of care of other software is more than who answers for what."""
    return kind in KINDS and (kind != "CarePlan" or own_id(body) is not None)


def _entries(document: Document) -> Iterator[Incoming | Skipped]:
    file, body = document.file, document.body
    _check_envelope(file, body)
    if body["type"] not in READ_BUNDLES:
        reason = f"a Bundle of type {body['type']} is not read: {', '.join(READ_BUNDLES)} are"
        yield Skipped(file, "Bundle", "Bundle", reason)
        return
    bundle = Bundle()
    for index, entry in enumerate(objects(body, "entry")):
        path = f"Bundle.entry[{index}]"
        full_url = text(entry, "fullUrl")
        if full_url and full_url in bundle.full_urls:
            raise ImportRefusedError(file, f"{path}.fullUrl", f"{full_url} stands twice")
        bundle.full_urls.add(full_url)
        yield from _entry(file, path, entry, bundle)
    _check_internal_references(file, body, bundle)


def _check_internal_references(file: str, body: Json, bundle: Bundle) -> None:
    for path, reference in all_references(body, "Bundle"):
        if reference.startswith(("urn:uuid:", "urn:oid:")) and reference not in bundle.full_urls:
            reason = f"{reference} is no entry of this Bundle"
            raise ImportRefusedError(file, path, reason)


def _check_envelope(file: str, body: Json) -> None:
    entries = body.get("entry")
    if isinstance(entries, list):
        hollow = [_without_resource(entry) for entry in entries]
        envelope = {**body, "entry": hollow} if hollow else {**body, "entry": None}
    else:
        envelope = body
    check_structure(envelope, kind="Bundle", file=file, path="Bundle")
    check_codes(envelope, kind="Bundle", file=file, path="Bundle")


def _without_resource(entry: object) -> object:
    if not isinstance(entry, dict):
        return entry
    return {name: value for name, value in entry.items() if name != "resource"}


def _entry(file: str, path: str, entry: Json, bundle: Bundle) -> Iterator[Incoming | Skipped]:
    resource, full_url = entry.get("resource"), text(entry, "fullUrl")
    method = text(child(entry, "request"), "method") or "POST"
    if method not in ("POST", "PUT"):
        reason = f"an import takes POST and PUT only, {method} is asked for here"
        yield Skipped(file, "Bundle", path, reason)
        return
    if resource is None:
        yield Skipped(file, "Bundle", path, "the entry holds no resource")
        return
    kind = _kind_of(resource, file, f"{path}.resource")
    if not _is_read(kind, resource):
        yield _unread(file, kind, resource, full_url)
        return
    incoming = Incoming(file, f"{path}.resource", kind, resource, full_url, bundle=bundle)
    _name(incoming, bundle)
    yield incoming
    yield from _checked(incoming)


def _kind_of(resource: object, file: str, path: str) -> str:
    if not isinstance(resource, dict):
        raise ImportRefusedError(file, path, "a resource (an object) is expected here")
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or not kind.isalnum():
        raise ImportRefusedError(file, path, '"resourceType" is missing')
    return kind


def _name(incoming: Incoming, bundle: Bundle) -> None:
    if incoming.full_url:
        bundle.names[incoming.full_url] = incoming
    if resource_id := text(incoming.body, "id"):
        bundle.names.setdefault(f"{incoming.kind}/{resource_id}", incoming)


def _checked(incoming: Incoming) -> Iterator[Incoming | Skipped]:
    """The contained resources that are referred to, after all of them were checked."""
    file, path = incoming.file, incoming.path
    contained = incoming.body.get("contained")
    outside = {name: value for name, value in incoming.body.items() if name != "contained"}
    check_structure(outside, kind=incoming.kind, file=file, path=path)
    check_codes(outside, kind=incoming.kind, file=file, path=path)
    if contained is not None and not isinstance(contained, list):
        raise ImportRefusedError(file, f"{path}.contained", "an array is expected here")
    for index, body in enumerate(contained or ()):
        _add_contained(incoming, body, f"{path}.contained[{index}]")
    _check_fragments(incoming)
    yield from _used(incoming)


def _add_contained(parent: Incoming, body: object, path: str) -> None:
    kind = _kind_of(body, parent.file, path)
    assert isinstance(body, dict)  # noqa: S101  # `_kind_of` refused everything else
    fragment = body.get("id")
    if not isinstance(fragment, str) or not fragment:
        raise ImportRefusedError(parent.file, path, "a contained resource needs an id")
    if fragment in parent.contained:
        raise ImportRefusedError(parent.file, path, f'the id "{fragment}" stands twice')
    if kind in KINDS:
        check_structure(body, kind=kind, file=parent.file, path=path)
        check_codes(body, kind=kind, file=parent.file, path=path)
    inside = Incoming(parent.file, path, kind, body, bundle=parent.bundle, parent=parent)
    parent.contained[fragment] = inside


def _check_fragments(incoming: Incoming) -> None:
    for path, reference in all_references(incoming.body, incoming.path):
        if reference.startswith("#") and reference[1:] not in {"", *incoming.contained}:
            reason = f'"{reference}" is contained nowhere in this resource'
            raise ImportRefusedError(incoming.file, path, reason)


def _used(incoming: Incoming) -> Iterator[Incoming]:
    """Follows the mapped references, also from one contained resource to the next."""
    waiting, found = [incoming], set[str]()
    while waiting:
        current = waiting.pop()
        for reference, _ in mapped_references(current):
            name = text(reference, "reference")
            inside = incoming.contained.get(name[1:]) if name.startswith("#") else None
            if inside and inside.kind in KINDS and name not in found:
                found.add(name)
                waiting.append(inside)
                yield inside
