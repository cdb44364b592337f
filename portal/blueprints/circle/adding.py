"""Adding somebody: finding them, then saying what for, what they see and until when."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_patient, requires
from portal.access.permissions import Permission
from portal.blueprints.circle import finding, notices, pages, queries, service
from portal.blueprints.circle.days import later, written
from portal.blueprints.circle.finding import FoundRow
from portal.blueprints.circle.forms import ALL, INSIDE, OUTSIDE, NewPlaceForm, uuid_of
from portal.blueprints.circle.holders import Kind, holder_of
from portal.blueprints.circle.service import (
    HasPlaceError,
    OtherDoctorError,
    SaidNoError,
    TooManyPlacesError,
)
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import ChangedMeanwhileError, NotFoundError
from portal.models.base import new_id
from portal.web.forms import stripped
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import redirect_to

bp = Blueprint("circle_adding", __name__, url_prefix="/p/<uuid:patient_id>/circle/add")
_MOST_TYPED = 200


@bp.get("")
@requires(Permission.CIRCLE_MANAGE)
def search() -> Response:
    asked = finding.read(stripped(request.args.get("q"))[:_MOST_TYPED])
    session, patient_id = current_session(), current_patient().patient_id
    is_asked = bool(asked.text) and not asked.is_wrong_number
    found = (
        finding.found(session, asked=asked, patient_id=patient_id, today=pages.today())
        if is_asked
        else []
    )
    relatives = finding.listed_relatives(session, patient_id=patient_id)
    return pages.search_page(asked=asked, found=found, relatives=relatives)


@bp.get("/place")
@requires(Permission.CIRCLE_MANAGE)
def write_place() -> Response:
    if not request.args.get("who"):
        return redirect_to(url_for("circle_adding.search"))
    row = _holder(request.args.get("who"))
    is_person = row.kind is Kind.PRACTITIONER
    form = NewPlaceForm.from_request(
        place_id=str(new_id()),
        who=str(row.holder),
        sees=ALL,
        until=written(later(pages.today())) if is_person else "",
        is_in_care_team=INSIDE if row.is_of_house else OUTSIDE,
    )
    form.expect(kind=row.kind, profession=row.profession, today=pages.today())
    return pages.add_page(form, row)


@bp.post("/place")
@requires(Permission.CIRCLE_MANAGE)
def add_place() -> Response:
    form: NewPlaceForm = NewPlaceForm.from_request()
    row = _holder(form.who.data)
    form.expect(kind=row.kind, profession=row.profession, today=pages.today())
    if not form.is_sent_and_valid():
        return pages.add_page(form, row, status=422)
    try:
        place_id, is_asked = _add(form, row)
    except ChangedMeanwhileError:
        return pages.circle_page(status=409, is_stale=True)
    except HasPlaceError:
        form.refuse("who", gettext("This person has a place in the circle already"))
    except OtherDoctorError:
        form.refuse("replaces_doctor", other_doctor_words())
    except SaidNoError:
        form.refuse("is_in_care_team", _said_no_words())
    except TooManyPlacesError:
        form.refuse("who", gettext("The circle is full: end a place first"))
    else:
        done = "asked" if is_asked else "added"
        return redirect_to(url_for("circle.show_circle", done=done, of=place_id))
    return pages.add_page(form, row, status=422)


def other_doctor_words() -> str:
    return gettext("There is a regular doctor already: say that this one follows")


def _holder(text: str | None) -> FoundRow:
    """Raises `NotFoundError`."""
    holder = holder_of(text)
    if holder is None:
        raise NotFoundError("holder")
    patient_id = current_patient().patient_id
    return finding.one(current_session(), holder=holder, patient_id=patient_id, today=pages.today())


def _said_no_words() -> str:
    name = current_patient().given_name
    return gettext("%(name)s said no to this person: add them outside, and ask again", name=name)


def _add(form: NewPlaceForm, row: FoundRow) -> tuple[UUID, bool]:
    """The place, and whether it waits for the patient: who had a yes before opens the file."""
    patient, at = current_patient(), now()
    place_id = uuid_of(form.place_id.data) or new_id()
    with transaction() as session:
        is_new = service.add(
            session,
            patient_id=patient.patient_id,
            place_id=place_id,
            holder=row.holder,
            wanted=form.wanted(),
            is_outside=form.is_outside,
            time_zone=patient.time_zone,
            at=at,
        )
        rows = queries.places(session, patient_id=patient.patient_id, at=at)
        is_asked = form.is_outside and not queries.place_of(rows, place_id).opens
        tell = notices.ask_for_consent if is_asked else notices.tell_of_change
        if is_new:
            tell(session, keys=current_keys(), patient_id=patient.patient_id, at=at)
    return place_id, is_asked
