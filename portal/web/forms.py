"""Forms: what was typed stays, errors are said twice, in the same words."""

import re
from collections.abc import Iterable
from typing import Any

from flask import request
from wtforms import Form, StringField
from wtforms.form import BaseForm
from wtforms.validators import Length, StopValidation, ValidationError

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_WITHIN_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class PortalForm(Form):
    """A form filled from the request; ours, so that messages are our own sentences."""

    @classmethod
    def from_request(cls, **defaults: Any) -> Any:
        return cls(request.form if request.method == "POST" else None, data=defaults)

    def is_sent_and_valid(self) -> bool:
        return request.method == "POST" and bool(self.validate())

    def refuse(self, field: str, message: str) -> None:
        """Put an error that only the service could see beside its field."""
        self[field].errors = [*self[field].errors, message]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(field name, message) of each error, in the order of the form."""
        return [(field.name, str(error)) for field in self for error in field.errors]


def offered(values: Iterable[str]) -> Any:
    """The choices of a field whose words are in its template; the stubs know only pairs."""
    return list(values)


def stripped(value: str | None) -> str:
    """Without spaces at the ends, and without control characters: no keyboard types them."""
    return _CONTROL.sub("", value or "").strip()


def paragraphs(value: str | None) -> str:
    """The same of a text of several lines: they are kept; a browser sends them as CR LF."""
    return _CONTROL_WITHIN_LINES.sub("", (value or "").replace("\r\n", "\n")).strip()


class AtMost(Length):
    """Length checked first: no later validator sees a text without bounds."""

    def __init__(self, characters: int, message: Any) -> None:
        super().__init__(max=characters, message=message)

    def __call__(self, form: BaseForm, field: StringField) -> None:
        try:
            super().__call__(form, field)
        except ValidationError as error:
            raise StopValidation(*error.args) from None
