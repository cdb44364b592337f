"""Who a relative is for the patient: the usual answers, seen from the patient."""

from portal.models.directory import Gender
from portal.web.i18n import pgettext
from portal.web.labels import NP_, relation

OTHER = "other"
_GENDERED = (
    *("DAU", "SON", "WIFE", "HUSB"),
    *("SIS", "BRO", "MTH", "FTH", "GRNDDAU", "GRNDSON"),
    *("NIECE", "NEPHEW", "DAUINLAW", "SONINLAW"),
)
_NEUTRAL = {
    "DOMPART": NP_("relationship", "partner"),
    "FRND": NP_("relationship", "friend"),
    "NBOR": NP_("relationship", "neighbour"),
}
RELATIONSHIPS = (*_GENDERED[:4], "DOMPART", *_GENDERED[4:], "FRND", "NBOR")
"""HL7 v3-RoleCodes, the closest first."""


def relationship_words(relationship: str) -> str:
    """`fille`, `voisin ou voisine`; the inviter's own words as they are."""
    if relationship in _NEUTRAL:
        return pgettext("relationship", _NEUTRAL[relationship])
    return relation(relationship, relationship, Gender.UNKNOWN)
