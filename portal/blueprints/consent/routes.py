"""Who can see my file: the choices, and saying yes after having read the text."""

from flask import Blueprint, Response, request, url_for
from sqlmodel import Session

from portal.access.guard import current_patient, current_viewer, may, requires
from portal.access.permissions import Permission
from portal.blueprints.consent import history, queries, service
from portal.blueprints.consent.board import PROGRAMME, Board, Choice, board
from portal.blueprints.consent.forms import keys_in
from portal.clock import now
from portal.consents.deciding import Author
from portal.db import current_session, transaction
from portal.education.programme import telling
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to, wants_fragment

bp = Blueprint("consent", __name__, url_prefix="/p/<uuid:patient_id>/consents")


@bp.get("")
@requires(Permission.CONSENTS_SEE)
def show_consents() -> Response:
    return _choices_page(done=request.args.get("done", ""))


@bp.post("")
@requires(Permission.CONSENTS_ACT)
def save_choices() -> Response:
    """A no counts at once; a yes leads to its text first, and to a second factor."""
    shown, wanted = keys_in(request.form, "shown"), keys_in(request.form, "yes")
    with transaction() as session:
        found = current_board()
        closed = [found.choice(key) for key in shown if key not in wanted]
        asked = [found.choice(key) for key in wanted if key not in shown]
        for choice in closed:
            _close(session, choice)
    if asked:
        return redirect_to(_address([one.key for one in asked]))
    done = "no" if closed else "nothing"
    if wants_fragment():
        return _choices_page(saved=done)
    return redirect_to(url_for("consent.show_consents", done=done))


@bp.get("/yes")
@requires(Permission.CONSENTS_ACT, step_up=True)
def ask_yes() -> Response:
    asked = keys_in(request.args, "about")
    choices = [current_board().choice(key) for key in asked]
    waiting = [one for one in choices if not one.is_on]
    if not waiting:
        return redirect_to(url_for("consent.show_consents"))
    return _yes_page(waiting[0], [one.key for one in waiting[1:]])


@bp.post("/yes")
@requires(Permission.CONSENTS_ACT, step_up=True)
def say_yes() -> Response:
    found = current_board()
    choice = found.choice(request.form.get("about", ""))
    rest = [found.choice(key).key for key in keys_in(request.form, "then")]
    if request.form.get("text") != choice.text.sha256:
        # The text or the language of the page changed since it was read.
        return _yes_page(choice, rest, status=422)
    with transaction() as session:
        if not choice.is_on:
            question = choice.question(current_patient().patient_id)
            service.say_yes(session, question, author=author(), at=now())
            _tell_team(session, choice)
    return redirect_to(_address(rest) if rest else url_for("consent.show_consents", done="yes"))


def current_board() -> Board:
    """As it stands in the open transaction."""
    session, patient_id = current_session(), current_patient().patient_id
    people = queries.professionals(session, patient_id=patient_id, at=now())
    said = queries.decisions(session, patient_id=patient_id)
    return board(people, said, queries.circumstances(session, patient_id=patient_id).programme)


def author() -> Author:
    """As what the reader answers here: whom the policy lets act is one of the two."""
    capacity = "self" if current_patient().is_own else "legal_representative"
    return Author(current_viewer().id, capacity)


def _close(session: Session, choice: Choice) -> None:
    # Somebody else may have closed it since the page was read.
    if choice.is_on:
        question = choice.question(current_patient().patient_id)
        service.say_no(session, question, author=author(), at=now())
        _tell_team(session, choice)


def _tell_team(session: Session, choice: Choice) -> None:
    """Whoever proposed a programme hears that it was answered."""
    if choice.key == PROGRAMME:
        telling.tell_proposer(
            session,
            patient_id=current_patient().patient_id,
            by=current_viewer().id,
            path=url_for("programme_team.show_programme"),
            at=now(),
            keys=current_keys(),
        )


def _address(keys: list[str]) -> str:
    return url_for("consent.ask_yes", about=keys)


def _choices_page(*, done: str = "", saved: str = "") -> Response:
    session, patient = current_session(), current_patient()
    said = queries.decisions(session, patient_id=patient.patient_id)
    people = queries.professionals(session, patient_id=patient.patient_id, at=now())
    around = queries.circumstances(session, patient_id=patient.patient_id)
    return page(
        "consent/choices.html",
        fragment="choices",
        patient=patient,
        board=board(people, said, around.programme),
        lines=history.lines(said, around.blocks, patient=patient, viewer=current_viewer()),
        keeper=around.keeper,
        programme_state=around.programme,
        can_act=may(Permission.CONSENTS_ACT),
        can_record=may(Permission.CONSENTS_RECORD),
        can_see_log=may(Permission.ACCESS_LOG_SEE),
        can_manage_carers=may(Permission.CARERS_MANAGE),
        done=done,
        saved=saved,
    )


def _yes_page(choice: Choice, then: list[str], *, status: int = 200) -> Response:
    return page("consent/yes.html", status=status, choice=choice, then=then)
