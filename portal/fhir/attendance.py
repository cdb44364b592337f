"""Who and what an Appointment brings together, and which columns that makes for a patient."""

from dataclasses import dataclass, field
from uuid import UUID

from portal.fhir.elements import Json, child, objects, text
from portal.fhir.incoming import MAPPED_REFERENCES, Incoming
from portal.fhir.links import Target
from portal.fhir.location import place_fields
from portal.fhir.merge import Fields
from portal.fhir.names import name_in
from portal.fhir.people import codes_of
from portal.fhir.state import State

_KINDS = MAPPED_REFERENCES["Appointment"]["participant.actor"]
_ATTENDER = "ATND"


@dataclass(frozen=True, slots=True)
class Attendant:
    target: Target
    display: str
    is_attender: bool = False

    @property
    def name(self) -> str:
        return name_in(self.target.kind, self.target.body) or self.display


@dataclass(slots=True)
class Attendance:
    source: Incoming
    patients: list[UUID] = field(default_factory=list)
    professionals: list[Attendant] = field(default_factory=list)
    relatives: list[Attendant] = field(default_factory=list)
    places: list[Attendant] = field(default_factory=list)
    place_words: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    """Named in words only; never another patient."""
    unknown: list[tuple[str, str, str]] = field(default_factory=list)
    """Piece, reason and name."""

    def tell(self, state: State) -> None:
        for piece, reason, name in self.unknown:
            state.journal.note(self.source, piece, reason, name=name)

    def columns(self, state: State, patient_id: UUID) -> Fields:
        main = self._main_professional()
        own = [one for one in self.relatives if one.target.patient_id == patient_id]
        practitioner_id, organization_id = _person(state, main)
        also = [one.name for one in self.professionals if one is not main]
        also += [one.name for one in own[1:]] + self.others
        return {
            "practitioner_id": practitioner_id,
            "organization_id": organization_id or self._organization_of_place(state),
            "companion_id": own[0].target.row_id if own else None,
            "performer_text": ", ".join(dict.fromkeys(filter(None, also))),
        } | self._place(state)

    def place_codes(self) -> list[tuple[str, str]]:
        bodies = [one.target.body for one in self.places]
        concepts = [concept for body in bodies for concept in objects(body, "type")]
        concepts += [child(body, "physicalType") for body in bodies]
        return [pair for concept in concepts for pair in codes_of(concept)]

    def _main_professional(self) -> Attendant | None:
        attenders = [one for one in self.professionals if one.is_attender]
        return next(iter(attenders or self.professionals), None)

    def _place(self, state: State) -> Fields:
        if self.places:
            fields = place_fields(state, self.places[0].target.body)
            return fields if fields["place"] else fields | {"place": self.places[0].display}
        return {"place": ", ".join(self.place_words), "address": "", "phone": ""}

    def _organization_of_place(self, state: State) -> UUID | None:
        source = self.places[0].target.source if self.places else None
        if not isinstance(source, Incoming):
            return None
        reference = child(source.body, "managingOrganization")
        found = state.links.resolve(source, reference, "Organization") if reference else ""
        return found.row_id if isinstance(found, Target) else None


def attendance_of(state: State, incoming: Incoming, body: Json) -> Attendance:
    attendance = Attendance(incoming)
    for index, participant in enumerate(objects(body, "participant")):
        actor = child(participant, "actor")
        if actor:
            _add(state, attendance, participant, actor, f"participant[{index}].actor")
    return attendance


def _add(state: State, attendance: Attendance, participant: Json, actor: Json, piece: str) -> None:
    display = text(actor, "display")
    is_declined = text(participant, "status") == "declined"
    if not text(actor, "reference") and not child(actor, "identifier"):
        if not is_declined:
            _add_in_words(attendance, _stated_kind(actor), display)
        return
    found = state.links.resolve(attendance.source, actor, *_KINDS)
    if not isinstance(found, Target):
        is_shown = not is_declined and _add_in_words(attendance, _stated_kind(actor), display)
        reason = f"{found}; shown by name only" if is_shown else found
        attendance.unknown.append((piece, reason, display))
    elif found.kind == "Patient" and found.row_id:
        if found.row_id not in attendance.patients:
            attendance.patients.append(found.row_id)
    elif not is_declined:
        _add_known(attendance, Attendant(found, display, _attends(participant)))


def _add_known(attendance: Attendance, attendant: Attendant) -> None:
    lists = {"RelatedPerson": attendance.relatives, "Location": attendance.places}
    lists.get(attendant.target.kind, attendance.professionals).append(attendant)


def _add_in_words(attendance: Attendance, kind: str, display: str) -> bool:
    """Whether the name may be shown.

    A patient, or a relative of one, may be somebody whom the others must not see.
    """
    if not display or kind in ("Patient", "RelatedPerson"):
        return False
    words = attendance.place_words if kind == "Location" else attendance.others
    words.append(display)
    return True


def _stated_kind(actor: Json) -> str:
    name = text(actor, "reference").partition("/_history/")[0]
    parts = name.partition("?")[0].split("/")
    return text(actor, "type") or (parts[-2] if len(parts) > 1 else parts[0])


def _attends(participant: Json) -> bool:
    concepts = objects(participant, "type")
    return any(code == _ATTENDER for concept in concepts for _, code in codes_of(concept))


def _person(state: State, attendant: Attendant | None) -> tuple[UUID | None, UUID | None]:
    """The practitioner, and the organization for which they act."""
    if attendant is None:
        return None, None
    target = attendant.target
    if target.kind == "Practitioner":
        return target.row_id, None
    role = state.stored.row("PractitionerRole", target.row_id)
    return role.practitioner_id, role.organization_id
