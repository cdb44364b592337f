"""Papers and openings in words."""

from portal.access.ceilings import CEILINGS, Opening
from portal.blueprints.mandates.measures import MEASURES, Proof
from portal.models.rights import LegalStatus
from portal.web.i18n import gettext
from portal.web.labels import N_

_PROOFS = {
    Proof.JUDGMENT: N_("Judgment"),
    Proof.NOTARIAL_MANDATE: N_("Mandate made before a notary"),
    Proof.PRIVATE_MANDATE: N_("Private mandate, stamped by the court"),
    Proof.FAMILY_BOOK: N_("Family record book"),
    Proof.BIRTH_CERTIFICATE: N_("Birth certificate"),
    Proof.DESIGNATION: N_("Written and signed designation"),
}
_OPENINGS = {
    Opening.GRANTS: N_("Sees what the patient grants, nothing more."),
    Opening.EVERYTHING: N_("Sees everything, and acts where the person cannot."),
    Opening.SCOPE: N_("Sees what the mandate names."),
    Opening.NOTHING: N_("Sees nothing in this file."),
}


def proof_words(code: str) -> str:
    return gettext(_PROOFS[Proof(code)]) if code in Proof.__members__.values() else code


def proof_choices() -> list[tuple[str, str]]:
    return [(code, gettext(words)) for code, words in _PROOFS.items()]


def status_hints() -> dict[LegalStatus, str]:
    """What each status opens, as the policy says."""
    return {one: _hint(one) for one in MEASURES}


def _hint(status: LegalStatus) -> str:
    return " ".join(part for part in (gettext(_OPENINGS[CEILINGS[status]]), _term(status)) if part)


def _term(status: LegalStatus) -> str:
    most = MEASURES[status].most_years
    if status is LegalStatus.AUTORITE_PARENTALE:
        return gettext("Ends with the 18th birthday.")
    return gettext("For %(num)d years at most.", num=most) if most else ""
