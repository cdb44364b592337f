"""What taking an end back needs, sealed: only an end that was made here can be taken back."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from portal.blueprints.circle.ending import Done
from portal.crypto import Cell, KeyRing


def sealed(done: Done, *, keys: KeyRing, member_id: UUID) -> str:
    """For the address and the form of the page that follows."""
    was = done.was.isoformat() if done.was else ""
    plain = f"{done.version}~{done.at.isoformat()}~{was}"
    return urlsafe_b64encode(keys.seal(plain.encode(), _cell(member_id))).decode()


def opened(text: str, *, keys: KeyRing, member_id: UUID) -> Done | None:
    """None when it was made up, changed, or is of another place."""
    try:
        plain = keys.open(urlsafe_b64decode(text), _cell(member_id)).decode()
    except ValueError:
        return None
    version, at, was = plain.split("~")
    before = datetime.fromisoformat(was) if was else None
    return Done(version, datetime.fromisoformat(at), before, 0)


def _cell(member_id: UUID) -> Cell:
    return Cell("care_team_member", "undo", member_id)
