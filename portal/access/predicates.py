"""Sentences that are true or false of a reader; the policy is made of them."""

from collections.abc import Callable

from portal.access.ceilings import represents, rights_by_law, rights_of
from portal.access.viewer import Standing, Viewer
from portal.models.rights import CareLinkKind, GrantAction, GrantCategory

PatientPredicate = Callable[[Standing], bool]
ReaderPredicate = Callable[[Viewer], bool]


def is_self(standing: Standing) -> bool:
    return standing.link_kind is CareLinkKind.SELF


def is_carer(standing: Standing) -> bool:
    return standing.link_kind is CareLinkKind.CARER


def represents_patient(standing: Standing) -> bool:
    """By law: guardian, parent of a minor, activated mandate."""
    return represents(standing)


def is_in_active_circle(standing: Standing) -> bool:
    return standing.is_circle_member


def shares(category: GrantCategory) -> PatientPredicate:
    """Inside the équipe de soins information is shared unless the patient objects.

    A place in the circle may open less than all of it.
    """
    enough = {"*", category.value}

    def shares_care(standing: Standing) -> bool:
        is_shared = standing.is_circle_member and not standing.is_sharing_refused
        return is_shared and not enough.isdisjoint(standing.circle_scope)

    return shares_care


def coordinates_patient(standing: Standing) -> bool:
    return standing.is_coordinator


def coordinates_shared_care(standing: Standing) -> bool:
    return standing.is_coordinator and not standing.is_sharing_refused


def has_emergency_access(standing: Standing) -> bool:
    return standing.has_emergency_access


def is_granted(category: GrantCategory, action: GrantAction) -> PatientPredicate:
    """By the patient or by law; `act` implies `see`."""
    enough = _enough(category, action)

    def granted(standing: Standing) -> bool:
        return not enough.isdisjoint(rights_of(standing))

    granted.__name__ = f"is_granted {category}:{action}"
    return granted


def is_entitled(category: GrantCategory, action: GrantAction) -> PatientPredicate:
    """By law only: no carer can be granted it."""
    enough = _enough(category, action)

    def entitled(standing: Standing) -> bool:
        return not enough.isdisjoint(rights_by_law(standing))

    entitled.__name__ = f"is_entitled {category}:{action}"
    return entitled


def _enough(category: GrantCategory, action: GrantAction) -> set[str]:
    return {f"{category}:{action}", f"{category}:{GrantAction.ACT}"}


def is_signed_in(viewer: Viewer) -> bool:
    return bool(viewer.is_authenticated)


def is_professional(viewer: Viewer) -> bool:
    return viewer.is_professional


def is_coordinator(viewer: Viewer) -> bool:
    return viewer.is_coordinator


def is_operator(viewer: Viewer) -> bool:
    return viewer.is_operator


def is_practitioner(viewer: Viewer) -> bool:
    """Known by the directory, not only a coordinator."""
    return viewer.practitioner_id is not None


def is_patient_expert(viewer: Viewer) -> bool:
    return viewer.is_patient_expert


def is_privacy_contact(viewer: Viewer) -> bool:
    return viewer.is_privacy_contact
