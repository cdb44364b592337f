"""What fields and addresses say is read, or it is nothing; it never raises."""

from datetime import UTC, datetime, time
from uuid import UUID

import pytest

from portal.web.form_values import number_of, time_of
from portal.web.positions import position_of, position_text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("14:30", time(14, 30)),
        ("14 h 30", time(14, 30)),
        ("14\u00a0h\u00a030", time(14, 30)),
        ("14H", time(14)),
        ("9.05", time(9, 5)),
        ("24:00", None),
        ("14:60", None),
        ("١٤:٣٠", None),
        ("14:30:00", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_is_read_as_people_write_it_and_as_pages_show_it(
    typed: str | None, read: time | None
) -> None:
    assert time_of(typed) == read


@pytest.mark.parametrize("typed", ["", None, "-1", "1.5", "²", "١٢", "9" * 6, "9" * 5000])
def test_what_is_no_number_counts_as_none(typed: str | None) -> None:
    assert number_of(typed) == 0


def test_a_list_goes_on_where_it_stopped() -> None:
    last = datetime(2026, 12, 3, 8, 15, 0, 42, tzinfo=UTC), UUID(int=7)
    assert position_of(position_text(*last)) == last


@pytest.mark.parametrize(
    "text", [None, "", "x", "1.", f"x.{UUID(int=7)}", f"{'9' * 40}.{UUID(int=7)}"]
)
def test_any_other_address_begins_at_the_start(text: str | None) -> None:
    assert position_of(text) is None
