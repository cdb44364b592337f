"""How a module begins: a new one, the next version of one that is read; and how a draft goes."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.writing.forms import NewModuleForm
from portal.blueprints.writing.pages import find_writing
from portal.clock import now
from portal.db import current_session, transaction
from portal.education.coauthors import let_write, stop_writing, writers_for
from portal.education.drafting import discard, in_work, next_version, start_module
from portal.education.members import houses_of
from portal.errors import ChangedMeanwhileError, PublishingRefusedError
from portal.models.education import Audience, Theme, VersionState
from portal.models.education_writing import EducationRole
from portal.web.form_values import uuid_of
from portal.web.modules.cards import theme_word
from portal.web.page import page, redirect_to

bp = Blueprint("writing_start", __name__, url_prefix="/modules")


@bp.get("/new")
@requires(Permission.MODULES_WRITE)
def write_new() -> Response:
    return _new_page(_form())


@bp.post("/new")
@requires(Permission.MODULES_WRITE)
def begin() -> Response:
    form = _form()
    if not form.is_sent_and_valid() or form.organization_id is None:
        return _new_page(form, status=422)
    with transaction() as session:
        version = start_module(
            session,
            title=form.title.data or "",
            locale="fr",
            theme=Theme(form.theme.data),
            audience=Audience(form.audience.data),
            organization_id=form.organization_id,
            by=current_viewer().id,
            at=now(),
        )
    return redirect_to(url_for("writing.write", version_id=version.id))


@bp.post("/<uuid:version_id>/next")
@requires(Permission.MODULES_WRITE)
def begin_next(version_id: UUID) -> Response:
    """A next version of what is read; the one that is being written already, when there is one."""
    standing = find_writing(version_id)
    try:
        with transaction() as session:
            draft = next_version(session, standing.version, by=current_viewer().id, at=now())
            address = url_for("writing.write", version_id=draft.id)
    except ChangedMeanwhileError:
        version = standing.version
        other = in_work(current_session(), version.module_id, version.locale)
        address = url_for("module_desk.show_module", version_id=other or version_id)
    except PublishingRefusedError:
        address = url_for("module_desk.show_module", version_id=version_id)
    return redirect_to(address)


@bp.get("/<uuid:version_id>/discard")
@requires(Permission.MODULES_WRITE)
def ask_discard(version_id: UUID) -> Response:
    standing = find_writing(version_id)
    version = standing.version
    if version.state is not VersionState.DRAFT or version.submitted_at or not standing.is_author:
        return redirect_to(url_for("module_desk.show_module", version_id=version_id))
    return page("writing/discard.html", version=version)


@bp.post("/<uuid:version_id>/discard")
@requires(Permission.MODULES_WRITE)
def discard_draft(version_id: UUID) -> Response:
    standing = find_writing(version_id)
    address = url_for("module_desk.show_module", version_id=version_id)
    if not standing.is_author:
        return redirect_to(address)
    try:
        with transaction() as session:
            discard(session, standing.version)
    except PublishingRefusedError:
        return redirect_to(address)
    return redirect_to(url_for("module_desk.list_modules", done="discarded"))


@bp.get("/<uuid:version_id>/authors")
@requires(Permission.MODULES_WRITE)
def list_writers(version_id: UUID) -> Response:
    """Who writes it, and whom its author may let in."""
    standing = find_writing(version_id)
    return page(
        "writing/authors.html",
        version=standing.version,
        standing=standing,
        writers=writers_for(current_session(), standing),
        done=request.args.get("done", ""),
    )


@bp.post("/<uuid:version_id>/authors")
@requires(Permission.MODULES_WRITE)
def choose_writer(version_id: UUID) -> Response:
    standing = find_writing(version_id)
    user_id = uuid_of(request.form.get("writer"))
    done = ""
    if user_id is not None:
        with transaction() as session:
            if request.form.get("do") == "stop":
                stop_writing(session, standing, user_id)
                done = "stopped"
            else:
                let_write(session, standing, user_id, at=now())
                done = "added"
    return redirect_to(url_for("writing_start.list_writers", version_id=version_id, done=done))


def _form() -> NewModuleForm:
    form: NewModuleForm = NewModuleForm.from_request()
    viewer = current_viewer()
    form.organizations = houses_of(current_session(), viewer.id, role=EducationRole.WRITER)
    return form


def _new_page(form: NewModuleForm, *, status: int = 200) -> Response:
    return page(
        "writing/new.html",
        status=status,
        form=form,
        themes=[(theme, theme_word(theme)) for theme in Theme],
    )
