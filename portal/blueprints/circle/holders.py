"""Who holds a place in a circle: a professional, an organization, or a relative."""

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from portal.models.care import MemberFunction


class Kind(StrEnum):
    PRACTITIONER = "practitioner"
    ORGANIZATION = "organization"
    RELATIVE = "relative"


class Holder(NamedTuple):
    """Written `practitioner:UUID` in an address."""

    kind: Kind
    id: UUID

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def column(self) -> str:
        """Of a place, where the id stands."""
        return _COLUMNS[self.kind]


_COLUMNS = {
    Kind.PRACTITIONER: "practitioner_id",
    Kind.ORGANIZATION: "organization_id",
    Kind.RELATIVE: "related_person_id",
}
FUNCTIONS = {
    Kind.PRACTITIONER: (
        MemberFunction.MEDECIN_TRAITANT,
        MemberFunction.REFERENT,
        MemberFunction.COORDINATEUR,
        MemberFunction.REMPLACANT,
        MemberFunction.PATIENT_EXPERT,
    ),
    Kind.ORGANIZATION: (MemberFunction.REFERENT,),
    Kind.RELATIVE: (MemberFunction.AIDANT_PRINCIPAL, MemberFunction.CONTACT_URGENCE),
}
"""What can be ticked. The person of trust is a legal status: it is proved, not ticked."""


def holder_of(text: str | None) -> Holder | None:
    kind, _, number = (text or "").partition(":")
    try:
        return Holder(Kind(kind), UUID(number))
    except ValueError:
        return None
