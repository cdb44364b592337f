"""What was read of a file travels in the form of the page that shows it, sealed.

Nothing is stored until somebody chose, and what comes back is what this reader was shown.
"""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.crypto import Cell, KeyRing
from portal.scheduling.calendar_files.reading import FileVisit

LASTS = timedelta(hours=2)
MOST_CHARACTERS = 200_000
_MOST_PLAIN = 4_000_000
_INSTANTS = ("starts_at", "ends_at")


@dataclass(frozen=True, slots=True)
class Shown:
    """One visit of the file, and the version of what was kept of it then."""

    visit: FileVisit
    uid: str
    version: int | None


def sealed(
    shown: Sequence[Shown], *, keys: KeyRing, patient_id: UUID, viewer_id: UUID, at: datetime
) -> str:
    """For this reader and this patient only."""
    visits = [[_plain(one.visit), one.uid, one.version] for one in shown]
    plain = json.dumps({"at": at.isoformat(), "visits": visits}, ensure_ascii=False)
    packed = zlib.compress(plain.encode(), 9)
    return urlsafe_b64encode(keys.seal(packed, _cell(patient_id, viewer_id))).decode()


def opened(
    text: str, *, keys: KeyRing, patient_id: UUID, viewer_id: UUID, at: datetime
) -> list[Shown] | None:
    """None when it is of somebody else, changed, made up or too old."""
    try:
        packed = keys.open(urlsafe_b64decode(text), _cell(patient_id, viewer_id))
    except ValueError:
        return None
    plain = json.loads(zlib.decompressobj().decompress(packed, _MOST_PLAIN))
    if at - datetime.fromisoformat(plain["at"]) > LASTS:
        return None
    return [Shown(_visit(told), uid, version) for told, uid, version in plain["visits"]]


def _plain(visit: FileVisit) -> list[Any]:
    values = ((one.name, getattr(visit, one.name)) for one in fields(FileVisit))
    return [
        value.isoformat() if name in _INSTANTS and value is not None else value
        for name, value in values
    ]


def _visit(told: list[Any]) -> FileVisit:
    named = dict(zip((one.name for one in fields(FileVisit)), told, strict=True))
    for name in _INSTANTS:
        if named[name] is not None:
            named[name] = datetime.fromisoformat(named[name])
    return FileVisit(**named)


def _cell(patient_id: UUID, viewer_id: UUID) -> Cell:
    return Cell("appointment", f"calendar file of {viewer_id}", patient_id)
