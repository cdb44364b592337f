"""What an organization adds to the catalogue of needs."""

from itertools import groupby
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.needs import types
from portal.blueprints.needs.forms import TypeForm, uuid_of
from portal.blueprints.needs.types import CatalogueRow, LabelTakenError, TooManyTypesError
from portal.clock import now
from portal.db import current_session, transaction
from portal.models.need import NeedCode, NeedType
from portal.web.i18n import gettext
from portal.web.labels import need_label
from portal.web.page import page, redirect_to

bp = Blueprint("need_types", __name__, url_prefix="/professional/need-types")
_DONE = ("added", "renamed", "retired", "restored")


@bp.get("")
@requires(Permission.DIRECTORY_MANAGE)
def list_types() -> Response:
    return _list_page(TypeForm.from_request())


@bp.post("")
@requires(Permission.DIRECTORY_MANAGE)
def add_type() -> Response:
    form: TypeForm = TypeForm.from_request()
    organization_id = uuid_of(form.organization.data)
    if not form.is_sent_and_valid() or organization_id is None:
        return _list_page(form, status=422)
    try:
        with transaction() as session:
            types.add_type(
                session,
                user_id=current_viewer().id,
                organization_id=organization_id,
                label=form.label.data or "",
                at=now(),
            )
    except (LabelTakenError, TooManyTypesError) as refused:
        form.refuse("label", _refusal(refused))
        return _list_page(form, status=422)
    return _back("added")


@bp.get("/<uuid:type_id>")
@requires(Permission.DIRECTORY_MANAGE)
def write_name(type_id: UUID) -> Response:
    row = _type(type_id)
    return _name_page(TypeForm.from_request(label=row.label), row)


@bp.post("/<uuid:type_id>")
@requires(Permission.DIRECTORY_MANAGE)
def rename_type(type_id: UUID) -> Response:
    form: TypeForm = TypeForm.from_request()
    if not form.is_sent_and_valid():
        return _name_page(form, _type(type_id), status=422)
    try:
        with transaction() as session:
            types.rename_type(
                session,
                user_id=current_viewer().id,
                type_id=type_id,
                label=form.label.data or "",
            )
    except LabelTakenError as refused:
        form.refuse("label", _refusal(refused))
        return _name_page(form, _type(type_id), status=422)
    return _back("renamed")


@bp.post("/<uuid:type_id>/retire")
@requires(Permission.DIRECTORY_MANAGE)
def retire_type(type_id: UUID) -> Response:
    with transaction() as session:
        types.retire_type(session, user_id=current_viewer().id, type_id=type_id, at=now())
    return _back("retired")


@bp.post("/<uuid:type_id>/restore")
@requires(Permission.DIRECTORY_MANAGE)
def restore_type(type_id: UUID) -> Response:
    try:
        with transaction() as session:
            types.restore_type(session, user_id=current_viewer().id, type_id=type_id)
    except TooManyTypesError as refused:
        form = TypeForm()
        form.label.errors = [_refusal(refused)]
        return _list_page(form, status=422)
    return _back("restored")


def _type(type_id: UUID) -> NeedType:
    return types.own_type(current_session(), user_id=current_viewer().id, type_id=type_id)


def _list_page(form: TypeForm, *, status: int = 200) -> Response:
    rows = types.catalogues(current_session(), user_id=current_viewer().id)
    done = request.args.get("done", "")
    return page(
        "needs/types.html",
        status=status,
        form=form,
        catalogues=[
            (organization_id, name, [one for one in found if one.id is not None])
            for (organization_id, name), found in groupby(rows, key=_organization)
        ],
        common=[need_label(code) for code in NeedCode],
        done=done if done in _DONE else "",
    )


def _organization(row: CatalogueRow) -> tuple[UUID, str]:
    return row.organization_id, row.organization_name


def _name_page(form: TypeForm, row: NeedType, *, status: int = 200) -> Response:
    return page("needs/type_name.html", status=status, form=form, type=row)


def _refusal(refused: LabelTakenError | TooManyTypesError) -> str:
    if isinstance(refused, LabelTakenError):
        return gettext("This name is in the catalogue already")
    return gettext("There are too many: retire those that nobody uses first")


def _back(done: str) -> Response:
    return redirect_to(url_for("need_types.list_types", done=done))
