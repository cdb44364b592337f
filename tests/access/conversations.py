"""Two conversations of a file: one that its readers see, and one kept from every relative."""

from datetime import timedelta
from uuid import UUID, uuid4

from portal.messaging.files.keeping import content_cell
from portal.messaging.sealing import body_cell, draft_cell, seal_text, snippet_cell, subject_cell
from portal.models.base import new_id
from portal.models.messaging import (
    Attachment,
    AttachmentContent,
    AttachmentPart,
    Message,
    MessageDraft,
    MessageKind,
    Thread,
    ThreadReader,
    ThreadState,
)
from portal.models.rights import GrantCategory, HiddenItem
from portal.web.exchange.attachments import attachment_cell
from tests import factories
from tests.access.world import World

TAKES_PART = "nurse in the circle"
"""The coordination answers; of the professionals, this one reads it too."""
DRAFTED_BY = "patient"


def write_conversations(world: World, word: str) -> dict[str, UUID]:
    """With `word` in every text; else each kind of text has its own."""
    author, _ = factories.make_user(world.session, world.keys)
    thread = _thread(world, author.id, word or "zzmessagezz")
    if not word:
        kept = _thread(world, author.id, "zzkeptzz")
        _keep_from_relatives(world, kept)
        _note(world, thread, author.id)
        _draft(world, thread)
        _takes_part(world, thread)
    attachment = _attachment(world, thread, word or "zzmessagezz")
    return {"thread": thread.id, "attachment": attachment}


def _thread(world: World, author_id: UUID, word: str) -> Thread:
    keys, thread_id = world.keys, new_id()
    message = _message(world, thread_id, author_id, word, MessageKind.MESSAGE)
    thread = Thread(
        patient_id=world.patient.id,
        id=thread_id,
        organization_id=world.organization.id,
        subject_sealed=seal_text(keys, word, subject_cell(thread_id)),
        state=ThreadState.WAITING,
        due_at=world.now + timedelta(days=2),
        started_by=author_id,
        capacity="carer",
        created_at=world.now,
        last_message_id=message.id,
        last_at=world.now,
        last_author_id=author_id,
        snippet_sealed=seal_text(keys, word, snippet_cell(thread_id)),
    )
    for row in (thread, message):
        world.session.add(row)
        world.session.flush()
    return thread


def _message(
    world: World, thread_id: UUID, author_id: UUID, word: str, kind: MessageKind
) -> Message:
    """Of somebody who is in none of the circles any more."""
    message_id = new_id()
    return Message(
        patient_id=world.patient.id,
        id=message_id,
        thread_id=thread_id,
        kind=kind,
        author_id=author_id,
        capacity="carer" if kind is MessageKind.MESSAGE else "professional",
        body_sealed=seal_text(world.keys, word, body_cell(message_id)),
        key=uuid4(),
        digest=b"",
        at=world.now,
    )


def _note(world: World, thread: Thread, author_id: UUID) -> None:
    world.session.add(_message(world, thread.id, author_id, "zznotezz", MessageKind.NOTE))
    world.session.flush()


def _draft(world: World, thread: Thread) -> None:
    draft_id = new_id()
    empty = seal_text(world.keys, "", draft_cell(draft_id, "subject_sealed"))
    world.session.add(
        MessageDraft(
            patient_id=world.patient.id,
            author_id=world.users[DRAFTED_BY].id,
            slot=thread.id,
            id=draft_id,
            key=uuid4(),
            subject_sealed=empty,
            body_sealed=seal_text(world.keys, "zzdraftzz", draft_cell(draft_id, "body_sealed")),
            updated_at=world.now,
        )
    )
    world.session.flush()


def _takes_part(world: World, thread: Thread) -> None:
    world.session.add(
        ThreadReader(
            patient_id=world.patient.id,
            thread_id=thread.id,
            user_id=world.users[TAKES_PART].id,
            is_participant=True,
            unread=1,
        )
    )
    world.session.flush()


def _keep_from_relatives(world: World, thread: Thread) -> None:
    world.session.add(
        HiddenItem(
            patient_id=world.patient.id,
            category=GrantCategory.MESSAGES,
            item_id=thread.id,
            created_at=world.now,
            created_by=thread.started_by,
        )
    )
    world.session.flush()


def _attachment(world: World, thread: Thread, word: str) -> UUID:
    attachment_id, keys = new_id(), world.keys
    texts = {
        f"{column}_sealed": keys.seal(
            word.encode(), attachment_cell(attachment_id, f"{column}_sealed")
        )
        for column in ("name", "alternative_text")
    }
    rows = [
        Attachment(
            patient_id=world.patient.id,
            id=attachment_id,
            message_id=thread.last_message_id,
            uploaded_by=thread.started_by,
            key=uuid4(),
            media_type="image/jpeg",
            size=len(word),
            width=1,
            height=1,
            digest=b"",
            created_at=world.now,
            **texts,
        ),
        *(
            AttachmentContent(
                patient_id=world.patient.id,
                attachment_id=attachment_id,
                part=part,
                content_sealed=keys.seal(word.encode(), content_cell(attachment_id, part)),
            )
            for part in AttachmentPart
        ),
    ]
    for row in rows:
        world.session.add(row)
        world.session.flush()
    return attachment_id
