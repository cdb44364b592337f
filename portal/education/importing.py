"""A package becomes a draft: of a new module, or a next version of the one with its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Uuid, and_, bindparam, func, select
from sqlmodel import Session

from portal.education.content import ModuleContent, Text
from portal.education.drafting.starting import RESERVED, free_slug
from portal.education.packages import Package, PackageProblem, PackageRefusedError
from portal.education.pictures import keep_content
from portal.education.storing import store
from portal.errors import ChangedMeanwhileError
from portal.models import columns
from portal.models.education import Module, ModuleVersion
from portal.uploads.checking import Drawn, checked_picture
from portal.uploads.limits import FileRefusedError

_m, _v = columns(Module), columns(ModuleVersion)
_MODULE = select(Module).where(_m.slug == bindparam("of_slug", type_=String)).with_for_update()
_OF_LANGUAGE = and_(
    _v.module_id == bindparam("of_module", type_=Uuid),
    _v.locale == bindparam("of_locale", type_=String),
)
_NEWEST = select(func.max(_v.number)).where(_OF_LANGUAGE)
_IN_WORK = select(_v.id).where(_OF_LANGUAGE, _v.published_at.is_(None))


@dataclass(frozen=True, slots=True)
class Writer:
    """Whose draft it is, and for whom they write."""

    user_id: UUID
    organization_id: UUID


def drawn_pictures(package: Package) -> dict[str, list[Drawn]]:
    """Each picture made anew, as any file of a stranger; takes up to some seconds for each.

    Raises `PackageRefusedError`. The database waits for none of it: call it before.
    """
    drawn = {}
    for name, content in package.images.items():
        try:
            drawn[name] = checked_picture(content)
        except FileRefusedError as refused:
            place = f"images/{name}"
            raise PackageRefusedError(
                PackageProblem.PICTURE, place, refused.reason.value
            ) from refused
    return drawn


def import_package(
    session: Session,
    package: Package,
    *,
    by: Writer,
    at: datetime,
    pictures: Mapping[str, Sequence[Drawn]] | None = None,
) -> list[ModuleVersion]:
    """One draft for each language of the package; flushes. `pictures` are its `drawn_pictures`.

    A module of that address in another organization stays what it is: this one gets another
    address. Raises `ChangedMeanwhileError` when a draft is being written in one of the languages:
    nothing of it is overwritten.
    """
    module = _module(session, package.content, by=by, at=at)
    digests = {name: keep_content(session, one) for name, one in (pictures or {}).items()}
    return [
        start_draft(session, module, locale, text, author_id=by.user_id, at=at, digests=digests)
        for locale, text in package.content.languages.items()
    ]


def start_draft(
    session: Session,
    module: Module,
    locale: str,
    text: Text,
    *,
    author_id: UUID,
    at: datetime,
    digests: Mapping[str, str] | None = None,
) -> ModuleVersion:
    """The next version of a module in one language. Raises `ChangedMeanwhileError`."""
    values = {"of_module": module.id, "of_locale": locale}
    if session.execute(_IN_WORK, values).first():
        raise ChangedMeanwhileError
    newest: int = session.execute(_NEWEST, values).scalar() or 0
    version = ModuleVersion(
        module_id=module.id,
        locale=locale,
        number=newest + 1,
        title=text.title,
        goal=text.goal,
        summary=text.summary,
        author_id=author_id,
        created_at=at,
    )
    session.add(version)
    session.flush()
    store(session, version, text, digests=dict(digests or {}))
    return version


def _module(session: Session, content: ModuleContent, *, by: Writer, at: datetime) -> Module:
    found: Module | None = session.execute(_MODULE, {"of_slug": content.slug}).scalar_one_or_none()
    slug = content.slug
    is_theirs = found is not None and found.organization_id != by.organization_id
    if is_theirs or slug in RESERVED:
        found, slug = None, free_slug(session, content.slug)
    if found is None:
        found = Module(
            slug=slug,
            organization_id=by.organization_id,
            theme=content.theme,
            audience=content.audience,
            created_by=by.user_id,
            created_at=at,
        )
        session.add(found)
        session.flush()
    return found
