"""Pictures of modules: each kept once, under the digest of its bytes."""

from typing import NamedTuple

from sqlalchemy import String, bindparam, select
from sqlmodel import Session

from portal.models import columns
from portal.models.education import ModuleImageContent

_c = columns(ModuleImageContent)
_FIND = select(_c.media_type, _c.content).where(_c.digest == bindparam("of_digest", type_=String))


class PictureFile(NamedTuple):
    media_type: str
    content: bytes


def find_picture(session: Session, digest: str) -> PictureFile | None:
    row = session.execute(_FIND, {"of_digest": digest}).first()
    return PictureFile(*row) if row is not None else None
