"""The public library: what organizations let everybody read. Fast, cacheable, without a cookie."""

from flask import Blueprint, Response, make_response, request, url_for

from portal.access.guard import public
from portal.db import current_session
from portal.education.asking import asked
from portal.education.pictures import find_picture
from portal.education.reading import Opened, apparatus_of, open_public_module, public_modules
from portal.errors import NotFoundError
from portal.web.i18n import current_locale
from portal.web.modules.cards import module_card, provenance_card
from portal.web.modules.steps import places, step_card
from portal.web.page import page, redirect_to

bp = Blueprint("library", __name__, url_prefix="/library")
PAGES_LAST = 300
"""Seconds for which a page may be shown without being asked for again."""
FOREVER = 31_536_000


@bp.get("")
@public
def list_modules() -> Response:
    rows = public_modules(current_session(), locale=current_locale())
    cards = sorted((module_card(row) for row in rows), key=lambda card: (card.theme, card.title))
    return _for_everybody(page("library/list.html", modules=cards))


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
        )
    )


@bp.get("/images/<string:digest>")
@public
def show_picture(digest: str) -> Response:
    """The bytes never change under their digest. Modules hold no health data."""
    picture = find_picture(current_session(), digest)
    if picture is None:
        raise NotFoundError("picture")
    response = make_response(picture.content)
    response.mimetype = picture.media_type
    response.headers["Cache-Control"] = f"public, max-age={FOREVER}, immutable"
    return response


def _opened(slug: str, number: int) -> Opened:
    opened = open_public_module(current_session(), slug, number=number, locale=current_locale())
    if opened is None:
        raise NotFoundError("module")
    return opened


def _for_everybody(response: Response) -> Response:
    """The same for whoever reads it in the same language and comfort."""
    response.headers["Cache-Control"] = f"public, max-age={PAGES_LAST}"
    response.vary.update(("Accept-Language",))
    return response
