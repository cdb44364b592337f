"""The card of an appointment's page: notes, each with who reads it."""

from dataclasses import dataclass
from uuid import UUID

from flask import request, url_for

from portal.access.guard import may
from portal.access.permissions import Permission
from portal.access.viewer import Standing
from portal.models.agreement import NoteAudience
from portal.scheduling.notes import cell_of
from portal.scheduling.rows import NoteRow
from portal.web import dates
from portal.web.appointment_cards.facts import Facts
from portal.web.form_values import uuid_of
from portal.web.i18n import gettext
from portal.web.installed import current_keys


@dataclass(frozen=True, slots=True)
class Note:
    id: UUID
    paragraphs: list[str]
    by: str
    audience: str
    may_delete: bool


@dataclass(frozen=True, slots=True)
class NotesCard:
    """The oldest note first; `write` is the address of the form, for who may write."""

    notes: list[Note]
    write: str
    undo: str
    """Where the deletion that was just done is taken back."""


def notes_card(facts: Facts) -> NotesCard | None:
    """None for who neither reads nor writes any."""
    notes = [_note(one, facts) for one in facts.details.notes]
    write = _write(facts)
    undo = _undo(facts)
    return NotesCard(notes, write, undo) if notes or write or undo else None


def audience_words(audience: NoteAudience, patient: Standing) -> str:
    """`Visible par la famille et les professionnels`."""
    if audience is NoteAudience.PROFESSIONALS:
        return gettext("Visible to the professionals of the circle")
    if audience is NoteAudience.FAMILY and patient.is_own:
        return gettext("Visible to you and your relatives")
    if audience is NoteAudience.FAMILY:
        return gettext("Visible to %(name)s and the relatives", name=patient.given_name)
    return gettext("Visible to everybody who sees this appointment")


def _write(facts: Facts) -> str:
    if facts.may_act:
        return url_for("notes.write_note", appointment_id=facts.row.id)
    if may(Permission.AGENDA_BOOK):
        return url_for("notes.write_team_note", appointment_id=facts.row.id)
    return ""


def _undo(facts: Facts) -> str:
    note_id = uuid_of(request.args.get("of"))
    if request.args.get("done") != "note_deleted" or note_id is None:
        return ""
    return url_for("notes.restore_note", appointment_id=facts.row.id, note_id=note_id)


def _note(one: NoteRow, facts: Facts) -> Note:
    text = current_keys().open(one.text_sealed, cell_of(one.id)).decode()
    is_own = one.author_id == facts.viewer.id
    return Note(
        id=one.id,
        paragraphs=[line for line in text.split("\n") if line.strip()],
        by=_by(one, facts, is_own=is_own),
        audience=audience_words(one.audience, facts.patient),
        may_delete=is_own,
    )


def _by(one: NoteRow, facts: Facts, *, is_own: bool) -> str:
    moment = dates.local(one.at, facts.patient.time_zone)
    today = dates.local(facts.at, facts.patient.time_zone).date()
    name = gettext("You") if is_own else f"{one.given_name} {one.family_name}"
    return gettext(
        "%(name)s, %(day)s at %(time)s",
        name=name,
        day=dates.day_words(moment.date(), today=today),
        time=dates.clock_short(moment),
    )
