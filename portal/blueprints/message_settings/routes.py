"""Letters about messages; working days within which one answers."""

from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.message_settings import queries, service
from portal.blueprints.message_settings.forms import DAYS, SettingsForm, team_field
from portal.blueprints.message_settings.queries import Settings
from portal.clock import now
from portal.db import current_session, transaction
from portal.messaging.letters import DAILY_AT
from portal.models.account import MessageLetters
from portal.web import dates
from portal.web.page import page, redirect_to

bp = Blueprint("message_settings", __name__, url_prefix="/account/messages")


@bp.get("")
@requires(Permission.ACCOUNT_OWN)
def show_settings() -> Response:
    settings = _settings()
    return _form_page(settings, SettingsForm.of(settings))


@bp.post("")
@requires(Permission.ACCOUNT_OWN)
def save_settings() -> Response:
    settings = _settings()
    form = SettingsForm.of(settings)
    if not form.is_sent_and_valid():
        return _form_page(settings, form, status=422)
    with transaction() as session:
        service.save(
            session,
            user_id=current_viewer().id,
            letters=MessageLetters(form.letters.data),
            own_days=form.own_promise,
            team_days={one.id: form.team_promise(one.id) for one in settings.teams},
        )
    return redirect_to(url_for("message_settings.show_settings", saved=1))


def _settings() -> Settings:
    return queries.settings_of(current_session(), user_id=current_viewer().id)


def _form_page(settings: Settings, form: SettingsForm, *, status: int = 200) -> Response:
    return page(
        "message_settings/settings.html",
        status=status,
        settings=settings,
        form=form,
        team_field=team_field,
        days=DAYS,
        daily_at=dates.clock_short(datetime.combine(now().date(), DAILY_AT, UTC)),
        email=current_viewer().email,
        is_saved="saved" in request.args,
    )
