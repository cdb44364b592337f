"""Accounts and the demo's mails for the operator; health and reports for machines."""

import json
import logging
import re
from uuid import UUID

from flask import Blueprint, Response, current_app, g, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.access.guard import public, requires
from portal.access.permissions import Permission
from portal.blueprints.ops import queries
from portal.db import current_session
from portal.errors import NotFoundError
from portal.outbox import records
from portal.outbox.queue import values_of
from portal.web.installed import current_config, current_keys, mail_is_shown
from portal.web.mail import Writer
from portal.web.offline import worker
from portal.web.page import page, redirect_to

bp = Blueprint("ops", __name__)
ACCOUNTS_PER_PAGE = 50
MAILS_SHOWN = 50
_REPORT_BYTES = 8_192
_DIRECTIVE = re.compile(r"[a-z-]{1,40}")
_ICON = "icons/relais.svg"
_KEPT_OFFLINE = ("css/app.css", "icons/sprite.svg", _ICON)
log = logging.getLogger("portal.csp")


@bp.get("/ops/accounts")
@requires(Permission.ACCOUNTS_LIST)
def list_accounts() -> Response:
    after = _uuid(request.args.get("after", ""))
    found = queries.accounts(current_session(), after_id=after, limit=ACCOUNTS_PER_PAGE + 1)
    shown = found[:ACCOUNTS_PER_PAGE]
    return page(
        "ops/accounts.html",
        accounts=shown,
        time_zone=current_config().time_zone,
        is_continued=after is not None,
        goes_on=shown[-1].id if len(found) > ACCOUNTS_PER_PAGE else None,
    )


@bp.get("/ops/mail")
@requires(Permission.MAIL_SEE)
def list_mail() -> Response:
    """What the demo would have sent; anywhere else mails are for their readers alone."""
    if not mail_is_shown():
        raise NotFoundError("mail")
    found = records.newest_shown(current_session(), limit=MAILS_SHOWN)
    writer, keys, zone = Writer(current_config()), current_keys(), current_config().time_zone
    mails = [
        (
            message,
            writer.language(message.locale),
            writer.content(message.letter, values_of(message, keys=keys), locale=message.locale),
        )
        for message in found
    ]
    return page("ops/mail.html", mails=mails, time_zone=zone)


@bp.get("/favicon.ico")
@public
def icon() -> Response:
    """Where browsers look for the icon of what is not a page of ours."""
    g.is_passive = True
    return redirect_to(current_app.extensions["assets"].url(_ICON))


@bp.get("/healthz")
@public
def is_alive() -> Response:
    """The process answers."""
    g.is_passive = True
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def is_ready() -> Response:
    """The process answers and its database too."""
    g.is_passive = True
    try:
        current_session().execute(text("SELECT 1 FROM alembic_version"))
    except SQLAlchemyError:
        return Response("the database does not answer\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@bp.post("/csp-report")
@public
def receive_csp_report() -> Response:
    """A browser refused something: which directive, never the address of the page."""
    raw = request.stream.read(_REPORT_BYTES)
    try:
        report = json.loads(raw).get("csp-report", {})
        directive = str(report.get("effective-directive", ""))
    except (ValueError, AttributeError, RecursionError):
        directive = "unreadable"
    # Anybody can post here: only the name of a directive is worth a line.
    if not _DIRECTIVE.fullmatch(directive):
        directive = "unreadable"
    log.warning("content security policy violated: %s", directive)
    return Response(status=204)


@bp.get("/service-worker.js")
@public
def service_worker() -> Response:
    """The script that answers when the network does not; it keeps no page."""
    assets = current_app.extensions["assets"]
    return worker("js/service-worker.js", STATIC=[assets.url(name) for name in _KEPT_OFFLINE])


def _uuid(text_id: str) -> UUID | None:
    try:
        return UUID(text_id)
    except ValueError:
        return None
