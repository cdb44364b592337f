"""The door for emergencies, and the patient's "I have read it"."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.emergency import queries, service
from portal.blueprints.emergency.forms import OTHER, USUAL_REASONS, EmergencyForm
from portal.blueprints.emergency.queries import Sought
from portal.clock import now
from portal.db import transaction
from portal.errors import EmergencyRefusedError, NotFoundError, TooManyRequestsError
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.limits import charge_account
from portal.web.logs import security_event
from portal.web.page import page, redirect_to

bp = Blueprint("emergency", __name__)
A_DAY = 10
"""Files that one account may ask for within 24 hours, whether or not one opens."""


@bp.get("/professional/emergency")
@requires(Permission.EMERGENCY_OPEN, step_up=True)
def ask_for_file() -> Response:
    return _form_page(EmergencyForm.from_request())


@bp.post("/professional/emergency")
@requires(Permission.EMERGENCY_OPEN, step_up=True)
def open_file() -> Response:
    form, viewer = EmergencyForm.from_request(), current_viewer()
    if not form.is_sent_and_valid():
        return _form_page(form, status=422)
    try:
        charge_account("emergency", most=A_DAY)
        with transaction() as session:
            patient_id = service.open_file(
                session,
                keys=current_keys(),
                viewer=viewer,
                sought=Sought((form.given_name.data, form.family_name.data), form.born),
                reason=form.whole_reason,
                at=now(),
            )
    except TooManyRequestsError:
        return _form_page(form, is_spent=True, status=429)
    except EmergencyRefusedError:
        security_event("emergency access refused", by=viewer.id)
        form.refuse("family_name", gettext("No file opens with these answers: check each of them"))
        return _form_page(form, status=422)
    security_event("emergency access", by=viewer.id)
    return redirect_to(url_for("home.show_home", patient_id=patient_id))


@bp.post("/p/<uuid:patient_id>/emergency/<uuid:access_id>/read")
@requires(Permission.ACCESS_LOG_SEE)
def acknowledge(access_id: UUID) -> Response:
    with transaction() as session:
        is_there = queries.acknowledge(
            session, patient_id=current_patient().patient_id, access_id=access_id, at=now()
        )
        if not is_there:
            raise NotFoundError("emergency access")
    return redirect_to(url_for("home.show_home", read=1))


def _form_page(form: EmergencyForm, *, is_spent: bool = False, status: int = 200) -> Response:
    return page(
        "emergency/opening.html",
        status=status,
        form=form,
        usual_reasons=[(code, gettext(words)) for code, words in USUAL_REASONS.items()],
        other=OTHER,
        is_spent=is_spent,
        a_day=A_DAY,
    )
