"""The numbers of one organization as rows of a table, and as bars drawn from the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.blueprints.indicators.queries import Numbers
from portal.web.i18n import gettext, ngettext
from portal.web.typography import NBSP

TARGET = 98
"""Percent of the patients with a long-term condition who should have a regular doctor."""
UNKNOWN = "–"
"""Of nobody there is no share."""


@dataclass(frozen=True, slots=True)
class Row:
    """`part` of `whole` people; a mere number when there is no whole."""

    label: str
    part: int
    whole: int | None = None
    filter: str = ""
    """Of the list of patients that shows who they are; empty where none would show anybody."""
    link: str = ""
    """What that list shows, when the label does not say it."""
    target: int | None = None

    @property
    def percent(self) -> int | None:
        """Rounded down: 98 % is not written before it is reached."""
        return self.part * 100 // self.whole if self.whole else None

    @property
    def shown(self) -> str:
        if self.whole is None:
            return str(self.part)
        return UNKNOWN if self.percent is None else f"{self.percent}{NBSP}%"

    @property
    def detail(self) -> str:
        if self.whole is None:
            return ""
        return gettext("%(part)s of %(whole)s", part=self.part, whole=self.whole)

    @property
    def is_below_target(self) -> bool:
        percent = self.percent
        return self.target is not None and percent is not None and percent < self.target


@dataclass(frozen=True, slots=True)
class Bar:
    """`width` and `target` in hundredths of the track."""

    row: Row
    width: float
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Board:
    name: str
    today: date
    patients: int
    shares: list[Row]
    counts: list[Row]

    @property
    def rows(self) -> list[Row]:
        return [*self.shares, *self.counts]

    @property
    def share_bars(self) -> list[Bar]:
        return [Bar(row, row.percent or 0, row.target) for row in self.shares]

    @property
    def count_bars(self) -> list[Bar]:
        """The longest is that of the greatest number."""
        return [
            Bar(row, width) for row, width in zip(self.counts, _widths(self.counts), strict=True)
        ]


def board(name: str, numbers: Numbers, *, today: date) -> Board:
    return Board(name, today, numbers.patients, _shares(numbers), _counts(numbers))


def _shares(numbers: Numbers) -> list[Row]:
    without = numbers.patients - numbers.with_doctor
    return [
        Row(
            gettext("Patients with a regular doctor"),
            numbers.with_doctor,
            numbers.patients,
            filter="no_doctor" if without else "",
            link=ngettext(
                "See %(num)d patient without one", "See %(num)d patients without one", without
            ),
        ),
        Row(
            gettext("With a long-term condition: patients with a regular doctor"),
            numbers.long_term_with_doctor,
            numbers.long_term,
            filter="long_term" if numbers.long_term else "",
            link=gettext("See the patients with a long-term condition"),
            target=TARGET,
        ),
    ]


def _counts(numbers: Numbers) -> list[Row]:
    return [
        _count(gettext("Needs that nobody answers for"), numbers.no_owner, "no_owner"),
        _count(gettext("Needs to look at again"), numbers.review_due, "review_due"),
        _count(gettext("Places that end within 30 days"), numbers.ending, "ending"),
        _count(gettext("Professionals who wait for a consent"), numbers.waiting),
        _count(gettext("Professionals away today, whom nobody replaces"), numbers.away),
    ]


def _count(label: str, number: int, filter_name: str = "") -> Row:
    return Row(label, number, filter=filter_name if number else "")


def _widths(rows: Sequence[Row]) -> list[float]:
    most = max((row.part for row in rows), default=0) or 1
    return [round(row.part * 100 / most, 1) for row in rows]
