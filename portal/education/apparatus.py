"""What stands beside the steps of a version: words explained, pictures, sources, languages."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, literal, null, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session

from portal.education.content import Source
from portal.models import columns
from portal.models.education import (
    ModuleImage,
    ModuleImageContent,
    ModuleSource,
    ModuleTerm,
    ModuleVersion,
    VersionState,
)

_this_version = bindparam("of_version", type_=Uuid)
_term, _image, _source = columns(ModuleTerm), columns(ModuleImage), columns(ModuleSource)
_content = columns(ModuleImageContent)
_same: Any = aliased(ModuleVersion, name="same")
_other: Any = aliased(ModuleVersion, name="other")
# One statement for what four tables hold: kind, place, two texts, one more, two numbers.
_APPARATUS = union_all(
    select(
        literal("term"),
        literal(0).label("place"),
        _term.term.label("first"),
        _term.meaning.label("second"),
        literal("").label("third"),
        null().cast(Integer).label("one"),
        null().cast(Integer).label("other"),
    ).where(_term.version_id == _this_version),
    select(
        literal("picture"),
        literal(0),
        _image.name,
        _image.alternative_text,
        _image.digest,
        _content.width,
        _content.height,
    )
    .join_from(ModuleImage, ModuleImageContent, _content.digest == _image.digest)
    .where(_image.version_id == _this_version),
    select(
        literal("source"),
        _source.number,
        _source.title,
        _source.publisher,
        _source.url,
        _source.year,
        null(),
    ).where(_source.version_id == _this_version),
    select(literal("language"), literal(0), _other.locale, literal(""), literal(""), null(), null())
    .join_from(_same, _other, _other.module_id == _same.module_id)
    .where(_same.id == _this_version, _other.state == VersionState.PUBLISHED),
).order_by("place", "first")


class Picture(NamedTuple):
    name: str
    alternative_text: str
    digest: str
    width: int
    height: int


class Apparatus(NamedTuple):
    """What stands beside the steps of a version."""

    glossary: dict[str, str]
    pictures: dict[str, Picture]
    sources: list[Source]
    languages: list[str]
    """In which the module is read, this one among them."""


def apparatus_of(session: Session, version_id: UUID) -> Apparatus:
    """Words that are explained, pictures, sources, and languages of a version."""
    found = Apparatus({}, {}, [], [])
    for kind, _place, first, second, third, one, other in session.execute(
        _APPARATUS, {"of_version": version_id}
    ):
        if kind == "term":
            found.glossary[first] = second
        elif kind == "picture":
            found.pictures[first] = Picture(first, second, third, one, other)
        elif kind == "language":
            found.languages.append(first)
        else:
            found.sources.append(Source(title=first, publisher=second, url=third, year=one))
    return found
