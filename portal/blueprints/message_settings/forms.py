"""Letters about messages, and one answer time for each place that the reader answers for."""

from typing import Any
from uuid import UUID

from wtforms import RadioField, SelectField
from wtforms.validators import AnyOf

from portal.blueprints.message_settings.queries import Settings
from portal.models.account import MessageLetters
from portal.web.forms import PortalForm, offered
from portal.web.i18n import lazy_gettext as _l

DAYS = range(1, 11)
"""Working days within which one may promise an answer."""
_OWN = "own_days"


class SettingsForm(PortalForm):
    """Which answer times it asks for depends on who reads: `of` adds them."""

    letters = RadioField(
        choices=offered(MessageLetters),
        validate_choice=False,
        validators=[AnyOf(list(MessageLetters), message=_l("Choose one of the answers"))],
    )

    @classmethod
    def of(cls, settings: Settings) -> "SettingsForm":
        """As it was chosen, or as it was sent."""
        days = {team_field(one.id): one.answer_days for one in settings.teams}
        if settings.answer_days is not None:
            days = {_OWN: settings.answer_days} | days
        fields: dict[str, Any] = {name: _days_field() for name in days}
        defaults = {name: str(number) for name, number in days.items()}
        asked: type[SettingsForm] = type("SettingsForm", (cls,), fields)
        form: SettingsForm = asked.from_request(letters=settings.letters, **defaults)
        return form

    @property
    def own_promise(self) -> int | None:
        """None for somebody who answers as nobody but themself."""
        return int(self[_OWN].data) if _OWN in self else None

    def team_promise(self, organization_id: UUID) -> int:
        return int(self[team_field(organization_id)].data)


def team_field(organization_id: UUID) -> str:
    return f"team_{organization_id.hex}"


def _days_field() -> SelectField:
    choices = [str(number) for number in DAYS]
    return SelectField(
        choices=offered(choices),
        validate_choice=False,
        validators=[AnyOf(choices, message=_l("Choose one of the answers"))],
    )
