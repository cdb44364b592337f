"""Pictures of modules: each kept once, under the digest of its bytes, in the widths of screens."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, String, Uuid, bindparam, delete, exists, select
from sqlmodel import Session

from portal.models import columns
from portal.models.education import ModuleImage, ModuleImageContent, ModuleImageWidth
from portal.uploads.checking import Drawn
from portal.uploads.decoding import PICTURE_WIDTHS

MEDIA_TYPE = "image/webp"
_c, _w, _i = columns(ModuleImageContent), columns(ModuleImageWidth), columns(ModuleImage)
_digest = bindparam("of_digest", type_=String)
_FIND = select(_c.media_type, _c.content).where(_c.digest == _digest)
_FIND_WIDTH = select(_w.content).where(
    _w.digest == _digest, _w.width == bindparam("of_width", type_=Integer)
)
_OF_VERSION = (
    select(_i.name, _i.digest, _c.width, _c.height)
    .join_from(ModuleImage, ModuleImageContent, _c.digest == _i.digest)
    .where(_i.version_id == bindparam("of_version", type_=Uuid))
    .order_by(_i.name)
)
_CONTENTS = (
    select(_i.name, _c.content)
    .join_from(ModuleImage, ModuleImageContent, _c.digest == _i.digest)
    .where(_i.version_id == bindparam("of_version", type_=Uuid))
    .order_by(_i.name)
)


class PictureFile(NamedTuple):
    media_type: str
    content: bytes


class Kept(NamedTuple):
    """A picture of a version, as the database has it."""

    name: str
    digest: str
    width: int
    height: int


def find_picture(session: Session, digest: str, *, width: int | None = None) -> PictureFile | None:
    """The widest, or one of its narrower ones."""
    if width is not None:
        narrow = session.execute(_FIND_WIDTH, {"of_digest": digest, "of_width": width}).scalar()
        return PictureFile(MEDIA_TYPE, narrow) if narrow is not None else None
    row = session.execute(_FIND, {"of_digest": digest}).first()
    return PictureFile(*row) if row is not None else None


def narrower(width: int) -> list[int]:
    """In which other widths a picture of that width is kept: the decoder makes just these."""
    return [one for one in PICTURE_WIDTHS if one < width]


def pictures_kept(session: Session, version_id: UUID) -> list[Kept]:
    return [Kept(*row) for row in session.execute(_OF_VERSION, {"of_version": version_id})]


def contents_of(session: Session, version_id: UUID) -> Mapping[str, bytes]:
    """The widest of each picture of a version, by its name."""
    rows = session.execute(_CONTENTS, {"of_version": version_id})
    return {row.name: row.content for row in rows}


def keep_content(session: Session, drawn: Sequence[Drawn]) -> str:
    """Its digest; the same picture is kept once, whoever brings it. Flushes."""
    widest = drawn[-1]
    digest = hashlib.sha256(widest.content).hexdigest()
    if session.get(ModuleImageContent, digest) is None:
        session.add(
            ModuleImageContent(
                digest=digest,
                media_type=MEDIA_TYPE,
                width=widest.width,
                height=widest.height,
                content=widest.content,
            )
        )
        session.flush()
        for one in drawn[:-1]:
            session.add(
                ModuleImageWidth(
                    digest=digest, width=one.width, height=one.height, content=one.content
                )
            )
        session.flush()
    return digest


def forget_unused(session: Session) -> None:
    """Delete what no version shows any more."""
    unused = select(_c.digest).where(~exists().where(_i.digest == _c.digest))
    digests = list(session.execute(unused).scalars())
    if digests:
        session.execute(delete(ModuleImageWidth).where(_w.digest.in_(digests)))
        session.execute(delete(ModuleImageContent).where(_c.digest.in_(digests)))
