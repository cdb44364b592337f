"""A version leaves as one file, with what is read of its module in other languages."""

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.education.content import ModuleContent, Text
from portal.education.drafting import draft_of, finished
from portal.education.packages import Package
from portal.education.pictures import contents_of
from portal.education.storing import text_of
from portal.models import columns
from portal.models.education import Module, ModuleVersion, VersionState

_v = columns(ModuleVersion)
_OTHERS = (
    select(ModuleVersion)
    .where(
        _v.module_id == bindparam("of_module", type_=Uuid),
        _v.state == VersionState.PUBLISHED,
    )
    .order_by(_v.locale)
)


def package_of(session: Session, module: Module, version: ModuleVersion) -> Package:
    """Raises `UnfinishedError` for a draft that lacks something."""
    chosen = {version.locale: version}
    for other in session.execute(_OTHERS, {"of_module": module.id}).scalars():
        chosen.setdefault(other.locale, other)
    languages: dict[str, Text] = {}
    images: dict[str, bytes] = {}
    for locale, one in sorted(chosen.items()):
        text = _said(session, one)
        languages[locale] = text
        images |= {
            name: content
            for name, content in contents_of(session, one.id).items()
            if name in text.images
        }
    content = ModuleContent(
        slug=module.slug, theme=module.theme, audience=module.audience, languages=languages
    )
    return Package(content, images)


def _said(session: Session, version: ModuleVersion) -> Text:
    if version.published_at is not None:
        return text_of(session, version)
    return finished(draft_of(session, version).text)
