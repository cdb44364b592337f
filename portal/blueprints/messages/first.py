"""Somebody who works writes first: they answer for the conversation from its beginning."""

from uuid import UUID

from flask import Response

from portal.access.guard import current_author, current_patient, current_viewer
from portal.access.permissions import Permission
from portal.blueprints.messages.acts_forms import FirstForm
from portal.blueprints.messages.beginning import joined_files, kept_draft
from portal.blueprints.messages.desk import reads_words
from portal.blueprints.messages.pages import kept_words
from portal.clock import now
from portal.db import current_session, transaction
from portal.messaging.beginnings import read_being_written
from portal.messaging.drafts import KeptDraft
from portal.messaging.family import FamilyReader
from portal.messaging.recipients import RecipientRow, Recipients, read_recipients
from portal.messaging.said_again import start_once
from portal.messaging.sending import NewThread, RecipientGoneError, Written
from portal.models.base import new_id
from portal.models.messaging import Message
from portal.web.exchange.reading import names_in_words
from portal.web.form_values import uuid_of
from portal.web.i18n import ngettext
from portal.web.installed import current_keys
from portal.web.page import page


def first_page(form: FirstForm | None = None, *, status: int = 200) -> Response:
    patient, found = current_patient(), _recipients()
    written = read_being_written(
        current_session(), patient_id=patient.patient_id, author_id=current_viewer().id
    )
    kept = kept_draft(written)
    shown = form or _first_form(kept)
    return page(
        "messages/first.html",
        status=status,
        patient=patient,
        form=shown,
        can_write=_own_place(found) is not None,
        reads=_reads_words(found.family),
        kept=kept_words(kept.updated_at, patient) if kept and form is None else "",
        joined=joined_files(written, shown.key.data or ""),
    )


def _reads_words(family: list[FamilyReader]) -> str:
    names = [one.given_name for one in family]
    if not names:
        return reads_words(family)
    return ngettext(
        "%(names)s reads your message.",
        "%(names)s read your message.",
        len(names),
        names=names_in_words(names),
    )


def _first_form(kept: KeptDraft | None) -> FirstForm:
    if kept is None:
        return FirstForm(data={"key": str(new_id())})
    draft = kept.draft
    return FirstForm(data={"subject": draft.subject, "body": draft.body, "key": str(draft.key)})


def begin(form: FirstForm) -> Message:
    """Raises `RecipientGoneError` for who has no place of their own, and `KeyUsedError`."""
    by = current_author(Permission.MESSAGES_ANSWER)
    with transaction() as session:
        place = _own_place(_recipients())
        if place is None:
            raise RecipientGoneError
        return start_once(
            session,
            NewThread(member_id=place.member_id, subject=form.subject.data or ""),
            Written(body=form.body.data or "", key=_key(form)),
            patient_id=current_patient().patient_id,
            by=by,
            is_family=False,
            keys=current_keys(),
            at=now(),
        )


def _key(form: FirstForm) -> UUID:
    return uuid_of(form.key.data) or new_id()


def _recipients() -> Recipients:
    return read_recipients(current_session(), patient_id=current_patient().patient_id, at=now())


def _own_place(found: Recipients) -> RecipientRow | None:
    """One's place in the circle, or the coordination for who coordinates."""
    practitioner_id = current_viewer().practitioner_id
    for row in found.rows:
        if practitioner_id and row.practitioner_id == practitioner_id and row.can_be_written_to:
            return row
    coordination = found.find(None) if current_patient().is_coordinator else None
    return coordination if coordination and coordination.can_be_written_to else None
