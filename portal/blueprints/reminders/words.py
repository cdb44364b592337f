"""A choice in one sentence."""

from portal.blueprints.reminders.queries import Choice
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.typography import first_up


def summary(choice: Choice) -> str:
    """`La veille à 18 h, puis 1 h avant`; says so when nothing is sent."""
    when = []
    if choice.evening_before is not None:
        time = dates.clock_short(choice.evening_before)
        when.append(gettext("the day before at %(time)s", time=time))
    if choice.minutes_before is not None:
        when.append(length_before(choice.minutes_before))
    return first_up(gettext(", then ").join(when)) if when else gettext("No reminder")


def length_before(minutes: int) -> str:
    """`1 h avant`."""
    return gettext("%(duration)s before", duration=dates.duration(minutes))


def limits(choice: Choice) -> list[str]:
    """What else was chosen, where something is sent."""
    found = []
    if choice.only_accompanied:
        found.append(gettext("Only when you accompany"))
    if choice.is_detailed and choice.may_be_detailed:
        found.append(gettext("With the title of the appointment"))
    if choice.quiet_from is not None and choice.quiet_until is not None:
        found.append(
            gettext(
                "Nothing between %(start)s and %(end)s",
                start=dates.clock_short(choice.quiet_from),
                end=dates.clock_short(choice.quiet_until),
            )
        )
    return found
