"""Pictures of a draft, and modules as files."""

from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.module_files.words import picture_refusal
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.education.drafting import WRITABLE, UnfinishedError, draft_of
from portal.education.drafting.illustrating import (
    MOST_IMAGES,
    add_picture,
    describe_picture,
    remove_picture,
)
from portal.education.exporting import package_of
from portal.education.importing import Writer, drawn_pictures, import_package
from portal.education.members import House, houses_of
from portal.education.packages import MOST_BYTES as MOST_PACKAGE_BYTES
from portal.education.packages import PackageRefusedError, read_package
from portal.education.pictures import pictures_kept
from portal.education.standing import ModuleStanding, standing_towards
from portal.errors import (
    ChangedMeanwhileError,
    NotFoundError,
    PublishingRefusedError,
    TooManyRequestsError,
)
from portal.models.education_writing import EducationRole
from portal.uploads.checking import Drawn, checked_picture
from portal.uploads.limits import MOST_A_DAY, MOST_BYTES, FileRefusedError, Refusal
from portal.web.form_values import uuid_of
from portal.web.forms import stripped
from portal.web.i18n import gettext
from portal.web.limits import charge_account
from portal.web.modules.files import module_file, package_refusal
from portal.web.page import page, redirect_to

bp = Blueprint("module_files", __name__, url_prefix="/modules")
LONGEST_WORDS = 500
_FORM_AROUND_IT = 20_000


class Shown(NamedTuple):
    """A picture of a draft in the list of them."""

    name: str
    words: str
    digest: str
    width: int
    height: int


@bp.get("/<uuid:version_id>/pictures")
@requires(Permission.MODULES_WRITE)
def list_pictures(version_id: UUID) -> Response:
    standing = _writing(version_id)
    return _not_now(standing) or _pictures_page(standing)


@bp.post("/<uuid:version_id>/pictures")
@requires(Permission.MODULES_WRITE)
def upload_picture(version_id: UUID) -> Response:
    """The lock of the database is let go while the file is read: nobody waits for it."""
    standing = _writing(version_id)
    version, file_name, words = standing.version, "", ""
    end_reading()
    try:
        file_name, content = _arrived("file", MOST_BYTES)
        words = stripped(request.form.get("words"))[:LONGEST_WORDS]
        if not words:
            return _pictures_page(_writing(version_id), is_mute=True, status=422)
        drawn = _drawn(content)
        with transaction() as session:
            name = add_picture(
                session,
                version,
                drawn,
                file_name=file_name,
                alternative_text=words,
                by=current_viewer().id,
                at=now(),
            )
    except FileRefusedError as refused:
        problem = picture_refusal(refused.reason)
        return _pictures_page(_writing(version_id), problem=problem, words=words, status=422)
    except PublishingRefusedError:
        return redirect_to(_state(version_id))
    return redirect_to(_list(version_id, done="added", name=name))


@bp.post("/<uuid:version_id>/pictures/<string:name>/words")
@requires(Permission.MODULES_WRITE)
def describe(version_id: UUID, name: str) -> Response:
    standing = _writing(version_id)
    words = stripped(request.form.get("words"))[:LONGEST_WORDS]
    try:
        with transaction() as session:
            describe_picture(
                session,
                standing.version,
                name,
                alternative_text=words,
                by=current_viewer().id,
                at=now(),
            )
    except PublishingRefusedError:
        return redirect_to(_state(version_id))
    return redirect_to(_list(version_id, done="described", name=name))


@bp.post("/<uuid:version_id>/pictures/<string:name>/remove")
@requires(Permission.MODULES_WRITE)
def remove(version_id: UUID, name: str) -> Response:
    standing = _writing(version_id)
    try:
        with transaction() as session:
            before = remove_picture(
                session, standing.version, name, by=current_viewer().id, at=now()
            )
    except PublishingRefusedError:
        return redirect_to(_state(version_id))
    return redirect_to(_list(version_id, done="removed", undo=before))


@bp.get("/<uuid:version_id>/file")
@requires(Permission.MODULES_SEE)
def download(version_id: UUID) -> Response:
    """Of any version that one may see; a draft has to be complete."""
    session = current_session()
    standing = standing_towards(session, version_id, user_id=current_viewer().id)
    try:
        package = package_of(session, standing.module, standing.version)
    except UnfinishedError:
        return page("module_files/unfinished.html", status=409, version=standing.version)
    return module_file(package)


