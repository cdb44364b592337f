"""Rights asked once more: decoding a file takes a while, and the guard's answer is old by then."""

from sqlmodel import Session

from portal.access.audit import Author, author_of
from portal.access.guard import current_patient, current_viewer
from portal.access.permissions import Permission
from portal.access.policy import can
from portal.access.sessions import require_session
from portal.access.trail import note
from portal.access.viewer import find_viewer
from portal.clock import now
from portal.errors import NotFoundError, NotGrantedError, SignInRequiredError


def author_again(session: Session, permission: Permission) -> Author:
    """Call it first in the transaction that writes: it also holds the account until the commit.

    Raises `SignInRequiredError`, `NotFoundError` or `NotGrantedError` for what ended meanwhile.
    """
    viewer, patient_id, at = current_viewer(), current_patient().patient_id, now()
    require_session(session, session_id=viewer.session_id, at=at)
    fresh = find_viewer(session, token=viewer.token, patient_id=patient_id, at=at)
    if fresh is None:
        raise SignInRequiredError
    standing = fresh.standing
    if standing is None or not can(fresh, Permission.PATIENT_OPEN, standing):
        raise NotFoundError("patient")
    decision = can(fresh, permission, standing)
    note(fresh, permission, decision)
    if not decision:
        raise NotGrantedError
    return author_of(fresh.id, standing, decision)
