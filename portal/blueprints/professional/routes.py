"""The list of a professional's or coordinator's patients."""

from uuid import UUID

from flask import Blueprint, Response, request

from portal.access.guard import current_viewer, may, requires
from portal.access.permissions import Permission
from portal.access.scope import patients_of
from portal.clock import now
from portal.db import current_session
from portal.web.page import page

bp = Blueprint("professional", __name__, url_prefix="/professional")
PATIENTS_PER_PAGE = 50


@bp.get("/patients")
@requires(Permission.PATIENTS_LIST)
def list_patients() -> Response:
    after = _uuid(request.args.get("after", ""))
    patients = patients_of(
        current_session(),
        viewer=current_viewer(),
        at=now(),
        limit=PATIENTS_PER_PAGE + 1,
        after_id=after,
    )
    shown = patients[:PATIENTS_PER_PAGE]
    return page(
        "professional/patients.html",
        patients=shown,
        is_continued=after is not None,
        may_open_in_emergency=may(Permission.EMERGENCY_OPEN),
        goes_on=shown[-1].id if len(patients) > PATIENTS_PER_PAGE else None,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
