"""Reading a module before it is published, remarks about its passages, and the answer."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlmodel import Session

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.module_review import pages
from portal.blueprints.module_review.forms import AnswerForm, ApproveForm, RemarkForm
from portal.clock import now
from portal.db import transaction
from portal.education import review
from portal.education.places import words_of_places
from portal.education.remarks import add_remark, reopen_remark, settle_remark
from portal.education.standing import ModuleStanding, standing_towards
from portal.education.telling import tell
from portal.errors import ChangedMeanwhileError, NotFoundError, PublishingRefusedError
from portal.models.education import ModuleVersion
from portal.models.education_writing import ModuleRemark
from portal.outbox import Letter
from portal.web.form_values import day_of, version_of
from portal.web.installed import current_keys
from portal.web.modules.review_sheets import SHEETS, sheet_of
from portal.web.page import redirect_to

bp = Blueprint("module_review", __name__, url_prefix="/modules/<uuid:version_id>")


@bp.get("/review")
@requires(Permission.MODULES_SEE)
def show_text(version_id: UUID) -> Response:
    return pages.text_page(version_id)


@bp.get("/review/differences")
@requires(Permission.MODULES_SEE)
def show_differences(version_id: UUID) -> Response:
    return pages.differences_page(version_id)


@bp.get("/review/remark")
@requires(Permission.MODULES_SEE)
def write_remark(version_id: UUID) -> Response:
    return pages.remark_page(version_id)


@bp.post("/review/remark")
@requires(Permission.MODULES_SEE)
def make_remark(version_id: UUID) -> Response:
    pages.find(version_id)
    form: RemarkForm = RemarkForm.from_request()
    if not form.is_sent_and_valid():
        return pages.remark_page(version_id, form, status=422)
    places = words_of_places(pages.written(version_id).text)
    try:
        with transaction() as session:
            review.locked(session, version_id)
            remark = add_remark(
                session,
                _standing(session, version_id),
                place=form.place.data or "",
                quote=form.quote.data or "",
                body=form.body.data or "",
                places=places,
                at=now(),
            )
    except PublishingRefusedError as error:
        return pages.text_page(version_id, refused=error.reasons, status=409)
    return _back(version_id, "remark", remark=remark)


@bp.post("/remarks/<uuid:remark_id>/settle")
@requires(Permission.MODULES_SEE)
def settle(version_id: UUID, remark_id: UUID) -> Response:
    pages.find(version_id)
    form: AnswerForm = AnswerForm.from_request()
    if not form.is_sent_and_valid():
        return pages.text_page(version_id, answer=(remark_id, form), status=422)
    try:
        with transaction() as session:
            standing, at = _standing(session, version_id), now()
            said = form.answer.data or ""
            remark = settle_remark(session, standing, remark_id, answer=said, at=at)
    except PublishingRefusedError as error:
        return pages.text_page(version_id, refused=error.reasons, status=409)
    if request.form.get("back") == "module":
        return redirect_to(
            url_for("module_desk.show_module", version_id=version_id, done="settled")
        )
    return _back(version_id, "settled", remark=remark)


@bp.post("/remarks/<uuid:remark_id>/reopen")
@requires(Permission.MODULES_SEE)
def reopen(version_id: UUID, remark_id: UUID) -> Response:
    pages.find(version_id)
    try:
        with transaction() as session:
            remark = reopen_remark(session, _standing(session, version_id), remark_id)
    except PublishingRefusedError as error:
        return pages.text_page(version_id, refused=error.reasons, status=409)
    return _back(version_id, "reopened", remark=remark)


@bp.post("/review/read")
@requires(Permission.MODULES_WRITE)
def say_read(version_id: UUID) -> Response:
    """A peer read it."""
    pages.find(version_id)
    try:
        with transaction() as session:
            version = review.locked(session, version_id)
            user = _standing(session, version_id).user
            review.read_as_peer(session, version, by=user, at=now())
    except PublishingRefusedError as error:
        return pages.text_page(version_id, refused=error.reasons, status=409)
    return _back(version_id, "read")


@bp.post("/review/changes")
@requires(Permission.MODULES_REVIEW)
def request_changes(version_id: UUID) -> Response:
    pages.find(version_id)

    def act(session: Session, version: ModuleVersion, standing: ModuleStanding) -> None:
        review.request_changes(session, version, by=standing.user, at=now())
        _tell_author(session, version, Letter.MODULE_CHANGES_ASKED)

    try:
        _carry_out(version_id, act)
    except PublishingRefusedError as error:
        return pages.text_page(version_id, refused=error.reasons, status=409)
    return _to_module(version_id, "changes")


@bp.get("/review/approve")
@requires(Permission.MODULES_REVIEW)
def ask_approve(version_id: UUID) -> Response:
    standing = _of_reviewer(version_id)
    if not pages.may_answer(standing)["approves"]:
        return pages.text_page(version_id, refused=("wrong_state",), status=409)
    return pages.approve_page(standing)


@bp.post("/review/approve")
@requires(Permission.MODULES_REVIEW)
def approve(version_id: UUID) -> Response:
    standing = pages.find(version_id)
    form: ApproveForm = ApproveForm.from_request()
    form.today = pages.today()
    if not form.is_sent_and_valid():
        return pages.approve_page(standing, form, status=422)
    due = day_of(form.review_due.data)
    if due is None:
        raise NotFoundError("day")

    def act(session: Session, version: ModuleVersion, standing: ModuleStanding) -> None:
        review.approve(session, version, by=standing.user, review_due=due, at=now())
        _tell_author(session, version, Letter.MODULE_APPROVED)

    try:
        _carry_out(version_id, act, revision=version_of(form.revision.data))
    except ChangedMeanwhileError:
        return pages.text_page(version_id, refused=("wrong_state",), status=409)
    except PublishingRefusedError as error:
        return pages.text_page(version_id, refused=error.reasons, status=409)
    return _to_module(version_id, "approved")


def _carry_out(
    version_id: UUID,
    act: Callable[[Session, ModuleVersion, ModuleStanding], None],
    *,
    revision: int | None = None,
) -> None:
    """In one transaction that holds the version, as what the reader is in it."""
    with transaction() as session:
        version = review.locked(session, version_id, revision=revision)
        act(session, version, _standing(session, version_id))


def _standing(session: Session, version_id: UUID) -> ModuleStanding:
    return standing_towards(session, version_id, user_id=current_viewer().id)


def _of_reviewer(version_id: UUID) -> ModuleStanding:
    standing = pages.find(version_id)
    if not standing.reviews:
        raise NotFoundError("module version")
    return standing


def _tell_author(session: Session, version: ModuleVersion, letter: Letter) -> None:
    tell(session, letter, version, to=version.author_id, keys=current_keys(), at=now())


def _back(version_id: UUID, done: str, *, remark: ModuleRemark | None = None) -> Response:
    """To the remark, on the page where its passage stands."""
    sheet = sheet_of(remark.place) if remark is not None else SHEETS[0]
    asked = None if sheet == SHEETS[0] else sheet
    address = url_for("module_review.show_text", version_id=version_id, sheet=asked, done=done)
    return redirect_to(f"{address}#remark-{remark.id}" if remark is not None else address)


def _to_module(version_id: UUID, done: str) -> Response:
    return redirect_to(url_for("module_desk.show_module", version_id=version_id, done=done))
