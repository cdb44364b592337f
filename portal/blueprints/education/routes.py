"""Modules: choose one, read its steps, answer its questions, say what is still unclear."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_patient, current_viewer, may, requires
from portal.access.permissions import Permission
from portal.clock import now
from portal.db import current_session, transaction
from portal.education.apparatus import apparatus_of
from portal.education.asking import Asked, asked
from portal.education.finding import Seeker
from portal.education.progress import begin_again, finish, read_in, read_step
from portal.education.reader_notices import say_known, shelf_of
from portal.education.reading import Opened, Withdrawn, open_module, withdrawn_module
from portal.education.whole import whole_of
from portal.errors import NotFoundError
from portal.web.i18n import current_locale
from portal.web.modules.cards import module_card, provenance_card
from portal.web.modules.paper import paper_module
from portal.web.modules.search import empty_search, search_modules, wish_of
from portal.web.modules.steps import places, step_card
from portal.web.page import page, redirect_to
from portal.web.programme_cards import programme_card

bp = Blueprint("education", __name__, url_prefix="/p/<uuid:patient_id>/education")
UNDERSTOOD, QUESTION = "understood", "question"


class ModuleWithdrawnError(Exception):
    """Somebody began a module that is read no longer: a page of its own says why."""

    def __init__(self, withdrawn: Withdrawn) -> None:
        super().__init__(withdrawn.title)
        self.withdrawn = withdrawn


@bp.get("")
@requires(Permission.EDUCATION_SEE)
def list_modules() -> Response:
    """All of them, those that were begun first; or those that suit what was asked."""
    seeker = Seeker(current_locale(), **_reader())
    if wish_of(request.args).is_narrow or "after" in request.args:
        found = search_modules(current_session(), request.args, by=seeker)
        return page("education/found.html", patient=current_patient(), search=found)
    rows, notices = shelf_of(current_session(), **_reader(), locale=current_locale())
    programme = programme_card()
    shown = programme.slugs if programme else frozenset()
    cards = [module_card(row) for row in rows if row.slug not in shown]
    recent = max(
        (
            row
            for row in rows
            if row.slug not in shown and row.updated_at is not None and row.finished_at is None
        ),
        key=lambda row: row.updated_at or now(),
        default=None,
    )
    return page(
        "education/list.html",
        patient=current_patient(),
        notices=notices,
        programme=programme,
        may_act=may(Permission.EDUCATION_ACT),
        may_decide=may(Permission.CONSENTS_ACT),
        may_write=may(Permission.MESSAGES_ACT),
        search=empty_search(),
        current=module_card(recent) if recent else None,
        begun=[one for one in cards if one.is_begun and (not recent or one.slug != recent.slug)],
        others=[one for one in cards if not one.is_begun and not one.is_finished],
        finished=[one for one in cards if one.is_finished],
    )


@bp.get("/<string:slug>")
@requires(Permission.EDUCATION_SEE)
def continue_module(slug: str) -> Response:
    """Where the reader was: after the last step that they read to its end."""
    opened = _opened(slug, 1)
    place = opened.place or 0
    if place >= opened.step_count:
        return redirect_to(url_for("education.ask", slug=slug, number=1))
    return redirect_to(url_for("education.show_step", slug=slug, number=place + 1))


@bp.get("/<string:slug>/<int:number>")
@requires(Permission.EDUCATION_SEE)
def show_step(slug: str, number: int) -> Response:
    opened = _opened(slug, number)
    if opened.number is None:
        raise NotFoundError("module step")
    is_easy = opened.has_easy_reading and request.args.get("easy") == "1"
    apparatus = apparatus_of(current_session(), opened.version_id)
    return page(
        "education/step.html",
        patient=current_patient(),
        module=opened,
        step=step_card(opened, apparatus, is_easy=is_easy),
        provenance=provenance_card(opened),
    )


@bp.post("/<string:slug>/<int:number>")
@requires(Permission.EDUCATION_SEE)
def finish_step(slug: str, number: int) -> Response:
    opened = _opened(slug, number)
    if opened.number is None:
        raise NotFoundError("module step")
    with transaction() as session:
        read_step(session, opened, number, **_reader(), at=now())
    if number >= opened.step_count:
        return redirect_to(url_for("education.ask", slug=slug, number=1))
    easy = "1" if request.form.get("easy") == "1" else None
    return redirect_to(url_for("education.show_step", slug=slug, number=number + 1, easy=easy))


@bp.get("/<string:slug>/questions/<int:number>")
@requires(Permission.EDUCATION_SEE)
def ask(slug: str, number: int) -> Response:
    return _question_page(slug, number, is_again=request.args.get("again") == "1")


@bp.post("/<string:slug>/questions/<int:number>")
@requires(Permission.EDUCATION_SEE)
def answer(slug: str, number: int) -> Response:
    """What the answer means. It is shown, and kept nowhere."""
    is_again = request.form.get("again") == "1"
    chosen = request.form.get("answer", "")
    position = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 3 else 0
    return _question_page(slug, number, is_again=is_again, position=position)


@bp.get("/<string:slug>/end")
@requires(Permission.EDUCATION_SEE)
def show_end(slug: str) -> Response:
    opened = _opened(slug, 1)
    return page(
        "education/end.html",
        patient=current_patient(),
        module=opened,
        provenance=provenance_card(opened),
        may_write=may(Permission.MESSAGES_ACT),
    )


@bp.post("/<string:slug>/end")
@requires(Permission.EDUCATION_SEE)
def say_how_it_went(slug: str) -> Response:
    opened = _opened(slug, 1)
    said = request.form.get("said", "")
    if said in (UNDERSTOOD, QUESTION):
        with transaction() as session:
            finish(session, opened, has_question=said == QUESTION, **_reader(), at=now())
    return redirect_to(url_for("education.show_end", slug=slug))


@bp.get("/<string:slug>/print")
@requires(Permission.EDUCATION_SEE)
def print_module(slug: str) -> Response:
    """All of it on one page; with `?easy=1` the easy reading."""
    session, opened = current_session(), _opened(slug, 1)
    is_easy = opened.has_easy_reading and request.args.get("easy") == "1"
    whole = whole_of(session, opened.version_id)
    apparatus = apparatus_of(session, opened.version_id)
    return page(
        "education/print.html",
        patient=current_patient(),
        module=opened,
        sheet=paper_module(opened, whole, apparatus, is_easy=is_easy),
        provenance=provenance_card(opened),
    )


@bp.post("/<string:slug>/language")
@requires(Permission.EDUCATION_SEE)
def choose_language(slug: str) -> Response:
    """Go on reading the same module in another language."""
    opened = _opened(slug, 1)
    chosen = request.form.get("locale", "")
    with transaction() as session:
        read_in(session, opened, chosen, **_reader(), at=now())
    return redirect_to(url_for("education.continue_module", slug=slug))


@bp.post("/<string:slug>/restart")
@requires(Permission.EDUCATION_SEE)
def restart(slug: str) -> Response:
    opened = _opened(slug, 1)
    with transaction() as session:
        begin_again(session, opened, **_reader(), at=now())
    return redirect_to(url_for("education.show_step", slug=slug, number=1))


@bp.post("/<string:slug>/known")
@requires(Permission.EDUCATION_SEE)
def say_notice_known(slug: str) -> Response:
    """The reader read that a module was taken back: it is not said again."""
    with transaction() as session:
        say_known(session, slug, **_reader(), at=now())
    return redirect_to(url_for("education.list_modules"))


def _reader() -> dict[str, UUID]:
    return {"patient_id": current_patient().patient_id, "user_id": current_viewer().id}


@bp.errorhandler(ModuleWithdrawnError)
def tell_withdrawn(error: ModuleWithdrawnError) -> Response:
    return page(
        "education/withdrawn.html",
        status=410,
        patient=current_patient(),
        withdrawn=error.withdrawn,
    )


def _opened(slug: str, number: int) -> Opened:
    """Raises `ModuleWithdrawnError` for what the reader began, else `NotFoundError`."""
    session, locale = current_session(), current_locale()
    opened = open_module(session, slug, number=number, **_reader(), locale=locale)
    if opened is not None:
        return opened
    withdrawn = withdrawn_module(session, slug, **_reader())
    if withdrawn is not None:
        raise ModuleWithdrawnError(withdrawn)
    raise NotFoundError("module")


def _question_page(
    slug: str, number: int, *, is_again: bool, position: int | None = None
) -> Response:
    """The question; with `position`, what the answer of that number means (0: none was chosen)."""
    opened = _opened(slug, 1)
    question = asked(current_session(), opened.version_id, number=number, is_again=is_again)
    if question is None:
        return redirect_to(url_for("education.show_end", slug=slug))
    chosen = question.answers.get(position or 0)
    is_missing = position is not None and chosen is None
    return page(
        "education/question.html" if chosen is None else "education/answer.html",
        status=422 if is_missing else 200,
        patient=current_patient(),
        module=opened,
        question=question,
        number=number,
        is_again=is_again,
        is_missing=is_missing,
        chosen=chosen,
        places=places(question.total, number),
        next_url=_after(slug, number, question),
        may_write=may(Permission.MESSAGES_ACT),
    )


def _after(slug: str, number: int, question: Asked) -> str:
    if number >= question.total:
        return url_for("education.show_end", slug=slug)
    return url_for("education.ask", slug=slug, number=number + 1)
