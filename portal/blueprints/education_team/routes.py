"""Coordinators say who writes and who reviews the modules of their organization."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlmodel import Session

from portal import outbox
from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.education_team import pages
from portal.clock import now
from portal.db import transaction
from portal.education import team
from portal.errors import NotFoundError
from portal.models.account import User
from portal.models.education_writing import EducationRole
from portal.web.form_values import uuid_of
from portal.web.installed import current_keys
from portal.web.page import redirect_to

bp = Blueprint("education_team", __name__, url_prefix="/modules/team")


@bp.get("")
@requires(Permission.MODULES_MANAGE)
def list_members() -> Response:
    return pages.list_page()


@bp.get("/reviewer")
@requires(Permission.MODULES_MANAGE)
def find_reviewer() -> Response:
    """By name, among the professionals who have an account."""
    return pages.add_page()


@bp.post("/reviewer")
@requires(Permission.MODULES_MANAGE)
def add_reviewer() -> Response:
    user_id, organization_id = uuid_of(request.form.get("user")), pages.organization_id()
    if user_id is None:
        return pages.add_page(status=422, is_missing=True)
    with transaction() as session:
        is_new = team.name_reviewer(
            session,
            user_id,
            organization_id=organization_id,
            by=current_viewer().id,
            at=now(),
        )
        if is_new:
            _tell_reviewer(session, user_id, organization_id)
    done = "added" if is_new else "already"
    return _done(done, EducationRole.REVIEWER, user_id, organization_id)


@bp.get("/<string:role>/<uuid:user_id>/end")
@requires(Permission.MODULES_MANAGE)
def ask_end(role: str, user_id: UUID) -> Response:
    return pages.end_page(pages.find_card(_role(role), user_id, has_ended=False))


@bp.post("/<string:role>/<uuid:user_id>/end")
@requires(Permission.MODULES_MANAGE)
def end(role: str, user_id: UUID) -> Response:
    organization_id = pages.organization_id()
    with transaction() as session:
        team.end_role(
            session,
            user_id,
            role=_role(role),
            organization_id=organization_id,
            by=current_viewer().id,
            at=now(),
        )
    return _done("ended", _role(role), user_id, organization_id)


@bp.post("/<string:role>/<uuid:user_id>/restore")
@requires(Permission.MODULES_MANAGE)
def restore(role: str, user_id: UUID) -> Response:
    """To whoever held the role before: the ending is taken back."""
    organization_id = pages.organization_id()
    with transaction() as session:
        team.give_back_role(
            session,
            user_id,
            role=_role(role),
            organization_id=organization_id,
            by=current_viewer().id,
            at=now(),
        )
    return _done("back", _role(role), user_id, organization_id)


@bp.get("/writer/<uuid:user_id>/texts")
@requires(Permission.MODULES_MANAGE)
def list_texts(user_id: UUID) -> Response:
    """What somebody left who writes no longer: each text may go on with another."""
    return pages.texts_page(pages.find_card(EducationRole.WRITER, user_id, has_ended=True))


def _role(text: str) -> EducationRole:
    if text not in set(EducationRole):
        raise NotFoundError("role")
    return EducationRole(text)


def _tell_reviewer(session: Session, user_id: UUID, organization_id: UUID) -> None:
    user = session.get_one(User, user_id)
    if user.email is None:
        return
    outbox.post(
        session,
        keys=current_keys(),
        letter=outbox.Letter.MODULE_REVIEWER_NAMED,
        to=user.email,
        locale=user.locale,
        user_id=user.id,
        subject_id=organization_id,
        at=now(),
        values={"path": "/modules"},
    )


def _done(done: str, role: EducationRole, user_id: UUID, organization_id: UUID) -> Response:
    return redirect_to(
        url_for(
            "education_team.list_members",
            done=done,
            role=role.value,
            user=user_id,
            organization=organization_id,
        )
    )
