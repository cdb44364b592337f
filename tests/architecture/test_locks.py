"""What pyproject.toml asks for is what the locks install."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~ ;]", requirement)[0].lower().replace(".", "-").replace("_", "-")


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", [*PROJECT["dependencies"], *EXTRAS["postgres"]]),
        (
            "requirements-test.lock",
            [*PROJECT["dependencies"], *EXTRAS["postgres"], *EXTRAS["test"]],
        ),
    ],
)
def test_every_dependency_is_locked_with_its_hash(lock: str, wanted: list[str]) -> None:
    text = (ROOT / lock).read_text()
    locked = {_name(line) for line in text.splitlines() if "==" in line}
    assert sorted({_name(one) for one in wanted} - locked) == []
    assert text.count("==") <= text.count("--hash=sha256:")


def test_both_locks_agree() -> None:
    runtime, test = (
        set(re.findall(r"^([a-z0-9-]+==[^ ]+)", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-test.lock")
    )
    assert runtime - test == set()
