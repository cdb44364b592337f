"""Saving a draft: every state that somebody saved is a row, and nobody's words are written over."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, delete, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from portal.education.drafting.merging import Conflict, fields_of, merge
from portal.education.drafting.text import DraftText, draft_text
from portal.education.gates import Gate
from portal.education.review import WRITABLE, locked
from portal.education.storing import text_of
from portal.errors import PublishingRefusedError
from portal.models import columns
from portal.models.education import ModuleVersion
from portal.models.education_writing import ModuleRevision, RevisionKind

PAUSE = timedelta(minutes=10)
"""After so long without a word somebody begins anew; what they write in one go is one line."""
KEPT_WHOLE = timedelta(hours=2)
"""How long each state of a go is kept: pages that are open go on from one of them."""
_r = columns(ModuleRevision)
_following: Any = aliased(ModuleRevision, name="following")
_version = bindparam("of_version", type_=Uuid)


def _revisions() -> Any:
    return (
        select(ModuleRevision)
        .where(_r.version_id == _version, _r.kind != RevisionKind.SET_ASIDE)
        .order_by(_r.number.desc())
        .limit(1)
    )


_NEWEST = _revisions()
_UP_TO = _revisions().where(_r.number <= bindparam("of_number", type_=Integer))
_ASIDE = (
    select(ModuleRevision)
    .where(
        _r.version_id == _version,
        _r.kind == RevisionKind.SET_ASIDE,
        _r.written_by == bindparam("of_writer", type_=Uuid),
    )
    .order_by(_r.number.desc())
    .limit(1)
)
_LAST_NUMBER = select(func.max(_r.number)).where(_r.version_id == _version)


class Draft(NamedTuple):
    """The text as it was saved last."""

    number: int
    """What a page that goes on from it sends back; 0 when nobody saved anything yet."""
    text: DraftText
    written_by: UUID
    written_at: datetime


class Saved(NamedTuple):
    draft: Draft
    conflicts: tuple[Conflict, ...]
    """Fields that somebody else changed meanwhile: theirs stand, mine are set aside."""
    set_aside: int | None
    """The number under which my text is kept, when there are conflicts."""


def draft_of(session: Session, version: ModuleVersion) -> Draft:
    """What is written of a version that is not published; one statement once it was saved."""
    row: ModuleRevision | None = session.execute(
        _NEWEST, {"of_version": version.id}
    ).scalar_one_or_none()
    return _draft(row) if row is not None else _first(session, version)


def save_draft(
    session: Session,
    version: ModuleVersion,
    text: DraftText,
    *,
    base: int,
    by: UUID,
    at: datetime,
    kind: RevisionKind = RevisionKind.WRITTEN,
) -> Saved:
    """Put what somebody made of the state `base` together with what is there now; flushes.

    Raises `PublishingRefusedError` for a version that waits for its review or is published.
    """
    version = locked(session, version.id)
    if version.state not in WRITABLE:
        raise PublishingRefusedError(Gate.WRONG_STATE)
    now_there = _begun(session, version)
    merged = merge(text_at(session, version, base), mine=text, theirs=now_there.text)
    set_aside = None
    if merged.conflicts:
        set_aside = _set_aside(session, version, text, by=by, at=at)
    if merged.text == now_there.text:
        return Saved(now_there, merged.conflicts, set_aside)
    row = _add(session, version, merged.text, kind=kind, by=by, at=at)
    _keep_heading(session, version, merged.text)
    return Saved(_draft(row), merged.conflicts, set_aside)


def _first(session: Session, version: ModuleVersion) -> Draft:
    """Before anybody saved: its rows, or the heading that it began with."""
    text = (
        draft_text(text_of(session, version))
        if version.step_count
        else DraftText(title=version.title, goal=version.goal, summary=version.summary)
    )
    return Draft(0, text, version.author_id, version.created_at)


def _set_aside(
    session: Session, version: ModuleVersion, text: DraftText, *, by: UUID, at: datetime
) -> int:
    """Kept beside the line; what somebody goes on typing there stays one row.

    Only words that were typed on: whatever the row held that the new text does not, stays in it.
    """
    values = {"of_version": version.id, "of_writer": by}
    row: ModuleRevision | None = session.execute(_ASIDE, values).scalar_one_or_none()
    if row is None or not _goes_on(_draft(row).text, text) or at - row.written_at >= PAUSE:
        return _add(session, version, text, kind=RevisionKind.SET_ASIDE, by=by, at=at).number
    row.content, row.written_at = text.model_dump_json(), at
    session.add(row)
    session.flush()
    return row.number


def _goes_on(before: DraftText, after: DraftText) -> bool:
    """Whether each field begins with what stood there: it was typed further, and nothing taken."""
    was, now_there = fields_of(before), fields_of(after)
    return all(
        said == now_there.get(name)
        or (isinstance(said, str) and str(now_there.get(name, "")).startswith(said))
        for name, said in was.items()
    )


def _begun(session: Session, version: ModuleVersion) -> Draft:
    """What is there; before the first change, what it began with becomes the state 0."""
    there = draft_of(session, version)
    if session.get(ModuleRevision, (version.id, 0)) is None:
        begin_with(session, version, there.text)
    return there


def begin_with(session: Session, version: ModuleVersion, text: DraftText) -> None:
    """The state 0 of a draft; flushes."""
    first = ModuleRevision(
        version_id=version.id,
        number=0,
        kind=RevisionKind.IMPORTED,
        written_by=version.author_id,
        began_at=version.created_at,
        written_at=version.created_at,
        content=text.model_dump_json(),
    )
    session.add(first)
    session.flush()


def text_at(session: Session, version: ModuleVersion, number: int) -> DraftText:
    """The state of that number; one that was thinned out is known by the one before it."""
    values = {"of_version": version.id, "of_number": max(number, 0)}
    row: ModuleRevision | None = session.execute(_UP_TO, values).scalar_one_or_none()
    return _draft(row).text if row is not None else _first(session, version).text


def _draft(row: ModuleRevision) -> Draft:
    text = DraftText.model_validate_json(row.content)
    return Draft(row.number, text, row.written_by, row.written_at)


def _add(
    session: Session,
    version: ModuleVersion,
    text: DraftText,
    *,
    kind: RevisionKind,
    by: UUID,
    at: datetime,
) -> ModuleRevision:
    last: ModuleRevision | None = session.execute(
        _NEWEST, {"of_version": version.id}
    ).scalar_one_or_none()
    goes_on = (
        last is not None
        and last.kind is kind is RevisionKind.WRITTEN
        and last.written_by == by
        and at - last.written_at < PAUSE
    )
    if not goes_on:
        _thin(session, version.id, before=at - KEPT_WHOLE)
    number: int = session.execute(_LAST_NUMBER, {"of_version": version.id}).scalar() or 0
    row = ModuleRevision(
        version_id=version.id,
        number=number + 1,
        kind=kind,
        written_by=by,
        began_at=last.began_at if last is not None and goes_on else at,
        written_at=at,
        content=text.model_dump_json(),
    )
    session.add(row)
    session.flush()
    return row


def _thin(session: Session, version_id: UUID, *, before: datetime) -> None:
    """Of each go that is over, keep what came of it."""
    is_followed = exists().where(
        _following.version_id == version_id,
        _following.number > _r.number,
        _following.began_at == _r.began_at,
        _following.written_by == _r.written_by,
        _following.kind == RevisionKind.WRITTEN,
    )
    over = delete(ModuleRevision).where(
        _r.version_id == version_id,
        _r.kind == RevisionKind.WRITTEN,
        _r.written_at < before,
        is_followed,
    )
    session.execute(over.execution_options(synchronize_session=False))


def _keep_heading(session: Session, version: ModuleVersion, text: DraftText) -> None:
    """Lists show the title of the row; what was never named keeps the name it began with."""
    version.title = text.title.strip() or version.title
    version.goal, version.summary = text.goal, text.summary
    session.add(version)
    session.flush()
