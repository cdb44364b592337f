"""`page()`: the whole page, or one named block for htmx."""

from flask import Response, make_response, request

from portal.access.guard import loaded_viewer
from portal.access.trail import settle
from portal.web.chrome import chrome, comfort
from portal.web.i18n import current_locale
from portal.web.templating import environment


def page(
    template: str, *, fragment: str | None = None, status: int = 200, **context: object
) -> Response:
    """Render a template; with `fragment`, htmx gets that block alone, whose name is its id.

    The view names the block, never the browser. A boosted or restored page is always whole.
    """
    env = environment(current_locale())
    found = env.get_template(template)
    frame = None if fragment is not None and wants_fragment() else _chrome_or_none()
    settle(status)
    if fragment is not None and wants_fragment():
        render_context = found.new_context(context)
        body = "".join(found.blocks[fragment](render_context))
    else:
        body = found.render(comfort=comfort(), chrome=frame, **context)
    response = make_response(body, status)
    response.vary.update(("Cookie", "HX-Request", "HX-Request-Type"))
    return response


def wants_fragment() -> bool:
    htmx = request.htmx  # type: ignore[attr-defined]  # set by htmx-flask
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def redirect_to(location: str) -> Response:
    """303 to one of our own paths; htmx follows it as a whole page."""
    if not is_local_path(location):
        raise ValueError("redirects stay on this portal")
    response = make_response("", 303)
    if wants_fragment():
        response.status_code = 200
        response.headers["HX-Redirect"] = location
    else:
        response.headers["Location"] = location
    return response


def is_local_path(location: str) -> bool:
    """A path of this host: no scheme, no `//host`, no backslash, no control character."""
    return (
        location.startswith("/")
        and not location.startswith(("//", "/\\"))
        and "\\" not in location
        and all(c.isprintable() for c in location)
    )


def safe_next(path: str) -> str:
    """Where the reader was going if that is a path of this portal, else nothing."""
    return path if is_local_path(path) and len(path) <= 500 else ""


def _chrome_or_none() -> object:
    viewer = loaded_viewer()
    return chrome(viewer) if viewer is not None else None
