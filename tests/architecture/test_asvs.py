"""The table of ASVS requirements is whole, and names files and tests that exist."""

import ast
import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
WITH_FILES = {"met", "partly"}
STATUSES = WITH_FILES | {"later", "operator", "not-applicable"}
SCOPES = {"core", "oidc", "none"}
SIGN_IN_AND_SESSIONS = ("V6.", "V7.")


class Row(NamedTuple):
    """One requirement, and what we say of it."""

    id: str
    level: str
    scope: str
    status: str
    evidence: str

    @property
    def parts(self) -> list[str]:
        return [part.strip() for part in self.evidence.split(";")]

    @property
    def files(self) -> list[str]:
        """Parts without a blank, where files are due; all the others are words."""
        if self.status not in WITH_FILES:
            return []
        return [part for part in self.parts if part and " " not in part]

    @property
    def words(self) -> list[str]:
        return [part for part in self.parts if part and part not in self.files]

    @property
    def tests(self) -> list[tuple[str, str]]:
        """File and function of each `tests/…py::test_…`."""
        pairs = [part.partition("::") for part in self.files if "::" in part]
        return [(file, function) for file, _, function in pairs]

    @property
    def is_core_of_sign_in(self) -> bool:
        return self.scope == "core" and self.id.startswith(SIGN_IN_AND_SESSIONS)


def _rows() -> list[Row]:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    assert header == list(Row._fields)
    return [Row(*line) for line in lines]


def _is_a_file_of_ours(name: str) -> bool:
    path = (ROOT / name).resolve()
    return path.is_file() and path.is_relative_to(ROOT.resolve())


@cache
def _functions_of(name: str) -> frozenset[str]:
    if not _is_a_file_of_ours(name):
        return frozenset()
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def _is_a_test_of_ours(file: str, function: str) -> bool:
    is_test = file.startswith("tests/") and function.startswith("test_")
    return is_test and function in _functions_of(file)


def test_each_requirement_stands_once() -> None:
    times = Counter(row.id for row in _rows())
    assert times, "the table is empty"
    assert [requirement for requirement, count in times.items() if count > 1] == []


def test_every_status_level_and_scope_is_one_of_those_explained() -> None:
    explained = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    assert [row.id for row in _rows() if row.status not in STATUSES] == []
    assert [row.id for row in _rows() if row.level not in {"1", "2", "3"}] == []
    assert [row.id for row in _rows() if row.scope not in SCOPES] == []
    named = sorted(STATUSES | SCOPES)
    assert [word for word in named if f"| `{word}` |" not in explained] == []


def test_every_file_named_as_evidence_exists() -> None:
    named = [(row.id, name.partition("::")[0]) for row in _rows() for name in row.files]
    assert [pair for pair in named if not _is_a_file_of_ours(pair[1])] == []


def test_every_test_named_as_evidence_exists() -> None:
    named = [(row.id, *test) for row in _rows() for test in row.tests]
    assert len(named) > 50, "the table names its tests"
    assert [one for one in named if not _is_a_test_of_ours(one[1], one[2])] == []


def test_what_is_met_even_partly_names_the_code_that_does_it() -> None:
    judged = [row for row in _rows() if row.status in WITH_FILES]
    assert judged, "nothing is met"
    assert [row.id for row in judged if not row.files] == []
    assert [row.id for row in judged if "" in row.parts] == []


def test_what_is_not_met_says_in_words_what_lacks() -> None:
    assert [row.id for row in _rows() if row.status != "met" and not row.words] == []


def test_each_core_requirement_on_sign_in_and_sessions_names_a_test_or_a_reason() -> None:
    core = [row for row in _rows() if row.is_core_of_sign_in]
    assert len(core) >= 50, "chapters V6 and V7 are there"
    orphans = [row.id for row in core if not row.tests and not row.words]
    assert orphans == [], "a test that would notice, or words that say why there is none"


def test_a_core_requirement_that_a_machine_can_try_is_not_left_to_words(
    shared_data: Path,
) -> None:
    by_test = {row["id"] for row in _standard(shared_data) if row["verify_by"] == "test"}
    judged = [row for row in _rows() if row.is_core_of_sign_in and row.status == "met"]
    assert [row.id for row in judged if row.id in by_test and not row.tests] == []


def test_the_table_holds_the_whole_standard_and_judges_no_row_away(shared_data: Path) -> None:
    standard = _standard(shared_data)
    ours = _rows()
    theirs = {(row["id"], row["level"], row["scope"]) for row in standard}
    assert {(row.id, row.level, row.scope) for row in ours} == theirs
    apart = {row["id"] for row in standard if row["applies"] == "n"}
    assert {row.id for row in ours if row.status == "not-applicable"} == apart


def _standard(shared_data: Path) -> list[dict[str, str]]:
    file = shared_data / "asvs-5.0-applicable.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
