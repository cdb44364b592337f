"""The words of the letters about an agenda: that something is new, asked or planned."""

import json
from datetime import datetime
from typing import Any

from portal.web import dates
from portal.web.i18n import gettext, ngettext
from portal.web.letter_content import Content, Facts
from portal.web.typography import first_up


def appointment_changed(facts: Facts) -> Content:
    return Content(
        gettext("Something changed in an agenda on Relais"),
        (
            gettext("Something is new or different in an agenda that you follow."),
            gettext("Sign in to see what, and when."),
            gettext("You receive this mail because this agenda is open to you."),
        ),
        gettext("See what changed"),
        facts.values["path"],
    )


def appointment_asked(facts: Facts) -> Content:
    return Content(
        gettext("A family wrote to you in an agenda on Relais"),
        (
            gettext("Somebody asks for something in an agenda, or answered you."),
            gettext("Sign in to read it. What was planned stays planned until you answer."),
        ),
        gettext("Read it in the agenda"),
        facts.values["path"],
    )


def companion_asked(facts: Facts) -> Content:
    return Content(
        gettext("Can you go along with somebody?"),
        (
            gettext("Somebody whom you follow is looking for company on the way."),
            gettext("Sign in to see when, and to say yes or no."),
        ),
        gettext("Say yes or no"),
        facts.values["path"],
    )


def agenda_reminder(facts: Facts) -> Content:
    """Neutral in its subject, always: it stands on a locked screen."""
    visits: list[dict[str, str]] = json.loads(facts.values["visits"])
    return Content(
        gettext("A reminder from your agenda"),
        (
            ngettext("Here is what is planned:", "Here is what is planned, in order:", len(visits)),
            *(_planned(visit, facts) for visit in visits),
            gettext(
                "You receive this reminder because you chose it. To change or stop it, open"
                " “My account” on Relais, then “Reminders by e-mail”."
            ),
        ),
        gettext("See the agenda"),
        facts.values["path"],
    )


def _planned(visit: dict[str, Any], facts: Facts) -> str:
    """`Mardi 24 novembre à 14 h 30`, and what it is only where that was chosen."""
    instant = datetime.fromisoformat(visit["at"])
    place = visit["time_zone"]
    local = dates.local(instant, place)
    note = dates.zone_note(place, usual=facts.time_zone, instant=instant)
    time = _time(local, visit)
    day = dates.day_label(local.date(), today=local.date())
    when = first_up(
        gettext("%(day)s, %(time)s", day=day, time=f"{time} ({note})" if note else time)
    )
    # One line: a title is the text of somebody else.
    title = " ".join(visit["title"].split())
    return gettext("%(when)s: %(title)s", when=when, title=title) if title else f"{when}."


def _time(local: datetime, visit: dict[str, str]) -> str:
    if not visit["until"]:
        return gettext("at %(time)s", time=dates.clock(local))
    until = dates.local(datetime.fromisoformat(visit["until"]), visit["time_zone"])
    return gettext(
        "between %(start)s and %(end)s",
        start=dates.clock_short(local),
        end=dates.clock_short(until),
    )
