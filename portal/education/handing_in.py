"""From a draft to the rows that are reviewed, and whose review is asked for."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session

from portal.education import review
from portal.education.drafting import Lack, UnfinishedError, draft_of, finished
from portal.education.gates import Gate, gates_of_text
from portal.education.requests import ask_review
from portal.education.storing import store
from portal.models import columns
from portal.models.education import ModuleImage, ModuleVersion

_image = columns(ModuleImage)
_PICTURES = select(_image.name, _image.digest).where(
    _image.version_id == bindparam("of_version", type_=Uuid)
)


def hand_in(
    session: Session,
    version: ModuleVersion,
    *,
    reviewer_id: UUID,
    due_on: date,
    by: UUID,
    at: datetime,
) -> None:
    """What the draft says becomes the text that is reviewed; flushes.

    Raises `UnfinishedError` for an unfinished draft, and `PublishingRefusedError`.
    """
    draft = draft_of(session, version)
    if draft.number:
        pictures = session.execute(_PICTURES, {"of_version": version.id})
        digests = {row.name: row.digest for row in pictures}
        store(session, version, finished(draft.text), digests=digests)
    review.submit(session, version, by=by, at=at)
    ask_review(session, version, reviewer_id=reviewer_id, due_on=due_on, by=by, at=at)


def lacking_in_draft(
    session: Session, version: ModuleVersion
) -> tuple[tuple[Lack, ...], tuple[Gate, ...]]:
    """What its newest draft lacks: in single fields, or, once it is whole, as a text."""
    try:
        return (), gates_of_text(finished(draft_of(session, version).text))
    except UnfinishedError as error:
        return error.lacking, ()
