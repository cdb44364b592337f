"""A new conversation: to whom, about what, and who reads it, said before it is written."""

from dataclasses import dataclass
from uuid import UUID

from flask import Response, request

from portal.access.guard import (
    current_author,
    current_patient,
    current_viewer,
    may,
    previewed_viewer,
)
from portal.access.permissions import Permission
from portal.blueprints.messages.forms import ThreadForm
from portal.blueprints.messages.hints import readers_words
from portal.blueprints.messages.pages import kept_words
from portal.clock import now
from portal.db import current_session, transaction
from portal.messaging.beginnings import (
    Beginnings,
    BeingWritten,
    FormerRow,
    SubjectRow,
    read_beginnings,
)
from portal.messaging.drafts import KeptDraft, opened_draft
from portal.messaging.recipients import read_recipients
from portal.messaging.said_again import start_once
from portal.messaging.sending import NewThread, Written
from portal.models.base import new_id
from portal.models.messaging import Message
from portal.web import labels
from portal.web.exchange.attachments import AttachmentCard, unsent
from portal.web.exchange.recipient_cards import COORDINATION, RecipientCard, recipient_card
from portal.web.exchange.texts import plain_line
from portal.web.form_values import uuid_of
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import page
from portal.web.visits import short_name


@dataclass(frozen=True, slots=True)
class Subject:
    need_id: UUID
    words: str
    owner: str
    """Whom it would go to, as the form names them; empty when nobody sees to it."""


@dataclass(frozen=True, slots=True)
class Former:
    """Who left, and who can be written to instead."""

    name: str
    successor: RecipientCard | None


def start(form: ThreadForm) -> Message:
    """Raises `KeyUsedError` and `RecipientGoneError`."""
    patient, by = current_patient(), current_author(Permission.MESSAGES_ACT)
    to = form.to.data or ""
    member_id = uuid_of(to)
    if member_id is None and to != COORDINATION:
        # Nobody has that place; the coordination would be written to unasked.
        member_id = new_id()
    new = NewThread(
        member_id=member_id,
        subject=form.subject.data or "",
        need_id=_need_of(form),
        is_private=bool(form.private.data) and patient.is_own,
    )
    written = Written(body=form.body.data or "", key=uuid_of(form.key.data) or new_id())
    with transaction() as session:
        return start_once(
            session,
            new,
            written,
            patient_id=patient.patient_id,
            by=by,
            is_family=True,
            keys=current_keys(),
            at=now(),
        )


def _need_of(form: ThreadForm) -> UUID | None:
    """One of this patient's that is still open, as long as the subject is in its words."""
    wanted = uuid_of(form.need.data)
    return next(
        (
            one.need_id
            for one in _subjects(_beginnings())
            if one.words == form.subject.data and wanted in (None, one.need_id)
        ),
        None,
    )


def _beginnings() -> Beginnings:
    return read_beginnings(
        current_session(),
        patient_id=current_patient().patient_id,
        author_id=current_viewer().id,
        at=now(),
    )


def form_page(form: ThreadForm | None = None, *, status: int = 200) -> Response:
    """`?to=`, `?need=` and `?about=` choose for the reader; what they kept goes before."""
    patient, viewer, at = current_patient(), current_viewer(), now()
    beginnings = _beginnings()
    kept = kept_draft(beginnings.written)
    found = read_recipients(current_session(), patient_id=patient.patient_id, at=at)
    cards = [recipient_card(row, found, time_zone=patient.time_zone, at=at) for row in found.rows]
    subjects = _subjects(beginnings)
    readable = [card for card in cards if card.can_be_written_to]
    shown = form or _first_form(kept, subjects)
    return page(
        "messages/new.html",
        status=status,
        patient=patient,
        form=shown,
        readable=readable,
        all_late=_late_for_all(readable),
        by_phone=[card for card in cards if not card.can_be_written_to and card.phone],
        former=[_former(one, cards) for one in beginnings.former],
        subjects=subjects,
        kept=kept_words(kept.updated_at, patient) if kept and form is None else "",
        joined=joined_files(beginnings.written, shown.key.data or ""),
        readers=readers_words(found.family, viewer.id),
    )


def kept_draft(written: BeingWritten) -> KeptDraft | None:
    """Their own text alone: whoever looks as a relative does not read what these are writing."""
    if written.draft is None or previewed_viewer() is not None:
        return None
    return opened_draft(written.draft, keys=current_keys())


def joined_files(written: BeingWritten, key: str) -> list[AttachmentCard]:
    """Of this form alone: what waits under another key does not leave with it."""
    own = [row for row in written.files if str(row.key) == key]
    return unsent(own, keys=current_keys())


def _late_for_all(cards: list[RecipientCard]) -> str:
    """What holds of each of them is said once."""
    said = {card.late for card in cards}
    return said.pop() if len(said) == 1 else ""


def _first_form(kept: KeptDraft | None, subjects: list[Subject]) -> ThreadForm:
    if kept is not None:
        draft = kept.draft
        return ThreadForm(
            data={
                "to": request.args.get("to") or draft.recipient,
                "subject": draft.subject,
                "body": draft.body,
                "private": draft.is_private,
                "need": str(draft.need_id or ""),
                "key": str(draft.key),
            }
        )
    wanted = uuid_of(request.args.get("need"))
    need = next((one for one in subjects if one.need_id == wanted), None)
    return ThreadForm(
        data={
            "to": request.args.get("to") or (need.owner if need else ""),
            "subject": need.words if need else _asked_about(),
            "need": str(need.need_id) if need else "",
            "key": str(new_id()),
        }
    )


def _asked_about() -> str:
    """The title of the module that left a question, when the reader comes from there."""
    title = plain_line(request.args.get("about"))
    return gettext("Question about “%(title)s”", title=title[:80]) if title else ""


def _subjects(beginnings: Beginnings) -> list[Subject]:
    """The needs are told to those who see the circle."""
    if not may(Permission.CARE_TEAM_SEE):
        return []
    return sorted((_subject(row) for row in beginnings.subjects), key=lambda one: one.words)


def _subject(row: SubjectRow) -> Subject:
    label = labels.need_label(row.code, row.type_label)
    words = f"{label} ({row.detail})" if row.detail else label
    return Subject(row.id, words, str(row.owner_id) if row.owner_id else "")


def _former(row: FormerRow, cards: list[RecipientCard]) -> Former:
    name = short_name(row.prefix or "", row.given_name or "", row.family_name or "")
    successor = next(
        (
            card
            for card in cards
            if card.can_be_written_to
            and row.successor_id is not None
            and card.member_id == row.successor_id
        ),
        None,
    )
    return Former(name or row.organization_name or "", successor)
