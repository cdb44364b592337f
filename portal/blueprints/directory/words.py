"""Names of people, kinds, regions: what the pages of the directory say of codes."""

from typing import Any, Protocol

from portal.models.directory import Gender, OrganizationKind, Profession
from portal.teams.holidays import ALSACE_MOSELLE
from portal.web import labels
from portal.web.i18n import gettext
from portal.web.labels import N_
from portal.web.typography import first_up

_REGIONS = {
    "": N_("As its clock says: mainland France or the overseas territory"),
    ALSACE_MOSELLE: "Alsace-Moselle",
    "971": "Guadeloupe",
    "972": "Martinique",
    "973": N_("French Guiana"),
    "974": N_("Réunion"),
    "976": "Mayotte",
    "BL": "Saint-Barthélemy",
    "MF": "Saint-Martin",
    "PM": N_("Saint-Pierre and Miquelon"),
    "NC": N_("New Caledonia"),
    "PF": N_("French Polynesia"),
    "TF": N_("French Southern Territories"),
    "WF": N_("Wallis and Futuna"),
}
_GENDERS = {
    Gender.UNKNOWN: N_("Not said"),
    Gender.FEMALE: N_("Woman"),
    Gender.MALE: N_("Man"),
    Gender.OTHER: N_("Other"),
}
_REFUSALS = {
    "not_alike": N_("These two entries are not alike any more. Nothing is merged."),
    "own_entry": N_("One of the two is your own entry. Another coordinator merges them."),
    "two_accounts": N_("Somebody signs in with each of them. The operator closes one first."),
    "elsewhere": N_("The merge would open circles that you do not coordinate. Ask the operator."),
    "two_houses": N_("Both keep circles of their own. The operator merges such organizations."),
    "not_yours": N_("One of the two has coordinators of its own. Ask them to merge."),
}


class _Named(Protocol):
    @property
    def prefix(self) -> str: ...
    @property
    def given_name(self) -> str: ...
    @property
    def family_name(self) -> str: ...


def full_name(row: _Named) -> str:
    """`Dr Anne Le Goff`."""
    return " ".join(part for part in (row.prefix, row.given_name, row.family_name) if part)


def entry_name(row: Any) -> str:
    """Of a professional or of an organization."""
    name: str = row.name if hasattr(row, "name") else full_name(row)
    return name


def refusal_words(reason: str) -> str:
    """Why two entries stay two, and who can help."""
    return gettext(_REFUSALS[reason])


def profession_choices() -> list[tuple[str, str]]:
    """By their words, in the feminine where the two differ least: as on the badge of a nurse."""
    named = [(one.value, first_up(_both_forms(one))) for one in Profession]
    return sorted(named, key=lambda choice: choice[1].casefold())


def _both_forms(one: Profession) -> str:
    """`infirmière, infirmier`; once when both are the same word."""
    forms = [labels.profession_word(one, gender) for gender in (Gender.FEMALE, Gender.MALE)]
    return ", ".join(dict.fromkeys(forms))


def kind_choices() -> list[tuple[str, str]]:
    """`OTHER` last."""
    named = [(one.value, labels.organization_kind(one)) for one in OrganizationKind]
    return sorted(named, key=lambda choice: (choice[0] == OrganizationKind.OTHER, choice[1]))


def region_choices() -> list[tuple[str, str]]:
    return [(code, gettext(words)) for code, words in _REGIONS.items()]


def gender_choices() -> list[tuple[str, str]]:
    return [(code.value, gettext(words)) for code, words in _GENDERS.items()]
