"""The public library: what organizations let everybody read. Fast, and no account needed."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, jsonify, make_response, request, url_for

from portal.access.guard import public
from portal.access.sessions import set_cookie
from portal.db import current_session
from portal.education.apparatus import apparatus_of
from portal.education.asking import asked
from portal.education.exporting import package_of
from portal.education.finding import Seeker
from portal.education.pictures import find_picture
from portal.education.reader_notices import TakenBack, taken_back_publicly
from portal.education.reading import Opened, open_public_module
from portal.education.translating import LANGUAGES
from portal.education.whole import whole_of
from portal.errors import NotFoundError
from portal.models.account import TextSize
from portal.models.education import Module, ModuleVersion
from portal.web.chrome import COMFORT_COOKIE, comfort
from portal.web.i18n import current_locale
from portal.web.installed import current_config
from portal.web.modules.cards import provenance_card
from portal.web.modules.copies import copy_of
from portal.web.modules.files import module_file
from portal.web.modules.paper import paper_module
from portal.web.modules.search import search_modules
from portal.web.modules.steps import places, step_card
from portal.web.offline import worker
from portal.web.page import page, redirect_to, safe_next

bp = Blueprint("library", __name__, url_prefix="/library")
PAGES_LAST = 300
"""Seconds for which a cache between us and the reader may show a page without asking again."""
FOREVER = 31_536_000
_COMFORT_LASTS = timedelta(days=365)


class ModuleTakenBackError(Exception):
    """Anybody may have read it: a page of its own says why nobody does any more."""

    def __init__(self, taken_back: TakenBack) -> None:
        super().__init__(taken_back.title)
        self.taken_back = taken_back


def _wished() -> str:
    """`?in=ar`: the language of the module, where it is another than that of the page."""
    wished = request.args.get("in", "")
    return wished if wished in LANGUAGES else ""


@bp.url_defaults
def _stay_in_language(endpoint: str, values: dict[str, Any]) -> None:
    if "slug" in values and _wished() and endpoint != "library.download_file":
        values.setdefault("in", _wished())


@bp.errorhandler(ModuleTakenBackError)
def tell_taken_back(error: ModuleTakenBackError) -> Response:
    answer = page("library/taken_back.html", status=410, module=error.taken_back)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("")
@public
def list_modules() -> Response:
    found = search_modules(current_session(), request.args, by=Seeker(current_locale()))
    return _for_everybody(
        page("library/list.html", search=found, canonical=_canonical("library.list_modules"))
    )


@bp.get("/kept")
@public
def list_kept() -> Response:
    """What this device keeps is known to the device alone: a script writes it into the page."""
    return _for_everybody(page("library/kept.html"))


@bp.get("/worker.js")
@public
def library_worker() -> Response:
    """The script that keeps modules on a device; a browser asks for it once one is to be kept."""
    return worker("js/library-worker.js")


@bp.get("/<string:slug>")
@public
def open_module(slug: str) -> Response:
    return redirect_to(url_for("library.show_step", slug=slug, number=1))


@bp.get("/<string:slug>/<int:number>")
@public
def show_step(slug: str, number: int) -> Response:
    opened = _opened(slug, number)
    if opened.number is None:
        raise NotFoundError("module step")
    is_easy = opened.has_easy_reading and request.args.get("easy") == "1"
    apparatus = apparatus_of(current_session(), opened.version_id)
    answer = page(
        "library/step.html",
        module=opened,
        step=step_card(opened, apparatus, is_easy=is_easy),
        provenance=provenance_card(opened),
        canonical=_canonical("library.show_step", slug=slug, number=number),
    )
    return _for_everybody(answer)


@bp.get("/<string:slug>/questions/<int:number>")
@public
def ask(slug: str, number: int) -> Response:
    """`?answer=` is what was chosen: an address, so that nothing is sent and nothing is kept."""
    opened = _opened(slug, 1)
    is_again = request.args.get("again") == "1"
    question = asked(current_session(), opened.version_id, number=number, is_again=is_again)
    if question is None:
        raise NotFoundError("module question")
    answer = request.args.get("answer", "")
    is_number = answer.isascii() and answer.isdigit() and len(answer) < 3
    chosen = question.answers.get(int(answer)) if is_number else None
    is_last = number >= question.total
    return _for_everybody(
        page(
            "library/question.html",
            module=opened,
            question=question,
            number=number,
            is_again=is_again,
            chosen=chosen,
            places=places(question.total, number),
            next_url="" if is_last else url_for("library.ask", slug=slug, number=number + 1),
            canonical=_canonical("library.ask", slug=slug, number=number),
        )
    )


@bp.get("/<string:slug>/print")
@public
def print_module(slug: str) -> Response:
    """All of it on one page; with `?easy=1` the easy reading."""
    session, opened = current_session(), _opened(slug, 1)
    is_easy = opened.has_easy_reading and request.args.get("easy") == "1"
    whole = whole_of(session, opened.version_id)
    apparatus = apparatus_of(session, opened.version_id)
    return _for_everybody(
        page(
            "library/print.html",
            module=opened,
            sheet=paper_module(opened, whole, apparatus, is_easy=is_easy),
            provenance=provenance_card(opened),
            canonical=_canonical("library.print_module", slug=slug),
        )
    )


@bp.get("/<string:slug>/copy")
@public
def list_copy(slug: str) -> Response:
    """For the script that keeps a module on the device: what to keep, and of which version."""
    session, opened = current_session(), _opened(slug, 1)
    whole = whole_of(session, opened.version_id)
    apparatus = apparatus_of(session, opened.version_id)
    return _for_everybody(jsonify(copy_of(opened, whole, apparatus)))


@bp.post("/comfort")
@public
def choose_text_size() -> Response:
    """Kept in the browser alone, in a cookie that says nothing else and names nobody."""
    came_from = urlsplit(request.referrer or "")
    path = f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    response = redirect_to(safe_next(path) or url_for("library.list_modules"))
    size = request.form.get("text", "")
    if size in set(TextSize):
        wished = comfort().with_text(TextSize(size)).as_cookie()
        set_cookie(current_app, response, COMFORT_COOKIE, wished, max_age=_COMFORT_LASTS)
    return response


@bp.get("/images/<string:digest>")
@public
def show_picture(digest: str) -> Response:
    """The bytes never change under their digest. Modules hold no health data."""
    return _picture(digest)


@bp.get("/images/<string:digest>/<int:width>")
@public
def show_narrower(digest: str, width: int) -> Response:
    """The same picture for a screen that needs no more."""
    return _picture(digest, width)


@bp.get("/<string:slug>/file")
@public
def download_file(slug: str) -> Response:
    """The module as one file, for other organizations: `docs/module-format.md`."""
    opened = _opened(slug, 1)
    session = current_session()
    module = session.get_one(Module, opened.module_id)
    version = session.get_one(ModuleVersion, opened.version_id)
    return module_file(package_of(session, module, version))


def _picture(digest: str, width: int | None = None) -> Response:
    picture = find_picture(current_session(), digest, width=width)
    if picture is None:
        raise NotFoundError("picture")
    response = make_response(picture.content)
    response.mimetype = picture.media_type
    response.headers["Cache-Control"] = f"public, max-age={FOREVER}, immutable"
    return response


def _opened(slug: str, number: int) -> Opened:
    """Raises `ModuleTakenBackError`, else `NotFoundError`, for what is not read."""
    session, locale = current_session(), _wished() or current_locale()
    opened = open_public_module(session, slug, number=number, locale=locale)
    if opened is not None:
        return opened
    taken_back = taken_back_publicly(session, slug, locale=locale)
    if taken_back is not None:
        raise ModuleTakenBackError(taken_back)
    raise NotFoundError("module")


def _canonical(endpoint: str, **values: object) -> str:
    """The one address of a page, whatever was asked of it."""
    return current_config().base_url + url_for(endpoint, **values)  # type: ignore[arg-type]


def _for_everybody(response: Response) -> Response:
    """The same for whoever reads it in the same language and comfort; a browser asks each time.

    Asking costs some 200 bytes, and a text size that was just chosen is there at once.
    """
    response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={PAGES_LAST}"
    response.vary.update(("Accept-Language", "Cookie"))
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response
