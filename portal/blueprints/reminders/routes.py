"""One's own reminders: whose agenda, when, and how much they say."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.reminders import queries, service
from portal.blueprints.reminders.forms import ChoiceForm
from portal.blueprints.reminders.queries import Choice
from portal.blueprints.reminders.words import limits, summary
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import NotFoundError
from portal.web import dates
from portal.web.page import page, redirect_to
from portal.web.time_zones import reader_time_zone

bp = Blueprint("reminders", __name__, url_prefix="/account/reminders")
_DONE = ("saved", "stopped")


@bp.get("")
@requires(Permission.ACCOUNT_OWN)
def show_choices() -> Response:
    """Of everybody; with `of`, the form for one of them."""
    if "of" in request.args:
        choice = _choice()
        return _form_page(choice, ChoiceForm.of(choice))
    found = queries.choices_of(current_session(), user_id=current_viewer().id, at=now())
    done, whom = request.args.get("done", ""), request.args.get("whom", "")
    return page(
        "reminders/list.html",
        choices=[(one, summary(one), limits(one)) for one in found],
        email=current_viewer().email,
        done=done if done in _DONE else "",
        done_to=next((one for one in found if str(one.patient_id) == whom), None),
    )


@bp.post("")
@requires(Permission.ACCOUNT_OWN)
def save_choice() -> Response:
    choice = _choice()
    form = ChoiceForm.of(choice)
    if not form.is_sent_and_valid():
        return _form_page(choice, form, status=422)
    with transaction() as session:
        service.choose(
            session,
            user_id=current_viewer().id,
            patient_id=choice.patient_id,
            wanted=form.wanted(),
            at=now(),
        )
    return _back("saved", choice)


@bp.post("/stop")
@requires(Permission.ACCOUNT_OWN)
def stop() -> Response:
    with transaction() as session:
        choice = service.stop(session, user_id=current_viewer().id, patient_id=_whose(), at=now())
    return _back("stopped", choice)


def _choice() -> Choice:
    return service.choice_of(
        current_session(), user_id=current_viewer().id, patient_id=_whose(), at=now()
    )


def _whose() -> UUID:
    """Of the address: the guard lets everybody choose, and the service says for whom."""
    try:
        return UUID(request.args.get("of", ""))
    except ValueError:
        raise NotFoundError("reminder choice") from None


def _form_page(choice: Choice, form: ChoiceForm, *, status: int = 200) -> Response:
    return page(
        "reminders/choose.html",
        status=status,
        choice=choice,
        form=form,
        email=current_viewer().email,
        here=dates.clock(dates.local(now(), reader_time_zone())),
    )


def _back(done: str, choice: Choice) -> Response:
    return redirect_to(url_for("reminders.show_choices", done=done, whom=choice.patient_id))
