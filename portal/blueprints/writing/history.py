"""What was written when by whom, compared with what is there now, and back to it."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.writing.pages import find_writing, place_of_field, saved_words
from portal.clock import now
from portal.db import current_session, transaction
from portal.education.differences import differences
from portal.education.drafting import (
    WRITABLE,
    DraftText,
    draft_of,
    fields_of,
    history_of,
    restore,
    revision_of,
)
from portal.errors import PublishingRefusedError
from portal.web import dates
from portal.web.form_values import version_of
from portal.web.modules.place_words import place_words
from portal.web.page import page, redirect_to
from portal.web.time_zones import reader_time_zone

bp = Blueprint("writing_history", __name__, url_prefix="/modules/<uuid:version_id>/history")


@bp.get("")
@requires(Permission.MODULES_WRITE)
def list_states(version_id: UUID) -> Response:
    standing = find_writing(version_id)
    zone = reader_time_zone()
    rows = [
        (row, dates.local(row.began_at, zone), dates.local(row.written_at, zone))
        for row in history_of(current_session(), version_id)
    ]
    return page(
        "writing/history.html",
        version=standing.version,
        rows=rows,
        viewer_id=current_viewer().id,
    )


@bp.get("/<int:number>")
@requires(Permission.MODULES_WRITE)
def compare(version_id: UUID, number: int) -> Response:
    """What changed from that state to another: `?to=` its number, else what is there now."""
    standing = find_writing(version_id)
    session = current_session()
    older = revision_of(session, version_id, number)
    chosen = version_of(request.args.get("to"))
    newer = revision_of(session, version_id, chosen) if chosen else None
    there = newer or draft_of(session, standing.version)
    changes = differences(_words(older.text, there.text), _words(there.text, there.text))
    return page(
        "writing/compare.html",
        version=standing.version,
        number=number,
        chosen=chosen,
        when=saved_words(older),
        until=saved_words(there) if newer else "",
        changes=[(place_words(one.place), one.lines) for one in changes],
        may_restore=standing.version.state in WRITABLE and newer is None and bool(changes),
        others=[row for row in history_of(session, version_id) if row.number > number],
    )


@bp.post("/<int:number>/restore")
@requires(Permission.MODULES_WRITE)
def restore_state(version_id: UUID, number: int) -> Response:
    standing = find_writing(version_id)
    try:
        with transaction() as session:
            before = draft_of(session, standing.version).number
            restore(session, standing.version, number, by=current_viewer().id, at=now())
    except PublishingRefusedError:
        return redirect_to(url_for("module_desk.show_module", version_id=version_id))
    return redirect_to(
        url_for("writing.write", version_id=version_id, moved="restored", undo=before)
    )


def _words(text: DraftText, places: DraftText) -> dict[str, str]:
    """Each field in words by its place in `places`; a part that went keeps the place it had."""
    found = {}
    for name, value in fields_of(text).items():
        place = place_of_field(name, places)
        if "-0" in place:
            place = place_of_field(name, text)
        found[place] = _line(value)
    return found


def _line(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(filter(None, (_line(one) for one in value.values())))
    if isinstance(value, (list, tuple)):
        return "\n".join(_line(one) for one in value)
    if isinstance(value, bool):
        return "✓" if value else ""
    return str(value)
