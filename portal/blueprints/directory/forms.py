"""What an entry of the directory asks of the one who writes it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, StopValidation

from portal.blueprints.directory.hours import HoursField, HoursForm
from portal.blueprints.directory.words import (
    gender_choices,
    kind_choices,
    profession_choices,
    region_choices,
)
from portal.identity import birth_dates
from portal.identity.addresses import is_address
from portal.imports import numbers
from portal.models.directory import Gender, OrganizationKind
from portal.web import dates
from portal.web.forms import AtMost, stripped
from portal.web.hours import hours_in_words
from portal.web.i18n import gettext
from portal.web.i18n import lazy_gettext as _l
from portal.web.time_zones import time_zone_choices

GUARDED = ("hours", "is_open_on_holidays", "on_call_phone", "on_call_text", "has_116117")
"""What only the own coordinators of an organization change: patients call by it."""
_YEARS = range(1900, 2200)


def _text(label: Any, most: int, *validators: Any) -> StringField:
    too_long = AtMost(most, _l("Write it in fewer words"))
    return StringField(label, filters=[stripped], validators=[*validators, too_long])


def _choice(label: Any, choices: Any, missing: Any) -> SelectField:
    """`choices` is asked for each form: its words are in the language of the reader."""

    def is_offered(_form: Any, field: SelectField) -> None:
        if field.data not in dict(choices()):
            raise StopValidation(str(missing))

    return SelectField(label, choices=choices, validate_choice=False, validators=[is_offered])


def _phone(_form: Any, field: StringField) -> None:
    if field.data and numbers.phone(field.data) is None:
        raise StopValidation(gettext("Write the number like this: 02 61 91 01 00"))


def _address(_form: Any, field: StringField) -> None:
    if field.data and not is_address(field.data):
        raise StopValidation(gettext("Write the whole address, such as jeanne@example.org"))


def _day(_form: Any, field: StringField) -> None:
    if field.data and day_of(field.data) is None:
        raise StopValidation(gettext("Write the day like this: 17/03/2026"))


def day_of(text: str | None) -> date | None:
    read = birth_dates.read(text or "")
    found = date.fromisoformat(read) if read else None
    return found if found and found.year in _YEARS else None


class EntryForm(HoursForm):
    """A form whose fields are columns of one row; `version` is that of the row it showed."""

    version = HiddenField()

    @classmethod
    def showing(cls, row: Any, version: str) -> Any:
        """Filled from the row, unless something was sent."""
        names = [name for name in cls._columns() if hasattr(row, name)]
        return cls.from_request(
            **{name: _shown(getattr(row, name)) for name in names}, version=version
        )

    @classmethod
    def _columns(cls) -> list[str]:
        return [name for name in cls().data if name != "version"]

    def leave_out(self, names: tuple[str, ...]) -> None:
        """What this reader may not change is not read either."""
        for name in names:
            del self[name]

    def values(self) -> dict[str, Any]:
        """By column, once it is valid."""
        return {
            field.name: _KEPT.get(field.name, _same)(field.data)
            for field in self
            if field.name != "version"
        }

    def differences(self, row: Any) -> list[tuple[str, str]]:
        """What the directory says now where something else was typed: name and words."""
        return [
            (self[name].label.text, self.words_of(name, getattr(row, name)))
            for name, value in self.values().items()
            if getattr(row, name) != value
        ]

    def words_of(self, name: str, value: Any) -> str:
        """A value of that column as it is read."""
        field = self[name]
        if isinstance(field, HoursField):
            words = "; ".join(hours_in_words(value))
        elif isinstance(field, BooleanField):
            words = gettext("Yes") if value else gettext("No")
        elif isinstance(field, SelectField):
            choices: Any = field.choices
            words = dict(choices).get(value, "")
        else:
            words = dates.full_day(value) if isinstance(value, date) else str(value or "")
        return words or gettext("nothing")


class PractitionerForm(EntryForm):
    prefix = _text(_l("Title"), 50)
    given_name = _text(_l("First name"), 100)
    family_name = _text(
        _l("Last name"), 100, DataRequired(_l("Write the last name of this person"))
    )
    gender = _choice(_l("Woman or man"), gender_choices, _l("Choose one of the answers"))
    profession = _choice(
        _l("Profession"),
        lambda: [("", gettext("None of these")), *profession_choices()],
        _l("Choose the profession"),
    )
    profession_text = _text(_l("Specialty, or the profession in words"), 200)
    rpps = _text(_l("RPPS number"), 40)
    phone = _text(_l("Phone"), 50, _phone)
    email = _text(_l("E-mail"), 254, _address)

    def validate_profession_text(self, field: StringField) -> None:
        if not (field.data or self.profession.data):
            raise StopValidation(gettext("Choose the profession, or write it here"))

    def validate_rpps(self, field: StringField) -> None:
        if field.data and numbers.rpps(field.data) is None:
            raise StopValidation(
                gettext("This number is not right: it has 11 digits, and the last one is its key")
            )


class PlaceForm(EntryForm):
    role_text = _text(_l("What they do there"), 200)
    phone = _text(_l("Phone there"), 50, _phone)
    email = _text(_l("E-mail there"), 254, _address)
    hours = HoursField(_l("When they answer"))
    is_open_on_holidays = BooleanField(_l("These hours also hold on public holidays"))
    time_zone = _choice(_l("Which clock?"), time_zone_choices, _l("Choose the place"))
    period_start = _text(_l("First day"), 40, _day)
    period_end = _text(_l("Last day"), 40, _day)

    def validate_period_end(self, field: StringField) -> None:
        first, last = day_of(self.period_start.data), day_of(field.data)
        if first and last and last < first:
            raise StopValidation(gettext("The last day is before the first one"))


class OrganizationForm(EntryForm):
    name = _text(_l("Name"), 200, DataRequired(_l("Write the name of the organization")))
    kind = _choice(_l("Kind"), kind_choices, _l("Choose the kind of organization"))
    kind_text = _text(_l("The kind in other words"), 200)
    finess = _text(_l("FINESS number"), 40)
    phone = _text(_l("Phone"), 50, _phone)
    email = _text(_l("E-mail"), 254, _address)
    address = _text(_l("Address"), 500)
    time_zone = _choice(_l("Which clock?"), time_zone_choices, _l("Choose the place"))
    hours = HoursField(_l("Opening hours"))
    is_open_on_holidays = BooleanField(_l("Also open on public holidays"))
    holiday_region = _choice(
        _l("Whose public holidays?"), region_choices, _l("Choose one of the answers")
    )
    on_call_phone = _text(_l("On-call number"), 50, _phone)
    on_call_text = _text(_l("Who answers there"), 200)
    has_116117 = BooleanField(_l("116 117 is answered where its patients live"))

    def validate_finess(self, field: StringField) -> None:
        if field.data and numbers.finess(field.data) is None:
            raise StopValidation(gettext("This number is not right: it has 9 digits or letters"))


def _same(value: Any) -> Any:
    return value


def _shown(value: Any) -> Any:
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else value


_KEPT: dict[str, Callable[[Any], Any]] = {
    "gender": Gender,
    "kind": OrganizationKind,
    "rpps": lambda text: numbers.rpps(text or ""),
    "finess": lambda text: numbers.finess(text or ""),
    "phone": lambda text: numbers.phone(text or "") or "",
    "on_call_phone": lambda text: numbers.phone(text or "") or "",
    "period_start": day_of,
    "period_end": day_of,
}
"""How what was typed is kept; everything else as it is."""
