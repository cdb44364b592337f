"""The programme of the patient in the address, read once for a page."""

from uuid import UUID

from portal.access.guard import current_patient
from portal.db import current_session
from portal.education.programme.following import Following, Goal, Item, contents, newest
from portal.errors import NotFoundError
from portal.web.i18n import current_locale
from portal.web.installed import current_keys


def found() -> Following | None:
    """None when nobody ever proposed one."""
    patient_id = current_patient().patient_id
    return newest(current_session(), patient_id=patient_id, keys=current_keys())


def programme() -> Following:
    """Raises `NotFoundError` when nobody ever proposed one."""
    there = found()
    if there is None:
        raise NotFoundError("education programme")
    return there


def of(programme_id: UUID) -> dict[str, UUID]:
    return {"patient_id": current_patient().patient_id, "programme_id": programme_id}


def goals_and_items(programme_id: UUID) -> tuple[list[Goal], list[Item]]:
    session, keys = current_session(), current_keys()
    return contents(session, **of(programme_id), keys=keys, locale=current_locale())
