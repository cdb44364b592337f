"""What each legal status opens, permission by permission: a change of the law shows here."""

from uuid import uuid4

import pytest

from portal.access.permissions import Permission
from portal.access.policy import PATIENT_POLICY
from portal.access.viewer import MandateInForce, Standing
from portal.blueprints.mandates.measures import MEASURES, makes_representative
from portal.models.directory import Gender
from portal.models.rights import CareLinkKind, LegalStatus

GRANTED = frozenset({"agenda:act", "consents:act", "access_log:see"})
"""What the patient gave, and two rights that no carer can be given."""
AS_CARER = {"patient:open", "agenda:see", "agenda:act", "carer_link:own"}
NOTHING: set[str] = set()
EVERYTHING = {
    *("patient:open", "agenda:see", "agenda:act", "agenda:hide"),
    *("care_team:see", "care_team:act"),
    *("messages:see", "messages:act", "messages:hide"),
    *(
        "education:see",
        "education:act",
        "carers:manage",
        "consents:see",
        "consents:act",
        "access_log:see",
        "invitations:make",
    ),
}
SCOPE = frozenset({"agenda:see", "consents:act"})
OPENED = {
    LegalStatus.PERSONNE_DE_CONFIANCE: AS_CARER,
    LegalStatus.CURATEUR: AS_CARER,
    LegalStatus.HABILITATION_ASSISTANCE: AS_CARER,
    LegalStatus.TUTEUR_PERSONNE: EVERYTHING,
    LegalStatus.HABILITATION_GENERALE: EVERYTHING,
    LegalStatus.TUTEUR_BIENS: NOTHING,
    LegalStatus.MANDAT_PROTECTION_FUTURE: {
        *("patient:open", "agenda:see", "consents:see", "consents:act", "carers:manage"),
        "invitations:make",
    },
    LegalStatus.AUTORITE_PARENTALE: EVERYTHING,
}


def _standing(status: LegalStatus | None, *, is_minor: bool = True) -> Standing:
    is_by_law = status is not None and makes_representative(status)
    kind = CareLinkKind.LEGAL_REPRESENTATIVE if is_by_law else CareLinkKind.CARER
    scope = SCOPE if status is LegalStatus.MANDAT_PROTECTION_FUTURE else frozenset()
    return Standing(
        patient_id=uuid4(),
        given_name="",
        family_name="",
        gender=Gender.UNKNOWN,
        time_zone="Europe/Paris",
        link_kind=kind,
        is_minor=is_minor,
        grants=GRANTED,
        mandates=(MandateInForce(status, scope),) if status else (),
    )


def _opened(standing: Standing) -> set[str]:
    return {
        permission
        for permission, rules in PATIENT_POLICY.items()
        if any(rule(standing) for rule in rules)
    }


@pytest.mark.parametrize("status", LegalStatus)
def test_a_status_opens_this_and_nothing_else(status: LegalStatus) -> None:
    assert _opened(_standing(status)) == OPENED[status]


def test_without_a_status_the_grants_count() -> None:
    assert _opened(_standing(None)) == AS_CARER


def test_parental_authority_opens_nothing_of_an_adult() -> None:
    assert _opened(_standing(LegalStatus.AUTORITE_PARENTALE, is_minor=False)) == NOTHING


@pytest.mark.parametrize("status", LegalStatus)
def test_nobody_by_law_verifies_or_records_for_themself(status: LegalStatus) -> None:
    staff = {Permission.MANDATES_VERIFY, Permission.CIRCLE_INVITE, Permission.CONSENTS_RECORD}
    assert staff.isdisjoint(_opened(_standing(status)))


def test_every_status_says_how_it_is_proved() -> None:
    assert set(MEASURES) == set(LegalStatus)
    assert all(measure.proofs for measure in MEASURES.values())
