"""The receipt of one answer: to read, to print, to take away; and taking back a wrong one."""

import json
from uuid import UUID

from flask import Blueprint, Response, make_response, url_for

from portal.access.guard import current_patient, current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.consent import history, queries, service
from portal.blueprints.consent.queries import DecisionRow
from portal.blueprints.consent.routes import author
from portal.clock import now
from portal.consents.deciding import Question
from portal.consents.texts import ConsentText, current_text, exact_text
from portal.consents.versions import VERSIONS
from portal.db import current_session, transaction
from portal.errors import NotFoundError
from portal.fhir import consent
from portal.fhir.consent import Answer
from portal.web.i18n import current_locale
from portal.web.page import page, redirect_to

bp = Blueprint(
    "consent_receipts", __name__, url_prefix="/p/<uuid:patient_id>/consents/<uuid:decision_id>"
)


@bp.get("")
@requires(Permission.CONSENTS_SEE)
def show_receipt(decision_id: UUID) -> Response:
    row, patient = _decision(decision_id), current_patient()
    return page(
        "consent/receipt.html",
        row=row,
        text=_text(row),
        subject=history.subject_of(row),
        author=history.author_words(row, patient=patient, viewer=current_viewer()),
        patient=patient,
    )


@bp.get("/fhir")
@requires(Permission.CONSENTS_SEE)
def download_receipt(decision_id: UUID) -> Response:
    row = _decision(decision_id)
    body = consent.resource(_answer(row), text=_text(row))
    response = make_response(json.dumps(body, ensure_ascii=False, indent=2))
    response.mimetype = "application/fhir+json"
    response.headers["Content-Disposition"] = f'attachment; filename="consent-{row.id}.json"'
    return response


@bp.post("/take-back")
@requires(Permission.CONSENTS_ACT)
def take_back(decision_id: UUID) -> Response:
    """A yes on paper that was not the patient's: it ends like any other, at once."""
    patient_id, row = current_patient().patient_id, _decision(decision_id)
    question = Question(
        patient_id, current_text(row.purpose, locale=current_locale()), row.practitioner_id
    )
    with transaction() as session:
        is_over = service.take_back(session, question, row.id, author=author(), at=now())
    done = "no" if is_over else "nothing"
    return redirect_to(url_for("consent.show_consents", done=done))


def _decision(decision_id: UUID) -> DecisionRow:
    patient_id = current_patient().patient_id
    row = queries.decision(current_session(), patient_id=patient_id, decision_id=decision_id)
    if row.purpose not in VERSIONS:
        raise NotFoundError("text")
    return row


def _text(row: DecisionRow) -> ConsentText:
    try:
        return exact_text(row.purpose, version=row.text_version, locale=row.text_locale)
    except KeyError:
        raise NotFoundError("text") from None


def _answer(row: DecisionRow) -> Answer:
    return Answer(
        id=row.id,
        status=row.status,
        decided_at=row.decided_at,
        patient_id=current_patient().patient_id,
        practitioner_id=row.practitioner_id,
        recipient=row.recipient,
        author=row.actor,
        capacity=row.capacity,
        signed_on=row.signed_on,
    )
