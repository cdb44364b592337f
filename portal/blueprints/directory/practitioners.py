"""A coordinator writes a professional into the directory, and keeps the entry right."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.directory import entries, service
from portal.blueprints.directory.forms import PractitionerForm
from portal.blueprints.directory.words import full_name
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import ChangedMeanwhileError, NumberTakenError
from portal.identity.offers import is_known_here_only
from portal.models.directory import Practitioner
from portal.web.i18n import gettext
from portal.web.page import page, redirect_to

bp = Blueprint("directory_practitioners", __name__, url_prefix="/directory/practitioners")


@bp.get("/new")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def write_new() -> Response:
    return _form_page(PractitionerForm.from_request())


@bp.post("/new")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def add() -> Response:
    form = PractitionerForm.from_request()
    if not form.is_sent_and_valid():
        return _form_page(form, status=422)
    try:
        with transaction() as session:
            added_id = service.add_practitioner(session, fields=form.values())
    except NumberTakenError as taken:
        return _taken_page(form, taken)
    return _back(added_id, "added")


@bp.get("/<uuid:practitioner_id>/edit")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def write(practitioner_id: UUID) -> Response:
    row = entries.practitioner(current_session(), practitioner_id)
    form = _form_of(row)
    return _form_page(form, row)


@bp.post("/<uuid:practitioner_id>/edit")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def change(practitioner_id: UUID) -> Response:
    row = entries.practitioner(current_session(), practitioner_id)
    form = _form_of(row)
    if not form.is_sent_and_valid():
        return _form_page(form, row, status=422)
    try:
        with transaction() as session:
            is_changed = service.change_practitioner(
                session,
                practitioner_id=practitioner_id,
                fields=form.values(),
                version=form.version.data or "",
            )
    except ChangedMeanwhileError:
        return _stale_page(form, practitioner_id)
    except NumberTakenError as taken:
        return _taken_page(form, taken, practitioner_id)
    return _back(practitioner_id, "changed" if is_changed else "same")


def _form_of(row: Practitioner) -> PractitionerForm:
    """Without the e-mail where it would open circles that this reader does not coordinate."""
    form: PractitionerForm = PractitionerForm.showing(row, service.version_of(row))
    reader_id = current_viewer().id
    if not is_known_here_only(
        current_session(), practitioner_id=row.id, inviter_id=reader_id, at=now()
    ):
        form.leave_out(("email",))
    return form


def _stale_page(form: PractitionerForm, practitioner_id: UUID) -> Response:
    row = entries.practitioner(current_session(), practitioner_id)
    form.version.data = service.version_of(row)
    return _form_page(form, row, status=409, differences=form.differences(row))


def _taken_page(
    form: PractitionerForm, taken: NumberTakenError, practitioner_id: UUID | None = None
) -> Response:
    session = current_session()
    row = entries.practitioner(session, practitioner_id) if practitioner_id else None
    form.refuse("rpps", gettext("Somebody in the directory has this number"))
    other = entries.practitioner(session, taken.entry_id) if taken.entry_id else None
    return _form_page(form, row, status=422, other=other)


def _form_page(
    form: PractitionerForm,
    row: Practitioner | None = None,
    *,
    status: int = 200,
    differences: list[tuple[str, str]] | None = None,
    other: Practitioner | None = None,
) -> Response:
    shown: dict[str, Any] = {"row": row, "name": full_name(row) if row else ""}
    return page(
        "directory/practitioner_form.html",
        status=status,
        form=form,
        differences=differences,
        other=other,
        other_name=full_name(other) if other else "",
        **shown,
    )


def _back(practitioner_id: UUID, done: str) -> Response:
    return redirect_to(
        url_for("directory.show_practitioner", practitioner_id=practitioner_id, done=done)
    )
