"""The pages about workshops."""

from typing import Any
from uuid import UUID

from flask import Response, request

from portal.access.guard import current_viewer
from portal.access.trail import note_patients
from portal.blueprints.workshops.forms import (
    CancelForm,
    ChangeForm,
    ProposeForm,
    WorkshopForm,
    typed,
)
from portal.clock import now
from portal.db import current_session
from portal.errors import NotFoundError
from portal.models.audit import Capacity
from portal.models.base import new_id
from portal.models.rights import GrantCategory
from portal.scheduling.workshops.guests import Guests, candidates, guests_of
from portal.scheduling.workshops.listing import (
    Host,
    House,
    WorkshopCard,
    find_workshop,
    houses_and_hosts,
    workshops_of,
)
from portal.teams.own_day import USUAL_ZONE
from portal.web import dates
from portal.web.form_values import number_of
from portal.web.forms import stripped
from portal.web.page import page
from portal.web.positions import position_of, position_text
from portal.web.time_zones import reader_time_zone, time_zone_choices
from portal.web.workshop_words import places_left

LIST_ROWS = 30
MOST_FOUND = 30
LONGEST_SEARCH = 100
_DONE = ("added", "changed", "cancelled", "proposed", "same")


def list_page() -> Response:
    is_past = request.args.get("view") == "past"
    after = position_of(request.args.get("after"))
    found = workshops_of(
        current_session(),
        viewer=current_viewer(),
        at=now(),
        limit=LIST_ROWS + 1,
        is_past=is_past,
        after=after,
    )
    shown = found[:LIST_ROWS]
    return _page(
        "workshops/list.html",
        workshops=shown,
        is_past=is_past,
        is_continued=after is not None,
        goes_on=_last_shown(shown) if len(found) > LIST_ROWS else None,
        at=now(),
    )


def workshop_page(workshop_id: UUID) -> Response:
    card = find_card(workshop_id)
    guests = guests_of(
        current_session(), viewer=current_viewer(), workshop_id=workshop_id, at=now()
    )
    note_patients(current_viewer(), _capacities(guests), category=GrantCategory.AGENDA)
    done = request.args.get("done", "")
    return _page(
        "workshops/workshop.html",
        workshop=card,
        guests=guests,
        at=now(),
        done=done if done in _DONE else "",
        told=number_of(request.args.get("told")),
    )


def new_page(form: WorkshopForm | None = None, *, status: int = 200) -> Response:
    houses, hosts = choices()
    if form is None:
        form = _new_form(houses)
    return _page(
        "workshops/write.html",
        status=status,
        form=form,
        card=None,
        houses=[(one.id, one.name) for one in houses],
        hosts=_named(hosts),
        zones=time_zone_choices(),
        is_stale=False,
    )


def change_page(
    workshop_id: UUID, form: ChangeForm | None = None, *, status: int = 200
) -> Response:
    card = find_card(workshop_id, is_kept=True)
    _houses, hosts = choices()
    if form is None:
        form = ChangeForm(data=typed(card))
    if status == 409:
        form.version.data = str(card.version)
    return _page(
        "workshops/write.html",
        status=status,
        form=form,
        card=card,
        houses=[],
        hosts=_named(with_host(hosts, card)),
        zones=time_zone_choices(),
        is_stale=status == 409,
    )


def cancel_page(
    workshop_id: UUID, form: CancelForm | None = None, *, status: int = 200
) -> Response:
    card = find_card(workshop_id, is_kept=True)
    guests = guests_of(
        current_session(), viewer=current_viewer(), workshop_id=workshop_id, at=now()
    )
    if form is None:
        form = CancelForm()
    if status in (200, 409):
        form.version.data = str(card.version)
    return _page(
        "workshops/cancel.html",
        status=status,
        form=form,
        workshop=card,
        told=sum(_active(guests).values()),
        is_stale=status == 409,
    )


def propose_page(
    workshop_id: UUID, form: ProposeForm | None = None, *, status: int = 200
) -> Response:
    text = stripped(request.args.get("q") or request.form.get("q"))[:LONGEST_SEARCH]
    found = candidates(
        current_session(),
        viewer=current_viewer(),
        workshop_id=workshop_id,
        text=text,
        at=now(),
        limit=MOST_FOUND + 1,
    )
    return _page(
        "workshops/propose.html",
        status=status,
        form=form or ProposeForm(),
        workshop=find_card(workshop_id),
        text=text,
        patients=found[:MOST_FOUND],
        has_more=len(found) > MOST_FOUND,
        at=now(),
    )


def find_card(workshop_id: UUID, *, is_kept: bool = False) -> WorkshopCard:
    """Raises `NotFoundError` for those of others, and for who may not change it."""
    card = find_workshop(
        current_session(), viewer=current_viewer(), workshop_id=workshop_id, at=now()
    )
    if card is None or (is_kept and not card.is_kept):
        raise NotFoundError("workshop")
    return card


def choices() -> tuple[list[House], list[Host]]:
    return houses_and_hosts(current_session(), viewer=current_viewer(), at=now())


def with_host(hosts: list[Host], card: WorkshopCard) -> list[Host]:
    """Who leads it today can stay, wherever they work."""
    if card.practitioner_id is None or card.practitioner_id in {one.id for one in hosts}:
        return hosts
    names = (card.host_prefix or "", card.host_given_name or "", card.host_family_name or "")
    return [Host(card.practitioner_id, *names), *hosts]


def _named(hosts: list[Host]) -> list[tuple[UUID, str]]:
    return [(one.id, " ".join(filter(None, one[1:]))) for one in hosts]


def _new_form(houses: list[House]) -> WorkshopForm:
    own_id = current_viewer().practitioner_id
    first = houses[0] if houses else None
    return WorkshopForm(
        data={
            "workshop_id": str(new_id()),
            "organization": str(first.id) if first else "",
            "time_zone": first.time_zone if first else USUAL_ZONE,
            "host": str(own_id or ""),
            "capacity": "8",
        }
    )


def _active(guests: Guests) -> dict[str, int]:
    states = ("coming", "waiting", "waitlist")
    return {one: len(guests.named[one]) + guests.others[one] for one in states}


def _capacities(guests: Guests) -> dict[UUID, Capacity]:
    return {
        one.patient_id: Capacity.PROFESSIONAL if one.is_circle_member else Capacity.COORDINATOR
        for some in guests.named.values()
        for one in some
    }


def _last_shown(shown: list[WorkshopCard]) -> str:
    """The address part that continues after this page."""
    return position_text(shown[-1].starts_at, shown[-1].id)


def _page(template: str, *, status: int = 200, **context: Any) -> Response:
    """With the clock that its words need."""
    usual_zone = reader_time_zone()
    return page(
        template,
        status=status,
        today=dates.local(now(), usual_zone).date(),
        usual_zone=usual_zone,
        places_left=places_left,
        **context,
    )
