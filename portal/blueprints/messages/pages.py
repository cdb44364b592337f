"""The list of a patient's conversations, and one of them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from flask import Response, g, request

from portal.access.guard import current_patient, current_viewer, may, previewed_viewer
from portal.access.permissions import Permission
from portal.access.viewer import Standing
from portal.blueprints.messages.desk import desk_page
from portal.blueprints.messages.forms import MessageForm, ThreadForm
from portal.blueprints.messages.hints import hints_of, readers_words
from portal.clock import now
from portal.db import current_session, transaction
from portal.messaging.conversations import Conversation, read_conversation
from portal.messaging.drafts import Draft, KeptDraft, opened_draft
from portal.messaging.listing import KeptRow, read_threads
from portal.messaging.reading import mark_read
from portal.messaging.recipients import read_recipients
from portal.messaging.sealing import draft_cell, open_text
from portal.messaging.visibility import reader_of
from portal.models.base import new_id
from portal.models.messaging import NEW_THREAD, MessageKind
from portal.web import dates
from portal.web.exchange.reading import Exchange, exchange_of
from portal.web.exchange.recipient_cards import RecipientCard, recipient_card
from portal.web.exchange.thread_cards import ThreadCard, state_tag, thread_card, who_answers
from portal.web.form_values import uuid_of
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import page
from portal.web.positions import position_of, position_text

LONGEST_EXCERPT = 80
_DONE = ("sent", "kept", "closed", "reopened", "discarded", "gone")


@dataclass(frozen=True, slots=True)
class DraftCard:
    """Something that is not sent yet."""

    thread_id: UUID | None
    subject: str
    excerpt: str
    kept: str


def list_page() -> Response:
    patient, viewer, at = current_patient(), current_viewer(), now()
    before = position_of(request.args.get("before"))
    found = read_threads(
        current_session(),
        patient_id=patient.patient_id,
        reader=reader_of(viewer, patient),
        at=at,
        before=(before.starts_at, before.id) if before else None,
    )
    cards = [
        thread_card(row, patient=patient, viewer_id=viewer.id, keys=current_keys(), at=at)
        for row in found.threads
    ]
    last = found.threads[-1] if found.has_more else None
    return page(
        "messages/list.html",
        patient=patient,
        threads=[card for card in cards if not card.is_closed],
        finished=[card for card in cards if card.is_closed],
        older=position_text(last.last_at, last.id) if last else "",
        is_continued=before is not None,
        drafts=_drafts(found.drafts, cards, patient),
        recipients=_who_answers(patient, at) if before is None else [],
        may_write=may_write(),
        may_answer=may(Permission.MESSAGES_ANSWER),
        done=done_of_request(),
    )


def may_write() -> bool:
    """Whether the reader writes here as one of the family; nobody does while they look as one."""
    return previewed_viewer() is None and may(Permission.MESSAGES_ACT)


def done_of_request() -> str:
    done = request.args.get("done", "")
    return done if done in _DONE else ""


def _drafts(rows: list[KeptRow], cards: list[ThreadCard], patient: Standing) -> list[DraftCard]:
    """Of conversations that are shown, and of those that are not begun yet."""
    answers = previewed_viewer() is None and may(Permission.MESSAGES_ANSWER)
    if not (answers or may_write()) or request.args.get("before"):
        return []
    subjects = {card.id: card.subject for card in cards}
    kept = [opened_draft(row, keys=current_keys()) for row in rows]
    return [
        _draft_card(one, subjects, patient)
        for one in kept
        if one.draft.slot == NEW_THREAD or one.draft.slot in subjects
    ]


def _draft_card(one: KeptDraft, subjects: dict[UUID, str], patient: Standing) -> DraftCard:
    draft = one.draft
    is_new = draft.slot == NEW_THREAD
    text = " ".join(draft.body.split())
    return DraftCard(
        None if is_new else draft.slot,
        draft.subject if is_new else subjects[draft.slot],
        text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1].rstrip() + "…",
        kept_words(one.updated_at, patient),
    )


def kept_words(at: datetime, patient: Standing) -> str:
    """`14 h 32`."""
    return dates.clock(dates.local(at, patient.time_zone))


def _who_answers(patient: Standing, at: datetime) -> list[RecipientCard]:
    """The circle is told to those who write in it, and to those who see it anyway."""
    if not may(Permission.MESSAGES_ACT) and not may(Permission.CARE_TEAM_SEE):
        return []
    found = read_recipients(current_session(), patient_id=patient.patient_id, at=at)
    return [
        recipient_card(row, found, time_zone=patient.time_zone, at=at)
        for row in found.rows
        if row.can_be_written_to
    ]


def thread_page(thread_id: UUID, form: MessageForm | None = None, *, status: int = 200) -> Response:
    """What was shown is read from now on, save in a preview and below an error."""
    patient, viewer, at = current_patient(), current_viewer(), now()
    before = uuid_of(request.args.get("before")) if form is None else None
    conversation = read_conversation(
        current_session(),
        patient_id=patient.patient_id,
        thread_id=thread_id,
        reader=reader_of(viewer, patient),
        at=at,
        before=before,
    )
    if form is None and before is None:
        _mark_read(conversation, patient, at)
    exchange = exchange_of(
        conversation,
        patient=patient,
        viewer_id=viewer.id,
        keys=current_keys(),
        at=at,
        before=before,
    )
    if patient.is_professional:
        return desk_page(conversation, exchange, form, status=status, before=before)
    return _family_page(conversation, exchange, form, status=status, before=before)


def _family_page(
    conversation: Conversation,
    exchange: Exchange,
    form: MessageForm | None,
    *,
    status: int,
    before: UUID | None,
) -> Response:
    patient, viewer, at, writes = current_patient(), current_viewer(), now(), may_write()
    kept = _kept(conversation) if writes else None
    recipients = read_recipients(
        current_session(), patient_id=patient.patient_id, thread_id=conversation.thread.id, at=at
    )
    return page(
        "messages/thread.html",
        fragment="exchange",
        status=status,
        patient=patient,
        viewer=viewer,
        thread=conversation.thread,
        who=who_answers(conversation.thread),
        tag=state_tag(conversation.thread, patient=patient, at=at),
        exchange=exchange,
        readers=readers_words(recipients.family, viewer.id),
        hints=hints_of(conversation.thread, recipients, patient=patient, at=at) if writes else None,
        form=form or _new_form(kept),
        kept=kept_words(kept.updated_at, patient) if kept and form is None else "",
        may_write=writes,
        may_hide=previewed_viewer() is None and may(Permission.MESSAGES_HIDE),
        is_continued=before is not None,
        done=done_of_request(),
    )


def _new_form(kept: KeptDraft | None) -> MessageForm:
    """Not read from the request: after a send elsewhere the form is as at the beginning."""
    if kept is None:
        return MessageForm(data={"key": str(new_id()), "body": ""})
    return MessageForm(data={"key": str(kept.draft.key), "body": kept.draft.body})


def _kept(conversation: Conversation) -> KeptDraft | None:
    for row in conversation.drafts:
        if row.kind is MessageKind.MESSAGE:
            body = open_text(current_keys(), row.body_sealed, draft_cell(row.id, "body_sealed"))
            draft = Draft(key=row.key, body=body, slot=conversation.thread.id)
            return KeptDraft(draft, row.updated_at)
    return None


def _mark_read(conversation: Conversation, patient: Standing, at: datetime) -> None:
    if previewed_viewer() is not None or not conversation.messages:
        return
    newest, thread = conversation.messages[-1].id, conversation.thread
    if not thread.unread and thread.last_read_id is not None and thread.last_read_id >= newest:
        return
    with transaction() as session:
        mark_read(
            session,
            patient_id=patient.patient_id,
            thread_id=thread.id,
            user_id=current_viewer().id,
            last_id=newest,
            at=at,
        )
    if thread.unread:
        # The badge of the menu counts what is left.
        g.patient = replace(patient, unread_threads=max(patient.unread_threads - 1, 0))


_Sent = TypeVar("_Sent", bound=MessageForm | ThreadForm)


def with_fresh_key(form: _Sent) -> _Sent:
    """Another text was sent with this form, from another tab: this one is a message of its own."""
    form.key.data = str(new_id())
    words = gettext(
        "A message was sent from this form already. This other text is not sent yet: "
        "send it again to add it."
    )
    form.refuse("body", words)
    return form


def changed_page(thread_id: UUID) -> Response:
    return page("messages/changed.html", status=409, patient=current_patient(), thread_id=thread_id)
