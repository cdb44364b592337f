"""What the proof of each legal status is, and how long it can last: data for a lawyer to read.

From secondary sources; a data-protection officer has to check it before production.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.access.ceilings import CEILINGS, Opening
from portal.models.rights import LegalStatus


class Proof(StrEnum):
    JUDGMENT = "jugement"
    NOTARIAL_MANDATE = "mandat_notarie"
    PRIVATE_MANDATE = "mandat_sous_seing_prive"
    FAMILY_BOOK = "livret_de_famille"
    BIRTH_CERTIFICATE = "acte_de_naissance"
    DESIGNATION = "designation_ecrite"


@dataclass(frozen=True, slots=True)
class Measure:
    """How one legal status is proved."""

    proofs: tuple[Proof, ...]
    most_years: int | None = None
    """From its start to its end, which is then required; none for a status without a term."""


_BY_A_JUDGE = (Proof.JUDGMENT,)
MEASURES: Mapping[LegalStatus, Measure] = {
    LegalStatus.PERSONNE_DE_CONFIANCE: Measure((Proof.DESIGNATION,)),
    # Code civil, articles 441 and 442: 20 years when a judge renews it.
    LegalStatus.CURATEUR: Measure(_BY_A_JUDGE, most_years=20),
    LegalStatus.TUTEUR_PERSONNE: Measure(_BY_A_JUDGE, most_years=20),
    LegalStatus.TUTEUR_BIENS: Measure(_BY_A_JUDGE, most_years=20),
    # Article 494-6.
    LegalStatus.HABILITATION_ASSISTANCE: Measure(_BY_A_JUDGE, most_years=10),
    LegalStatus.HABILITATION_GENERALE: Measure(_BY_A_JUDGE, most_years=10),
    LegalStatus.MANDAT_PROTECTION_FUTURE: Measure((Proof.NOTARIAL_MANDATE, Proof.PRIVATE_MANDATE)),
    LegalStatus.AUTORITE_PARENTALE: Measure(
        (Proof.FAMILY_BOOK, Proof.BIRTH_CERTIFICATE, Proof.JUDGMENT)
    ),
}


def makes_representative(status: LegalStatus) -> bool:
    """Whether it takes the place of what the patient grants."""
    return CEILINGS[status] is not Opening.GRANTS


def has_scope(status: LegalStatus) -> bool:
    """Whether the mandate names what it opens."""
    return CEILINGS[status] is Opening.SCOPE
