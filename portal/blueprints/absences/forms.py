"""Days away, and who answers instead."""

from datetime import date, timedelta
from uuid import UUID

from wtforms import StringField
from wtforms.validators import StopValidation

from portal.blueprints.absences.service import MOST_DAYS, Wanted
from portal.identity import birth_dates
from portal.web.forms import AtMost, PortalForm, stripped
from portal.web.i18n import lazy_gettext as _l

NOBODY = "none"
"""The answer that nobody replaces; no answer at all leaves a search open."""
_FAR = timedelta(days=2 * 366)


def _text(most: int) -> StringField:
    return StringField(filters=[stripped], validators=[AtMost(most, _l("Write it in fewer words"))])


def day_of(text: str | None) -> date | None:
    read = birth_dates.read(text or "")
    return date.fromisoformat(read) if read else None


def typed(day: date) -> str:
    """As the form asks for it: `17/03/2026`."""
    return f"{day:%d/%m/%Y}"


class AbsenceForm(PortalForm):
    """`today` is that of the professional; set by the view."""

    first_day = _text(40)
    last_day = _text(40)
    asked = _text(100)
    """Name or number of the replacement, to look for."""
    replacement = _text(40)
    note = _text(200)
    version = _text(16)
    today: date

    def validate_first_day(self, field: StringField) -> None:
        first = day_of(field.data)
        if first is None:
            raise StopValidation(str(_l("Write the first day like this: 17/03/2026")))
        if abs(first - self.today) > _FAR:
            raise StopValidation(str(_l("Choose a day within two years")))

    def validate_last_day(self, field: StringField) -> None:
        first, last = day_of(self.first_day.data), day_of(field.data)
        if last is None:
            raise StopValidation(str(_l("Write the last day like this: 17/03/2026")))
        if first is not None and last < first:
            raise StopValidation(str(_l("The last day comes before the first day")))
        if last < self.today:
            raise StopValidation(str(_l("These days are over: nobody would read of them")))
        if first is not None and (last - first).days >= MOST_DAYS:
            raise StopValidation(str(_l("An absence lasts 12 months at most")))

    def validate_replacement(self, field: StringField) -> None:
        if field.data in ("", NOBODY) and not (self.asked.data and field.data != NOBODY):
            return
        if self.replacement_id is None:
            raise StopValidation(str(_l("Choose somebody in the list, or nobody")))

    @property
    def replacement_id(self) -> UUID | None:
        try:
            return UUID(self.replacement.data or "")
        except ValueError:
            return None

    @property
    def days(self) -> tuple[date, date]:
        """As far as they can be read; else from today, on which a replacement may be away."""
        first = day_of(self.first_day.data) or self.today
        return first, max(first, day_of(self.last_day.data) or first)

    def wanted(self) -> Wanted:
        """Once it is valid."""
        return Wanted(*self.days, self.replacement_id, self.note.data or "")
