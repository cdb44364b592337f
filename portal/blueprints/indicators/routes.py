"""How well circles are kept, by organization."""

from flask import Blueprint, Response, make_response

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.indicators import export, queries
from portal.blueprints.indicators.board import Board, board
from portal.clock import now
from portal.db import current_session
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.page import page

bp = Blueprint("indicators", __name__, url_prefix="/professional/indicators")


@bp.get("")
@requires(Permission.INDICATORS_SEE)
def show_indicators() -> Response:
    return page("indicators/show.html", boards=_boards())


@bp.get("/table")
@requires(Permission.INDICATORS_SEE)
def export_table() -> Response:
    response = make_response(export.table(_boards()))
    response.content_type = "text/csv; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename=gettext("indicators.csv"))
    return response


def _boards() -> list[Board]:
    session, at = current_session(), now()
    places = queries.places_of(session, reader_id=current_viewer().id)
    today = {one.id: dates.local(at, one.time_zone).date() for one in places}
    found = queries.numbers(session, today=today, at=at)
    return [board(one.name, found[one.id], today=today[one.id]) for one in places]
