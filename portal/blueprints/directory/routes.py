"""The directory: finding professionals and organizations, and reading what is known of them."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, may, requires
from portal.access.permissions import Permission
from portal.blueprints.directory import entries, queries
from portal.blueprints.directory.queries import Asked
from portal.blueprints.directory.words import full_name, kind_choices, profession_choices
from portal.clock import now
from portal.db import current_session
from portal.models.directory import OrganizationKind, Profession
from portal.web import dates
from portal.web.hours import hours_in_words
from portal.web.page import page
from portal.web.time_zones import reader_time_zone

bp = Blueprint("directory", __name__, url_prefix="/directory")
_DONE = ("added", "changed", "same", "place_added", "place_changed", "merged")


@bp.get("")
@requires(Permission.DIRECTORY_SEE)
def search() -> Response:
    asked, after = _asked(), _after()
    found = queries.entries(current_session(), asked=asked, after=after)
    shown = found[: queries.PER_PAGE]
    return page(
        "directory/search.html",
        asked=asked,
        entries=shown,
        is_continued=after is not None,
        next_url=_next_url(asked, shown[-1]) if len(found) > len(shown) else "",
        professions=profession_choices(),
        kinds=kind_choices(),
        may_manage=may(Permission.DIRECTORY_MANAGE),
    )


@bp.get("/practitioners/<uuid:practitioner_id>")
@requires(Permission.DIRECTORY_SEE)
def show_practitioner(practitioner_id: UUID) -> Response:
    session, today = current_session(), reader_today()
    row = entries.practitioner(session, practitioner_id)
    return page(
        "directory/practitioner.html",
        row=row,
        name=full_name(row),
        places=entries.places(
            session, practitioner_id=row.id, reader_id=current_viewer().id, today=today, at=now()
        ),
        absences=entries.absences(session, practitioner_id=row.id, today=today),
        today=today,
        hours_in_words=hours_in_words,
        may_manage=may(Permission.DIRECTORY_MANAGE),
        done=done_now(),
    )


@bp.get("/organizations/<uuid:organization_id>")
@requires(Permission.DIRECTORY_SEE)
def show_organization(organization_id: UUID) -> Response:
    session = current_session()
    row = entries.organization(session, organization_id)
    people = entries.colleagues(session, organization_id=row.id, today=reader_today())
    return page(
        "directory/organization.html",
        row=row,
        people=people[: entries.MOST_PEOPLE],
        has_more_people=len(people) > entries.MOST_PEOPLE,
        hours_in_words=hours_in_words,
        may_manage=may(Permission.DIRECTORY_MANAGE),
        done=done_now(),
    )


def done_now() -> str:
    done = request.args.get("done", "")
    return done if done in _DONE else ""


def reader_today() -> date:
    return dates.local(now(), reader_time_zone()).date()


def _asked() -> Asked:
    profession, kind = request.args.get("profession", ""), request.args.get("kind", "")
    what = request.args.get("what", "")
    return Asked(
        text=request.args.get("q", "")[:100].strip(),
        what=what if what in (queries.PEOPLE, queries.PLACES) else "",
        profession=profession if profession in Profession.__members__.values() else "",
        kind=kind if kind in OrganizationKind.__members__.values() else "",
    )


def _after() -> tuple[str, UUID] | None:
    """Where the page before ended; a page that cannot be read is the first one."""
    try:
        # PostgreSQL holds no such character, and asks for none.
        key = request.args["after_key"][:500].replace("\0", "")
        return key, UUID(request.args["after"])
    except (KeyError, ValueError):
        return None


def _next_url(asked: Asked, last: queries.EntryRow) -> str:
    return url_for(
        "directory.search",
        q=asked.text or None,
        what=asked.what or None,
        profession=asked.profession or None,
        kind=asked.kind or None,
        after=last.id,
        after_key=last.search_key,
    )
