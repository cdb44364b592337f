"""A CSV file becomes entries of the directory: sending it, watching it, mending what was bad."""

from typing import BinaryIO, cast
from uuid import UUID

from flask import Blueprint, Response, g, make_response, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.access.sessions import require_session
from portal.blueprints.directory_import import queries, tables, words
from portal.blueprints.directory_import.forms import ImportForm
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.errors import NotFoundError
from portal.imports import files, queue
from portal.imports.problems import FileRefusedError, Refusal
from portal.web.forms import stripped
from portal.web.i18n import gettext
from portal.web.page import page, redirect_to, wants_fragment
from portal.web.time_zones import reader_time_zone

bp = Blueprint("directory_import", __name__, url_prefix="/directory/imports")
MOST_BYTES = words.MOST_MEGABYTES * 1024 * 1024
_FORM_AROUND_IT = 64 * 1024
MOST_PROBLEMS = 50_000
_LAST_LINE = 2**31 - 1
"""The largest number of the column."""
_PAUSES = (1, 1, 2, 2, 3, 5, 8, 13)
"""Seconds between two looks; the last one from then on."""


@bp.get("")
@requires(Permission.DIRECTORY_MANAGE)
def list_imports() -> Response:
    found = queries.imports(current_session(), before=_uuid(request.args.get("before", "")))
    shown = found[: queries.PER_PAGE]
    return page(
        "directory_import/list.html",
        imports=shown,
        is_continued="before" in request.args,
        older=shown[-1].id if len(found) > len(shown) else None,
        words=words,
        time_zone=reader_time_zone(),
    )


@bp.get("/new")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def choose_file() -> Response:
    return _form_page(ImportForm())


@bp.post("/new")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def send_file() -> Response:
    # A slow line must not hold the write lock while the file arrives.
    end_reading()
    try:
        import_id = _keep(_arrived())
    except FileRefusedError as refused:
        form = ImportForm()
        form.refuse("file", words.refusal_words(refused.reason))
        return _form_page(form, status=422)
    return redirect_to(url_for("directory_import.show_import", import_id=import_id, done="sent"))


@bp.get("/example")
@requires(Permission.DIRECTORY_MANAGE)
def download_example() -> Response:
    return _download(tables.example(), gettext("directory-example.csv"))


@bp.get("/<uuid:import_id>")
@requires(Permission.DIRECTORY_MANAGE)
def show_import(import_id: UUID) -> Response:
    # A page that looks by itself keeps nobody signed in.
    g.is_passive = wants_fragment()
    session, looks = current_session(), request.args.get("look", 0, type=int)
    row = queries.one_import(session, import_id=import_id)
    after = min(max(request.args.get("after", 0, type=int), 0), _LAST_LINE)
    found = queries.problems(session, import_id=import_id, after=after)
    shown = found[: queries.PROBLEMS_PER_PAGE]
    return page(
        "directory_import/import.html",
        fragment="progress",
        row=row,
        problems=shown,
        is_continued=after > 0,
        next_problem=shown[-1].line if len(found) > len(shown) else None,
        words=words,
        is_look=wants_fragment(),
        next_look=looks + 1,
        pause=_PAUSES[min(max(looks, 0), len(_PAUSES) - 1)],
        time_zone=reader_time_zone(),
        done=request.args.get("done", ""),
    )


@bp.get("/<uuid:import_id>/problems")
@requires(Permission.DIRECTORY_MANAGE)
def download_problems(import_id: UUID) -> Response:
    session = current_session()
    row = queries.one_import(session, import_id=import_id)
    found = queries.problems(session, import_id=row.id, limit=MOST_PROBLEMS)
    return _download(tables.mendable(found), gettext("lines-to-correct.csv"))


@bp.post("/<uuid:import_id>/stop")
@requires(Permission.DIRECTORY_MANAGE)
def stop_import(import_id: UUID) -> Response:
    with transaction() as session:
        queries.one_import(session, import_id=import_id)
        is_done = queue.stop(session, import_id=import_id)
    return _back_to(import_id, "stopped" if is_done else "")


@bp.post("/<uuid:import_id>/resume")
@requires(Permission.DIRECTORY_MANAGE)
def resume_import(import_id: UUID) -> Response:
    with transaction() as session:
        queries.one_import(session, import_id=import_id)
        is_done = queue.resume(session, import_id=import_id)
    return _back_to(import_id, "resumed" if is_done else "")


def _arrived() -> tuple[str, int, BinaryIO]:
    """Name, size and content, on disk when it is large. Raises `FileRefusedError`."""
    request.max_content_length = MOST_BYTES + _FORM_AROUND_IT
    try:
        sent = request.files.get("file")
    except RequestEntityTooLarge:
        raise FileRefusedError(Refusal.TOO_LARGE) from None
    if sent is None or not sent.filename:
        raise FileRefusedError(Refusal.EMPTY)
    content = cast(BinaryIO, sent.stream)
    size = content.seek(0, 2)
    if size > MOST_BYTES:
        raise FileRefusedError(Refusal.TOO_LARGE)
    content.seek(0)
    return stripped(sent.filename)[-200:], size, content


def _keep(arrived: tuple[str, int, BinaryIO]) -> UUID:
    name, size, content = arrived
    beginning, viewer, at = files.begin(content), current_viewer(), now()
    with transaction() as session:
        require_session(session, session_id=viewer.session_id, at=at)
        same = queries.same_open(session, by=viewer.id, name=name, total_bytes=size)
        if same is not None:
            return same
        return files.keep(
            session, content, beginning, name=name, total_bytes=size, by=viewer.id, at=at
        ).id


def _form_page(form: ImportForm, *, status: int = 200) -> Response:
    return page(
        "directory_import/new.html", status=status, form=form, columns=words.column_choices()
    )


def _back_to(import_id: UUID, done: str) -> Response:
    location = url_for("directory_import.show_import", import_id=import_id, done=done or None)
    return redirect_to(location)


def _download(content: bytes, name: str) -> Response:
    response = make_response(content)
    response.content_type = "text/csv; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _uuid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError("import") from None
