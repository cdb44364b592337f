"""A coordinator writes an organization into the directory, and keeps the entry right."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.directory import entries, service
from portal.blueprints.directory.forms import GUARDED, OrganizationForm
from portal.blueprints.directory.hours import MOST_LINES
from portal.db import current_session, transaction
from portal.errors import ChangedMeanwhileError, NumberTakenError
from portal.models.directory import Organization
from portal.teams.availability import DAYS
from portal.web.hours import day_name, hours_in_words
from portal.web.i18n import gettext
from portal.web.page import page, redirect_to
from portal.web.time_zones import reader_time_zone

bp = Blueprint("directory_organizations", __name__, url_prefix="/directory/organizations")


@bp.get("/new")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def write_new() -> Response:
    return _form_page(_new_form())


@bp.post("/new")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def add() -> Response:
    form = _new_form()
    if not form.is_sent_and_valid():
        return _form_page(form, status=422)
    try:
        with transaction() as session:
            added_id = service.add_organization(session, fields=form.values())
    except NumberTakenError as taken:
        return _taken_page(form, taken)
    return _back(added_id, "added")


@bp.get("/<uuid:organization_id>/edit")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def write(organization_id: UUID) -> Response:
    row = entries.organization(current_session(), organization_id)
    return _form_page(_form_of(row), row)


@bp.post("/<uuid:organization_id>/edit")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def change(organization_id: UUID) -> Response:
    row = entries.organization(current_session(), organization_id)
    form = _form_of(row)
    if not form.is_sent_and_valid():
        return _form_page(form, row, status=422)
    try:
        with transaction() as session:
            is_changed = service.change_organization(
                session,
                organization_id=organization_id,
                fields=form.values(),
                version=form.version.data or "",
            )
    except ChangedMeanwhileError:
        return _stale_page(form, organization_id)
    except NumberTakenError as taken:
        return _taken_page(form, taken, organization_id)
    return _back(organization_id, "changed" if is_changed else "same")


def _new_form() -> OrganizationForm:
    form: OrganizationForm = OrganizationForm.from_request(time_zone=reader_time_zone(), kind="")
    return form


def _form_of(row: Organization) -> OrganizationForm:
    """Without what only its own coordinators change."""
    form: OrganizationForm = OrganizationForm.showing(row, service.version_of(row))
    if entries.is_kept_by_others(
        current_session(), organization_id=row.id, reader_id=current_viewer().id
    ):
        form.leave_out(GUARDED)
    return form


def _stale_page(form: OrganizationForm, organization_id: UUID) -> Response:
    row = entries.organization(current_session(), organization_id)
    form.version.data = service.version_of(row)
    return _form_page(form, row, status=409, differences=form.differences(row))


def _taken_page(
    form: OrganizationForm, taken: NumberTakenError, organization_id: UUID | None = None
) -> Response:
    session = current_session()
    row = entries.organization(session, organization_id) if organization_id else None
    form.refuse("finess", gettext("An organization of the directory has this number"))
    other = entries.organization(session, taken.entry_id) if taken.entry_id else None
    return _form_page(form, row, status=422, other=other)


def _form_page(
    form: OrganizationForm,
    row: Organization | None = None,
    *,
    status: int = 200,
    differences: list[tuple[str, str]] | None = None,
    other: Organization | None = None,
) -> Response:
    return page(
        "directory/organization_form.html",
        status=status,
        form=form,
        row=row,
        differences=differences,
        other=other,
        other_name=other.name if other else "",
        hours_in_words=hours_in_words,
        most_lines=MOST_LINES,
        days=DAYS,
        day_name=day_name,
    )


def _back(organization_id: UUID, done: str) -> Response:
    return redirect_to(
        url_for("directory.show_organization", organization_id=organization_id, done=done)
    )
