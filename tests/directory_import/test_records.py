"""Lines of a file: where they end, what is wrong with them, and that reading can go on anywhere."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.imports.columns import Dialect
from portal.imports.problems import LineProblem
from portal.imports.records import LONGEST_LINE, Record, records
from portal.imports.seen import SeenKeys

TWO = Dialect(";", ("nom", "prénom"), 0)
cells = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=("Cs",)),
    max_size=12,
)


def _read(content: bytes, *, block: int = 7, at: int = 0, number: int = 2) -> list[Record]:
    rest = content[at:]
    blocks = (rest[i : i + block] for i in range(0, len(rest), block))
    return list(records(blocks, dialect=TWO, at=at, number=number))


@given(rows=st.lists(st.tuples(cells, cells)), block=st.integers(1, 40))
def test_what_a_spreadsheet_writes_is_read_back_and_every_end_is_a_beginning(
    rows: list[tuple[str, str]], block: int
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    content = text.getvalue().encode()
    whole = _read(content, block=block)
    assert [one.cells for one in whole] == [row if any(row) else () for row in rows]
    assert [one.number for one in whole] == list(range(2, len(rows) + 2))
    for place, one in enumerate(whole):
        rest = _read(content, block=block, at=one.end, number=one.number + 1)
        assert rest == whole[place + 1 :]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"a;b;c", LineProblem.COLUMNS),
        (b"a", LineProblem.COLUMNS),
        (b'"a;b', LineProblem.QUOTES),
        (b'"a"x;b', LineProblem.QUOTES),
        (b"x" * (LONGEST_LINE + 9), LineProblem.TOO_LONG),
        (b'"' + b"x" * (LONGEST_LINE + 9), LineProblem.TOO_LONG),
    ],
)
def test_a_bad_line_costs_itself_and_no_other(line: bytes, problem: LineProblem) -> None:
    content = b"before;1\n" + line + b'\nafter;"2"\nlast;3'
    first, bad, after, last = _read(content)
    assert (bad.problem, bad.number) == (problem, 3)
    assert [one.cells for one in (first, after, last)] == [
        ("before", "1"),
        ("after", "2"),
        ("last", "3"),
    ]
    assert last.end == len(content)


def test_an_inch_within_a_cell_is_no_quotation() -> None:
    assert _read(b'tuyau 12" rouge;b\nc;d\n')[0].cells == ('tuyau 12" rouge', "b")


def test_empty_cells_beyond_the_last_column_are_nothing() -> None:
    assert _read(b"a;b;;;\n")[0].cells == ("a", "b")


def test_blank_lines_count_as_the_spreadsheet_counts_them() -> None:
    first, blank, third = _read(b"a;b\n;\nc;d\n")
    assert blank.is_blank
    assert (first.number, third.number) == (2, 4)


def test_a_line_without_end_is_never_in_memory_as_a_whole() -> None:
    blocks = (b"x" * 65536 for _ in range(200))
    (only,) = records(blocks, dialect=TWO, at=0, number=2)
    assert only.problem is LineProblem.TOO_LONG
    assert only.end == 200 * 65536
    assert len(only.text) <= LONGEST_LINE + 1


@given(keys=st.lists(st.text(max_size=5), max_size=3000))
def test_a_key_is_new_once(keys: list[str]) -> None:
    seen, known = SeenKeys(), set[str]()
    for key in keys:
        assert seen.add(key) is (key not in known)
        known.add(key)
