"""A place as its coordinator reads it: who, for what, what they see, until when, how it stands."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from portal.access.viewer import Standing
from portal.blueprints.circle.days import ENDS_SOON, last_day, later
from portal.blueprints.circle.finding import FoundRow
from portal.blueprints.circle.holders import Kind
from portal.blueprints.circle.queries import PlaceRow
from portal.blueprints.circle.writing import version_of
from portal.models.care import EndReason
from portal.models.directory import Gender
from portal.models.rights import GrantCategory
from portal.web import dates, labels
from portal.web.i18n import gettext


class State(StrEnum):
    ACTIVE = "active"
    ENDS_SOON = "ends_soon"
    WAITS = "waits"
    KEPT_OUT = "kept_out"
    TO_COME = "to_come"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Card:
    id: UUID
    name: str
    role: str
    kind: Kind
    contact_for: str
    sees: str
    since: date | None
    until: date | None
    """The last day, included."""
    days_left: int
    """Until then; 0 on the last day."""
    extended: date | None
    """The last day if it lasts six months longer."""
    state: State
    reason: str
    successor: str
    version: str


def card(row: PlaceRow, rows: list[PlaceRow], *, patient: Standing, at: datetime) -> Card:
    today = dates.local(at, patient.time_zone).date()
    until = last_day(row.period_end, time_zone=patient.time_zone) if row.period_end else None
    follows = next((one for one in rows if one.id == row.successor_id), None)
    return Card(
        id=row.id,
        name=row.name,
        role=role_of(row),
        kind=kind_of(row),
        contact_for=row.contact_for,
        sees=_sees(row, patient=patient),
        since=_since(row, patient.time_zone),
        until=until,
        days_left=(until - today).days if until else 0,
        extended=later(until) if until else None,
        state=_state(row, at=at),
        reason=reason_words(row.end_reason) if row.end_reason else "",
        successor=follows.name if follows else "",
        version=version_of(row),
    )


def kind_of(row: PlaceRow) -> Kind:
    if row.is_professional:
        return Kind.PRACTITIONER
    return Kind.RELATIVE if row.is_relative else Kind.ORGANIZATION


def role_of(row: PlaceRow) -> str:
    """`Médecin traitant, référente`, else the profession, the relation or the free words."""
    gender = row.gender or Gender.UNKNOWN
    functions = [labels.member_function(code, gender) for code in row.functions]
    if row.is_relative:
        own = labels.relation(row.relationship, row.relationship_text, gender)
    else:
        own = labels.profession(row.profession, row.profession_text, gender)
    if row.is_regular_doctor:
        own = ""
    own = own or ("" if functions else row.role_text)
    # An "infirmière coordinatrice" need not be a coordinator a second time.
    return ", ".join(filter(None, (own, *(one for one in functions if one not in own))))


def found_words(row: FoundRow) -> str:
    """The same of somebody who has no place yet."""
    gender = row.gender or Gender.UNKNOWN
    if row.kind is Kind.RELATIVE:
        return labels.relation(row.profession, row.text, gender)
    if row.kind is Kind.PRACTITIONER:
        return labels.profession(row.profession, row.text, gender)
    kind = row.organization_kind
    return labels.organization_kind(kind, row.text) if kind else row.text


def sees_words(sees: str) -> str:
    """`Tout`, `Agenda`, `Équipe`; other categories are named one by one."""
    if not sees:
        return gettext("Agenda and team")
    known = {
        GrantCategory.AGENDA: gettext("Agenda only"),
        GrantCategory.CARE_TEAM: gettext("Team only"),
    }
    return next(
        (words for category, words in known.items() if sees == category),
        gettext("What was agreed with the sender"),
    )


def reason_words(code: str) -> str:
    """Why a place ended."""
    words = {
        EndReason.CARE_OVER: gettext("The care is over"),
        EndReason.REPLACED: gettext("Somebody takes over"),
        EndReason.MOVED: gettext("Somebody moved away"),
        EndReason.RETIRED: gettext("Stopped working"),
        EndReason.PATIENT_WISH: gettext("The patient wished it"),
        EndReason.LEFT: gettext("Left of their own accord"),
        EndReason.MISTAKE: gettext("It was a mistake"),
        EndReason.MERGED: gettext("Was twice in the directory"),
    }
    return next((text for reason, text in words.items() if reason == code), code)


def _sees(row: PlaceRow, *, patient: Standing) -> str:
    if row.is_relative:
        return gettext("What %(name)s decides", name=patient.given_name)
    if not row.is_professional:
        return gettext("Nothing: no account")
    if not row.opens:
        return gettext("Nothing for now")
    if patient.is_sharing_refused:
        return gettext("Neither the agenda nor the team")
    return sees_words(row.sees)


def _state(row: PlaceRow, *, at: datetime) -> State:
    if row.is_over(at):
        return State.OVER
    if row.is_to_come(at):
        return State.TO_COME
    if row.waits:
        return State.WAITS
    if row.is_kept_out:
        return State.KEPT_OUT
    ends_soon = row.period_end is not None and row.period_end <= at + ENDS_SOON
    return State.ENDS_SOON if ends_soon else State.ACTIVE


def _since(row: PlaceRow, time_zone: str) -> date | None:
    return dates.local(row.period_start, time_zone).date() if row.period_start else None