@bp.get("/import")
@requires(Permission.MODULES_WRITE)
def choose_file() -> Response:
    return _import_page()


@bp.post("/import")
@requires(Permission.MODULES_WRITE)
def import_file() -> Response:
    """One draft for each language of the file: nothing is published by it."""
    viewer, houses = current_viewer(), _houses()
    end_reading()
    try:
        _name, content = _arrived("file", MOST_PACKAGE_BYTES)
        chosen = _chosen(houses)
        if chosen is None:
            return _import_page(problem=gettext("Choose who publishes it"), status=422)
        package = read_package(content)
        pictures = drawn_pictures(package)
        with transaction() as session:
            by = Writer(viewer.id, chosen.id)
            made = import_package(session, package, by=by, at=now(), pictures=pictures)
            rows = [(one.id, one.title, one.locale) for one in made]
    except FileRefusedError as refused:
        return _import_page(problem=_no_file(refused.reason), status=422)
    except PackageRefusedError as refused_package:
        return _import_page(problem=package_refusal(refused_package), status=422)
    except ChangedMeanwhileError:
        problem = gettext("A draft of this module is being written already: finish it first")
        return _import_page(problem=problem, status=409)
    return page("module_files/imported.html", rows=rows, house=chosen)


def _drawn(content: bytes) -> list[Drawn]:
    try:
        charge_account("attachments", most=MOST_A_DAY)
    except TooManyRequestsError:
        raise FileRefusedError(Refusal.TOO_OFTEN) from None
    return checked_picture(content)


def _arrived(field: str, most: int) -> tuple[str, bytes]:
    """Name and bytes of the file of the request. Raises `FileRefusedError`."""
    request.max_content_length = most + _FORM_AROUND_IT
    try:
        sent = request.files.get(field)
    except RequestEntityTooLarge:
        raise FileRefusedError(Refusal.TOO_LARGE) from None
    if sent is None or not sent.filename:
        raise FileRefusedError(Refusal.EMPTY)
    return sent.filename, sent.stream.read(most + 1)


def _no_file(reason: Refusal) -> str:
    if reason is Refusal.TOO_LARGE:
        return gettext("The file is too large: 10 MB at most")
    return gettext("Choose a module file: it ends in .zip")


def _writing(version_id: UUID) -> ModuleStanding:
    standing = standing_towards(current_session(), version_id, user_id=current_viewer().id)
    if not standing.writes:
        raise NotFoundError("module version")
    return standing


def _not_now(standing: ModuleStanding) -> Response | None:
    if standing.version.state in WRITABLE:
        return None
    return redirect_to(_state(standing.version.id))


def _pictures_page(
    standing: ModuleStanding,
    *,
    problem: str = "",
    words: str = "",
    is_mute: bool = False,
    status: int = 200,
) -> Response:
    session = current_session()
    draft = draft_of(session, standing.version)
    kept = {one.name: one for one in pictures_kept(session, standing.version.id)}
    undo = request.args.get("undo", "")
    return page(
        "module_files/pictures.html",
        status=status,
        version=standing.version,
        pictures=[
            Shown(name, said, kept[name].digest, kept[name].width, kept[name].height)
            for name, said in draft.text.images.items()
            if name in kept
        ],
        problem=problem,
        words=words,
        is_mute=is_mute,
        is_full=len(draft.text.images) >= MOST_IMAGES,
        most=MOST_IMAGES,
        done=request.args.get("done", ""),
        name=request.args.get("name", ""),
        undo=int(undo) if undo.isascii() and undo.isdigit() and len(undo) < 9 else None,
    )


def _import_page(*, problem: str = "", status: int = 200) -> Response:
    return page("module_files/import.html", status=status, houses=_houses(), problem=problem)


def _houses() -> list[House]:
    return houses_of(current_session(), current_viewer().id, role=EducationRole.WRITER)


def _chosen(houses: list[House]) -> House | None:
    if len(houses) == 1:
        return houses[0]
    wanted = uuid_of(request.form.get("organization"))
    return next((one for one in houses if one.id == wanted), None)


def _list(version_id: UUID, **values: Any) -> str:
    return url_for("module_files.list_pictures", version_id=version_id, **values)


def _state(version_id: UUID) -> str:
    return url_for("module_desk.show_module", version_id=version_id)
