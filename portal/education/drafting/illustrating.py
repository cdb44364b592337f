"""Pictures of a draft: their bytes stand with the version, their words in the draft."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.education.drafting.saving import Draft, draft_of, save_draft
from portal.education.drafting.text import DraftText
from portal.education.pictures import keep_content
from portal.education.review import locked
from portal.errors import NotFoundError
from portal.models.education import ModuleImage, ModuleVersion
from portal.models.search import search_words
from portal.uploads.checking import Drawn
from portal.uploads.limits import FileRefusedError, Refusal

MOST_IMAGES = 20
_LONGEST_NAME = 40
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")


def add_picture(
    session: Session,
    version: ModuleVersion,
    drawn: Sequence[Drawn],
    *,
    file_name: str,
    alternative_text: str,
    by: UUID,
    at: datetime,
) -> str:
    """Its name in the text, made of the name of the file; flushes.

    Raises `FileRefusedError` for one too many, `PublishingRefusedError` when it is not written.
    """
    version = locked(session, version.id)
    draft = draft_of(session, version)
    if len(draft.text.images) >= MOST_IMAGES:
        raise FileRefusedError(Refusal.TOO_MANY)
    name = _free_name(session, version.id, draft, file_name)
    images = draft.text.images | {name: alternative_text}
    _save(session, version, draft, images, by=by, at=at)
    session.add(
        ModuleImage(
            version_id=version.id,
            name=name,
            alternative_text=alternative_text,
            digest=keep_content(session, drawn),
        )
    )
    session.flush()
    return name


def describe_picture(
    session: Session,
    version: ModuleVersion,
    name: str,
    *,
    alternative_text: str,
    by: UUID,
    at: datetime,
) -> None:
    """Say it in other words. Raises `NotFoundError`."""
    draft = _holding(session, version, name)
    images = draft.text.images | {name: alternative_text}
    _save(session, version, draft, images, by=by, at=at)


def remove_picture(
    session: Session, version: ModuleVersion, name: str, *, by: UUID, at: datetime
) -> int:
    """The number of the state that still had it: it can be brought back until the next review."""
    draft = _holding(session, version, name)
    images = {one: said for one, said in draft.text.images.items() if one != name}
    _save(session, version, draft, images, by=by, at=at)
    return draft.number


def _holding(session: Session, version: ModuleVersion, name: str) -> Draft:
    draft = draft_of(session, version)
    if name not in draft.text.images:
        raise NotFoundError("picture")
    return draft


def _save(
    session: Session,
    version: ModuleVersion,
    draft: Draft,
    images: dict[str, str],
    *,
    by: UUID,
    at: datetime,
) -> None:
    text: DraftText = draft.text.model_copy(update={"images": images})
    save_draft(session, version, text, base=draft.number, by=by, at=at)


def _free_name(session: Session, version_id: UUID, draft: Draft, file_name: str) -> str:
    words = search_words(_ENDING.sub("", file_name))
    name = "-".join(words)[:_LONGEST_NAME].strip("-") or "image"
    found, number = name, 1
    while found in draft.text.images or _is_kept(session, version_id, found):
        number += 1
        found = f"{name}-{number}"
    return found


def _is_kept(session: Session, version_id: UUID, name: str) -> bool:
    """Also one that was removed: it may be brought back."""
    return session.get(ModuleImage, (version_id, name)) is not None
