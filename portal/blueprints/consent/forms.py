"""What a form of choices sends, and what a coordinator copies from a signed sheet."""

from datetime import date
from typing import Any

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, StopValidation

from portal.identity import birth_dates
from portal.web.forms import AtMost, PortalForm, offered, stripped
from portal.web.i18n import lazy_gettext as _l

YES, NO = "yes", "no"
OLDEST = date(2000, 1, 1)


class PaperForm(PortalForm):
    """`today` is set by the view, in the patient's time zone."""

    about = RadioField(validate_choice=False)
    answer = RadioField(
        choices=offered([YES, NO]),
        validate_choice=False,
        validators=[AnyOf([YES, NO], message=_l("Choose one of the answers"))],
    )
    signed_on = StringField(
        filters=[stripped],
        validators=[
            DataRequired(_l("Write the day of the signature")),
            AtMost(40, _l("Write the day like this: 17/03/2026")),
        ],
    )
    note = TextAreaField(
        filters=[stripped],
        validators=[
            DataRequired(_l("Write where and with whom it was signed")),
            AtMost(300, _l("Write it in fewer words")),
        ],
    )
    today: date | None = None

    def offer(self, keys: list[str], *, today: date) -> None:
        self.about.choices = offered(keys)
        self.about.validators = [AnyOf(keys, message=_l("Choose what the answer is about"))]
        self.today = today

    def validate_signed_on(self, field: StringField) -> None:
        day = self.day
        if day is None or day < OLDEST:
            raise StopValidation(str(_l("Write the day like this: 17/03/2026")))
        if self.today is not None and day > self.today:
            raise StopValidation(str(_l("This day is still to come")))

    @property
    def day(self) -> date | None:
        read = birth_dates.read(self.signed_on.data or "")
        return date.fromisoformat(read) if read else None

    @property
    def is_yes(self) -> bool:
        return bool(self.answer.data == YES)


def keys_in(values: Any, name: str) -> list[str]:
    """The names of choices that a form or an address repeats; each once."""
    return list(dict.fromkeys(values.getlist(name)))
