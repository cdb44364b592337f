"""What is new for the reader, and the key of what their device keeps.

Open pages ask by themselves: that keeps no session alive and shows nothing of anybody.
"""

from uuid import UUID

from flask import Blueprint, Response, g, jsonify, request

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.clock import now
from portal.db import current_session
from portal.errors import SignInRequiredError
from portal.messaging.news import MOST_THREADS, news_of
from portal.web.form_values import uuid_of
from portal.web.installed import current_keys

bp = Blueprint("message_news", __name__, url_prefix="/messages")
_NOTHING = UUID(int=0)


@bp.get("/news")
@requires(Permission.ACCOUNT_OWN)
def show_news() -> Response:
    """`?thread=…&after=…`, in pairs: `{"threads": [ids]}` of those with a newer message."""
    g.is_passive = True
    _refuse_anybody_else()
    shown = _shown()
    threads = (
        news_of(current_session(), viewer=current_viewer(), shown=shown, at=now()) if shown else []
    )
    return jsonify(threads=[str(one) for one in threads])


@bp.post("/queue-key")
@requires(Permission.ACCOUNT_OWN)
def queue_key() -> Response:
    """32 bytes: what the device keeps unsent opens for this account only, while signed in."""
    g.is_passive = True
    _refuse_anybody_else()
    raw = current_keys().hmac("device queue", str(current_viewer().id))
    return Response(raw, mimetype="application/octet-stream")


def _refuse_anybody_else() -> None:
    """On a shared device somebody else may have signed in since: the page is not theirs.

    `?reader=` says whose page asks; raises `SignInRequiredError`.
    """
    if request.args.get("reader") != str(current_viewer().id):
        raise SignInRequiredError


def _shown() -> dict[UUID, UUID]:
    """What cannot be read is nothing that the page shows."""
    threads = request.args.getlist("thread")[:MOST_THREADS]
    afters = request.args.getlist("after")[:MOST_THREADS]
    pairs = {
        uuid_of(thread): uuid_of(after) for thread, after in zip(threads, afters, strict=False)
    }
    return {thread: after or _NOTHING for thread, after in pairs.items() if thread is not None}
