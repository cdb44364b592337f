"""A calendar file that a hospital sent becomes appointments: choose it, look at it, keep it."""

from datetime import date

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from portal.access.guard import current_author, current_patient, current_viewer, may, requires
from portal.access.permissions import Permission
from portal.blueprints.calendar_import import queries, service, words
from portal.blueprints.calendar_import.forms import ChoiceForm, FileForm
from portal.blueprints.calendar_import.offers import Offer, offers
from portal.blueprints.calendar_import.sealing import MOST_CHARACTERS, Shown, opened, sealed
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.errors import ChangedMeanwhileError
from portal.scheduling.calendar_files.reading import CalendarFile, FileVisit, read_calendar
from portal.scheduling.calendar_files.text import MOST_BYTES, CalendarRefusedError, Refusal
from portal.scheduling.letters.notices import About, tell_family
from portal.web import dates
from portal.web.form_values import uuid_of
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to

bp = Blueprint("calendar_import", __name__, url_prefix="/p/<uuid:patient_id>/agenda/import")


@bp.get("")
@requires(Permission.AGENDA_ACT)
def choose_file() -> Response:
    return _file_page(FileForm())


@bp.post("")
@requires(Permission.AGENDA_ACT)
def show_file() -> Response:
    """What it says. Nothing is stored."""
    # A strange file takes a while to read: nobody else waits for it.
    end_reading()
    try:
        return _choice_page(ChoiceForm(), _read(_arrived()))
    except CalendarRefusedError as refused:
        form = FileForm()
        form.refuse("file", words.refusal_words(refused.reason))
        return _file_page(form, status=422)


@bp.post("/keep")
@requires(Permission.AGENDA_ACT)
def keep_visits() -> Response:
    form = ChoiceForm.from_request()
    shown = _opened(form)
    if shown is None:
        return _expired_page()
    chosen = [shown[number] for number in form.numbers(len(shown))]
    visits = [one.visit for one in shown]
    if not chosen:
        form.refuse("chosen", gettext("Tick at least one appointment"))
        return _choice_page(form, CalendarFile(visits), status=422)
    try:
        kept = _keep(chosen)
    except ChangedMeanwhileError:
        return _choice_page(form, CalendarFile(visits), status=409)
    return redirect_to(_kept_address(kept))


@bp.get("/kept")
@requires(Permission.AGENDA_ACT)
def show_kept() -> Response:
    rows = _batch()
    return page(
        "calendar_import/kept.html",
        patient=current_patient(),
        visits=[(row, *words.kept_time(row)) for row in rows],
        first=request.args.get("first", ""),
        last=request.args.get("last", ""),
        changed=_count("changed"),
        cancelled=_count("cancelled"),
        can_be_undone=any(row.version == 1 for row in rows),
        may_hide=may(Permission.AGENDA_HIDE),
        today=_today(),
    )


@bp.post("/undo")
@requires(Permission.AGENDA_ACT)
def take_back() -> Response:
    first, last = (uuid_of(request.form.get(name)) for name in ("first", "last"))
    with transaction() as session:
        gone = (
            service.take_back(
                session,
                patient_id=current_patient().patient_id,
                first=first,
                last=last,
                by=current_author(Permission.AGENDA_ACT),
                at=now(),
            )
            if first and last
            else []
        )
    return redirect_to(url_for("calendar_import.choose_file", removed=len(gone)))


def _arrived() -> bytes:
    """Raises `CalendarRefusedError`."""
    try:
        sent = request.files.get("file")
    except RequestEntityTooLarge:
        raise CalendarRefusedError(Refusal.TOO_LARGE) from None
    if sent is None:
        raise CalendarRefusedError(Refusal.EMPTY)
    return sent.stream.read(MOST_BYTES + 1)


def _read(content: bytes) -> CalendarFile:
    return read_calendar(content, time_zone=current_patient().time_zone, at=now())


def _offers(visits: list[FileVisit]) -> list[Offer]:
    return offers(
        current_session(),
        patient_id=current_patient().patient_id,
        viewer_id=current_viewer().id,
        visits=visits,
        at=now(),
    )


def _keep(chosen: list[Shown]) -> service.Kept:
    patient, author, at = current_patient(), current_author(Permission.AGENDA_ACT), now()
    with transaction() as session:
        kept = service.keep(session, patient_id=patient.patient_id, chosen=chosen, by=author, at=at)
        # What is added stands in the agenda; what somebody relied on is announced.
        for appointment_id in (*kept.changed, *kept.cancelled):
            about = About(
                patient_id=patient.patient_id,
                appointment_id=appointment_id,
                by=author.user_id,
                at=at,
            )
            tell_family(session, about, keys=current_keys())
    return kept


def _kept_address(kept: service.Kept) -> str:
    ends = (min(kept.added), max(kept.added)) if kept.added else (None, None)
    return url_for(
        "calendar_import.show_kept",
        first=ends[0],
        last=ends[1],
        changed=len(kept.changed) or None,
        cancelled=len(kept.cancelled) or None,
    )


def _batch() -> list[queries.BatchRow]:
    first, last = (uuid_of(request.args.get(name)) for name in ("first", "last"))
    if first is None or last is None:
        return []
    return queries.batch(
        current_session(),
        patient_id=current_patient().patient_id,
        viewer_id=current_viewer().id,
        first=first,
        last=last,
    )


def _opened(form: ChoiceForm) -> list[Shown] | None:
    return opened(
        form.sealed.data or "",
        keys=current_keys(),
        patient_id=current_patient().patient_id,
        viewer_id=current_viewer().id,
        at=now(),
    )


def _choice_page(form: ChoiceForm, file: CalendarFile, *, status: int = 200) -> Response:
    patient, found = current_patient(), _offers(file.visits)
    today = _today()
    seal = sealed(
        [Shown(one.visit, one.uid, one.version) for one in found],
        keys=current_keys(),
        patient_id=patient.patient_id,
        viewer_id=current_viewer().id,
        at=now(),
    )
    if status == 200 and len(seal) > MOST_CHARACTERS:
        raise CalendarRefusedError(Refusal.TOO_LARGE)
    return page(
        "calendar_import/preview.html",
        status=status,
        form=form,
        sealed=seal,
        cards=[
            words.card(number, one, usual_zone=patient.time_zone, today=today)
            for number, one in enumerate(found)
        ],
        chosen=_ticked(form, found, status),
        is_stale=status == 409,
        goes_on=file.goes_on,
        unread=file.unread,
        patient=patient,
        today=today,
    )


def _ticked(form: ChoiceForm, found: list[Offer], status: int) -> set[int]:
    """As the reader left them; at first what is new."""
    if status == 200:
        return {number for number, one in enumerate(found) if one.is_usual}
    return set(form.numbers(len(found)))


def _expired_page() -> Response:
    form = FileForm()
    form.refuse("file", gettext("Too much time went by. Choose the file again"))
    return _file_page(form, status=422)


def _file_page(form: FileForm, *, status: int = 200) -> Response:
    return page(
        "calendar_import/new.html",
        status=status,
        form=form,
        most=words.MOST_KILOBYTES,
        removed=_count("removed") if request.method == "GET" else None,
        may_hide=may(Permission.AGENDA_HIDE),
        patient=current_patient(),
    )


def _count(name: str) -> int | None:
    """What the address says was done; none when it says nothing."""
    found = request.args.get(name, type=int)
    return found if found is not None and 0 <= found <= 100 else None


def _today() -> date:
    return dates.local(now(), current_patient().time_zone).date()
