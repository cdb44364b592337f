"""The pages of a team about one programme."""

from uuid import UUID

from flask import Response, request

from portal.access.guard import current_patient, current_viewer
from portal.blueprints.programme_team.finding import found, goals_and_items, of
from portal.blueprints.programme_team.forms import ItemForm, ProgrammeForm
from portal.clock import now
from portal.db import current_session
from portal.education.programme.choices import MOST_CHOICES, module_choices
from portal.education.programme.followed import Followed, followed
from portal.education.programme.following import Following
from portal.scheduling.workshops.listing import WorkshopCard, workshops_of
from portal.web import dates
from portal.web.forms import stripped
from portal.web.i18n import current_locale
from portal.web.page import page

MOST_WORKSHOPS = 30
LONGEST_SEARCH = 100
DONE = ("proposed", "taken-back", "item", "removed", "evaluated", "ended", "asked")
NOT_DONE = ("another", "same", "over", "full")


def programme_page(*, done: str = "") -> Response:
    there = found()
    goals, items = goals_and_items(there.id) if there else ([], [])
    return page(
        "programme_team/programme.html",
        patient=current_patient(),
        programme=there,
        goals=goals,
        items=items,
        read=_read(there) if there else {},
        today=dates.local(now(), current_patient().time_zone).date(),
        done=done if done in DONE + NOT_DONE else "",
        is_done=done in DONE,
    )


def new_page(form: ProgrammeForm, *, status: int = 200) -> Response:
    return page("programme_team/new.html", status=status, patient=current_patient(), form=form)


def modules_page(there: Following, form: ItemForm, *, status: int = 200) -> Response:
    text = stripped(request.args.get("q") or request.form.get("q"))[:LONGEST_SEARCH]
    choices = module_choices(current_session(), **of(there.id), text=text, locale=current_locale())
    return page(
        "programme_team/modules.html",
        status=status,
        patient=current_patient(),
        programme=there,
        form=form,
        text=text,
        choices=choices[:MOST_CHOICES],
        has_more=len(choices) > MOST_CHOICES,
    )


def workshops_page(there: Following, form: ItemForm, *, status: int = 200) -> Response:
    return page(
        "programme_team/workshops.html",
        status=status,
        patient=current_patient(),
        programme=there,
        form=form,
        choices=workshops_to_come(),
        today=dates.local(now(), current_patient().time_zone).date(),
    )


def workshops_to_come() -> list[WorkshopCard]:
    """Of the reader's organizations; those that take place."""
    at = now()
    cards = workshops_of(current_session(), viewer=current_viewer(), at=at, limit=MOST_WORKSHOPS)
    return [one for one in cards if one.is_open(at)]


def _read(there: Following) -> dict[UUID, Followed]:
    """What is not shown is not even asked for."""
    if not there.shares_progress:
        return {}
    return followed(current_session(), **of(there.id))
