"""Inviting into the circle of one patient."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_patient, current_viewer, may, requires
from portal.access.offered_rights import OFFERED_RIGHTS
from portal.access.permissions import Permission
from portal.blueprints.invitations import queries, service
from portal.blueprints.invitations.answers import (
    after_withdrawal,
    done,
    invited_page,
    is_own_address,
    say_refusal,
    sheet_page,
)
from portal.blueprints.invitations.forms import (
    MAIL,
    PAPER,
    CarerForm,
    PatientForm,
    ProfessionalForm,
    WayForm,
)
from portal.blueprints.invitations.relationships import (
    OTHER,
    RELATIONSHIPS,
    relationship_words,
)
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import NotFoundError, OfferRefusedError
from portal.identity import invitation_sheets, invitations
from portal.identity.invitations import USUAL_GRANTS, Place
from portal.identity.invitees import Invitee
from portal.identity.offers import is_decided_in_portal
from portal.models.account import InvitationKind
from portal.web.installed import current_keys, mail_leaves
from portal.web.page import page

bp = Blueprint("invitations", __name__, url_prefix="/p/<uuid:patient_id>/invitations")


@bp.get("")
@requires(Permission.INVITATIONS_MAKE)
def list_invitations() -> Response:
    session, patient, at = current_session(), current_patient(), now()
    rows, patient_id = _rows(), patient.patient_id
    has_account = patient.is_own or queries.has_own_account(session, patient_id=patient_id)
    return page(
        "invitations/list.html",
        patient=patient,
        can_invite_patient=patient.is_coordinator and not has_account,
        professionals=_professionals() if patient.is_coordinator else [],
        pending=[row for row in rows if row.is_pending(at)],
        outcomes=[row for row in rows if not row.is_pending(at)],
        time_zone=patient.time_zone,
        viewer=current_viewer(),
        relationship_words=relationship_words,
        done=done(rows),
    )


@bp.get("/relative")
@requires(Permission.INVITATIONS_MAKE, step_up=True)
def write_relative() -> Response:
    way = MAIL if mail_leaves() else PAPER
    return _relative_page(CarerForm.from_request(way=way, rights=list(USUAL_GRANTS)))


@bp.post("/relative")
@requires(Permission.INVITATIONS_MAKE, step_up=True)
def invite_relative() -> Response:
    form = CarerForm.from_request()
    if not _is_ready(form):
        return _relative_page(form, status=422)
    place = Place(
        InvitationKind.CARER,
        patient_id=current_patient().patient_id,
        relationship=form.relation,
        grants=form.grants,
    )
    names = (form.given_name.data or "", form.family_name.data or "")
    return _offer(form, place, names) or _relative_page(form, status=422)


@bp.get("/patient")
@requires(Permission.CIRCLE_INVITE, step_up=True)
def write_patient() -> Response:
    patient_id = current_patient().patient_id
    email = queries.patient_email(current_session(), patient_id=patient_id)
    way = MAIL if email and mail_leaves() else PAPER
    return _patient_page(PatientForm.from_request(way=way, email=email))


@bp.post("/patient")
@requires(Permission.CIRCLE_INVITE, step_up=True)
def invite_patient() -> Response:
    patient, form = current_patient(), PatientForm.from_request()
    if not _is_ready(form):
        return _patient_page(form, status=422)
    if queries.has_own_account(current_session(), patient_id=patient.patient_id):
        raise NotFoundError("place")
    place = Place(InvitationKind.PATIENT, patient_id=patient.patient_id)
    names = (patient.given_name, patient.family_name)
    return _offer(form, place, names) or _patient_page(form, status=422)


@bp.get("/professional")
@requires(Permission.CIRCLE_INVITE, step_up=True)
def write_professional() -> Response:
    form = ProfessionalForm.from_request(way=MAIL if mail_leaves() else PAPER)
    return _professional_page(form, _professionals())


@bp.post("/professional")
@requires(Permission.CIRCLE_INVITE, step_up=True)
def invite_professional() -> Response:
    form, choices = ProfessionalForm.from_request(), _professionals()
    form.offer([str(one.id) for one in choices])
    chosen = next((one for one in choices if str(one.id) == form.practitioner.data), None)
    if chosen is not None and chosen.email:
        form.write_to(chosen.email)
    if not _is_ready(form) or chosen is None:
        return _professional_page(form, choices, status=422)
    place = Place(InvitationKind.PROFESSIONAL, practitioner_id=chosen.id)
    names = (chosen.given_name, chosen.family_name)
    return _offer(form, place, names) or _professional_page(form, choices, status=422)


@bp.post("/<uuid:invitation_id>/withdraw")
@requires(Permission.INVITATIONS_MAKE, step_up=True)
def withdraw_invitation(invitation_id: UUID) -> Response:
    with transaction() as session:
        row = queries.invitation_of_patient(
            session, reader=_reader(), invitation_id=invitation_id, at=now()
        )
        is_withdrawn = invitations.withdraw(session, invitation_id=row.id, at=now())
    list_url = url_for("invitations.list_invitations")
    return after_withdrawal(list_url, is_withdrawn=is_withdrawn)


@bp.post("/<uuid:invitation_id>/sheet")
@requires(Permission.INVITATIONS_MAKE, step_up=True)
def print_sheet_again(invitation_id: UUID) -> Response:
    with transaction() as session:
        row = queries.invitation_of_patient(
            session, reader=_reader(), invitation_id=invitation_id, at=now()
        )
        sheet = invitation_sheets.print_again(
            session, keys=current_keys(), invitation_id=row.id, at=now()
        )
    return sheet_page(sheet, time_zone=current_patient().time_zone, is_again=True)


def _rows() -> list[queries.InvitationRow]:
    return queries.invitations_of_patient(current_session(), reader=_reader(), at=now())


def _reader() -> queries.Reader:
    patient = current_patient()
    return queries.Reader(
        user_id=current_viewer().id,
        patient_id=patient.patient_id,
        is_coordinator=patient.is_coordinator,
    )


def _professionals() -> list[queries.CircleProfessional]:
    return queries.professionals_without_account(
        current_session(), patient_id=current_patient().patient_id, at=now()
    )


def _is_ready(form: WayForm) -> bool:
    if not mail_leaves():
        form.only_paper()
    return form.is_sent_and_valid() and not is_own_address(form)


def _offer(form: WayForm, place: Place, names: tuple[str, str]) -> Response | None:
    """None when it was refused: the form says why."""
    invitee = Invitee(names, email=form.email.data if form.is_by_mail else None)
    try:
        with transaction() as session:
            offered = service.offer(
                session,
                keys=current_keys(),
                place=place,
                invitee=invitee,
                invited_by=current_viewer().id,
                at=now(),
            )
    except OfferRefusedError as refused:
        say_refusal(form, refused)
        return None
    return invited_page(
        offered,
        time_zone=current_patient().time_zone,
        list_url=url_for("invitations.list_invitations"),
    )


def _relative_page(form: CarerForm, *, status: int = 200) -> Response:
    patient = current_patient()
    return page(
        "invitations/relative.html",
        status=status,
        form=form,
        patient=patient,
        waits_for_patient=not may(Permission.CARERS_MANAGE)
        and is_decided_in_portal(current_session(), patient_id=patient.patient_id, at=now()),
        can_mail=mail_leaves(),
        relationships=[(code, relationship_words(code)) for code in RELATIONSHIPS],
        other=OTHER,
        rights=OFFERED_RIGHTS,
    )


def _patient_page(form: PatientForm, *, status: int = 200) -> Response:
    patient = current_patient()
    return page(
        "invitations/patient.html",
        status=status,
        form=form,
        patient=patient,
        can_mail=mail_leaves(),
    )


def _professional_page(
    form: ProfessionalForm, choices: list[queries.CircleProfessional], *, status: int = 200
) -> Response:
    if not choices:
        raise NotFoundError("professional")
    return page(
        "invitations/professional.html",
        status=status,
        form=form,
        choices=choices,
        chosen=request.form.get("practitioner", ""),
        can_mail=mail_leaves(),
    )
