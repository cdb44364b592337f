"""Which question is asked about whom."""

from portal.models.consent import ConsentPurpose
from portal.models.directory import Profession

_SOCIAL = frozenset(
    {
        Profession.ASSISTANT_SOCIAL,
        Profession.MANDATAIRE,
        Profession.AUXILIAIRE_DE_VIE,
        Profession.AES,
    }
)


def purpose_of(profession: str) -> ConsentPurpose:
    """For a professional outside the équipe de soins."""
    is_social = profession in _SOCIAL
    return ConsentPurpose.SOCIAL_SERVICES if is_social else ConsentPurpose.OUTSIDE_CARE_TEAM
