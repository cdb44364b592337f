"""Modules that are written, reviewed and published: what waits, where each stands, what goes on."""

from uuid import UUID

from flask import Blueprint, Response, url_for
from sqlmodel import Session

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.module_desk import pages, sending
from portal.blueprints.module_desk.forms import PublishForm, SubmissionForm
from portal.clock import now
from portal.db import current_session, transaction
from portal.education import review
from portal.education.drafting import UnfinishedError
from portal.education.gates import Gate
from portal.education.handing_in import hand_in
from portal.education.requests import reviewers_for
from portal.education.retraction import tell_correction
from portal.education.standing import ModuleStanding
from portal.education.telling import tell
from portal.errors import ChangedMeanwhileError, NotFoundError, PublishingRefusedError
from portal.models.education import ModuleVersion
from portal.outbox import Letter
from portal.web.form_values import day_of, version_of
from portal.web.installed import current_keys
from portal.web.page import redirect_to

bp = Blueprint("module_desk", __name__, url_prefix="/modules")


@bp.get("")
@requires(Permission.MODULES_SEE)
def list_modules() -> Response:
    return pages.list_page()


@bp.get("/<uuid:version_id>")
@requires(Permission.MODULES_SEE)
def show_module(version_id: UUID) -> Response:
    return pages.state_page(version_id)


@bp.get("/<uuid:version_id>/preview")
@requires(Permission.MODULES_SEE)
def preview(version_id: UUID) -> Response:
    return sending.preview_page(pages.find(version_id))


@bp.get("/<uuid:version_id>/submit")
@requires(Permission.MODULES_WRITE)
def write_submission(version_id: UUID) -> Response:
    standing = _of_author(version_id)
    if not pages.acts_of(standing, is_answered=False).submits:
        return _moved_on(version_id)
    return sending.submission_page(standing)


@bp.post("/<uuid:version_id>/submit")
@requires(Permission.MODULES_WRITE)
def submit_version(version_id: UUID) -> Response:
    standing = _of_author(version_id)
    form = _submission_form(version_id)
    if not form.is_sent_and_valid():
        return sending.submission_page(standing, form=form, status=422)
    try:
        with transaction() as session:
            revision = version_of(form.revision.data)
            version = review.locked(session, version_id, revision=revision)
            _hand_in(session, version, form)
    except ChangedMeanwhileError:
        return _moved_on(version_id)
    except UnfinishedError:
        return sending.submission_page(pages.find(version_id), form=form, status=422)
    except PublishingRefusedError as error:
        if Gate.WRONG_STATE in error.reasons:
            return pages.state_page(version_id, refused=error.reasons, status=409)
        return sending.submission_page(pages.find(version_id), form=form, status=422)
    return _done(version_id, "submitted")


@bp.post("/<uuid:version_id>/take-back")
@requires(Permission.MODULES_WRITE)
def take_back(version_id: UUID) -> Response:
    _of_author(version_id)
    try:
        with transaction() as session:
            version = review.locked(session, version_id)
            review.take_back(session, version, by=current_viewer().id)
    except PublishingRefusedError as error:
        return pages.state_page(version_id, refused=error.reasons, status=409)
    return _done(version_id, "taken_back")


@bp.get("/<uuid:version_id>/publish")
@requires(Permission.MODULES_WRITE)
def ask_publish(version_id: UUID) -> Response:
    standing = _of_writer(version_id)
    if not pages.acts_of(standing, is_answered=True).publishes:
        return _moved_on(version_id)
    return sending.publish_page(standing)


@bp.post("/<uuid:version_id>/publish")
@requires(Permission.MODULES_WRITE)
def publish(version_id: UUID) -> Response:
    standing = _of_writer(version_id)
    form: PublishForm = PublishForm.from_request()
    if not form.is_sent_and_valid():
        return sending.publish_page(standing, form, status=422)
    try:
        with transaction() as session:
            revision = version_of(form.revision.data)
            version = review.locked(session, version_id, revision=revision)
            review.publish(session, version, at=now(), is_urgent=form.is_urgent)
            if form.is_urgent:
                tell_correction(session, version, keys=current_keys(), at=now())
    except ChangedMeanwhileError:
        return _moved_on(version_id)
    except PublishingRefusedError as error:
        return pages.state_page(version_id, refused=error.reasons, status=409)
    return _done(version_id, "urgent" if form.is_urgent else "published")


def _submission_form(version_id: UUID) -> SubmissionForm:
    form: SubmissionForm = SubmissionForm.from_request()
    form.reviewer_ids = {one.id for one in reviewers_for(current_session(), version_id)}
    form.today = pages.today()
    return form


def _hand_in(session: Session, version: ModuleVersion, form: SubmissionForm) -> None:
    """With a letter to whoever is asked, which says when it comes back to them."""
    viewer, at = current_viewer(), now()
    reviewer_id, due_on = form.reviewer_id, day_of(form.due_on.data)
    if reviewer_id is None or due_on is None:
        raise NotFoundError("reviewer")
    comes_back = version.reviewer_id == reviewer_id
    hand_in(session, version, reviewer_id=reviewer_id, due_on=due_on, by=viewer.id, at=at)
    tell(
        session,
        Letter.MODULE_RESUBMITTED if comes_back else Letter.MODULE_REVIEW_ASKED,
        version,
        to=reviewer_id,
        keys=current_keys(),
        at=at,
        author=f"{viewer.given_name} {viewer.family_name}",
        due_on=due_on.isoformat(),
    )


def _of_author(version_id: UUID) -> ModuleStanding:
    standing = _of_writer(version_id)
    if not standing.is_author:
        raise NotFoundError("module version")
    return standing


def _of_writer(version_id: UUID) -> ModuleStanding:
    standing = pages.find(version_id)
    if not standing.writes:
        raise NotFoundError("module version")
    return standing


def _moved_on(version_id: UUID) -> Response:
    """Somebody did something meanwhile: the page says where it stands."""
    return pages.state_page(version_id, refused=("wrong_state",), status=409)


def _done(version_id: UUID, done: str) -> Response:
    return redirect_to(url_for("module_desk.show_module", version_id=version_id, done=done))
