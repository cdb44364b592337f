"""A yes or a no to the programme: only whoever decides consents, after having read the text."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlmodel import Session

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.programme.pages import card_or_404
from portal.clock import now
from portal.consents.deciding import Author
from portal.consents.texts import ConsentText, current_text
from portal.db import transaction
from portal.education.programme import taking_part, telling
from portal.models.consent import ConsentPurpose
from portal.web.form_values import uuid_of
from portal.web.i18n import current_locale
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to
from portal.web.programme_cards import ProgrammeCard

bp = Blueprint("programme_consent", __name__, url_prefix="/p/<uuid:patient_id>/education/programme")


@bp.get("/accept")
@requires(Permission.CONSENTS_ACT, step_up=True)
def ask_yes() -> Response:
    card = card_or_404()
    if not card.is_proposed:
        return _back()
    return _yes_page(card)


@bp.post("/accept")
@requires(Permission.CONSENTS_ACT, step_up=True)
def say_yes() -> Response:
    card, text = card_or_404(), _text()
    if not card.is_proposed:
        return _back()
    if request.form.get("text") != text.sha256 or _named() != card.seen.programme.id:
        # The text, its language or the programme changed since the page was read.
        return _yes_page(card, status=422)
    with transaction() as session:
        taking_part.agree(
            session,
            patient_id=current_patient().patient_id,
            author=_author(),
            locale=current_locale(),
            at=now(),
        )
        _tell_team(session)
    return _back("accepted")


@bp.post("/refuse")
@requires(Permission.CONSENTS_ACT)
def say_no() -> Response:
    """To what waits for an answer: nothing of it is kept but the answer."""
    card = card_or_404()
    if not card.is_proposed or _named() != card.seen.programme.id:
        return _back()
    _object()
    return _back("refused")


@bp.get("/leave")
@requires(Permission.CONSENTS_ACT)
def ask_leave() -> Response:
    card = card_or_404()
    if not card.is_under_way:
        return _back()
    return page("programme/leave.html", patient=current_patient(), card=card)


@bp.post("/leave")
@requires(Permission.CONSENTS_ACT)
def leave() -> Response:
    """At any time and without a reason; the consent is withdrawn with it."""
    card = card_or_404()
    if not card.is_under_way or _named() != card.seen.programme.id:
        return _back()
    _object()
    return _back("left")


def _object() -> None:
    with transaction() as session:
        taking_part.object_to(
            session,
            patient_id=current_patient().patient_id,
            author=_author(),
            locale=current_locale(),
            at=now(),
        )
        _tell_team(session)


def _tell_team(session: Session) -> None:
    telling.tell_proposer(
        session,
        patient_id=current_patient().patient_id,
        by=current_viewer().id,
        path=url_for("programme_team.show_programme"),
        at=now(),
        keys=current_keys(),
    )


def _author() -> Author:
    """As what the reader answers: whom the policy lets decide is one of the two."""
    capacity = "self" if current_patient().is_own else "legal_representative"
    return Author(current_viewer().id, capacity)


def _named() -> UUID | None:
    return uuid_of(request.form.get("programme"))


def _text() -> ConsentText:
    return current_text(ConsentPurpose.EDUCATION_PROGRAMME, locale=current_locale())


def _yes_page(card: ProgrammeCard, *, status: int = 200) -> Response:
    return page(
        "programme/accept.html",
        status=status,
        patient=current_patient(),
        card=card,
        text=_text(),
        is_changed=status == 422,
    )


def _back(done: str | None = None) -> Response:
    return redirect_to(url_for("programme.show_programme", done=done))
