"""A version in another language, and what changed in the text that it says in other words."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import String, Uuid, bindparam, select
from sqlmodel import Session

from portal.education.content import Text
from portal.education.drafting.saving import begin_with
from portal.education.drafting.starting import start_version
from portal.education.drafting.text import (
    DraftAgain,
    DraftAnswer,
    DraftAsked,
    DraftQuestion,
    DraftStep,
    DraftTerm,
    DraftText,
    draft_text,
)
from portal.education.gates import Gate
from portal.education.storing import text_of
from portal.errors import PublishingRefusedError
from portal.models import columns
from portal.models.education import ModuleVersion, VersionState
from portal.models.education_writing import ModuleTranslation

LANGUAGES = (
    *("fr", "en", "ar", "de", "es", "it", "nl", "pl", "pt", "ro", "ru", "tr", "uk", "vi", "zh"),
)
"""BCP 47 tags of what is offered: those of France's neighbours and of many who live there."""
_v = columns(ModuleVersion)
_READ = select(ModuleVersion).where(
    _v.module_id == bindparam("of_module", type_=Uuid),
    _v.locale == bindparam("of_locale", type_=String),
    _v.state == VersionState.PUBLISHED,
)


class Original(NamedTuple):
    """What a translation says in other words."""

    followed: ModuleVersion
    """The version that the translator last said to follow."""
    newest: ModuleVersion
    """What is read of that language now, or the same."""

    @property
    def has_changed(self) -> bool:
        return self.followed.id != self.newest.id


def start_translation(
    session: Session, source: ModuleVersion, *, locale: str, by: UUID, at: datetime
) -> ModuleVersion:
    """A draft with the parts of a published version, to be written in another language; flushes.

    Raises `PublishingRefusedError` for what is not published, `ChangedMeanwhileError` when a
    version in that language is being written already.
    """
    if source.published_at is None or locale == source.locale or locale not in LANGUAGES:
        raise PublishingRefusedError(Gate.WRONG_STATE)
    version = start_version(session, source.module_id, locale, title=source.title, by=by, at=at)
    session.add(ModuleTranslation(version_id=version.id, source_id=source.id))
    begin_with(session, version, to_translate(text_of(session, source)))
    return version


def original_of(session: Session, version: ModuleVersion) -> Original | None:
    """None for a version that is no translation."""
    link = session.get(ModuleTranslation, version.id)
    if link is None:
        return None
    followed = session.get_one(ModuleVersion, link.source_id)
    values = {"of_module": followed.module_id, "of_locale": followed.locale}
    newest: ModuleVersion | None = session.execute(_READ, values).scalar_one_or_none()
    return Original(followed, newest or followed)


def follow(session: Session, version: ModuleVersion, original: Original) -> None:
    """The translator says that the translation follows what is read now; flushes."""
    link = session.get_one(ModuleTranslation, version.id)
    link.source_id = original.newest.id
    session.add(link)
    session.flush()


def to_translate(text: Text) -> DraftText:
    """The same parts without their words; what needs no translation is there already."""
    source = draft_text(text)
    return source.model_copy(
        update={
            "title": "",
            "goal": "",
            "summary": "",
            "steps": tuple(DraftStep(id=step.id) for step in source.steps),
            "questions": tuple(
                DraftQuestion(
                    id=one.id,
                    answers=_choices(one),
                    again=DraftAgain(answers=_choices(one.again)),
                )
                for one in source.questions
            ),
            "terms": tuple(DraftTerm(id=term.id) for term in source.terms),
            "images": dict.fromkeys(source.images, ""),
        }
    )


def _choices(asked: DraftAsked) -> tuple[DraftAnswer, ...]:
    """Which answer is right stays."""
    return tuple(DraftAnswer(is_right=one.is_right) for one in asked.answers)
