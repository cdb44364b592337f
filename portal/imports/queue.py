"""Files that wait, who reads them, and how far: each step is one statement."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, delete, insert, or_, select, update
from sqlmodel import Session

from portal.imports.problems import Problem, Refusal, joined
from portal.models import columns
from portal.models.base import UtcDateTime
from portal.models.directory_keeping import (
    DirectoryImport,
    DirectoryImportChunk,
    DirectoryImportProblem,
    DirectoryImportStatus,
)

_import = columns(DirectoryImport)
_OPEN = (DirectoryImportStatus.WAITING, DirectoryImportStatus.RUNNING)
_COUNTS = ("added", "changed", "unchanged", "refused")


def _is_free() -> ColumnElement[bool]:
    """To be read, and not in the hands of another process that is alive."""
    return _import.status.in_(_OPEN) & or_(
        _import.claim.is_(None),
        _import.claim == bindparam("by_claim", type_=Uuid),
        _import.claimed_until <= bindparam("at_instant", type_=UtcDateTime),
    )


_THIS = _import.id == bindparam("of_import", type_=Uuid)
_NEXT = select(DirectoryImport).where(_is_free()).order_by(_import.id).limit(1)
_HOLD = (
    update(DirectoryImport)
    .where(_THIS, _is_free(), _import.next_byte == bindparam("from_byte"))
    .values(
        status=DirectoryImportStatus.RUNNING,
        claim=bindparam("by_claim", type_=Uuid),
        claimed_until=bindparam("until_instant", type_=UtcDateTime),
    )
)
_ADVANCE = (
    update(DirectoryImport)
    .where(_THIS)
    .values(
        next_byte=bindparam("to_byte"),
        next_line=bindparam("to_line"),
        **{name: _import[name] + bindparam(f"more_{name}") for name in _COUNTS},
    )
)
_LET_GO = {"claim": None, "claimed_until": None}
_FINISH = (
    update(DirectoryImport)
    .where(_THIS)
    .values(
        _LET_GO
        | {
            "status": bindparam("to_status"),
            "refusal": bindparam("for_reason"),
            "ended_at": bindparam("at_instant", type_=UtcDateTime),
        }
    )
)
_STOP = (
    update(DirectoryImport)
    .where(_THIS, _import.status.in_(_OPEN))
    .values(_LET_GO | {"status": DirectoryImportStatus.STOPPED})
)
_RESUME = (
    update(DirectoryImport)
    .where(_THIS, _import.status == DirectoryImportStatus.STOPPED)
    .values(_LET_GO | {"status": DirectoryImportStatus.WAITING})
)
_FORGET_FILE = delete(DirectoryImportChunk).where(
    columns(DirectoryImportChunk).import_id == bindparam("of_import", type_=Uuid)
)
_ADD_PROBLEMS = insert(DirectoryImportProblem)


def next_free(session: Session, *, claim: UUID, at: datetime) -> DirectoryImport | None:
    """The oldest; a read, so that a worker with nothing to do never asks for the write lock."""
    values = {"by_claim": claim, "at_instant": at}
    return session.execute(_NEXT, values).scalar_one_or_none()


def hold(
    session: Session,
    *,
    import_id: UUID,
    claim: UUID,
    from_byte: int,
    at: datetime,
    until: datetime,
) -> bool:
    """False when it was stopped, or somebody else read on from there."""
    values = {
        "of_import": import_id,
        "by_claim": claim,
        "from_byte": from_byte,
        "at_instant": at,
        "until_instant": until,
    }
    return session.connection().execute(_HOLD, values).rowcount == 1


def advance(
    session: Session, *, import_id: UUID, next_byte: int, next_line: int, counts: Mapping[str, int]
) -> None:
    """In the transaction that wrote the lines."""
    more = {f"more_{name}": counts.get(name, 0) for name in _COUNTS}
    values = {"of_import": import_id, "to_byte": next_byte, "to_line": next_line} | more
    session.connection().execute(_ADVANCE, values)


def finish(session: Session, *, import_id: UUID, at: datetime, is_refused: bool) -> None:
    """The file itself is not kept any longer."""
    status = DirectoryImportStatus.REFUSED if is_refused else DirectoryImportStatus.DONE
    values = {
        "of_import": import_id,
        "to_status": status,
        "for_reason": Refusal.NOTHING_TAKEN if is_refused else "",
        "at_instant": at,
    }
    session.connection().execute(_FINISH, values)
    session.connection().execute(_FORGET_FILE, {"of_import": import_id})


def stop(session: Session, *, import_id: UUID) -> bool:
    """What was read stays; False when it was over, or stopped before."""
    return session.connection().execute(_STOP, {"of_import": import_id}).rowcount == 1


def resume(session: Session, *, import_id: UUID) -> bool:
    """It waits for the worker again; False when it was not stopped."""
    return session.connection().execute(_RESUME, {"of_import": import_id}).rowcount == 1


def note_problems(
    session: Session, *, import_id: UUID, problems: Mapping[int, list[Problem]]
) -> None:
    """By line number."""
    if problems:
        rows = [
            {"import_id": import_id, "line": line} | joined(found)
            for line, found in sorted(problems.items())
        ]
        session.connection().execute(_ADD_PROBLEMS, rows)
