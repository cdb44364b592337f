"""`python -m portal policy`: the whole policy is pinned, so that a change of it is seen."""

from pathlib import Path

from click.testing import CliRunner

from portal.access.permissions import Permission
from portal.cli import cli

_PINNED = Path(__file__).with_name("policy.txt")


def test_the_policy_is_the_one_that_was_reviewed() -> None:
    """After a change that is meant: `python -m portal policy > tests/cli/policy.txt`."""
    done = CliRunner().invoke(cli, ["policy"])
    assert done.exit_code == 0, done.output
    assert done.stdout == _PINNED.read_text()


def test_every_permission_is_held_by_somebody_and_refused_to_somebody() -> None:
    lines = CliRunner().invoke(cli, ["policy"]).stdout.splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines if set(line) & set("✓")}
    assert list(rows) == [str(one) for one in Permission]
    assert all({"✓", "–"} == set(marks) for marks in rows.values())
