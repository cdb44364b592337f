"""The form of an absence: one's own or a colleague's, a new one or one to change."""

from uuid import UUID

from flask import Response, request

from portal.access.guard import current_viewer
from portal.blueprints.absences import queries, replacement_queries, service
from portal.blueprints.absences.forms import NOBODY, AbsenceForm, typed
from portal.blueprints.absences.queries import AbsenceRow
from portal.blueprints.absences.replacement_queries import Candidate, reach
from portal.blueprints.absences.whose import Whose
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import AbsenceRefusedError, ChangedMeanwhileError
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.page import page, redirect_to


def write(whose: Whose) -> Response:
    return form_page(whose, _asked_form(whose, {"replacement": NOBODY}))


def write_change(whose: Whose, absence_id: UUID) -> Response:
    row = _row(whose, absence_id)
    if row.ends_on < whose.today:
        return redirect_to(whose.url("list_absences", done="over"))
    values = {
        "first_day": typed(row.starts_on),
        "last_day": typed(row.ends_on),
        "replacement": str(row.replacement_id or NOBODY),
        "note": row.note,
        "version": _version(row),
    }
    return form_page(whose, _asked_form(whose, values), row)


def save(whose: Whose, absence_id: UUID | None = None) -> Response:
    form: AbsenceForm = AbsenceForm.from_request()
    form.today = whose.today
    if not form.is_sent_and_valid():
        return form_page(whose, form, _row_or_none(whose, absence_id), status=422)
    try:
        _save(whose, form, absence_id)
    except ChangedMeanwhileError:
        return form_page(whose, form, _row_or_none(whose, absence_id), status=409)
    except AbsenceRefusedError as refused:
        if refused.reason == "over":
            return redirect_to(whose.url("list_absences", done="over"))
        form.refuse(*_refusal(refused))
        row = _row_or_none(whose, absence_id)
        return form_page(whose, form, row, status=422, refused=refused)
    done = "added" if absence_id is None else "changed"
    return redirect_to(whose.url("list_absences", done=done))


def form_page(
    whose: Whose,
    form: AbsenceForm,
    row: AbsenceRow | None = None,
    *,
    status: int = 200,
    refused: AbsenceRefusedError | None = None,
) -> Response:
    """The form as it stands, and what it would do; 409 also shows how the absence stands now."""
    session, at = current_session(), now()
    found, has_more = _candidates(whose, form)
    if status == 409 and row is not None:
        form.version.data = _version(row)
    return page(
        "absences/form.html",
        status=status,
        whose=whose,
        form=form,
        row=row,
        action=request.path,
        is_stale=status == 409,
        reach=reach(session, practitioner_id=whose.person.id, at=at),
        candidates=found,
        has_more=has_more,
        nobody=NOBODY,
        overlap=_overlap(whose, refused),
    )


def _save(whose: Whose, form: AbsenceForm, absence_id: UUID | None) -> None:
    with transaction() as session:
        if absence_id is None:
            service.add(
                session,
                practitioner_id=whose.person.id,
                wanted=form.wanted(),
                by=current_viewer().id,
                at=now(),
            )
            return
        service.change(
            session,
            practitioner_id=whose.person.id,
            absence_id=absence_id,
            wanted=form.wanted(),
            version=form.version.data or "",
            today=whose.today,
        )


def _asked_form(whose: Whose, stored: dict[str, str]) -> AbsenceForm:
    """A search for a replacement is a GET that carries what was typed: nothing is lost by it."""
    names = [name for name in AbsenceForm.from_request().data if name in request.args]
    asked = {name: request.args[name] for name in names}
    if asked.get("asked") and asked.get("replacement", NOBODY) == NOBODY:
        asked["replacement"] = ""  # who looks for somebody has to say whom, or nobody again
    form: AbsenceForm = AbsenceForm.from_request(**(stored | asked))
    form.today = whose.today
    return form


def _candidates(whose: Whose, form: AbsenceForm) -> tuple[list[Candidate], bool]:
    return replacement_queries.candidates(
        current_session(),
        whose=whose.person,
        asked=form.asked.data or "",
        chosen=form.replacement_id,
        days=form.days,
        at=now(),
    )


def _row_or_none(whose: Whose, absence_id: UUID | None) -> AbsenceRow | None:
    return _row(whose, absence_id) if absence_id is not None else None


def _row(whose: Whose, absence_id: UUID) -> AbsenceRow:
    return queries.absence(
        current_session(), practitioner_id=whose.person.id, absence_id=absence_id
    )


def _version(row: AbsenceRow) -> str:
    return service.version_of(row.starts_on, row.ends_on, row.replacement_id, row.note)


def _overlap(whose: Whose, refused: AbsenceRefusedError | None) -> AbsenceRow | None:
    """The absence that is in the way: it can be changed instead."""
    if refused is None or refused.reason != "overlaps":
        return None
    found = queries.absences(current_session(), practitioner_id=whose.person.id)
    return next((one for one in found if one.starts_on == refused.first), None)


def _refusal(refused: AbsenceRefusedError) -> tuple[str, str]:
    """The field, and the sentence beside it."""
    if refused.reason == "overlaps" and refused.first and refused.last:
        days = {"first": dates.full_day(refused.first), "last": dates.full_day(refused.last)}
        return "first_day", gettext(
            "These days touch another absence, from %(first)s to %(last)s", **days
        )
    sentences = {
        "replacement_away": gettext("This person is away on all of these days: choose another"),
        "unknown_replacement": gettext("Choose somebody in the list, or nobody"),
    }
    return "replacement", sentences[refused.reason]
