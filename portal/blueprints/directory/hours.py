"""Weekly hours as a part of a form: a line is some days, from, to. Needs no script."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import Field
from wtforms.utils import unset_value

from portal.teams.availability import DAYS
from portal.web.forms import PortalForm
from portal.web.i18n import gettext

MOST_LINES = 8
_SPARE_LINES = 2
_CLOCK = re.compile(r"([01]?\d|2[0-4])\s*(?:[:hH.]\s*([0-5]\d)?)?")
Hours = list[dict[str, Any]]


@dataclass(slots=True)
class Line:
    """One line as it was typed; `error` is a sentence, or empty."""

    days: list[str]
    start: str
    end: str
    error: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.days or self.start.strip() or self.end.strip())


class HoursField(Field):
    """`data` is what `PractitionerRole.hours` holds; `lines` what the page shows."""

    lines: list[Line]

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """From what was sent, whatever the number of its lines, else from what is kept."""
        self.process_errors = []
        kept: Hours = data if isinstance(data, list) else []
        self.lines = _typed(formdata, self.name) if formdata else [_line(one) for one in kept]
        self.data = kept

    def validate(self, form: Any, extra_validators: Sequence[Any] = ()) -> bool:
        spans = []
        for line in self.lines:
            if not line.is_empty:
                span = _span(line)
                line.error = "" if span else _why(line)
                spans.append(span)
        self.errors = [line.error for line in self.lines if line.error]
        if not self.errors:
            self.data = [span for span in spans if span]
        return not self.errors

    @property
    def shown_lines(self) -> list[Line]:
        """With empty ones to fill in."""
        used = [line for line in self.lines if not line.is_empty]
        spare = min(_SPARE_LINES, max(0, MOST_LINES - len(used)))
        return used + [Line([], "", "") for _ in range(spare)]

    @property
    def line_problems(self) -> list[tuple[str, str]]:
        return [
            (
                f"{self.name}-{number}",
                gettext("Line %(num)d: %(problem)s", num=number + 1, problem=line.error),
            )
            for number, line in enumerate(self.shown_lines)
            if line.error
        ]


class HoursForm(PortalForm):
    """A form with `hours`: each wrong line is a problem of its own."""

    @property
    def problems(self) -> list[tuple[str, str]]:
        """In the order of the page."""
        found = []
        for field in self:
            if isinstance(field, HoursField):
                found += field.line_problems
            else:
                found += [(field.name, str(error)) for error in field.errors]
        return found


def _typed(formdata: Mapping[str, Any], name: str) -> list[Line]:
    lines = []
    for number in range(MOST_LINES + _SPARE_LINES):
        prefix = f"{name}-{number}"
        days = [day for day in formdata.getlist(f"{prefix}-days") if day in DAYS]  # type: ignore[attr-defined]  # a MultiDict
        start, end = (formdata.get(f"{prefix}-{part}", "")[:20] for part in ("from", "to"))
        lines.append(Line(days, start, end))
    return lines


def _line(span: dict[str, Any]) -> Line:
    return Line(list(span["days"]), span["from"], span["to"])


def _span(line: Line) -> dict[str, Any] | None:
    """None when the line cannot be understood; an end before the beginning is the next day."""
    start, end = _clock(line.start), _clock(line.end)
    if not line.days or start is None or end is None or (start == end != "00:00"):
        return None
    return {"days": [day for day in DAYS if day in line.days], "from": start, "to": end}


def _clock(text: str) -> str | None:
    """`9`, `9h`, `9 h 30`, `09:30` and `24:00` as `HH:MM`."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour == 24:
        return "00:00" if minute == 0 else None
    return f"{hour:02d}:{minute:02d}"


def _why(line: Line) -> str:
    if not line.days:
        return gettext("tick the days")
    if _clock(line.start) is None:
        return gettext("write when it begins, like this: 9:00")
    if _clock(line.end) is None:
        return gettext("write when it ends, like this: 18:30")
    return gettext("the end is the same as the beginning")
