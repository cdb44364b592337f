"""The list of absences, and ending one: one's own or a colleague's."""

from datetime import date
from uuid import UUID

from flask import Response, request

from portal.access.guard import current_viewer
from portal.blueprints.absences import queries, service
from portal.blueprints.absences.forms import day_of
from portal.blueprints.absences.queries import AbsenceRow
from portal.blueprints.absences.replacement_queries import reach
from portal.blueprints.absences.whose import Whose
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import AbsenceRefusedError, NotFoundError
from portal.web.page import page, redirect_to

_DONE = ("added", "changed", "deleted", "back", "again", "over")


def list_page(whose: Whose) -> Response:
    found = queries.absences(current_session(), practitioner_id=whose.person.id)
    done = request.args.get("done", "")
    coming = [one for one in reversed(found) if one.ends_on >= whose.today]
    return page(
        "absences/list.html",
        whose=whose,
        coming=coming,
        past=[one for one in found if one.ends_on < whose.today],
        viewer=current_viewer(),
        done=done if done in _DONE else "",
        undo=_undo(found, done),
    )


def delete_page(whose: Whose, absence_id: UUID) -> Response:
    row = _row(whose, absence_id)
    if row.starts_on < whose.today:
        return redirect_to(whose.url("list_absences", done="over"))
    reached = reach(current_session(), practitioner_id=whose.person.id, at=now())
    return page("absences/delete.html", whose=whose, row=row, reach=reached)


def delete(whose: Whose, absence_id: UUID) -> Response:
    try:
        with transaction() as session:
            service.delete(
                session,
                practitioner_id=whose.person.id,
                absence_id=absence_id,
                today=whose.today,
            )
    except AbsenceRefusedError:
        return redirect_to(whose.url("list_absences", done="over"))
    return redirect_to(whose.url("list_absences", done="deleted"))


def come_back(whose: Whose, absence_id: UUID) -> Response:
    try:
        with transaction() as session:
            last = service.come_back(
                session,
                practitioner_id=whose.person.id,
                absence_id=absence_id,
                today=whose.today,
            )
    except AbsenceRefusedError:
        return redirect_to(whose.url("list_absences", done="over"))
    return redirect_to(
        whose.url("list_absences", done="back", of=absence_id, last=last.isoformat())
    )


def leave_again(whose: Whose, absence_id: UUID) -> Response:
    last = day_of(request.form.get("last", "")[:40])
    if last is None:
        raise NotFoundError("day")
    try:
        with transaction() as session:
            service.leave_again(
                session,
                practitioner_id=whose.person.id,
                absence_id=absence_id,
                last=last,
                today=whose.today,
            )
    except AbsenceRefusedError:
        return redirect_to(whose.url("list_absences", done="over"))
    return redirect_to(whose.url("list_absences", done="again"))


def _row(whose: Whose, absence_id: UUID) -> AbsenceRow:
    return queries.absence(
        current_session(), practitioner_id=whose.person.id, absence_id=absence_id
    )


def _undo(found: list[AbsenceRow], done: str) -> tuple[AbsenceRow, date] | None:
    """What `come_back` ended, and its last day before; none for an address written by hand."""
    last = day_of(request.args.get("last", "")[:40])
    row = next((one for one in found if str(one.id) == request.args.get("of", "")), None)
    return (row, last) if done == "back" and row is not None and last is not None else None
