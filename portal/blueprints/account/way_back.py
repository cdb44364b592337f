"""While staff open a new access to an account, nothing is added to it from inside."""

from flask import Response, request

from portal.access.guard import loaded_viewer
from portal.web.page import page

_CLOSED = frozenset(
    f"{group}.{view}"
    for group, views in {
        "code_apps": ("prepare_app", "begin_app", "show_app", "finish_app"),
        "paper_sheets": ("prepare_sheet", "begin_sheet", "show_sheet", "finish_sheet"),
    }.items()
    for view in views
)


def close_while_renewed() -> Response | None:
    """For `before_request`, after the guard.

    An account has one app and one sheet that wait for their first code. Begun here, they would
    be offered to the person who comes back; begun there, they would be shown here.
    """
    viewer = loaded_viewer()
    if viewer is None or not viewer.has_reproofing or request.endpoint not in _CLOSED:
        return None
    return page("account/factors_closed.html", status=409)
