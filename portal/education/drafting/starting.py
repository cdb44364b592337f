"""How a draft begins: a new module, the next version of one that is read; and how it goes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Uuid, bindparam, delete, exists, func, select
from sqlmodel import Session, SQLModel

from portal.education.gates import Gate
from portal.education.pictures import forget_unused
from portal.education.review import locked
from portal.education.storing import PARTS, store, text_of
from portal.errors import ChangedMeanwhileError, PublishingRefusedError
from portal.models import columns
from portal.models.education import (
    Audience,
    Module,
    ModuleImage,
    ModuleVersion,
    Theme,
    VersionState,
)
from portal.models.education_writing import (
    ModuleCoauthor,
    ModuleRemark,
    ModuleReviewRequest,
    ModuleRevision,
    ModuleTranslation,
)
from portal.models.search import search_words

_LONGEST_SLUG = 60
RESERVED = frozenset(
    ("comfort", "goals", "images", "kept", "notices", "programme", "search", "team", "text-size")
)
"""Names of pages that stand beside modules: a module of that name would never be reached."""
_OF_VERSION: tuple[type[SQLModel], ...] = (
    ModuleRevision,
    ModuleRemark,
    ModuleReviewRequest,
    ModuleTranslation,
)
_m, _v, _image = columns(Module), columns(ModuleVersion), columns(ModuleImage)
_TAKEN = select(exists().where(_m.slug == bindparam("of_slug", type_=String)))
_IN_WORK = select(_v.id).where(
    _v.module_id == bindparam("of_module", type_=Uuid),
    _v.locale == bindparam("of_locale", type_=String),
    _v.published_at.is_(None),
)
_NEWEST = select(func.max(_v.number)).where(
    _v.module_id == bindparam("of_module", type_=Uuid),
    _v.locale == bindparam("of_locale", type_=String),
)
_DIGESTS = select(_image.name, _image.digest).where(
    _image.version_id == bindparam("of_version", type_=Uuid)
)


def start_module(
    session: Session,
    *,
    title: str,
    locale: str,
    theme: Theme,
    audience: Audience,
    organization_id: UUID,
    by: UUID,
    at: datetime,
) -> ModuleVersion:
    """A module with a title, and nothing to read yet; flushes."""
    module = Module(
        slug=free_slug(session, title),
        organization_id=organization_id,
        theme=theme,
        audience=audience,
        created_by=by,
        created_at=at,
    )
    session.add(module)
    session.flush()
    return _empty(session, module.id, locale, title=title, number=1, by=by, at=at)


def next_version(
    session: Session, version: ModuleVersion, *, by: UUID, at: datetime
) -> ModuleVersion:
    """A draft that begins with what a published version says.

    Raises `ChangedMeanwhileError` when one is being written already.
    """
    if version.published_at is None:
        raise PublishingRefusedError(Gate.WRONG_STATE)
    draft = start_version(
        session, version.module_id, version.locale, title=version.title, by=by, at=at
    )
    digests = {
        row.name: row.digest for row in session.execute(_DIGESTS, {"of_version": version.id})
    }
    store(session, draft, text_of(session, version), digests=digests)
    link = session.get(ModuleTranslation, version.id)
    if link is not None:
        session.add(ModuleTranslation(version_id=draft.id, source_id=link.source_id))
        session.flush()
    return draft


def start_version(
    session: Session, module_id: UUID, locale: str, *, title: str, by: UUID, at: datetime
) -> ModuleVersion:
    """The next version in one language, empty. Raises `ChangedMeanwhileError`."""
    # The module is held, so that two people do not begin at once.
    session.execute(select(_m.id).where(_m.id == module_id).with_for_update())
    values = {"of_module": module_id, "of_locale": locale}
    if session.execute(_IN_WORK, values).first():
        raise ChangedMeanwhileError
    number: int = session.execute(_NEWEST, values).scalar() or 0
    return _empty(session, module_id, locale, title=title, number=number + 1, by=by, at=at)


def in_work(session: Session, module_id: UUID, locale: str) -> UUID | None:
    """The version of that language that is being written or reviewed."""
    found: UUID | None = session.execute(
        _IN_WORK, {"of_module": module_id, "of_locale": locale}
    ).scalar_one_or_none()
    return found


def discard(session: Session, version: ModuleVersion) -> None:
    """Delete a draft that nobody was asked to review yet, and its module when nothing is left.

    Raises `PublishingRefusedError` for what was sent to review once.
    """
    version = locked(session, version.id)
    if version.state is not VersionState.DRAFT or version.submitted_at is not None:
        raise PublishingRefusedError(Gate.WRONG_STATE)
    for table in (*_OF_VERSION, *PARTS):
        session.execute(delete(table).where(columns(table).version_id == version.id))
    module_id = version.module_id
    session.delete(version)
    session.flush()
    forget_unused(session)
    if not session.execute(select(exists().where(_v.module_id == module_id))).scalar():
        coauthor = columns(ModuleCoauthor)
        session.execute(delete(ModuleCoauthor).where(coauthor.module_id == module_id))
        session.execute(delete(Module).where(_m.id == module_id))


def _empty(
    session: Session,
    module_id: UUID,
    locale: str,
    *,
    title: str,
    number: int,
    by: UUID,
    at: datetime,
) -> ModuleVersion:
    version = ModuleVersion(
        module_id=module_id,
        locale=locale,
        number=number,
        title=title,
        goal="",
        summary="",
        author_id=by,
        created_at=at,
    )
    session.add(version)
    session.flush()
    return version


def free_slug(session: Session, title: str) -> str:
    """The words of the title; with a number when another module has them."""
    words = "-".join(search_words(title))[:_LONGEST_SLUG].strip("-") or "module"
    slug, number = words, 1
    while slug in RESERVED or session.execute(_TAKEN, {"of_slug": slug}).scalar():
        number += 1
        slug = f"{words}-{number}"
    return slug
