"""Sentences that are true or false of a reader; the policy is made of them."""

from collections.abc import Callable

from portal.access.viewer import Standing, Viewer
from portal.models.care import CareLinkKind, GrantAction, GrantCategory

PatientPredicate = Callable[[Standing], bool]
ReaderPredicate = Callable[[Viewer], bool]


def is_self(standing: Standing) -> bool:
    return standing.link_kind is CareLinkKind.SELF


def is_carer(standing: Standing) -> bool:
    return standing.link_kind is CareLinkKind.CARER


def is_in_active_circle(standing: Standing) -> bool:
    return standing.is_circle_member


def coordinates_patient(standing: Standing) -> bool:
    return standing.is_coordinator


def is_carer_granted(category: GrantCategory, action: GrantAction) -> PatientPredicate:
    """`act` implies `see`."""
    enough = {f"{category}:{action}", f"{category}:{GrantAction.ACT}"}

    def granted(standing: Standing) -> bool:
        return is_carer(standing) and not enough.isdisjoint(standing.grants)

    return granted


def is_signed_in(viewer: Viewer) -> bool:
    return bool(viewer.is_authenticated)


def is_professional(viewer: Viewer) -> bool:
    return viewer.is_professional


def is_coordinator(viewer: Viewer) -> bool:
    return viewer.is_coordinator


def is_operator(viewer: Viewer) -> bool:
    return viewer.is_operator
