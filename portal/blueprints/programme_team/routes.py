"""A programme is proposed, filled with modules and workshops, and followed."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_patient, current_viewer, may, requires
from portal.access.permissions import Permission
from portal.blueprints.programme_team import pages
from portal.blueprints.programme_team.finding import of, programme
from portal.blueprints.programme_team.forms import ItemForm, ProgrammeForm
from portal.clock import now
from portal.db import current_session, transaction
from portal.education.programme import items, proposing, telling
from portal.education.programme.choices import house_for
from portal.education.programme.items import Thing, TooManyItemsError
from portal.education.programme.papers import NotUnderWayError
from portal.errors import NotFoundError
from portal.scheduling.workshops.acts import WorkshopOverError
from portal.scheduling.workshops.proposing import authors_for
from portal.scheduling.workshops.proposing import propose as propose_place
from portal.web.form_values import uuid_of
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import redirect_to

bp = Blueprint("programme_team", __name__, url_prefix="/p/<uuid:patient_id>/education/team")


@bp.get("")
@requires(Permission.EDUCATION_FOLLOW)
def show_programme() -> Response:
    return pages.programme_page(done=request.args.get("done", ""))


@bp.get("/new")
@requires(Permission.EDUCATION_FOLLOW)
def write_programme() -> Response:
    return pages.new_page(ProgrammeForm.from_request())


@bp.post("/new")
@requires(Permission.EDUCATION_FOLLOW)
def propose_programme() -> Response:
    form = ProgrammeForm.from_request()
    if not form.is_sent_and_valid():
        return pages.new_page(form, status=422)
    patient_id, viewer, at = current_patient().patient_id, current_viewer(), now()
    house_id = house_for(current_session(), viewer=viewer, patient_id=patient_id, at=at)
    try:
        with transaction() as session:
            proposing.propose(
                session,
                patient_id=patient_id,
                organization_id=house_id,
                title=form.title.data,
                by=viewer.id,
                at=at,
                keys=current_keys(),
            )
            telling.tell_family(
                session, patient_id=patient_id, by=viewer.id, at=at, keys=current_keys()
            )
    except proposing.OneProgrammeError:
        return _done("another")
    return _done("proposed")


@bp.post("/take-back")
@requires(Permission.EDUCATION_FOLLOW)
def take_back_programme() -> Response:
    """Until the patient has answered."""
    programme_id = uuid_of(request.form.get("programme")) or UUID(int=0)
    try:
        with transaction() as session:
            proposing.take_back(session, **of(programme_id), by=current_viewer().id, at=now())
    except NotUnderWayError:
        return _done("same")
    return _done("taken-back")


@bp.get("/modules")
@requires(Permission.EDUCATION_FOLLOW)
def choose_module() -> Response:
    there = programme()
    if not there.is_current:
        return _done("over")
    return pages.modules_page(there, ItemForm.from_request())


@bp.post("/modules")
@requires(Permission.EDUCATION_FOLLOW)
def propose_module() -> Response:
    form = ItemForm.from_request()
    if not form.is_sent_and_valid() or form.chosen_id is None:
        return pages.modules_page(programme(), form, status=422)
    return _propose(Thing(module_id=form.chosen_id), form)


@bp.get("/workshops")
@requires(Permission.EDUCATION_FOLLOW)
def choose_workshop() -> Response:
    there = programme()
    if not there.is_current:
        return _done("over")
    return pages.workshops_page(there, ItemForm.from_request())


@bp.post("/workshops")
@requires(Permission.EDUCATION_FOLLOW)
def propose_workshop() -> Response:
    form = ItemForm.from_request()
    offered = {one.id for one in pages.workshops_to_come()}
    if form.is_sent_and_valid() and form.chosen_id not in offered:
        form.refuse("chosen", gettext("Choose one of the list"))
    if form.chosen_id is None or form.problems:
        return pages.workshops_page(programme(), form, status=422)
    return _propose(Thing(workshop_id=form.chosen_id), form)


@bp.post("/items/<uuid:item_id>/remove")
@requires(Permission.EDUCATION_FOLLOW)
def remove_item(item_id: UUID) -> Response:
    there = programme()
    try:
        with transaction() as session:
            items.remove_item(session, **of(there.id), item_id=item_id)
    except NotUnderWayError:
        return _done("over")
    return _done("removed")


def _propose(thing: Thing, form: ItemForm) -> Response:
    programme_id = uuid_of(form.programme.data) or UUID(int=0)
    viewer, at, keys = current_viewer(), now(), current_keys()
    try:
        with transaction() as session:
            items.propose_item(
                session,
                thing,
                **of(programme_id),
                reason=form.reason.data or "",
                by=viewer.id,
                at=at,
                keys=keys,
            )
            if thing.workshop_id is not None:
                _offer_place(thing.workshop_id)
            telling.tell_family(
                session, patient_id=current_patient().patient_id, by=viewer.id, at=at, keys=keys
            )
    except (NotUnderWayError, WorkshopOverError):
        return _done("over")
    except TooManyItemsError:
        return _done("full")
    return _done("item")


def _offer_place(workshop_id: UUID) -> None:
    """A place in the agenda too, from who may book there: a yes without one would be worth less."""
    if not may(Permission.AGENDA_BOOK):
        return
    session, at = current_session(), now()
    patient_ids = {current_patient().patient_id}
    try:
        authors = authors_for(session, viewer=current_viewer(), patient_ids=patient_ids, at=at)
    except NotFoundError:
        return  # of a patient who died nothing is planned
    propose_place(session, workshop_id=workshop_id, authors=authors, at=at)


def _done(done: str) -> Response:
    return redirect_to(url_for("programme_team.show_programme", done=done))
