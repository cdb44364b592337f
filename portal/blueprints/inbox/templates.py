"""Words that are written often."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.inbox.forms import OWN, TemplateForm
from portal.clock import now
from portal.db import current_session, transaction
from portal.messaging import templates
from portal.messaging.templates import TooManyTemplatesError
from portal.models.base import new_id
from portal.models.messaging import AnswerTemplate
from portal.web.form_values import uuid_of
from portal.web.i18n import gettext
from portal.web.page import page, redirect_to

bp = Blueprint("answer_templates", __name__, url_prefix="/inbox/templates")
_DONE = frozenset(("added", "changed", "deleted"))


@bp.get("")
@requires(Permission.INBOX_SEE)
def list_templates() -> Response:
    return _page()


@bp.post("")
@requires(Permission.INBOX_SEE)
def add_template() -> Response:
    form: TemplateForm = TemplateForm.from_request()
    if not form.is_sent_and_valid():
        return _page(form, status=422)
    owner = form.owner.data or OWN
    try:
        with transaction() as session:
            templates.add_template(
                session,
                viewer=current_viewer(),
                template_id=uuid_of(form.template_id.data) or new_id(),
                title=form.title.data or "",
                body=form.body.data or "",
                team_id=None if owner == OWN else uuid_of(owner) or new_id(),
                at=now(),
            )
    except TooManyTemplatesError:
        form.refuse("title", gettext("There are 50 already: delete one that is no longer needed"))
        return _page(form, status=422)
    return _back("added")


@bp.get("/<uuid:template_id>")
@requires(Permission.INBOX_SEE)
def write_change(template_id: UUID) -> Response:
    found = templates.find_template(current_session(), template_id, viewer=current_viewer())
    form = TemplateForm(data={"title": found.title, "body": found.body})
    return _change_page(found, form)


@bp.post("/<uuid:template_id>")
@requires(Permission.INBOX_SEE)
def change_template(template_id: UUID) -> Response:
    form: TemplateForm = TemplateForm.from_request()
    if not form.is_sent_and_valid():
        found = templates.find_template(current_session(), template_id, viewer=current_viewer())
        return _change_page(found, form, status=422)
    with transaction() as session:
        found = templates.find_template(session, template_id, viewer=current_viewer())
        found.title, found.body = form.title.data or "", form.body.data or ""
        session.add(found)
    return _back("changed")


@bp.post("/<uuid:template_id>/delete")
@requires(Permission.INBOX_SEE)
def delete_template(template_id: UUID) -> Response:
    with transaction() as session:
        session.delete(templates.find_template(session, template_id, viewer=current_viewer()))
    return _back("deleted")


def _page(form: TemplateForm | None = None, *, status: int = 200) -> Response:
    viewer, session = current_viewer(), current_session()
    teams = templates.list_teams(session, viewer=viewer)
    is_own_known = viewer.practitioner_id is not None
    first = OWN if is_own_known or not teams else str(teams[0].id)
    done = request.args.get("done", "")
    return page(
        "inbox/templates.html",
        status=status,
        templates=templates.list_templates(session, viewer=viewer),
        teams=teams,
        may_keep_own=is_own_known,
        form=form or TemplateForm(data={"owner": first, "template_id": str(new_id())}),
        done=done if done in _DONE else "",
    )


def _change_page(found: AnswerTemplate, form: TemplateForm, *, status: int = 200) -> Response:
    return page("inbox/template.html", status=status, template_id=found.id, form=form)


def _back(done: str) -> Response:
    return redirect_to(url_for("answer_templates.list_templates", done=done))
