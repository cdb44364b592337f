"""A package becomes a draft: of a new module, or a next version of the one with its address."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Uuid, and_, bindparam, func, select
from sqlmodel import Session

from portal.education.content import ModuleContent, Text
from portal.education.packages import Package, PackageProblem, PackageRefusedError
from portal.education.storing import store
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models import columns
from portal.models.education import Module, ModuleVersion

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


def import_package(
    session: Session, package: Package, *, by: Writer, at: datetime
) -> list[ModuleVersion]:
    """One draft for each language of the package; flushes.

    Raises `PackageRefusedError` for a module with pictures, `NotFoundError` when another
    organization has a module of that address, and `ChangedMeanwhileError` when a draft is being
    written in one of the languages: nothing of it is overwritten.
    """
    if package.images:
        raise PackageRefusedError(PackageProblem.PICTURES)
    module = _module(session, package.content, by=by, at=at)
    return [
        start_draft(session, module, locale, text, author_id=by.user_id, at=at)
        for locale, text in package.content.languages.items()
    ]


def start_draft(
    session: Session, module: Module, locale: str, text: Text, *, author_id: UUID, at: datetime
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
    store(session, version, text)
    return version


def _module(session: Session, content: ModuleContent, *, by: Writer, at: datetime) -> Module:
    found: Module | None = session.execute(_MODULE, {"of_slug": content.slug}).scalar_one_or_none()
    if found is None:
        found = Module(
            slug=content.slug,
            organization_id=by.organization_id,
            theme=content.theme,
            audience=content.audience,
            created_by=by.user_id,
            created_at=at,
        )
        session.add(found)
        session.flush()
    if found.organization_id != by.organization_id:
        raise NotFoundError("module")
    return found
