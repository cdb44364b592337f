"""The page on which a conversation is handed on."""

from uuid import UUID

from flask import Response

from portal.access.guard import current_patient, current_viewer
from portal.blueprints.messages.acts_forms import HandOverForm
from portal.clock import now
from portal.db import current_session
from portal.messaging.conversations import ThreadRow, read_conversation
from portal.messaging.recipients import read_recipients
from portal.messaging.visibility import reader_of
from portal.models.base import new_id
from portal.web.exchange.reading import subject_of
from portal.web.exchange.recipient_cards import RecipientCard, recipient_card
from portal.web.exchange.thread_cards import who_answers
from portal.web.installed import current_keys
from portal.web.page import page


def offered_to(thread_id: UUID) -> frozenset[str]:
    """Whom the form may name: all who read messages, but those who answer for it already."""
    return frozenset(card.value for card in _cards(thread_of(thread_id)))


def hand_over_page(
    thread_id: UUID, form: HandOverForm | None = None, *, status: int = 200
) -> Response:
    thread = thread_of(thread_id)
    return page(
        "messages/hand_over.html",
        status=status,
        patient=current_patient(),
        thread=thread,
        subject=subject_of(thread.id, thread.subject_sealed, keys=current_keys()),
        who=who_answers(thread),
        cards=_cards(thread),
        form=form or HandOverForm(data={"key": str(new_id()), "version": str(thread.version)}),
    )


def thread_of(thread_id: UUID) -> ThreadRow:
    """Raises `NotFoundError` for one that the reader does not see."""
    patient = current_patient()
    found = read_conversation(
        current_session(),
        patient_id=patient.patient_id,
        thread_id=thread_id,
        reader=reader_of(current_viewer(), patient),
        at=now(),
        limit=1,
    )
    return found.thread


def _cards(thread: ThreadRow) -> list[RecipientCard]:
    patient, at = current_patient(), now()
    found = read_recipients(current_session(), patient_id=patient.patient_id, at=at)
    return [
        recipient_card(row, found, time_zone=patient.time_zone, at=at)
        for row in found.rows
        if row.can_be_written_to and row.member_id != thread.member_id
    ]
