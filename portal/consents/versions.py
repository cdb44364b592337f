"""Which texts were published, and from which one on a yes counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.models.consent import ConsentPurpose


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    published_on: date
    asks_again: bool
    """A yes to an earlier version does not count for this one: it says something new."""


_FIRST = (Version(1, date(2026, 11, 22), asks_again=True),)
# RESEARCH has no text: nothing is sent to anybody, and a yes to a study that nobody described
# would be neither specific nor informed. It is asked when there is one.
VERSIONS: Mapping[ConsentPurpose, tuple[Version, ...]] = {
    ConsentPurpose.CARE_COORDINATION: _FIRST,
    ConsentPurpose.OUTSIDE_CARE_TEAM: _FIRST,
    ConsentPurpose.SOCIAL_SERVICES: _FIRST,
    ConsentPurpose.EDUCATION_PROGRAMME: _FIRST,
}


def counts_from(versions: tuple[Version, ...]) -> int:
    """The oldest version to which a yes still counts: the last that asked again."""
    return max(one.number for one in versions if one.asks_again)


COUNTS_FROM = {purpose: counts_from(versions) for purpose, versions in VERSIONS.items()}
