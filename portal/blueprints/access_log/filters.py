"""Which lines the address asks for: who, since when, after which line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import request

from portal.access.guard import current_patient
from portal.blueprints.access_log import words
from portal.blueprints.access_log.queries import PROFESSIONALS, RELATIVES, Actor, Filters
from portal.blueprints.access_log.service import line_of_address
from portal.clock import now
from portal.web.i18n import gettext
from portal.web.installed import current_keys

PROFESSIONALS_ONLY, RELATIVES_ONLY = "professionals", "relatives"
_PERIODS = {"week": timedelta(days=7), "month": timedelta(days=30), "year": timedelta(days=365)}
_GROUPS = {PROFESSIONALS_ONLY: PROFESSIONALS, RELATIVES_ONLY: RELATIVES}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says, as far as it can be read."""

    who: str
    """`professionals`, `relatives`, the id of a person, or empty for everybody."""
    period: str
    """`week`, `month`, `year`, or empty for everything."""
    filters: Filters
    before: int | None

    @property
    def is_filtered(self) -> bool:
        return bool(self.who or self.period)

    @property
    def values(self) -> dict[str, str]:
        """For the addresses of the pages that go on with it."""
        return {
            name: value for name, value in (("who", self.who), ("period", self.period)) if value
        }


def asked() -> Asked:
    who, period = request.args.get("who", ""), request.args.get("period", "")
    actor_id = _uuid(who)
    if who not in _GROUPS and actor_id is None:
        who = ""
    lasts = _PERIODS.get(period)
    filters = Filters(
        capacities=_GROUPS.get(who, ()),
        actor_id=actor_id,
        since=now() - lasts if lasts else None,
    )
    return Asked(who, period if lasts else "", filters, _before())


def period_choices() -> list[tuple[str, str]]:
    return [
        ("", gettext("Since the beginning")),
        ("week", gettext("The last 7 days")),
        ("month", gettext("The last 30 days")),
        ("year", gettext("The last 12 months")),
    ]


def actor_choices(actors: Sequence[Actor]) -> list[tuple[str, str]]:
    """By name; somebody who acted in several ways stands once."""
    named = [(str(one.id), words.full_name(one)) for one in actors]
    return sorted(named, key=lambda choice: choice[1].casefold())


def _before() -> int | None:
    address = request.args.get("before", "")
    patient_id = current_patient().patient_id
    return line_of_address(current_keys(), patient_id=patient_id, address=address)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
