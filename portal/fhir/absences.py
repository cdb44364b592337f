"""The absences of a professional, with who answers instead, that Relais wrote into its files."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from portal.fhir.elements import Json, child, text
from portal.fhir.incoming import Incoming
from portal.fhir.links import Target
from portal.fhir.own import ABSENCE, days_in, extension, extensions, own_id, uuid_in
from portal.fhir.state import State
from portal.models.directory import Absence


def absence_ids(incoming: Incoming) -> Iterator[UUID]:
    """Of the absences that a professional of ours comes with."""
    if incoming.kind == "Practitioner" and own_id(incoming.body):
        ids = (uuid_in(text(extension(item, "id"), "valueUri")) for item in _said(incoming.body))
        yield from filter(None, ids)


def knows_absences(state: State, incoming: Incoming) -> bool:
    return all(state.stored.row("Absence", one) for one in absence_ids(incoming))


def write_absences(state: State, arrived: Iterable[Incoming]) -> None:
    """After all professionals: who answers instead is one of them. Nothing known is changed."""
    for incoming in arrived:
        if incoming.kind == "Practitioner" and incoming.row_id and own_id(incoming.body):
            for index, item in enumerate(_said(incoming.body)):
                _write(state, incoming, item, f"extension[{index}]", incoming.row_id)


def _write(state: State, incoming: Incoming, item: Json, piece: str, practitioner_id: UUID) -> None:
    absence_id = uuid_in(text(extension(item, "id"), "valueUri"))
    days = days_in(child(extension(item, "period"), "valuePeriod"))
    if absence_id is None or days is None:
        state.journal.note(incoming, piece, "an absence needs an id, a first and a last day")
        return
    known: Absence | None = state.stored.row("Absence", absence_id)
    if known is not None:
        if known.practitioner_id != practitioner_id:
            state.journal.note(incoming, piece, "it is the absence of another professional")
        return
    row = Absence(
        id=absence_id,
        practitioner_id=practitioner_id,
        starts_on=days[0],
        ends_on=days[1],
        replacement_id=_replacement(state, incoming, item, piece, practitioner_id),
        note=text(extension(item, "note"), "valueString")[:200],
        created_at=state.now,
    )
    state.add(row)


def _replacement(
    state: State, incoming: Incoming, item: Json, piece: str, practitioner_id: UUID
) -> UUID | None:
    reference = child(extension(item, "replacement"), "valueReference")
    if not reference:
        return None
    found = state.links.resolve(incoming, reference, "Practitioner")
    if isinstance(found, Target):
        return found.row_id if found.row_id != practitioner_id else None
    state.journal.note(incoming, piece, found, name=text(reference, "display"))
    return None


def _said(body: Json) -> list[Json]:
    return extensions(body, ABSENCE)
