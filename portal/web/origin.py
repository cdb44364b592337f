"""Cross-site requests: refused by what the browser says of their origin, without any token."""

from flask import Flask, request

from portal.access.trail import SAFE_METHODS
from portal.errors import CrossSiteRequestError


def init_app(app: Flask) -> None:
    app.before_request(refuse_cross_site)


def refuse_cross_site() -> None:
    """A state-changing request must come from our own pages, and must say so."""
    if request.method not in SAFE_METHODS and not _is_ours():
        raise CrossSiteRequestError


def is_own_post() -> bool:
    """Whether one of our own pages sent this form."""
    return request.method == "POST" and _is_ours()


def _is_ours() -> bool:
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    # Browsers older than Fetch Metadata still send Origin with every POST.
    return request.headers.get("Origin") == request.host_url.rstrip("/")
