"""A coordinator verifies legal statuses: the list, recording one, ending one."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.mandates import queries, service
from portal.blueprints.mandates.forms import SCOPES, MandateForm
from portal.blueprints.mandates.measures import MEASURES
from portal.blueprints.mandates.queries import MandateRow, RelativeRow
from portal.blueprints.mandates.words import proof_choices, proof_words, status_hints
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import MandateRefusedError
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to

bp = Blueprint("mandates", __name__, url_prefix="/p/<uuid:patient_id>/mandates")


@bp.get("")
@requires(Permission.MANDATES_VERIFY)
def list_mandates() -> Response:
    patient, session, at = current_patient(), current_session(), now()
    found = queries.mandates(session, patient_id=patient.patient_id)
    shown = queries.relatives(
        session, patient_id=patient.patient_id, reader_id=current_viewer().id, at=at
    )
    return page(
        "mandates/list.html",
        patient=patient,
        relatives=[(one, [m for m in found if m.care_link_id == one.link_id]) for one in shown],
        at=at,
        proof_words=proof_words,
        done=request.args.get("done", ""),
    )


@bp.get("/of/<uuid:link_id>")
@requires(Permission.MANDATES_VERIFY, step_up=True)
def write_mandate(link_id: UUID) -> Response:
    return _form_page(_form(), _relative(link_id))


@bp.post("/of/<uuid:link_id>")
@requires(Permission.MANDATES_VERIFY, step_up=True)
def record_mandate(link_id: UUID) -> Response:
    form, relative = _form(), _relative(link_id)
    if not form.is_sent_and_valid():
        return _form_page(form, relative, status=422)
    try:
        with transaction() as session:
            service.record(
                session,
                keys=current_keys(),
                patient_id=current_patient().patient_id,
                link_id=relative.link_id,
                proved=form.proved(),
                by=current_viewer().id,
                at=now(),
            )
    except MandateRefusedError as refused:
        form.refuse("status", _refusal(refused.reason))
        return _form_page(form, relative, status=422)
    return redirect_to(url_for("mandates.list_mandates", done="recorded"))


@bp.get("/<uuid:mandate_id>/end")
@requires(Permission.MANDATES_VERIFY, step_up=True)
def ask_to_end(mandate_id: UUID) -> Response:
    row = _mandate(mandate_id)
    if row.is_over(now()):
        return redirect_to(url_for("mandates.list_mandates"))
    keys = current_keys()
    return page(
        "mandates/end.html",
        patient=current_patient(),
        mandate=row,
        proof_words=proof_words,
        reference=service.reference_of(row.id, row.proof_reference_sealed, keys=keys),
    )


@bp.post("/<uuid:mandate_id>/end")
@requires(Permission.MANDATES_VERIFY, step_up=True)
def end_mandate(mandate_id: UUID) -> Response:
    try:
        with transaction() as session:
            service.end(
                session,
                keys=current_keys(),
                patient_id=current_patient().patient_id,
                mandate_id=mandate_id,
                at=now(),
            )
    except MandateRefusedError:
        return redirect_to(url_for("mandates.list_mandates", done="over"))
    return redirect_to(url_for("mandates.list_mandates", done="ended"))


def _relative(link_id: UUID) -> RelativeRow:
    return queries.relative(
        current_session(),
        patient_id=current_patient().patient_id,
        reader_id=current_viewer().id,
        link_id=link_id,
        at=now(),
    )


def _mandate(mandate_id: UUID) -> MandateRow:
    return queries.mandate(
        current_session(), patient_id=current_patient().patient_id, mandate_id=mandate_id
    )


def _form() -> MandateForm:
    form: MandateForm = MandateForm.from_request()
    form.today = dates.local(now(), current_patient().time_zone).date()
    return form


def _refusal(reason: str) -> str:
    sentences = {
        "recorded_already": gettext("This status is recorded already: see the list"),
        "adult": gettext("Nobody has parental authority over an adult"),
        "no_birth_date": gettext("The date of birth is missing in the file: add it first"),
    }
    return sentences[reason]


def _form_page(form: MandateForm, relative: RelativeRow, *, status: int = 200) -> Response:
    return page(
        "mandates/record.html",
        status=status,
        form=form,
        patient=current_patient(),
        relative=relative,
        statuses=[(one, status_hints()[one]) for one in MEASURES],
        proofs=proof_choices(),
        scopes=SCOPES,
    )
