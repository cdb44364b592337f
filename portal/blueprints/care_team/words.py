"""When somebody can be reached, and who answers in whose place: the sentences of a call.

All times are said in the clock of `zone`, that of the patient, wherever the place is.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.models.directory import Gender
from portal.teams.calling import Call, Why
from portal.teams.contacts import Contact
from portal.teams.presence import Presence
from portal.web import dates
from portal.web.i18n import gettext, pgettext

_ALL_DAY = timedelta(hours=23)


@dataclass(frozen=True, slots=True)
class Clock:
    """The instant of the page, and where its reader looks at a clock for the patient."""

    at: datetime
    zone: str

    @property
    def today(self) -> date:
        return dates.local(self.at, self.zone).date()

    def local(self, moment: datetime) -> datetime:
        return dates.local(moment, self.zone)


def presence_words(contact: Contact, clock: Clock) -> str:
    """On a card that carries the name: `Joignable jusqu’à 18 h`, without a last full stop."""
    presence = contact.presence
    if presence.open_until is not None:
        return contact.note or _open_words(presence.open_until, clock)
    said = [
        _away_words(presence.absent_until, contact.gender, clock)
        if presence.absent_until
        else gettext("Today is a public holiday")
        if presence.is_holiday
        else "",
        _back_words(contact, presence.resumes_at, clock) if presence.resumes_at else "",
        contact.note,
    ]
    return ". ".join(part.rstrip(".") for part in said if part)


def call_words(call: Call, clock: Clock) -> str:
    """Why this one is called and until when: whole sentences, for the name that stands above."""
    if call.why is Why.OWNER and call.contact is not None:
        return presence_words(call.contact, clock)
    said = [_why_not(call.owner, clock) if call.owner else ""]
    if call.owner and call.replaced is not call.owner:
        said += [_replaces(one, call.owner, clock) for one in call.owner.replacements[:1]]
    if call.replaced and call.replaced is not call.owner:
        said.append(_why_not(call.replaced, clock))
    said.append(_who_answers(call, clock))
    return " ".join(part for part in said if part)


def replacement_words(call: Call, clock: Clock) -> str:
    """On the card of who is away: `Julie Kerbrat la remplace, joignable jusqu’à 19 h`."""
    return _who_answers(call, clock)


def _who_answers(call: Call, clock: Clock) -> str:
    if call.contact is None:
        return _service_words(call)
    if call.replaced is not None:
        return _replaces(call.contact, call.replaced, clock)
    return _sentence(_part_words(call, call.contact), call.contact, clock)


def _replaces(contact: Contact, replaced: Contact, clock: Clock) -> str:
    if replaced.gender is Gender.FEMALE:
        said = pgettext("female", "%(name)s replaces them", name=contact.name)
    else:
        said = pgettext("male", "%(name)s replaces them", name=contact.name)
    return _sentence(said, contact, clock)


def _sentence(said: str, contact: Contact, clock: Clock) -> str:
    reach = _reach_words(contact.presence, clock)
    return f"{said}, {reach}." if reach else f"{said}."


def _part_words(call: Call, contact: Contact) -> str:
    if call.why is Why.COORDINATOR:
        return gettext("%(name)s coordinates the care", name=contact.name)
    if contact.is_viewer:
        return gettext("You stand in")
    return gettext("%(name)s stands in", name=contact.name)


def _service_words(call: Call) -> str:
    """Without the number, which is on the button."""
    if call.why is Why.DUTY_DOCTOR:
        return gettext("The doctor on duty answers.")
    if call.service:
        return gettext("%(service)s: call this number.", service=call.service.rstrip("."))
    return gettext("The on-call service answers.")


def _why_not(contact: Contact, clock: Clock) -> str:
    """A sentence that says why this one is not called."""
    presence, name = contact.presence, contact.name
    if presence.absent_until is not None:
        return _is_away(name, presence.absent_until, contact.gender, clock)
    if presence.is_open or not presence.has_hours:
        return "" if contact.phone else gettext("%(name)s gave no number.", name=name)
    back = _is_back(contact, presence.resumes_at, clock) if presence.resumes_at else ""
    if presence.is_holiday:
        return f"{gettext('Today is a public holiday')}. {back}".strip()
    return back


def _is_away(name: str, until: date, gender: Gender, clock: Clock) -> str:
    if until <= clock.today:
        if gender is Gender.FEMALE:
            return pgettext("female", "%(name)s is away today.", name=name)
        return pgettext("male", "%(name)s is away today.", name=name)
    day = _until_day(until, clock)
    if gender is Gender.FEMALE:
        return pgettext("female", "%(name)s is away until %(day)s.", name=name, day=day)
    return pgettext("male", "%(name)s is away until %(day)s.", name=name, day=day)


def _away_words(until: date, gender: Gender, clock: Clock) -> str:
    if until <= clock.today:
        if gender is Gender.FEMALE:
            return pgettext("female", "Away today")
        return pgettext("male", "Away today")
    day = _until_day(until, clock)
    if gender is Gender.FEMALE:
        return pgettext("female", "Away until %(day)s", day=day)
    return pgettext("male", "Away until %(day)s", day=day)


def _is_back(contact: Contact, resumes_at: datetime, clock: Clock) -> str:
    local = clock.local(resumes_at)
    time, name = dates.clock_short(local), contact.name
    day = _day_ahead(local.date(), clock)
    if contact.organization_name and day:
        return gettext("%(name)s opens %(day)s at %(time)s.", name=name, day=day, time=time)
    if contact.organization_name:
        return gettext("%(name)s opens at %(time)s.", name=name, time=time)
    if day:
        return gettext("%(name)s is back %(day)s at %(time)s.", name=name, day=day, time=time)
    return gettext("%(name)s is back at %(time)s.", name=name, time=time)


def _back_words(contact: Contact, resumes_at: datetime, clock: Clock) -> str:
    local = clock.local(resumes_at)
    day, time = _day_ahead(local.date(), clock), dates.clock_short(local)
    if contact.organization_name and day:
        return gettext("Opens %(day)s at %(time)s", day=day, time=time)
    if contact.organization_name:
        return gettext("Opens at %(time)s", time=time)
    if not day:
        return gettext("Back at %(time)s", time=time)
    return gettext("Back %(day)s at %(time)s", day=day, time=time)


def _open_words(until: datetime, clock: Clock) -> str:
    if until - clock.at > _ALL_DAY:
        return gettext("Reachable day and night")
    return gettext("Reachable until %(time)s", time=dates.clock_short(clock.local(until)))


def _reach_words(presence: Presence, clock: Clock) -> str:
    """Within a sentence: `joignable jusqu’à 19 h`; empty when nothing is known."""
    if presence.open_until is not None:
        if presence.open_until - clock.at > _ALL_DAY:
            return gettext("reachable day and night")
        time = dates.clock_short(clock.local(presence.open_until))
        return gettext("reachable until %(time)s", time=time)
    if presence.resumes_at is None:
        return ""
    local = clock.local(presence.resumes_at)
    day, time = _day_ahead(local.date(), clock), dates.clock_short(local)
    if not day:
        return gettext("reachable from %(time)s", time=time)
    return gettext("reachable %(day)s from %(time)s", day=day, time=time)


def _day_ahead(day: date, clock: Clock) -> str:
    """`demain`, `lundi`, else `mardi 4 août`; empty for today."""
    if day == clock.today:
        return ""
    if relative := dates.relative_day(day, today=clock.today):
        return relative
    is_near = 0 < (day - clock.today).days < 7
    return dates.weekday(day) if is_near else dates.day_label(day, today=clock.today)


def _until_day(day: date, clock: Clock) -> str:
    """After `until`, whose French is `jusqu’au`: `3 août`, with the year when it is another."""
    return dates.day_month(day) if day.year == clock.today.year else dates.full_day(day)
