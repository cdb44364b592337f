"""What is to come and what is over, thirty at a time, without loss or repetition."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from tests.agenda.pages import AgendaReader, agenda_reader, titles
from tests.pages import PageClient

_MORE = re.compile(r'href="[^"]*/agenda(\?[^"]*after=[^"]+)"')


@pytest.fixture
def agenda(reader: PageClient, session: Session, keys: KeyRing) -> AgendaReader:
    return agenda_reader(reader, session, keys)


def _all(agenda: AgendaReader, view: str) -> tuple[list[str], int]:
    query, found, pages = f"?view={view}", [], 0
    while query and pages < 6:
        html = agenda.page(query)
        found += titles(html)
        pages += 1
        more = _MORE.search(html)
        query = unescape(more[1]) if more else ""
    return found, pages


@pytest.mark.parametrize(("view", "sign"), [("list", 1), ("past", -1)])
@pytest.mark.parametrize("fraction", [0, 300_000, 700_000], ids=lambda part: f"{part} us")
def test_equal_times_are_shown_once_each(
    agenda: AgendaReader, view: str, sign: int, fraction: int
) -> None:
    base = clock.now().replace(microsecond=fraction) + sign * timedelta(days=2)
    for number in range(70):
        agenda.add(base + sign * timedelta(minutes=number // 40), title=f"Visit {number}")
    found, pages = _all(agenda, view)
    assert sorted(found) == sorted(f"Visit {number}" for number in range(70))
    assert pages == 3


def test_what_is_to_come_stands_soonest_first_and_what_is_over_latest_first(
    agenda: AgendaReader,
) -> None:
    now = clock.now()
    for days in (-3, -2, -1, 1, 2, 3):
        agenda.add(now + timedelta(days=days), title=f"In {days}")
    assert titles(agenda.page("?view=list")) == ["In 1", "In 2", "In 3"]
    assert titles(agenda.page("?view=past")) == ["In -1", "In -2", "In -3"]


def test_a_full_page_without_more_has_no_further_link(agenda: AgendaReader) -> None:
    base = clock.now() + timedelta(days=1)
    for number in range(30):
        agenda.add(base + timedelta(hours=number))
    assert not _MORE.search(agenda.page("?view=list"))
    agenda.add(base + timedelta(hours=99))
    assert _MORE.search(agenda.page("?view=list"))


def test_empty_lists_say_so(agenda: AgendaReader) -> None:
    assert "Nothing is planned for now" in agenda.page("?view=list")
    assert "No past appointment" in agenda.page("?view=past")


def test_beyond_the_end_there_is_nothing_more(agenda: AgendaReader) -> None:
    base = clock.now() + timedelta(days=1)
    rows = [agenda.add(base + timedelta(hours=number)) for number in range(31)]
    more = _MORE.search(agenda.page("?view=list"))
    assert more is not None
    agenda.session.delete(rows[-1])
    assert "There is nothing more" in agenda.page(unescape(more[1]))


def test_a_visit_that_goes_on_is_not_past_yet(agenda: AgendaReader) -> None:
    now = clock.now()
    agenda.add(
        now - timedelta(minutes=30),
        ends_at=now + timedelta(minutes=90),
        is_window=True,
        title="Nurse",
    )
    assert titles(agenda.page("?view=past")) == []
    assert titles(agenda.page("?view=list")) == ["Nurse"]
