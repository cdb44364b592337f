"""What a place in the circle asks of the one who writes it."""

from datetime import date
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import AnyOf, DataRequired, ValidationError

from portal.blueprints.circle.days import LONGEST, day_of
from portal.blueprints.circle.ending import End
from portal.blueprints.circle.holders import FUNCTIONS, Kind
from portal.blueprints.circle.service import Wanted
from portal.models.care import EndReason, MemberFunction
from portal.models.directory import Profession
from portal.models.rights import GrantCategory
from portal.web.forms import AtMost, PortalForm, offered, stripped
from portal.web.i18n import lazy_gettext as _l

ALL = "all"
SEES = (ALL, GrantCategory.AGENDA.value, GrantCategory.CARE_TEAM.value)
KEPT = "kept"
"""What they see now is none of the three: software elsewhere said so."""
INSIDE, OUTSIDE = "inside", "outside"
REASONS = (
    EndReason.CARE_OVER,
    EndReason.REPLACED,
    EndReason.MOVED,
    EndReason.RETIRED,
    EndReason.PATIENT_WISH,
    EndReason.MISTAKE,
)
NOW, LATER = "now", "later"
_fewer = _l("Write it in fewer words")


def uuid_of(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


class PlaceForm(PortalForm):
    """`expect` says about whom, and what today is where the patient lives."""

    functions = SelectMultipleField(validate_choice=False)
    replaces_doctor = BooleanField()
    contact_for = StringField(
        filters=[stripped],
        validators=[
            AtMost(300, _fewer),
            DataRequired(_l("Write what to contact this person for")),
        ],
    )
    sees = RadioField(choices=offered(SEES), validate_choice=False)
    until = StringField(filters=[stripped], validators=[AtMost(40, _fewer)])
    version = HiddenField()
    kind: Kind
    today: date
    profession: str = ""
    held: tuple[str, ...] = ()
    """Functions that the place has already: they stay, or are taken off."""
    kept_sees: str | None = None

    def expect(self, *, kind: Kind, profession: str, today: date) -> None:
        self.kind, self.profession, self.today = kind, profession, today

    def keep(self, *, functions: list[str], sees: str) -> None:
        """Of a place that lasts."""
        self.held = tuple(functions)
        self.kept_sees = sees if sees and sees not in SEES else None

    @property
    def offered(self) -> list[str]:
        known = [one.value for one in FUNCTIONS[self.kind]]
        return known + [one for one in self.held if one not in known]

    def validate_functions(self, field: SelectMultipleField) -> None:
        chosen = field.data or []
        if not set(chosen) <= set(self.offered):
            raise ValidationError(str(_l("Choose among the answers of the page")))
        is_new_doctor = MemberFunction.MEDECIN_TRAITANT in set(chosen) - set(self.held)
        if is_new_doctor and self.profession != Profession.MEDECIN:
            raise ValidationError(str(_l("Only a doctor can be the regular doctor")))

    def validate_sees(self, field: RadioField) -> None:
        offered = SEES if self.kept_sees is None else (*SEES, KEPT)
        if self.kind is Kind.PRACTITIONER and field.data not in offered:
            raise ValidationError(str(_l("Choose what this person sees")))

    def validate_until(self, field: StringField) -> None:
        if not field.data and self._may_stay:
            return
        day = day_of(field.data)
        if day is None:
            raise ValidationError(str(_l("Write the last day like this: 17/03/2027")))
        if day < self.today:
            raise ValidationError(str(_l("Choose a day that is still to come")))
        if day > self.today + LONGEST:
            raise ValidationError(str(_l("Choose a day within five years")))

    @property
    def _may_stay(self) -> bool:
        """What sees nothing by itself, and the regular doctor, need no end."""
        is_doctor = MemberFunction.MEDECIN_TRAITANT in (self.functions.data or [])
        return is_doctor or self.kind is not Kind.PRACTITIONER

    def wanted(self) -> Wanted:
        return Wanted(
            functions=list(dict.fromkeys(self.functions.data or [])),
            contact_for=self.contact_for.data or "",
            sees=self._sees(),
            until=day_of(self.until.data),
            replaces_doctor=bool(self.replaces_doctor.data),
        )

    def _sees(self) -> str:
        if self.kind is not Kind.PRACTITIONER or self.sees.data == ALL:
            return ""
        if self.sees.data == KEPT:
            return self.kept_sees or ""
        return str(self.sees.data)


class NewPlaceForm(PlaceForm):
    """`place_id` is made with the form, so that a second tap adds nothing."""

    is_in_care_team = RadioField(validate_choice=False)
    place_id = HiddenField()
    who = HiddenField()

    def validate_is_in_care_team(self, field: RadioField) -> None:
        if self.kind is Kind.PRACTITIONER and field.data not in (INSIDE, OUTSIDE):
            raise ValidationError(str(_l("Choose one of the answers")))

    @property
    def is_outside(self) -> bool:
        return self.kind is Kind.PRACTITIONER and self.is_in_care_team.data != INSIDE


class EndForm(PortalForm):
    reason = RadioField(
        validate_choice=False,
        validators=[AnyOf([one.value for one in REASONS], message=_l("Choose why it ends"))],
    )
    when = RadioField(
        validate_choice=False,
        validators=[AnyOf([NOW, LATER], message=_l("Choose when it ends"))],
    )
    last_day = StringField(filters=[stripped], validators=[AtMost(40, _fewer)])
    successor = SelectField(validate_choice=False)
    version = HiddenField()
    today: date

    def validate_last_day(self, field: StringField) -> None:
        if self.when.data != LATER:
            return
        day = day_of(field.data)
        if day is None:
            raise ValidationError(str(_l("Write the last day like this: 17/03/2027")))
        if day < self.today:
            raise ValidationError(str(_l("Choose a day that is still to come")))
        if day > self.today + LONGEST:
            raise ValidationError(str(_l("Choose a day within five years")))

    def validate_successor(self, field: SelectField) -> None:
        _check_successor(field)
        if self.reason.data == EndReason.REPLACED and not field.data:
            raise ValidationError(str(_l("Choose who replaces this person")))

    def wanted(self) -> End:
        is_later = self.when.data == LATER
        return End(
            reason=EndReason(self.reason.data),
            last_day=day_of(self.last_day.data) if is_later else None,
            successor_id=uuid_of(self.successor.data),
        )


class LeaveForm(PortalForm):
    successor = SelectField(validate_choice=False)

    def validate_successor(self, field: SelectField) -> None:
        _check_successor(field)


def _check_successor(field: Any) -> None:
    if field.data and uuid_of(field.data) is None:
        raise ValidationError(str(_l("Choose somebody of the list")))
