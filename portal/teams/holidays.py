"""Public holidays in France, by where a place is."""

from datetime import date
from functools import lru_cache

ALSACE_MOSELLE = "alsace_moselle"
_MAINLAND = ""
_CODES = {ALSACE_MOSELLE: "6AE"}
"""Our names → the subdivisions of the library; the overseas codes are the same."""
_OF_TIME_ZONE = {
    "America/Guadeloupe": "971",
    "America/Martinique": "972",
    "America/Cayenne": "973",
    "Indian/Reunion": "974",
    "Indian/Mayotte": "976",
    "America/St_Barthelemy": "BL",
    "America/Marigot": "MF",
    "America/Miquelon": "PM",
    "Pacific/Noumea": "NC",
    "Pacific/Tahiti": "PF",
    "Pacific/Marquesas": "PF",
    "Pacific/Gambier": "PF",
    "Indian/Kerguelen": "TF",
    "Pacific/Wallis": "WF",
}
REGIONS = (_MAINLAND, ALSACE_MOSELLE, *dict.fromkeys(_OF_TIME_ZONE.values()))
"""What `organization.holiday_region` may hold."""


def is_holiday(day: date, *, region: str, time_zone: str) -> bool:
    """In `region`, or where the clocks show `time_zone` when that is empty."""
    return day in _of_year(region or _OF_TIME_ZONE.get(time_zone, _MAINLAND), day.year)


@lru_cache(maxsize=256)
def _of_year(region: str, year: int) -> frozenset[date]:
    from holidays.countries.france import France  # only pages about a circle need it

    calendar = France(subdiv=_CODES.get(region, region) or None, years=year)  # type: ignore[no-untyped-call]  # the library has no types
    return frozenset(calendar)
