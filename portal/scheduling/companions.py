"""Who goes along: named, offered, taken over, confirmed, refused, not needed; and how."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlmodel import Session

from portal.access.audit import Author
from portal.crypto import KeyRing
from portal.errors import ChangedMeanwhileError
from portal.models.agenda import Appointment
from portal.models.agreement import AppointmentAct
from portal.scheduling.acts import change, refuse_stale
from portal.scheduling.escorts import is_busy, sees_agenda
from portal.scheduling.letters.notices import About, ask_companion, tell_family
from portal.scheduling.rows import CompanionRow, Details

NOBODY = "nobody"
"""Nobody goes along, and nobody has to."""
WANTED = "wanted"
"""Somebody should go along: the circle is asked."""
_ABOUT_COMPANIONS = {act for act in AppointmentAct if act.value.startswith("companion_")}


class Accompanied(Protocol):
    """An appointment, as a row or as an entity."""

    @property
    def companion_id(self) -> UUID | None: ...

    @property
    def companion_confirmed(self) -> bool: ...

    @property
    def needs_companion(self) -> bool: ...


class Done(StrEnum):
    """What became of it, for the sentence that the reader is told."""

    SAME = "companion_same"
    NAMED = "companion_named"
    ASKED = "companion_asked"
    OFFERED = "companion_offered"
    NOT_NEEDED = "companion_not_needed"
    WANTED = "companion_wanted"
    REFUSED = "companion_refused"


class NotACompanionError(Exception):
    """Nobody whom this reader may name."""


class BusyError(Exception):
    """The reader goes along with somebody else at that time; told to nobody but them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What stood in the form: nobody is replaced by somebody who did not know of them."""

    version: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """By whom, when, and with which keys letters are sealed."""

    by: Author
    at: datetime
    keys: KeyRing


def state_of(one: Accompanied) -> str:
    """`nobody`, `wanted`, `asked:…` or `goes:…`; the form sends it back."""
    if one.companion_id is None:
        return WANTED if one.needs_companion else NOBODY
    return f"{'goes' if one.companion_confirmed else 'asked'}:{one.companion_id}"


def is_said_not_needed(one: Accompanied, details: Details) -> bool:
    """Whether somebody said so; an appointment of which nothing was said looks the same."""
    acts = [line.act for line in details.changes if line.act in _ABOUT_COMPANIONS]
    is_last_word = acts[:1] == [AppointmentAct.COMPANION_NOT_NEEDED]
    return state_of(one) == NOBODY and is_last_word


def choose(
    session: Session,
    appointment: Appointment,
    choice: UUID | str,
    *,
    seen: Seen,
    details: Details,
    anyway: bool,
    act: Act,
) -> Done:
    """A relative, `nobody` or `wanted`, of a locked appointment.

    Raises `ChangedMeanwhileError`, `NotACompanionError`, and `BusyError` unless `anyway`.
    """
    if isinstance(choice, str):
        return _choose_nobody(session, appointment, choice, seen=seen, details=details, act=act)
    person = next((one for one in details.companions if one.related_person_id == choice), None)
    if person is None:
        raise NotACompanionError
    return _choose_person(session, appointment, person, seen=seen, anyway=anyway, act=act)


def answer(
    session: Session,
    appointment: Appointment,
    *,
    companion_id: UUID,
    version: int,
    is_yes: bool,
    anyway: bool,
    act: Act,
) -> Done:
    """The reader, whom the form named as companion, says yes or no for themself.

    Raises `ChangedMeanwhileError`, and `BusyError` unless `anyway`.
    """
    if appointment.companion_id != companion_id:
        raise ChangedMeanwhileError
    if is_yes and appointment.companion_confirmed:
        return Done.SAME
    refuse_stale(appointment, version)
    if is_yes:
        _refuse_busy(session, appointment, anyway=anyway, act=act)
        wanted: dict[str, Any] = {"companion_confirmed": True}
        _change(session, appointment, wanted, AppointmentAct.COMPANION_CONFIRMED, act)
        tell_family(session, _about(appointment, act), keys=act.keys)
        return Done.OFFERED
    # Somebody wanted company there: the question goes to the others.
    wanted = {"companion_id": None, "companion_confirmed": True, "needs_companion": True}
    _change(session, appointment, wanted, AppointmentAct.COMPANION_REFUSED, act)
    ask_companion(session, _about(appointment, act), keys=act.keys, related_person_id=None)
    return Done.REFUSED


def say_transport(
    session: Session,
    appointment: Appointment,
    text: str,
    *,
    version: int,
    seen: str,
    act: Act,
) -> bool:
    """Whether anything changed. Raises `ChangedMeanwhileError`."""
    if appointment.transport == text:
        return False
    refuse_stale(appointment, version)
    if appointment.transport != seen:
        raise ChangedMeanwhileError
    _change(session, appointment, {"transport": text}, AppointmentAct.TRANSPORT_SAID, act)
    return True


def _choose_nobody(
    session: Session,
    appointment: Appointment,
    choice: str,
    *,
    seen: Seen,
    details: Details,
    act: Act,
) -> Done:
    is_so = is_said_not_needed(appointment, details) if choice == NOBODY else True
    if state_of(appointment) == choice and is_so:
        return Done.SAME
    _refuse_changed(appointment, seen)
    was_somebody = appointment.companion_id is not None
    about = _about(appointment, act)
    wanted = {"companion_id": None, "companion_confirmed": True}
    if choice == WANTED:
        wanted["needs_companion"] = True
        _change(session, appointment, wanted, AppointmentAct.COMPANION_WANTED, act)
        ask_companion(session, about, keys=act.keys, related_person_id=None)
    else:
        wanted["needs_companion"] = False
        _change(session, appointment, wanted, AppointmentAct.COMPANION_NOT_NEEDED, act)
    if was_somebody:
        tell_family(session, about, keys=act.keys)
    return Done.WANTED if choice == WANTED else Done.NOT_NEEDED


def _choose_person(
    session: Session,
    appointment: Appointment,
    person: CompanionRow,
    *,
    seen: Seen,
    anyway: bool,
    act: Act,
) -> Done:
    is_own = person.user_id == act.by.user_id
    is_same = appointment.companion_id == person.related_person_id
    if is_same and (appointment.companion_confirmed or not is_own):
        return Done.SAME
    _refuse_changed(appointment, seen)
    if is_own:
        _refuse_busy(session, appointment, anyway=anyway, act=act)
    is_asked = not is_own and _can_answer(session, appointment, person, act)
    is_taken_over = appointment.companion_id is not None and not is_same
    wanted = {"companion_id": person.related_person_id, "companion_confirmed": not is_asked}
    what = AppointmentAct.COMPANION_CONFIRMED if is_same else AppointmentAct.COMPANION_NAMED
    _change(session, appointment, wanted, what, act)
    about = _about(appointment, act)
    if is_asked:
        asked = person.related_person_id
        ask_companion(session, about, keys=act.keys, related_person_id=asked)
    if is_taken_over or not is_asked:
        tell_family(session, about, keys=act.keys)
    if is_own:
        return Done.OFFERED
    return Done.ASKED if is_asked else Done.NAMED


def _can_answer(session: Session, appointment: Appointment, person: CompanionRow, act: Act) -> bool:
    """Who does not see the agenda cannot open the question: the word of the reader counts."""
    return person.user_id is not None and sees_agenda(
        session, patient_id=appointment.patient_id, user_id=person.user_id, at=act.at
    )


def _refuse_changed(appointment: Appointment, seen: Seen) -> None:
    refuse_stale(appointment, seen.version)
    if state_of(appointment) != seen.state:
        raise ChangedMeanwhileError


def _refuse_busy(session: Session, appointment: Appointment, *, anyway: bool, act: Act) -> None:
    if not anyway and is_busy(session, appointment, user_id=act.by.user_id, at=act.at):
        raise BusyError


def _change(
    session: Session,
    appointment: Appointment,
    wanted: dict[str, Any],
    what: AppointmentAct,
    act: Act,
) -> None:
    change(session, appointment, wanted, act=what, by=act.by, at=act.at)


def _about(appointment: Appointment, act: Act) -> About:
    return About(
        patient_id=appointment.patient_id,
        appointment_id=appointment.id,
        by=act.by.user_id,
        at=act.at,
    )
