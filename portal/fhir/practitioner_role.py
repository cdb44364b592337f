"""FHIR PractitionerRole → practitioner_role: where a professional works, and when."""

from portal.fhir.dates import first_day, last_day, period_days
from portal.fhir.elements import Json, child, objects, strings, text
from portal.fhir.incoming import Incoming
from portal.fhir.links import Target
from portal.fhir.merge import Fields, merge
from portal.fhir.own import ABSENCE, UNSAID, extension, own_id, said_in
from portal.fhir.people import PROFESSIONAL_USES, codes_of, email_of, phone_of, specialty_words
from portal.fhir.recognition import LeftOutError
from portal.fhir.state import State
from portal.fhir.terminology import profession
from portal.models.directory import Practitioner, PractitionerRole

_WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def write(state: State, incoming: Incoming) -> None:
    practitioner = _practitioner(state, incoming)
    known = state.recognition.find(incoming)
    row: PractitionerRole | None
    row = state.stored.row("PractitionerRole", known.row_id if known else None)
    row = row or state.own_row(incoming)
    if row and row.practitioner_id != practitioner.id:
        raise LeftOutError(f"{incoming.label} was imported before for another professional")
    is_linked = row and (row.organization_id or not child(incoming.body, "organization"))
    if is_linked and state.is_said(incoming, row, lambda body: _fields(state, body)):
        return
    state.recognition.check_first(incoming, known)
    digest = state.digest(incoming)
    if state.is_unchanged(incoming, known, digest):
        return
    new, old = state.fields(PractitionerRole, incoming, known, lambda body: _fields(state, body))
    if row is None:
        columns = state.new_columns(incoming, new)
        row = PractitionerRole(practitioner_id=practitioner.id, **columns)
        state.add(row)
    else:
        merge(row, new, old)
    _link_organization(state, incoming, row)
    _tell_profession(incoming, practitioner)
    _note_open_absences(state, incoming)
    state.keep(incoming, known, digest=digest, row_id=row.id)


def _practitioner(state: State, incoming: Incoming) -> Practitioner:
    reference = child(incoming.body, "practitioner")
    if not reference:
        raise LeftOutError("it names no practitioner")
    found = state.links.resolve(incoming, reference, "Practitioner")
    if not isinstance(found, Target):
        raise LeftOutError(f"its practitioner {found}")
    practitioner: Practitioner = state.stored.row("Practitioner", found.row_id)
    return practitioner


def _link_organization(state: State, incoming: Incoming, row: PractitionerRole) -> None:
    reference = child(incoming.body, "organization")
    if found := state.target(incoming, reference, "Organization", piece="organization"):
        row.organization_id = found.row_id


def _tell_profession(incoming: Incoming, practitioner: Practitioner) -> None:
    """Many directories give the profession here and not at the Practitioner."""
    concepts = [*objects(incoming.body, "code"), *objects(incoming.body, "specialty")]
    told = profession(pair for concept in concepts for pair in codes_of(concept))
    if told and not practitioner.profession:
        practitioner.profession = told


def _note_open_absences(state: State, incoming: Incoming) -> None:
    for index, item in enumerate(objects(incoming.body, "notAvailable")):
        if not extension(item, ABSENCE) and not _absence(state, item):
            reason = "an absence needs a first and a last day"
            state.journal.note(
                incoming, f"notAvailable[{index}]", reason, name=text(item, "description")
            )


def _fields(state: State, body: Json) -> Fields:
    start, end = period_days(body, state.zone)
    concepts = [*objects(body, "specialty"), *objects(body, "code")]
    return {
        "role_text": specialty_words(concepts),
        "phone": phone_of(body, uses=PROFESSIONAL_USES, now=state.now, zone=state.zone),
        "email": email_of(body, now=state.now, zone=state.zone),
        "hours": list(filter(None, map(_hours, objects(body, "availableTime")))),
        "absences": [
            absence
            for item in objects(body, "notAvailable")
            if not extension(item, ABSENCE) and (absence := _absence(state, item))
        ],
        "period_start": start,
        "period_end": end,
    } | (said_in("PractitionerRole", body) if own_id(body) else {})


def _hours(item: Json) -> dict[str, object]:
    days = [day for day in _WEEK if day in strings(item, "daysOfWeek")] or list(_WEEK)
    if item.get("allDay"):
        return {"days": days, "from": "00:00", "to": "23:59"}
    start, end = text(item, "availableStartTime")[:5], text(item, "availableEndTime")[:5]
    return {"days": days, "from": start, "to": end} if start and end else {}


def _absence(state: State, item: Json) -> dict[str, str]:
    during = child(item, "during")
    first = first_day(text(during, "start"), state.zone)
    last = last_day(text(during, "end"), state.zone)
    if not first or not last:
        return {}
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "reason": "" if extension(item, UNSAID) else text(item, "description"),
    }
