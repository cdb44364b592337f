"""What readers of a submitted version say about its passages, and what its writers answer.

A remark stays with the version through every change: its passage is found again by its words.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, exists, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from portal.education.gates import Gate
from portal.education.standing import ModuleStanding
from portal.errors import NotFoundError, PublishingRefusedError
from portal.models import columns
from portal.models.account import User
from portal.models.directory import Practitioner
from portal.models.education import ModuleVersion, VersionState
from portal.models.education_writing import ModuleRemark

MOST_REMARKS = 200
"""Of one version; who has more to say speaks to its author."""
LONGEST_QUOTE = 300
_r, _practitioner = columns(ModuleRemark), columns(Practitioner)
RemarkAuthor: Any = aliased(User, name="remark_author")
_this_version = bindparam("of_version", type_=Uuid)
_READ = (VersionState.SUBMITTED, VersionState.APPROVED)


class RemarkRow(NamedTuple):
    """A remark, as whoever works on the version reads it."""

    id: UUID
    place: str
    quote: str
    body: str
    author_id: UUID
    prefix: str
    given_name: str
    family_name: str
    made_at: datetime
    answer: str
    settled_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.settled_at is None


REMARK = (
    _r.id,
    _r.place,
    _r.quote,
    _r.body,
    _r.author_id,
    _practitioner.prefix,
    RemarkAuthor.given_name,
    RemarkAuthor.family_name,
    _r.made_at,
    _r.answer,
    _r.settled_at,
)


def _reading() -> Select[Any]:
    return (
        select(*REMARK)
        .join_from(ModuleRemark, RemarkAuthor, RemarkAuthor.id == _r.author_id)
        .outerjoin(Practitioner, _practitioner.id == RemarkAuthor.practitioner_id)
        .where(_r.version_id == _this_version)
        .order_by(_r.made_at, _r.id)
        .limit(MOST_REMARKS)
    )


_ROWS = _reading()
_LOCKED = (
    select(ModuleRemark)
    .where(_r.version_id == _this_version, _r.id == bindparam("of_remark", type_=Uuid))
    .with_for_update()
)


def remarks_of(session: Session, version_id: UUID) -> list[RemarkRow]:
    """All of a version, the oldest first; one statement."""
    found = session.execute(_ROWS, {"of_version": version_id})
    return [remark_row(row) for row in found]


def remark_row(values: Sequence[Any]) -> RemarkRow:
    """Of the columns of `REMARK`, in their order."""
    row = RemarkRow(*values)
    return row._replace(prefix=row.prefix or "")


def add_remark(
    session: Session,
    standing: ModuleStanding,
    *,
    place: str,
    quote: str,
    body: str,
    places: Iterable[str],
    at: datetime,
) -> ModuleRemark:
    """A peer or a reviewer says something of a passage; flushes.

    `places` are those of the text that they read. Raises `NotFoundError` for another place and
    for who only writes it, `PublishingRefusedError` when nobody reads it as a draft any more.
    """
    if not (standing.reads_as_peer or standing.reviews) or place not in set(places):
        raise NotFoundError("module version")
    if standing.version.state not in _READ:
        raise PublishingRefusedError(Gate.WRONG_STATE)
    remark = ModuleRemark(
        version_id=standing.version.id,
        author_id=standing.user.id,
        made_at=at,
        place=place,
        quote=one_line(quote)[:LONGEST_QUOTE],
        body=body,
    )
    session.add(remark)
    session.flush()
    return remark


def settle_remark(
    session: Session, standing: ModuleStanding, remark_id: UUID, *, answer: str, at: datetime
) -> ModuleRemark:
    """Who writes the version answers, and the remark is treated; whoever made it may do so too.

    What is treated already stays as it was said first. Raises `NotFoundError`.
    """
    remark = _locked(session, standing, remark_id)
    if not (standing.writes or remark.author_id == standing.user.id):
        raise NotFoundError("module remark")
    _only_before_publishing(standing)
    if remark.settled_at is None:
        remark.answer, remark.settled_by, remark.settled_at = answer, standing.user.id, at
        session.add(remark)
        session.flush()
    return remark


def reopen_remark(session: Session, standing: ModuleStanding, remark_id: UUID) -> ModuleRemark:
    """It was not treated after all: whoever made it, or settled it, says so."""
    remark = _locked(session, standing, remark_id)
    if not (standing.writes or remark.author_id == standing.user.id):
        raise NotFoundError("module remark")
    _only_before_publishing(standing)
    remark.settled_by = remark.settled_at = None
    session.add(remark)
    session.flush()
    return remark


def has_remarks(
    session: Session, version: ModuleVersion, *, is_open: bool = False, by: UUID | None = None
) -> bool:
    """Whether anybody, or that account, said something; with `is_open`, that still waits."""
    found = exists().where(_r.version_id == version.id)
    if is_open:
        found = found.where(_r.settled_at.is_(None))
    if by is not None:
        found = found.where(_r.author_id == by)
    return bool(session.execute(select(found)).scalar())


def is_found(remark: RemarkRow, texts: Mapping[str, str]) -> bool:
    """Whether its passage still stands in the text; `texts` are the words of each place."""
    if remark.place not in texts:
        return False
    return _bare(remark.quote) in _bare(texts[remark.place])


def one_line(text: str) -> str:
    return " ".join(text.split())


def _bare(text: str) -> str:
    """Without spaces: the page adds those of typography, which the text does not hold."""
    return "".join(text.replace("'", "’").split()).casefold()


def _locked(session: Session, standing: ModuleStanding, remark_id: UUID) -> ModuleRemark:
    found: ModuleRemark | None = session.execute(
        _LOCKED,
        {"of_version": standing.version.id, "of_remark": remark_id},
        execution_options={"populate_existing": True},
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError("module remark")
    return found


def _only_before_publishing(standing: ModuleStanding) -> None:
    if standing.version.published_at is not None:
        raise PublishingRefusedError(Gate.WRONG_STATE)
