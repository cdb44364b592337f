"""What people did to an appointment, in sentences: what, by whom, when."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from portal.access.viewer import Standing, Viewer
from portal.clock import now
from portal.models.agreement import AppointmentAct
from portal.models.audit import Capacity
from portal.scheduling.rows import AppointmentRow, ChangeRow, CompanionRow, Details
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.labels import N_

Act = AppointmentAct

_SENTENCES = {
    Act.BOOKED: N_("The appointment was made."),
    Act.PROPOSED: N_("The appointment was proposed."),
    Act.ADDED: N_("The appointment was written down."),
    Act.CORRECTED: N_("The details were corrected."),
    Act.MOVED: N_("The appointment was moved."),
    Act.CANCELLED: N_("The appointment was cancelled."),
    Act.RESTORED: N_("The appointment takes place after all."),
    Act.ACCEPTED: N_("The proposal was accepted."),
    Act.DECLINED: N_("The proposal was declined."),
    Act.WAITLISTED: N_("A place on the waiting list was taken."),
    Act.LEFT_WAITLIST: N_("The place on the waiting list was given back."),
    Act.CHANGE_ASKED: N_("Another time was asked for."),
    Act.CALL_ASKED: N_("A call was asked for."),
    Act.REQUEST_WITHDRAWN: N_("The request was withdrawn."),
    Act.KEPT: N_("The time cannot be changed: the appointment stays."),
    Act.CALLED: N_("The professional called back."),
    Act.OTHER_PROPOSED: N_("Another time was proposed."),
    Act.OTHER_REFUSED: N_("The other time does not suit."),
    Act.COMPANION_NAMED: N_("The companion was chosen."),
    Act.COMPANION_CONFIRMED: N_("The companion said yes."),
    Act.COMPANION_REFUSED: N_("The companion cannot come."),
    Act.COMPANION_NOT_NEEDED: N_("Nobody has to come along."),
    Act.COMPANION_WANTED: N_("The relatives were asked who comes along."),
    Act.TRANSPORT_SAID: N_("The way there was changed."),
    Act.TOOK_PLACE: N_("The appointment took place."),
    Act.MISSED: N_("The appointment did not take place."),
}
_NAMED_FIELDS = {
    "title": N_("the title"),
    "kind": N_("the kind of appointment"),
    "place": N_("the place"),
    "organization_id": N_("the place"),
    "address": N_("the address"),
    "phone": N_("the phone number"),
    "video_url": N_("the address of the video visit"),
    "practitioner_id": N_("the professional"),
    "performer_text": N_("who else takes part"),
    "duration_minutes": N_("the duration"),
    "instructions": N_("what is good to know"),
    "preparation": N_("what to prepare"),
    "respond_before": N_("the day by which to answer"),
}
_TIMES = ("starts_at", "ends_at", "is_window", "time_zone")


@dataclass(frozen=True, slots=True)
class Line:
    """One act: `what` are sentences, the first one says it all."""

    what: list[str]
    by: str


class _When(NamedTuple):
    """The time of an appointment, as its columns have it."""

    starts_at: datetime | None
    ends_at: datetime | None
    is_window: bool
    time_zone: str


def lines(
    changes: Iterable[ChangeRow],
    *,
    row: AppointmentRow,
    patient: Standing,
    viewer: Viewer,
    companions: Iterable[CompanionRow] = (),
) -> list[Line]:
    """In the order given: the last acts on this appointment as it stands now, or all of them.

    Relatives are named who are among `companions`; the others are "a relative".
    """
    changes = list(changes)
    names = _names(row, companions)
    today = dates.local(now(), patient.time_zone).date()
    times = _times(row, changes)
    return [
        Line(
            list(_what(one, names, *times[one.id], today=today)),
            _by(one, patient=patient, viewer=viewer, today=today),
        )
        for one in changes
    ]


def meanwhile(
    details: Details, *, row: AppointmentRow, seen: UUID | None, patient: Standing, viewer: Viewer
) -> list[Line]:
    """What others did after the line `seen`, the oldest first."""
    newer = [one for one in details.changes if seen is None or one.id > seen]
    return lines(
        newer[::-1], row=row, patient=patient, viewer=viewer, companions=details.companions
    )


def newest_line(details: Details) -> UUID | None:
    """The last line that the reader of this page saw; a form sends it back."""
    return details.changes[0].id if details.changes else None


def _what(
    one: ChangeRow, names: Mapping[str, str], before: _When, after: _When, *, today: date
) -> Iterator[str]:
    moved = _moved(before, after, today) if set(_TIMES) & one.fields.keys() else ""
    if one.act is Act.MOVED and moved:
        yield moved
    else:
        yield _of_companion(one, names) or _of_transport(one) or gettext(_SENTENCES[one.act])
        if moved:
            yield moved
    changed = dict.fromkeys(
        gettext(words) for name, words in _NAMED_FIELDS.items() if name in one.fields
    )
    if changed and one.act is not Act.ADDED:
        yield gettext("Changed: %(what)s.", what=", ".join(changed))
    if one.reason:
        yield gettext("Reason: %(text)s", text=one.reason)


def _of_companion(one: ChangeRow, names: Mapping[str, str]) -> str:
    was, becomes = one.fields.get("companion_id", [None, None])
    if one.act is Act.COMPANION_NAMED and becomes:
        is_asked = one.fields.get("companion_confirmed", [True, True])[1] is False
        name = names.get(becomes, "") or gettext("A relative")
        if is_asked:
            return gettext("%(name)s is asked to come along.", name=name)
        return gettext("%(name)s comes along.", name=name)
    if one.act is Act.COMPANION_REFUSED and was in names:
        return gettext("%(name)s cannot come along.", name=names[was])
    return ""


def _of_transport(one: ChangeRow) -> str:
    said = one.fields.get("transport", ["", ""])[1]
    if one.act is Act.TRANSPORT_SAID and said:
        return gettext("The way there: %(text)s", text=said)
    return ""


def _names(row: AppointmentRow, companions: Iterable[CompanionRow]) -> dict[str, str]:
    known = {str(one.related_person_id): one.given_name for one in companions}
    if row.companion_id is not None and row.companion_given_name:
        known[str(row.companion_id)] = row.companion_given_name
    return known


def _times(row: AppointmentRow, changes: list[ChangeRow]) -> dict[UUID, tuple[_When, _When]]:
    """Before and after each change, told from the present backwards."""
    after = _When(row.starts_at, row.ends_at, row.is_window, row.time_zone)
    found = {}
    for one in sorted(changes, key=lambda one: one.id, reverse=True):
        before = _back(after, one.fields)
        found[one.id] = before, after
        after = before
    return found


def _back(when: _When, fields: Mapping[str, Any]) -> _When:
    was = {name: fields[name][0] for name in _TIMES if name in fields}
    for name in ("starts_at", "ends_at"):
        if was.get(name):
            was[name] = datetime.fromisoformat(was[name])
    return when._replace(**was)


def _moved(before: _When, after: _When, today: date) -> str:
    if after.starts_at is None:
        return gettext("The time is open again.")
    if before.starts_at is None:
        return gettext("Set for %(when)s.", when=_when_words(after, today))
    if before.is_window or after.is_window or before.time_zone != after.time_zone:
        return _from_to(before, after, today)
    was = dates.local(before.starts_at, after.time_zone)
    becomes = dates.local(after.starts_at, after.time_zone)
    if was == becomes:
        return gettext("The end was changed.") if before.ends_at != after.ends_at else ""
    if was.date() != becomes.date():
        return _from_to(before, after, today)
    return gettext(
        "Moved from %(before)s to %(after)s, on %(day)s.",
        before=dates.clock_short(was),
        after=dates.clock_short(becomes),
        day=dates.day_label(becomes.date(), today=today),
    )


def _from_to(before: _When, after: _When, today: date) -> str:
    return gettext(
        "Moved from %(before)s to %(after)s.",
        before=_when_words(before, today),
        after=_when_words(after, today),
    )


def _when_words(when: _When, today: date) -> str:
    """`jeudi 3 décembre à 9 h 15`, in the wall time of the place."""
    if when.starts_at is None:
        return ""
    starts = dates.local(when.starts_at, when.time_zone)
    day = dates.day_label(starts.date(), today=today)
    if when.is_window and when.ends_at is not None:
        ends = dates.local(when.ends_at, when.time_zone)
        return gettext(
            "%(day)s between %(start)s and %(end)s",
            day=day,
            start=dates.clock_short(starts),
            end=dates.clock_short(ends),
        )
    return gettext("%(day)s at %(time)s", day=day, time=dates.clock_short(starts))


def _by(one: ChangeRow, *, patient: Standing, viewer: Viewer, today: date) -> str:
    moment = dates.local(one.at, patient.time_zone)
    day = dates.day_words(moment.date(), today=today)
    when = gettext("%(day)s at %(time)s", day=day, time=dates.clock_short(moment))
    if one.actor_id is None:
        return gettext("by an import, %(when)s", when=when)
    if one.actor_id == viewer.id:
        return gettext("by you, %(when)s", when=when)
    name = " ".join(part for part in (one.given_name, one.family_name) if part)
    if one.capacity == Capacity.COORDINATOR:
        return gettext("by %(name)s, coordination, %(when)s", name=name, when=when)
    return gettext("by %(name)s, %(when)s", name=name, when=when)
