"""Renewing the review of a module, taking it back, who may read it, who goes on writing it."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.module_upkeep import pages
from portal.blueprints.module_upkeep.forms import (
    EVERYBODY,
    HandOverForm,
    RenewForm,
    RetractForm,
    SettingsForm,
)
from portal.clock import now
from portal.db import current_session, transaction
from portal.education.coauthors import writers_for
from portal.education.handing_over import hand_over, may_hand_over
from portal.education.renewal import may_renew
from portal.education.retraction import may_retract, take_back_module
from portal.education.review import locked, renew_review
from portal.education.standing import ModuleStanding, standing_towards
from portal.errors import ChangedMeanwhileError, NotFoundError, PublishingRefusedError
from portal.models.education import Audience, Module, Theme
from portal.web.form_values import day_of, version_of
from portal.web.installed import current_keys
from portal.web.page import redirect_to

bp = Blueprint("module_upkeep", __name__, url_prefix="/modules/<uuid:version_id>")


@bp.get("/renew")
@requires(Permission.MODULES_REVIEW)
def ask_renew(version_id: UUID) -> Response:
    return pages.renew_page(_of_reviewer(version_id))


@bp.post("/renew")
@requires(Permission.MODULES_REVIEW)
def renew(version_id: UUID) -> Response:
    """« This text is still right », until a new day."""
    standing = _of_reviewer(version_id)
    form: RenewForm = RenewForm.from_request()
    form.today = pages.today()
    if not form.is_sent_and_valid():
        return pages.renew_page(standing, form, status=422)
    due = day_of(form.review_due.data)
    if due is None:
        raise NotFoundError("day")
    try:
        with transaction() as session:
            version = locked(session, version_id, revision=version_of(form.revision.data))
            user = standing_towards(session, version_id, user_id=current_viewer().id).user
            renew_review(session, version, by=user, review_due=due, at=now())
    except ChangedMeanwhileError:
        return pages.moved_on(version_id)
    except PublishingRefusedError as error:
        return pages.moved_on(version_id, error.reasons)
    return _done(version_id, "renewed")


@bp.get("/retract")
@requires(Permission.MODULES_SEE)
def ask_retract(version_id: UUID) -> Response:
    standing = pages.find(version_id)
    if not may_retract(standing):
        raise NotFoundError("module version")
    return pages.retract_page(standing)


@bp.post("/retract")
@requires(Permission.MODULES_SEE)
def retract(version_id: UUID) -> Response:
    standing = pages.find(version_id)
    if standing.module.retracted_at is not None:
        return pages.moved_on(version_id)
    if not may_retract(standing):
        raise NotFoundError("module version")
    form: RetractForm = RetractForm.from_request()
    if not form.is_sent_and_valid():
        return pages.retract_page(standing, form, status=422)
    try:
        with transaction() as session:
            take_back_module(
                session,
                standing_towards(session, version_id, user_id=current_viewer().id),
                reason=form.reason.data or "",
                keys=current_keys(),
                at=now(),
            )
    except PublishingRefusedError as error:
        return pages.moved_on(version_id, error.reasons)
    return _done(version_id, "retracted")


@bp.get("/settings")
@requires(Permission.MODULES_MANAGE)
def show_settings(version_id: UUID) -> Response:
    return pages.settings_page(_of_coordinator(version_id))


@bp.post("/settings")
@requires(Permission.MODULES_MANAGE)
def save_settings(version_id: UUID) -> Response:
    standing = _of_coordinator(version_id)
    form: SettingsForm = SettingsForm.from_request()
    if not form.is_sent_and_valid():
        return pages.settings_page(standing, form, status=422)
    module_id = standing.module.id
    with transaction() as session:
        module = session.get_one(Module, module_id, with_for_update=True)
        module.is_public = form.readers.data == EVERYBODY
        module.theme, module.audience = Theme(form.theme.data), Audience(form.audience.data)
        session.add(module)
    return _done(version_id, "settings")


@bp.get("/hand-over")
@requires(Permission.MODULES_MANAGE)
def ask_hand_over(version_id: UUID) -> Response:
    return pages.hand_over_page(_to_hand_over(version_id))


@bp.post("/hand-over")
@requires(Permission.MODULES_MANAGE)
def give_to_another(version_id: UUID) -> Response:
    standing = _to_hand_over(version_id)
    form: HandOverForm = HandOverForm.from_request()
    form.writer_ids = {one.id for one in writers_for(current_session(), standing)}
    if not form.is_sent_and_valid() or form.writer_id is None:
        return pages.hand_over_page(standing, form, status=422)
    writer_id = form.writer_id
    try:
        with transaction() as session:
            version = locked(session, version_id, revision=version_of(form.revision.data))
            hand_over(session, version, writer_id, by=current_viewer().id, at=now())
    except ChangedMeanwhileError:
        return pages.moved_on(version_id)
    except PublishingRefusedError as error:
        return pages.moved_on(version_id, error.reasons)
    return _done(version_id, "handed_over")


def _of_reviewer(version_id: UUID) -> ModuleStanding:
    standing = pages.find(version_id)
    if not may_renew(standing):
        raise NotFoundError("module version")
    return standing


def _of_coordinator(version_id: UUID) -> ModuleStanding:
    standing = pages.find(version_id)
    if not standing.manages:
        raise NotFoundError("module version")
    return standing


def _to_hand_over(version_id: UUID) -> ModuleStanding:
    standing = _of_coordinator(version_id)
    if not may_hand_over(current_session(), standing):
        raise NotFoundError("module version")
    return standing


def _done(version_id: UUID, done: str) -> Response:
    return redirect_to(url_for("module_desk.show_module", version_id=version_id, done=done))
