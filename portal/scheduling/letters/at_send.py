"""What a letter about an agenda may still say, asked as it leaves: rights, states and choices."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, Uuid, bindparam, exists, literal, not_, select
from sqlmodel import Session

from portal.access.facts import active_link, is_hidden
from portal.access.permissions import Permission
from portal.access.viewer import Standing
from portal.models import columns
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.calendar import ReminderChoice
from portal.models.rights import CareLink, CareLinkKind
from portal.outbox.letters import Letter
from portal.scheduling.appointments import NEXT_STATUSES
from portal.scheduling.letters import references
from portal.scheduling.letters.references import Reference
from portal.scheduling.standings import allows, standing_towards

REMINDED = AppointmentStatus.BOOKED
"""Nobody is reminded of what was not agreed on yet, or not any more."""

_a = columns(Appointment)
_choice = columns(ReminderChoice)
_link = columns(CareLink)
_of_patient = bindparam("of_patient", type_=Uuid)
_of_user = bindparam("of_user", type_=Uuid)
_VISITS = select(
    _a.id,
    _a.title,
    _a.status,
    _a.starts_at,
    _a.ends_at,
    _a.is_window,
    _a.time_zone,
    _a.companion_id,
    _a.companion_confirmed,
).where(
    _a.patient_id == _of_patient,
    _a.id.in_(bindparam("of_visits", expanding=True, type_=Uuid)),
    not_(is_hidden(_a.patient_id, _a.id, _of_user)),
)
_patient_allows = exists().where(
    _link.patient_id == _choice.patient_id,
    _link.kind == CareLinkKind.SELF,
    _link.user_id == _choice.user_id,
    active_link(),
    _choice.patient_id == _of_patient,
    _choice.allows_details,
)
_CHOICE = select(
    _choice.evening_before,
    _choice.minutes_before,
    _choice.only_accompanied,
    _choice.is_detailed,
    select(literal(True)).where(_patient_allows).scalar_subquery().label("patient_allows"),
).where(_choice.patient_id == _of_patient, _choice.user_id == _of_user)


class _Reader(NamedTuple):
    """Whoever the letter is for, and the file that it is about."""

    user_id: UUID
    standing: Standing
    related_person_id: UUID | None
    at: datetime


class _Shown(NamedTuple):
    reference: Reference
    visit: RowMapping
    is_detailed: bool = False


_Show = Callable[[Session, _Reader, list[Reference]], list[_Shown]]


def values_now(
    session: Session,
    letter: Letter,
    values: Mapping[str, str],
    *,
    user_id: UUID | None,
    at: datetime,
) -> dict[str, str] | None:
    """What the letter says as of now; none when the reader may know nothing of it any more."""
    show, needed = _LETTERS[letter]
    shown = [
        one
        for reader, found in _files(session, values, needed=needed, user_id=user_id, at=at)
        for one in show(session, reader, found)
    ]
    if not shown:
        return None
    kept = [one.reference for one in shown]
    has_page = not any(_is_deleted(one) for one in shown)
    now = {"about": references.written(kept), "path": references.path_to(kept, has_page=has_page)}
    return now | {"visits": _in_words(shown)} if letter is Letter.AGENDA_REMINDER else now


def _files(
    session: Session,
    values: Mapping[str, str],
    *,
    needed: Permission,
    user_id: UUID | None,
    at: datetime,
) -> Iterable[tuple[_Reader, list[Reference]]]:
    """Those that are open to the reader now, with what the letter is about in each."""
    about = sorted(references.read(values.get("about", "")), key=lambda one: one[:2])
    for patient_id, found in groupby(about, key=lambda one: one.patient_id):
        if user_id is None:
            return
        standing, related_person_id = standing_towards(
            session, user_id=user_id, patient_id=patient_id, at=at
        )
        if standing is not None and allows(needed, standing):
            yield _Reader(user_id, standing, related_person_id, at), list(found)


def _is_deleted(one: _Shown) -> bool:
    return one.visit["status"] is AppointmentStatus.ENTERED_IN_ERROR


def _visible(session: Session, reader: _Reader, about: list[Reference]) -> list[_Shown]:
    found = _changed(session, reader, about)
    return [one for one in found if not _is_deleted(one)]


def _changed(session: Session, reader: _Reader, about: list[Reference]) -> list[_Shown]:
    """Also what the family deleted meanwhile: those who relied on it are told."""
    values = {
        "of_patient": reader.standing.patient_id,
        "of_user": reader.user_id,
        "of_visits": [one.appointment_id for one in about],
    }
    found = {row["id"]: row for row in session.execute(_VISITS, values).mappings()}
    return [_Shown(one, found[one.appointment_id]) for one in about if one.appointment_id in found]


def _unaccompanied(session: Session, reader: _Reader, about: list[Reference]) -> list[_Shown]:
    """Those to which nobody goes along yet, and that are still to come."""
    return [
        one
        for one in _visible(session, reader, about)
        if one.visit["status"] in NEXT_STATUSES
        and (one.visit["starts_at"] is None or one.visit["starts_at"] > reader.at)
        and (one.visit["companion_id"] is None or not one.visit["companion_confirmed"])
    ]


def _reminded(session: Session, reader: _Reader, about: list[Reference]) -> list[_Shown]:
    """Those that take place when the reminder says, as far as they are still wanted."""
    values = {
        "of_patient": reader.standing.patient_id,
        "of_user": reader.user_id,
        "now": reader.at,
    }
    choice = session.execute(_CHOICE, values).mappings().first()
    if choice is None or reader.standing.link_kind is None:
        return []
    if choice["evening_before"] is None and choice["minutes_before"] is None:
        return []
    takes_place = partial(_takes_place, reader=reader, accompanied=choice["only_accompanied"])
    is_detailed = bool(
        choice["is_detailed"] and (reader.standing.is_own or choice["patient_allows"])
    )
    return [
        one._replace(is_detailed=is_detailed)
        for one in _visible(session, reader, about)
        if takes_place(one)
    ]


def _takes_place(one: _Shown, *, reader: _Reader, accompanied: bool) -> bool:
    visit = one.visit
    if visit["status"] is not REMINDED or visit["starts_at"] != one.reference.starts_at:
        return False
    if accompanied and not (
        visit["companion_confirmed"]
        and visit["companion_id"] is not None
        and visit["companion_id"] == reader.related_person_id
    ):
        return False
    return bool(visit["starts_at"] > reader.at)


def _in_words(shown: list[_Shown]) -> str:
    """The values of a reminder, soonest first; without a title the mail says when, and not what."""
    soonest = sorted(shown, key=lambda one: (one.visit["starts_at"], one.visit["id"]))
    return json.dumps(
        [
            {
                "at": one.visit["starts_at"].isoformat(),
                "until": one.visit["ends_at"].isoformat() if one.visit["is_window"] else "",
                "time_zone": one.visit["time_zone"],
                "title": one.visit["title"] if one.is_detailed else "",
            }
            for one in soonest
        ]
    )


_LETTERS: Mapping[Letter, tuple[_Show, Permission]] = {
    Letter.APPOINTMENT_CHANGED: (_changed, Permission.AGENDA_SEE),
    Letter.APPOINTMENT_ASKED: (_visible, Permission.AGENDA_BOOK),
    Letter.COMPANION_ASKED: (_unaccompanied, Permission.AGENDA_SEE),
    Letter.AGENDA_REMINDER: (_reminded, Permission.AGENDA_SEE),
}
LETTERS = frozenset(_LETTERS)
"""Those that are about appointments."""
