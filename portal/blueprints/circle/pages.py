"""The pages about a circle, as it stands now: after a look, and after an act that was refused."""

from datetime import date
from uuid import UUID

from flask import Response, request

from portal.access.guard import current_patient, current_viewer, may
from portal.access.permissions import Permission
from portal.blueprints.circle import finding, queries, undo
from portal.blueprints.circle.cards import (
    Card,
    State,
    card,
    found_words,
    kind_of,
    reason_words,
    role_of,
    sees_words,
)
from portal.blueprints.circle.days import written
from portal.blueprints.circle.ending import successors
from portal.blueprints.circle.finding import Asked, FoundRow
from portal.blueprints.circle.forms import (
    ALL,
    KEPT,
    REASONS,
    SEES,
    EndForm,
    LeaveForm,
    NewPlaceForm,
    PlaceForm,
)
from portal.blueprints.circle.queries import NeedRow, PlaceRow
from portal.clock import now
from portal.db import current_session
from portal.errors import NotFoundError
from portal.web import dates
from portal.web.installed import current_keys
from portal.web.page import page

DONE = ("added", "asked", "changed", "same", "extended", "ended", "reopened", "condition", "stale")


def today() -> date:
    """Where the patient lives."""
    return dates.local(now(), current_patient().time_zone).date()


def circle_page(*, status: int = 200, is_stale: bool = False) -> Response:
    rows, at = places(), now()
    patient = current_patient()
    cards = [card(one, rows, patient=patient, at=at) for one in rows]
    current = [one for one in cards if one.state is not State.OVER]
    over = [one for one in cards if one.state is State.OVER]
    done = "stale" if is_stale else request.args.get("done", "")
    return page(
        "circle/circle.html",
        status=status,
        patient=patient,
        places=current,
        former=sorted(over, key=lambda one: (one.until or date.min, one.name), reverse=True),
        ending=[one for one in current if one.state is State.ENDS_SOON],
        waiting=[one for one in current if one.state is State.WAITS],
        has_condition=queries.has_long_term_condition(
            current_session(), patient_id=patient.patient_id
        ),
        has_doctor=any(one.is_regular_doctor and not one.is_over(at) for one in rows),
        done=done if done in DONE else "",
        done_to=_named_in_address(cards),
        undo=_undo(cards),
    )


def search_page(*, asked: Asked, found: list[FoundRow], relatives: list[FoundRow]) -> Response:
    held = _held(queries.lasting(places(), at=now()))
    return page(
        "circle/search.html",
        patient=current_patient(),
        asked=asked,
        found=found[: finding.MOST_FOUND],
        has_more=len(found) > finding.MOST_FOUND,
        relatives=[one for one in relatives if str(one.holder) not in held],
        held=held,
        words=found_words,
    )


def add_page(form: NewPlaceForm, row: FoundRow, *, status: int = 200) -> Response:
    rows = queries.lasting(places(), at=now())
    return page(
        "circle/add.html",
        status=status,
        patient=current_patient(),
        form=form,
        row=row,
        role=found_words(row),
        doctor=_other_doctor(rows),
        held=_held(rows).get(str(row.holder)),
        sees=[(code, sees_words("" if code == ALL else code)) for code in SEES],
    )


def change_page(
    form: PlaceForm, row: PlaceRow, *, status: int = 200, is_stale: bool = False
) -> Response:
    rows = queries.lasting(places(), at=now())
    kept = [(KEPT, sees_words(row.sees))] if form.kept_sees else []
    return page(
        "circle/change.html",
        status=status,
        patient=current_patient(),
        form=form,
        place=own_card(row),
        row=row,
        doctor=_other_doctor([one for one in rows if one.id != row.id]),
        is_stale=is_stale,
        sees=[(code, sees_words("" if code == ALL else code)) for code in SEES] + kept,
    )


def end_page(
    form: EndForm, row: PlaceRow, *, status: int = 200, is_stale: bool = False
) -> Response:
    rows, at = places(), now()
    return page(
        "circle/end.html",
        status=status,
        patient=current_patient(),
        form=form,
        place=own_card(row),
        needs=_needs(row.id),
        reasons=[(one.value, reason_words(one)) for one in REASONS],
        choices=[(one.id, _words(one)) for one in successors(rows, row, at=at)],
        is_stale=is_stale,
    )


def leave_page(form: LeaveForm, *, status: int = 200) -> Response:
    """Whose place does not open the team learns neither who is in it nor what is needed."""
    rows, at = places(), now()
    own = [
        one
        for one in queries.lasting(rows, at=at)
        if one.is_professional and one.practitioner_id == current_viewer().practitioner_id
    ]
    if not own:
        raise NotFoundError("place")
    needs = {need.id: need for one in own for need in _needs(one.id) if need.is_owned}
    sees_team = may(Permission.CARE_TEAM_SEE)
    follow = successors(rows, own[0], at=at) if sees_team else []
    return page(
        "circle/leave.html",
        status=status,
        patient=current_patient(),
        form=form,
        count=len(needs),
        needs=list(needs.values()) if sees_team else [],
        choices=[(one.id, _words(one)) for one in follow],
        keeps_circle=current_patient().is_coordinator,
    )


def places() -> list[PlaceRow]:
    return queries.places(current_session(), patient_id=current_patient().patient_id, at=now())


def lasting_place(member_id: UUID) -> PlaceRow:
    """Raises `NotFoundError` for one of another circle, and for one that is over."""
    return queries.place_of(queries.lasting(places(), at=now()), member_id)


def fill(form: PlaceForm, row: PlaceRow) -> None:
    """As it stands."""
    place = own_card(row)
    sees = row.sees or ALL
    form.process(
        data={
            "functions": row.functions,
            "contact_for": row.contact_for,
            "sees": sees if sees in SEES else KEPT,
            "until": written(place.until) if place.until else "",
            "version": place.version,
        }
    )


def own_card(row: PlaceRow) -> Card:
    return card(row, [], patient=current_patient(), at=now())


def _undo(cards: list[Card]) -> str:
    """Offered on the page that says that it is done, while the place is as it was left."""
    named, text = _named_in_address(cards), request.args.get("undo", "")
    if named is None or request.args.get("done") != "ended":
        return ""
    done = undo.opened(text, keys=current_keys(), member_id=named.id)
    return text if done and done.version == named.version and named.reason else ""


def _other_doctor(rows: list[PlaceRow]) -> str:
    """The name of who is the regular doctor now."""
    return next((one.name for one in rows if one.is_regular_doctor), "")


def _named_in_address(cards: list[Card]) -> Card | None:
    return next((one for one in cards if str(one.id) == request.args.get("of")), None)


def _needs(member_id: UUID) -> list[NeedRow]:
    patient_id = current_patient().patient_id
    return queries.needs_of(current_session(), patient_id=patient_id, member_id=member_id)


def _held(rows: list[PlaceRow]) -> dict[str, UUID]:
    """Who has a place, as `practitioner:UUID`, and which."""
    found = {}
    for one in rows:
        kind = kind_of(one)
        holder = one.practitioner_id or one.related_person_id or one.organization_id
        found[f"{kind}:{holder}"] = one.id
    return found


def _words(row: PlaceRow) -> str:
    """`Nadia Belkacem, infirmière`, in a list to choose from."""
    return ", ".join(part for part in (row.name, role_of(row)) if part)
