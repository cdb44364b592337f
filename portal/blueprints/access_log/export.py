"""The log as a table for a spreadsheet; no cell is ever a formula."""

import csv
import io
from collections.abc import Iterator, Sequence

from portal.access.viewer import Standing
from portal.blueprints.access_log import words
from portal.blueprints.access_log.queries import LineRow
from portal.web import dates
from portal.web.i18n import current_locale, gettext

MOST_LINES = 20_000
"""The newest; years of readings for nearly everybody."""
_BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something older."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(rows: Sequence[LineRow], *, patient: Standing) -> bytes:
    """The number of a line is for the patient alone: to others it would show what is hidden."""
    text = io.StringIO(newline="")
    text.write(_BYTE_ORDER_MARK)
    # What a French spreadsheet takes for a comma is within its numbers.
    writer = csv.writer(text, delimiter=";" if current_locale().startswith("fr") else ",")
    writer.writerow(_cells(_headings(patient)))
    writer.writerows(_cells(_line(row, patient)) for row in rows)
    return text.getvalue().encode()


def _headings(patient: Standing) -> list[str]:
    shown = [
        gettext("Day"),
        gettext("Time"),
        gettext("Who"),
        gettext("As"),
        gettext("What"),
        gettext("Reason given in the emergency"),
    ]
    return [*shown, gettext("Number")] if patient.is_own else shown


def _line(row: LineRow, patient: Standing) -> list[str]:
    at = dates.local(row.at, patient.time_zone)
    kind = words.kind_of(row.category, row.action, row.decision)
    shown = [
        at.date().isoformat(),
        f"{at:%H:%M:%S}",
        words.full_name(row.actor),
        words.role(row.actor, row.capacity, is_own=patient.is_own),
        words.sentence(kind, [words.part(row.category, row.action)]),
        row.emergency_reason or "",
    ]
    return [*shown, str(row.sequence)] if patient.is_own else shown


def _cells(values: Sequence[str]) -> Iterator[str]:
    """A name such as `=HYPERLINK(…)` stays a name."""
    return (f"'{value}" if value.startswith(_FORMULA) else value for value in values)
