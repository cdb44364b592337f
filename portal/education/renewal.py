"""Whose word keeps a published text in reading after its last day."""

from portal.education.standing import ModuleStanding
from portal.models.education import VersionState


def may_renew(standing: ModuleStanding) -> bool:
    """A reviewer of the organization who wrote none of it, as long as it was not taken back."""
    is_kept = standing.version.state in (VersionState.PUBLISHED, VersionState.WITHDRAWN)
    return is_kept and standing.reviews and standing.module.retracted_at is None
