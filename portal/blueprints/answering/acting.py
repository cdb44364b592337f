"""One act on an appointment, and whom it is told to: all in one transaction."""

from collections.abc import Callable
from uuid import UUID

from portal.access.guard import current_author, current_patient
from portal.access.permissions import Permission
from portal.clock import now
from portal.db import transaction
from portal.scheduling.letters.notices import About, tell_family, tell_keepers
from portal.web.installed import current_keys

Act = Callable[..., bool]


def carry_out(act: Act, permission: Permission, *, appointment_id: UUID) -> bool:
    """Whether anything changed; a second tap tells nobody."""
    by, at, patient_id = current_author(permission), now(), current_patient().patient_id
    with transaction() as session:
        is_changed = act(
            session, patient_id=patient_id, appointment_id=appointment_id, by=by, at=at
        )
        if is_changed:
            about = About(
                patient_id=patient_id, appointment_id=appointment_id, by=by.user_id, at=at
            )
            tell_family(session, about, keys=current_keys())
            tell_keepers(session, about, keys=current_keys())
        return is_changed
