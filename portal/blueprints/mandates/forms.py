"""What a coordinator read on the original of a judgment, a mandate or a family book."""

from datetime import date
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import AnyOf, DataRequired, InputRequired, StopValidation

from portal.blueprints.mandates.measures import MEASURES, Proof, has_scope
from portal.blueprints.mandates.service import Proved
from portal.identity import birth_dates
from portal.models.rights import GrantAction, GrantCategory, LegalStatus
from portal.web.forms import AtMost, PortalForm, offered, stripped
from portal.web.i18n import lazy_gettext as _l

SCOPES = (
    (GrantCategory.AGENDA, GrantAction.SEE),
    (GrantCategory.AGENDA, GrantAction.ACT),
    (GrantCategory.CARE_TEAM, GrantAction.SEE),
    (GrantCategory.CARE_TEAM, GrantAction.ACT),
    (GrantCategory.CONSENTS, GrantAction.SEE),
    (GrantCategory.CONSENTS, GrantAction.ACT),
    (GrantCategory.ACCESS_LOG, GrantAction.SEE),
)
"""What a mandate can open in this portal today."""
_YEARS = range(1900, 2200)


def _text(most: int, *validators: Any) -> StringField:
    too_long = AtMost(most, _l("Write it in fewer words"))
    return StringField(filters=[stripped], validators=[*validators, too_long])


def day_of(text: str | None) -> date | None:
    read = birth_dates.read(text or "")
    return date.fromisoformat(read) if read else None


class MandateForm(PortalForm):
    """`today` is the patient's; set by the view."""

    status = RadioField(
        choices=offered([one.value for one in LegalStatus]),
        validate_choice=False,
        validators=[AnyOf(list(LegalStatus), message=_l("Choose the legal status"))],
    )
    scope = SelectMultipleField(validate_choice=False)
    proof = SelectField(
        choices=offered(["", *Proof]),
        validate_choice=False,
        validators=[AnyOf(list(Proof), message=_l("Choose the paper that you saw"))],
    )
    reference = _text(100)
    issued_by = _text(200, DataRequired(_l("Write who gave this paper")))
    issued_on = _text(40)
    first_day = _text(40)
    last_day = _text(40)
    is_seen = BooleanField(
        validators=[InputRequired(_l("Look at the original first, then tick this box"))]
    )
    today: date

    def validate_scope(self, field: SelectMultipleField) -> None:
        if not self._status or not has_scope(self._status):
            return
        if not field.data:
            raise StopValidation(str(_l("Tick what the mandate opens")))
        if not set(field.data) <= {f"{category}:{action}" for category, action in SCOPES}:
            raise StopValidation(str(_l("Choose among the answers of the page")))

    def validate_proof(self, field: SelectField) -> None:
        if field.data and self._status and field.data not in MEASURES[self._status].proofs:
            raise StopValidation(str(_l("This paper does not prove this status")))

    def validate_issued_on(self, field: StringField) -> None:
        _require_past(field, self.today, _l("Write the date of the paper like this: 17/03/2026"))

    def validate_first_day(self, field: StringField) -> None:
        _require_past(field, self.today, _l("Write the first day like this: 17/03/2026"))

    def validate_last_day(self, field: StringField) -> None:
        first, last = day_of(self.first_day.data), day_of(field.data)
        most_years = MEASURES[self._status].most_years if self._status else None
        if not field.data and most_years is None:
            return
        if last is None or last.year not in _YEARS:
            raise StopValidation(str(_l("Write the last day like this: 17/03/2026")))
        if last < self.today:
            raise StopValidation(str(_l("This day is over: the status opens nothing any more")))
        if first and most_years and last >= _years_later(first, most_years):
            message = _l("This status lasts %(num)d years at most", num=most_years)
            raise StopValidation(str(message))

    def proved(self) -> Proved:
        """Once it is valid."""
        status = LegalStatus(self.status.data)
        issued_on, first_day = day_of(self.issued_on.data), day_of(self.first_day.data)
        if issued_on is None or first_day is None:
            raise ValueError("asked before it was validated")
        return Proved(
            status=status,
            proof=Proof(self.proof.data),
            reference=self.reference.data or "",
            issued_by=self.issued_by.data or "",
            issued_on=issued_on,
            first_day=first_day,
            last_day=day_of(self.last_day.data),
            scope=frozenset(self.scope.data or ()) if has_scope(status) else frozenset(),
        )

    @property
    def _status(self) -> LegalStatus | None:
        value = self.status.data
        return LegalStatus(value) if value in LegalStatus.__members__.values() else None


def _require_past(field: StringField, today: date, unreadable: Any) -> None:
    day = day_of(field.data)
    if day is None or day.year not in _YEARS:
        raise StopValidation(str(unreadable))
    if day > today:
        raise StopValidation(str(_l("This day is still to come: record it on that day")))


def _years_later(day: date, years: int) -> date:
    """The first day that is too late; from 29 February, 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
