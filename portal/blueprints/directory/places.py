"""Where a professional works: a coordinator writes it down, with the hours."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import requires
from portal.access.permissions import Permission
from portal.blueprints.directory import entries, queries, service
from portal.blueprints.directory.forms import PlaceForm
from portal.blueprints.directory.hours import MOST_LINES
from portal.blueprints.directory.queries import PLACES, Asked
from portal.blueprints.directory.words import full_name
from portal.db import current_session, transaction
from portal.errors import ChangedMeanwhileError
from portal.models.directory import Organization, PractitionerRole
from portal.teams.availability import DAYS
from portal.web.hours import day_name
from portal.web.page import page, redirect_to
from portal.web.time_zones import reader_time_zone

bp = Blueprint(
    "directory_places",
    __name__,
    url_prefix="/directory/practitioners/<uuid:practitioner_id>/places",
)


@bp.get("/choose")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def choose(practitioner_id: UUID) -> Response:
    """At which organization? Found as in the directory."""
    session, text = current_session(), request.args.get("q", "")[:100].strip()
    row = entries.practitioner(session, practitioner_id)
    asked = Asked(text=text, what=PLACES)
    found = queries.entries(session, asked=asked, after=None) if text else []
    return page(
        "directory/place_choice.html",
        row=row,
        name=full_name(row),
        text=text,
        found=found[: queries.PER_PAGE],
        has_more=len(found) > queries.PER_PAGE,
    )


@bp.get("/alone")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def write_alone(practitioner_id: UUID) -> Response:
    return _form_page(practitioner_id, _new_form())


@bp.post("/alone")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def add_alone(practitioner_id: UUID) -> Response:
    return _add(practitioner_id, None)


@bp.get("/at/<uuid:organization_id>")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def write_new(practitioner_id: UUID, organization_id: UUID) -> Response:
    organization = entries.organization(current_session(), organization_id)
    return _form_page(practitioner_id, _new_form(organization.time_zone), organization)


@bp.post("/at/<uuid:organization_id>")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def add(practitioner_id: UUID, organization_id: UUID) -> Response:
    return _add(practitioner_id, entries.organization(current_session(), organization_id))


@bp.get("/<uuid:role_id>/edit")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def write(practitioner_id: UUID, role_id: UUID) -> Response:
    role = _place(practitioner_id, role_id)
    form = PlaceForm.showing(role, service.version_of(role))
    return _form_page(practitioner_id, form, _organization_of(role), role)


@bp.post("/<uuid:role_id>/edit")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def change(practitioner_id: UUID, role_id: UUID) -> Response:
    role, form = _place(practitioner_id, role_id), PlaceForm.from_request()
    if not form.is_sent_and_valid():
        return _form_page(practitioner_id, form, _organization_of(role), role, status=422)
    try:
        with transaction() as session:
            is_changed = service.change_place(
                session,
                practitioner_id=practitioner_id,
                role_id=role_id,
                fields=form.values(),
                version=form.version.data or "",
            )
    except ChangedMeanwhileError:
        return _stale_page(practitioner_id, role_id, form)
    return _back(practitioner_id, "place_changed" if is_changed else "same")


def _add(practitioner_id: UUID, organization: Organization | None) -> Response:
    form = _new_form()
    if not form.is_sent_and_valid():
        return _form_page(practitioner_id, form, organization, status=422)
    with transaction() as session:
        service.add_place(
            session,
            practitioner_id=practitioner_id,
            organization_id=organization.id if organization else None,
            fields=form.values(),
        )
    return _back(practitioner_id, "place_added")


def _new_form(time_zone: str = "") -> PlaceForm:
    form: PlaceForm = PlaceForm.from_request(time_zone=time_zone or reader_time_zone())
    return form


def _place(practitioner_id: UUID, role_id: UUID) -> PractitionerRole:
    return service.place(current_session(), practitioner_id=practitioner_id, role_id=role_id)


def _organization_of(role: PractitionerRole) -> Organization | None:
    if role.organization_id is None:
        return None
    return entries.organization(current_session(), role.organization_id)


def _stale_page(practitioner_id: UUID, role_id: UUID, form: PlaceForm) -> Response:
    role = _place(practitioner_id, role_id)
    form.version.data = service.version_of(role)
    return _form_page(
        practitioner_id,
        form,
        _organization_of(role),
        role,
        status=409,
        differences=form.differences(role),
    )


def _form_page(
    practitioner_id: UUID,
    form: PlaceForm,
    organization: Organization | None = None,
    role: PractitionerRole | None = None,
    *,
    status: int = 200,
    differences: list[tuple[str, str]] | None = None,
) -> Response:
    row = entries.practitioner(current_session(), practitioner_id)
    return page(
        "directory/place_form.html",
        status=status,
        form=form,
        row=row,
        name=full_name(row),
        organization=organization,
        role=role,
        differences=differences,
        most_lines=MOST_LINES,
        days=DAYS,
        day_name=day_name,
    )


def _back(practitioner_id: UUID, done: str) -> Response:
    return redirect_to(
        url_for("directory.show_practitioner", practitioner_id=practitioner_id, done=done)
    )
