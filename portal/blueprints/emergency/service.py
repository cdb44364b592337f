"""Opening a file in an emergency: one row, one hour, and a letter to those whose file it is."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.access.permissions import Permission
from portal.access.policy import can
from portal.access.viewer import Viewer, find_viewer
from portal.blueprints.emergency.queries import Sought, patient_sought
from portal.crypto import KeyRing
from portal.errors import EmergencyRefusedError, SignInRequiredError
from portal.identity import file_letters
from portal.models.account import User
from portal.models.rights import EmergencyAccess
from portal.outbox import Letter

LASTS = timedelta(hours=1)


def open_file(
    session: Session, *, keys: KeyRing, viewer: Viewer, sought: Sought, reason: str, at: datetime
) -> UUID:
    """The id of the patient. Raises `EmergencyRefusedError`, which never says why.

    Whoever can open the file already goes in as what they are, without a row and without a letter.
    """
    # Locked: a form that is sent twice opens the file once.
    session.get(User, viewer.id, with_for_update={"key_share": True})
    patient_id = (
        patient_sought(session, sought=sought, practitioner_id=viewer.practitioner_id, at=at)
        if viewer.practitioner_id is not None
        else None
    )
    if patient_id is None:
        raise EmergencyRefusedError
    reader = find_viewer(session, token=viewer.token, patient_id=patient_id, at=at)
    if reader is None:
        raise SignInRequiredError
    if not can(reader, Permission.PATIENT_OPEN, reader.standing):
        _open(session, keys=keys, patient_id=patient_id, user_id=viewer.id, reason=reason, at=at)
    return patient_id


def _open(
    session: Session, *, keys: KeyRing, patient_id: UUID, user_id: UUID, reason: str, at: datetime
) -> None:
    row = EmergencyAccess(
        patient_id=patient_id, user_id=user_id, reason=reason, starts_at=at, ends_at=at + LASTS
    )
    session.add(row)
    session.flush()
    file_letters.tell(
        session,
        keys=keys,
        letter=Letter.EMERGENCY_OPENED,
        to=file_letters.who_may_read_the_log(session, patient_id=patient_id, at=at),
        subject_id=row.id,
        at=at,
    )
