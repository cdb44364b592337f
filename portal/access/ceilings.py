"""What each legal status can ever open: data that a lawyer can read and change.

From secondary sources; a data-protection officer has to check it before production.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from portal.access.viewer import MandateInForce, Standing
from portal.models.rights import CareLinkKind, GrantAction, GrantCategory, LegalStatus


class Opening(StrEnum):
    """Where the rights of a legal status come from."""

    GRANTS = "grants"
    """What the patient grants, as to any carer."""
    EVERYTHING = "everything"
    """Receives information, and acts where the patient cannot."""
    SCOPE = "scope"
    """What the mandate names."""
    NOTHING = "nothing"
    """Not even what the patient granted."""


CEILINGS: Mapping[LegalStatus, Opening] = {
    LegalStatus.PERSONNE_DE_CONFIANCE: Opening.GRANTS,
    LegalStatus.CURATEUR: Opening.GRANTS,
    LegalStatus.HABILITATION_ASSISTANCE: Opening.GRANTS,
    LegalStatus.TUTEUR_PERSONNE: Opening.EVERYTHING,
    LegalStatus.HABILITATION_GENERALE: Opening.EVERYTHING,
    LegalStatus.TUTEUR_BIENS: Opening.NOTHING,
    LegalStatus.MANDAT_PROTECTION_FUTURE: Opening.SCOPE,
    LegalStatus.AUTORITE_PARENTALE: Opening.EVERYTHING,
}
EVERYTHING = frozenset(f"{category}:{GrantAction.ACT}" for category in GrantCategory)
NEVER_GRANTED = frozenset(
    {
        f"{GrantCategory.CONSENTS}:{GrantAction.ACT}",
        f"{GrantCategory.ACCESS_LOG}:{GrantAction.SEE}",
        f"{GrantCategory.ACCESS_LOG}:{GrantAction.ACT}",
    }
)
"""Belong to the patient and to who represents them by law, whatever a row says."""


def rights_of(standing: Standing) -> frozenset[str]:
    """What a relative may do here, as `category:action`."""
    held = [one for one in standing.mandates if _holds(one, is_minor=standing.is_minor)]
    opened = {right for one in held for right in _opened(one, standing)}
    if not held and standing.link_kind is CareLinkKind.CARER:
        opened |= _granted(standing)
    return frozenset(opened)


def represents(standing: Standing) -> bool:
    """Whether a legal status, in force, opens anything by itself."""
    return bool(rights_by_law(standing))


def rights_by_law(standing: Standing) -> frozenset[str]:
    return opened_by_law(standing.mandates, is_minor=standing.is_minor)


def opened_by_law(mandates: Iterable[MandateInForce], *, is_minor: bool) -> frozenset[str]:
    """What these statuses open towards somebody who is, or is no longer, a minor."""
    held = [one for one in mandates if _holds(one, is_minor=is_minor)]
    opened = [EVERYTHING for one in held if CEILINGS[one.status] is Opening.EVERYTHING]
    scopes = [one.scope for one in held if CEILINGS[one.status] is Opening.SCOPE]
    return frozenset().union(*opened, *scopes)


def _holds(mandate: MandateInForce, *, is_minor: bool) -> bool:
    return mandate.status is not LegalStatus.AUTORITE_PARENTALE or is_minor


def _opened(mandate: MandateInForce, standing: Standing) -> frozenset[str]:
    return {
        Opening.EVERYTHING: EVERYTHING,
        Opening.SCOPE: mandate.scope,
        Opening.GRANTS: _granted(standing),
        Opening.NOTHING: frozenset[str](),
    }[CEILINGS[mandate.status]]


def _granted(standing: Standing) -> frozenset[str]:
    return standing.grants - NEVER_GRANTED
