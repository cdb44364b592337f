"""What a carer can be granted in this portal today; nothing is opened in advance."""

from portal.models.rights import GrantAction, GrantCategory

OFFERED_RIGHTS = (
    (GrantCategory.AGENDA, GrantAction.SEE),
    (GrantCategory.AGENDA, GrantAction.ACT),
    (GrantCategory.CARE_TEAM, GrantAction.SEE),
    (GrantCategory.CARE_TEAM, GrantAction.ACT),
    (GrantCategory.CONSENTS, GrantAction.SEE),
)
OFFERED = tuple(f"{category}:{action}" for category, action in OFFERED_RIGHTS)
"""The same as `category:action`."""
