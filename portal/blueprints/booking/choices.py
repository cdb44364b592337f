"""What can be chosen on the forms: where it takes place, with whom, by which clock."""

from dataclasses import dataclass
from uuid import UUID

from portal.access.viewer import Standing, Viewer
from portal.models.agenda import AppointmentKind
from portal.models.directory import Gender
from portal.teams.rows import MemberRow, Team
from portal.web import labels
from portal.web.i18n import gettext
from portal.web.time_zones import TIME_ZONES, time_zone_choices

_OWN_WORDS = {
    # On a card the place says which of the two; in a list they must differ.
    AppointmentKind.HOME_NURSING: labels.N_("Nursing at home"),
    AppointmentKind.HOME_HELP: labels.N_("Help at home"),
}
_NOT_BOOKED = (AppointmentKind.WORKSHOP,)
"""A place in a workshop is offered by the workshop."""


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody of the circle with whom an appointment can be booked."""

    id: UUID
    """Of their place in the circle."""
    words: str
    practitioner_id: UUID | None
    organization_id: UUID | None
    time_zone: str


def kinds(chosen: str | None = None) -> list[tuple[str, str]]:
    """Codes and words; what an older one has stays to be chosen."""
    return [
        (kind.value, gettext(_OWN_WORDS[kind]) if kind in _OWN_WORDS else _words(kind))
        for kind in AppointmentKind
        if kind not in _NOT_BOOKED or kind == chosen
    ]


def zones(usual: str, chosen: str | None = None) -> list[tuple[str, str]]:
    """The zones of France; one from elsewhere is named by its city."""
    others = {zone for zone in (usual, chosen) if zone and zone not in TIME_ZONES}
    return [*((zone, zone.rpartition("/")[2]) for zone in sorted(others)), *time_zone_choices()]


def partners(team: Team, *, viewer: Viewer, standing: Standing) -> list[Partner]:
    """A coordinator books with everybody of the circle, a professional for themself alone."""
    found = [_partner(one) for one in team.members if one.opens and not one.is_relative]
    if standing.is_coordinator:
        return found
    own = viewer.practitioner_id
    return [one for one in found if own is not None and one.practitioner_id == own]


def usual_zone(found: list[Partner], *, standing: Standing) -> str:
    """Of the place of the one who books; a coordinator's patients are at home."""
    if standing.is_coordinator or not found or not found[0].time_zone:
        return standing.time_zone
    return found[0].time_zone


def _words(kind: AppointmentKind) -> str:
    return labels.appointment_kind(kind)


def _partner(row: MemberRow) -> Partner:
    place = row.organization_name or ""
    if row.practitioner_id is None:
        words = place
    else:
        parts = (row.prefix, row.practitioner_given_name, row.practitioner_family_name)
        name = " ".join(part for part in parts if part)
        gender = row.practitioner_gender or Gender.UNKNOWN
        trade = labels.profession(row.profession or "", row.profession_text or "", gender)
        words = ", ".join(part for part in (name, trade) if part)
    return Partner(
        id=row.id,
        words=words,
        practitioner_id=row.practitioner_id,
        organization_id=row.organization_id,
        time_zone=row.time_zone or row.organization_time_zone or "",
    )
