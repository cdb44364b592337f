"""For machines that collect pages: the library alone, and what is in it."""

from flask import Blueprint, Response, url_for

from portal.access.guard import public
from portal.db import current_session
from portal.education.finding import public_addresses
from portal.web.installed import current_config

bp = Blueprint("crawlers", __name__)
_DAY = 86_400


@bp.get("/robots.txt")
@public
def tell_robots() -> Response:
    """Everything else is about somebody, or behind a sign-in."""
    sitemap = current_config().base_url + url_for("crawlers.list_public_modules")
    text = f"User-agent: *\nAllow: /library\nAllow: /static/\nDisallow: /\nSitemap: {sitemap}\n"
    return _kept(Response(text, mimetype="text/plain"))


@bp.get("/sitemap.xml")
@public
def list_public_modules() -> Response:
    base = current_config().base_url
    entries = "".join(
        f"<url><loc>{base}{url_for('library.show_step', slug=one.slug, number=1)}</loc>"
        f"<lastmod>{one.published_at:%Y-%m-%d}</lastmod></url>\n"
        for one in public_addresses(current_session())
    )
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"<url><loc>{base}{url_for('library.list_modules')}</loc></url>\n{entries}</urlset>\n"
    )
    return _kept(Response(xml, mimetype="application/xml"))


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={_DAY}"
    return response
