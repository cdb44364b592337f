"""The pages of what happens to a module after it was published."""

from datetime import date
from uuid import UUID

from flask import Response

from portal.access.guard import current_viewer
from portal.blueprints.module_upkeep.forms import (
    EVERYBODY,
    SIGNED_IN,
    HandOverForm,
    RenewForm,
    RetractForm,
    SettingsForm,
)
from portal.clock import now
from portal.db import current_session
from portal.education.coauthors import writers_for
from portal.education.gates import USUAL_REVIEW
from portal.education.retraction import readers_of
from portal.education.standing import ModuleStanding, standing_towards
from portal.models.education import Theme
from portal.web import dates
from portal.web.modules.cards import theme_word
from portal.web.modules.gate_words import gate_sentences
from portal.web.page import page
from portal.web.time_zones import reader_time_zone


def today() -> date:
    return dates.local(now(), reader_time_zone()).date()


def find(version_id: UUID) -> ModuleStanding:
    """Raises `NotFoundError`."""
    return standing_towards(current_session(), version_id, user_id=current_viewer().id)


def renew_page(
    standing: ModuleStanding, form: RenewForm | None = None, *, status: int = 200
) -> Response:
    version = standing.version
    if form is None:
        usual = today() + USUAL_REVIEW
        form = RenewForm(
            data={"review_due": f"{usual:%d/%m/%Y}", "revision": str(version.revision)}
        )
    return page("module_upkeep/renew.html", status=status, version=version, form=form)


def retract_page(
    standing: ModuleStanding, form: RetractForm | None = None, *, status: int = 200
) -> Response:
    return page(
        "module_upkeep/retract.html",
        status=status,
        version=standing.version,
        is_public=standing.module.is_public,
        form=form or RetractForm(),
        readers=readers_of(current_session(), standing.module.id),
    )


def settings_page(
    standing: ModuleStanding, form: SettingsForm | None = None, *, status: int = 200
) -> Response:
    module = standing.module
    kept = {
        "readers": EVERYBODY if module.is_public else SIGNED_IN,
        "theme": module.theme,
        "audience": module.audience,
    }
    return page(
        "module_upkeep/settings.html",
        status=status,
        version=standing.version,
        form=form or SettingsForm(data=kept),
        themes=[(theme, theme_word(theme)) for theme in Theme],
    )


def hand_over_page(
    standing: ModuleStanding, form: HandOverForm | None = None, *, status: int = 200
) -> Response:
    version = standing.version
    return page(
        "module_upkeep/hand_over.html",
        status=status,
        version=version,
        form=form or HandOverForm(data={"revision": str(version.revision)}),
        writers=writers_for(current_session(), standing),
    )


def moved_on(version_id: UUID, reasons: tuple[str, ...] = ("wrong_state",)) -> Response:
    """Somebody did something meanwhile, or it may not be done: nothing was changed."""
    return page(
        "module_upkeep/refused.html",
        status=409,
        version=find(version_id).version,
        refused=gate_sentences(reasons),
    )
