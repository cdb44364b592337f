"""Workshops with a number of places."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, url_for
from sqlmodel import Session

from portal.access.audit import Author
from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.access.trail import note_patients
from portal.blueprints.workshops import pages
from portal.blueprints.workshops.forms import (
    CancelForm,
    ChangeForm,
    ProposeForm,
    WorkshopForm,
)
from portal.clock import now
from portal.db import transaction
from portal.errors import ChangedMeanwhileError
from portal.models.audit import Capacity
from portal.models.base import new_id
from portal.models.rights import GrantCategory
from portal.scheduling.letters.notices import About, tell_family
from portal.scheduling.workshops import acts as workshop_acts
from portal.scheduling.workshops.acts import Done, TooFewPlacesError, WorkshopOverError
from portal.scheduling.workshops.listing import House, WorkshopCard
from portal.scheduling.workshops.proposing import authors_for, propose
from portal.web.form_values import uuid_of, version_of
from portal.web.i18n import ngettext
from portal.web.installed import current_keys
from portal.web.page import redirect_to

bp = Blueprint("workshops", __name__, url_prefix="/professional/workshops")
_BOOK = Permission.AGENDA_BOOK.partition(":")[2]


@bp.get("")
@requires(Permission.WORKSHOPS_MANAGE)
def list_workshops() -> Response:
    return pages.list_page()


@bp.get("/new")
@requires(Permission.WORKSHOPS_MANAGE)
def write_workshop() -> Response:
    return pages.new_page()


@bp.post("/new")
@requires(Permission.WORKSHOPS_MANAGE)
def add_workshop() -> Response:
    form: WorkshopForm = WorkshopForm.from_request()
    form.houses, hosts = pages.choices()
    form.host_ids, form.at = {one.id for one in hosts}, now()
    if not form.is_sent_and_valid() or form.house is None:
        return pages.new_page(form, status=422)
    with transaction() as session:
        done = workshop_acts.add(
            session,
            workshop_id=uuid_of(form.workshop_id.data) or new_id(),
            organization_id=form.house.id,
            plan=form.plan(),
            by=current_viewer().id,
            at=form.at,
        )
    return _done("added", done)


@bp.get("/<uuid:workshop_id>")
@requires(Permission.WORKSHOPS_MANAGE, writes=True)
def show_workshop(workshop_id: UUID) -> Response:
    return pages.workshop_page(workshop_id)


@bp.get("/<uuid:workshop_id>/change")
@requires(Permission.WORKSHOPS_MANAGE)
def write_change(workshop_id: UUID) -> Response:
    if not pages.find_card(workshop_id, is_kept=True).is_open(now()):
        return _same(workshop_id)
    return pages.change_page(workshop_id)


@bp.post("/<uuid:workshop_id>/change")
@requires(Permission.WORKSHOPS_MANAGE)
def change_workshop(workshop_id: UUID) -> Response:
    card = pages.find_card(workshop_id, is_kept=True)
    form, by = _change_form(card), _keeper(card)
    if not form.is_sent_and_valid():
        return pages.change_page(workshop_id, form, status=422)
    try:
        with transaction() as session:
            done = workshop_acts.rewrite(
                session,
                workshop_id=workshop_id,
                version=version_of(form.version.data),
                plan=form.plan(),
                by=by,
                at=form.at,
            )
            _tell(session, done, dict.fromkeys(_patients(done), by))
    except ChangedMeanwhileError:
        return pages.change_page(workshop_id, form, status=409)
    except WorkshopOverError:
        return _same(workshop_id)
    except TooFewPlacesError as error:
        form.refuse("capacity", _too_few(error.taken))
        return pages.change_page(workshop_id, form, status=422)
    return _done("changed", done)


@bp.get("/<uuid:workshop_id>/cancel")
@requires(Permission.WORKSHOPS_MANAGE)
def ask_cancel(workshop_id: UUID) -> Response:
    if not pages.find_card(workshop_id, is_kept=True).is_open(now()):
        return _same(workshop_id)
    return pages.cancel_page(workshop_id)


@bp.post("/<uuid:workshop_id>/cancel")
@requires(Permission.WORKSHOPS_MANAGE)
def cancel_workshop(workshop_id: UUID) -> Response:
    card = pages.find_card(workshop_id, is_kept=True)
    form: CancelForm = CancelForm.from_request()
    by = _keeper(card)
    if not form.is_sent_and_valid():
        return pages.cancel_page(workshop_id, form, status=422)
    try:
        with transaction() as session:
            done = workshop_acts.call_off(
                session,
                workshop_id=workshop_id,
                version=version_of(form.version.data),
                reason=form.reason.data or "",
                by=by,
                at=now(),
            )
            _tell(session, done, dict.fromkeys(_patients(done), by))
    except ChangedMeanwhileError:
        return pages.cancel_page(workshop_id, form, status=409)
    except WorkshopOverError:
        return _same(workshop_id)
    return _done("cancelled", done)


@bp.get("/<uuid:workshop_id>/propose")
@requires(Permission.WORKSHOPS_MANAGE)
def choose_patients(workshop_id: UUID) -> Response:
    if not pages.find_card(workshop_id).is_open(now()):
        return _same(workshop_id)
    return pages.propose_page(workshop_id)


@bp.post("/<uuid:workshop_id>/propose")
@requires(Permission.WORKSHOPS_MANAGE)
def propose_workshop(workshop_id: UUID) -> Response:
    pages.find_card(workshop_id)
    form: ProposeForm = ProposeForm.from_request()
    if not form.is_sent_and_valid():
        return pages.propose_page(workshop_id, form, status=422)
    try:
        with transaction() as session:
            at = now()
            authors = authors_for(
                session, viewer=current_viewer(), patient_ids=form.patient_ids, at=at
            )
            done = propose(session, workshop_id=workshop_id, authors=authors, at=at)
            _tell(session, done, authors)
    except WorkshopOverError:
        return _same(workshop_id)
    return _done("proposed", done)


def _change_form(card: WorkshopCard) -> ChangeForm:
    form: ChangeForm = ChangeForm.from_request()
    _houses, hosts = pages.choices()
    form.houses = [House(card.organization_id, card.organization_name, "", "", card.time_zone)]
    form.host_ids = {one.id for one in pages.with_host(hosts, card)}
    form.at = now()
    return form


def _keeper(card: WorkshopCard) -> Author:
    """As what the reader changes the places of all who take part."""
    capacity = Capacity.COORDINATOR if card.is_coordinated else Capacity.PROFESSIONAL
    return Author(current_viewer().id, capacity)


def _patients(done: Done) -> list[UUID]:
    return [one.patient_id for one in done.touched]


def _tell(session: Session, done: Done, authors: Mapping[UUID, Author]) -> None:
    """A line in the log of each patient, and a word to each family."""
    viewer, at = current_viewer(), now()
    note_patients(
        viewer,
        {one: Capacity(authors[one].capacity) for one in _patients(done)},
        category=GrantCategory.AGENDA,
        action=_BOOK,
        reason="keeps_workshop",
    )
    for one in done.touched:
        about = About(patient_id=one.patient_id, appointment_id=one.id, by=viewer.id, at=at)
        tell_family(session, about, keys=current_keys())


def _done(done: str, result: Done) -> Response:
    done, told = (done, len(result.touched)) if result.is_changed else ("same", 0)
    address = url_for(
        "workshops.show_workshop", workshop_id=result.workshop_id, done=done, told=told or None
    )
    return redirect_to(address)


def _same(workshop_id: UUID) -> Response:
    """It is over or cancelled: the page says so."""
    return redirect_to(url_for("workshops.show_workshop", workshop_id=workshop_id, done="same"))


def _too_few(taken: int) -> str:
    return ngettext(
        "%(num)d place is taken: write at least that many",
        "%(num)d places are taken: write at least that many",
        taken,
    )
