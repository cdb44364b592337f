"""The time zones of France, in plain names: where a reader of this portal may live."""

from collections.abc import Mapping

from portal.access.guard import current_viewer
from portal.web.i18n import gettext
from portal.web.installed import current_config
from portal.web.labels import N_

AS_INSTALLED = ""
"""What the form holds for "as the portal"; the account then keeps none."""
TIME_ZONES: Mapping[str, str] = {
    "Europe/Paris": N_("Mainland France"),
    "America/Guadeloupe": "Guadeloupe",
    "America/Cayenne": N_("French Guiana"),
    "Indian/Reunion": N_("Réunion"),
    "America/Martinique": "Martinique",
    "Indian/Mayotte": "Mayotte",
    "Pacific/Noumea": N_("New Caledonia"),
    "Pacific/Tahiti": N_("French Polynesia: Tahiti, Tuamotu"),
    "Pacific/Marquesas": N_("French Polynesia: Marquesas Islands"),
    "Pacific/Gambier": N_("French Polynesia: Gambier Islands"),
    "America/St_Barthelemy": "Saint-Barthélemy",
    "America/Marigot": "Saint-Martin",
    "America/Miquelon": N_("Saint-Pierre and Miquelon"),
    "Pacific/Wallis": N_("Wallis and Futuna"),
}


def time_zone_choices() -> list[tuple[str, str]]:
    """Zone and name, in the order of the list."""
    return [(zone, gettext(name)) for zone, name in TIME_ZONES.items()]


def reader_time_zone() -> str:
    """The zone that the signed-in reader chose, else that of the portal."""
    return current_viewer().own_time_zone or current_config().time_zone
