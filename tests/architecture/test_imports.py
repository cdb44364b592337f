"""Each contract on imports breaks when somebody breaks it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# contract → (file, line that must not stand in it)
VIOLATIONS = {
    "Imports point down": ("models/care.py", "import portal.access.policy"),
    "Features never import each other": (
        "blueprints/agenda/service.py",
        "import portal.blueprints.care_team.circle",
    ),
    "Audiences never import a feature's routes or forms": (
        "blueprints/home/queries.py",
        "import portal.blueprints.agenda.routes",
    ),
    "Services, queries, policy, tables and FHIR know nothing of the web": (
        "blueprints/circle/queries.py",
        "import flask",
    ),
    "Only the pages' own layer renders": ("blueprints/agenda/routes.py", "import jinja2"),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "portal",
        tmp_path / "portal",
        ignore=shutil.ignore_patterns("__pycache__", "static", "templates"),
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _lint(folder: Path) -> str:
    """The report of import-linter, run as a process of its own inside the folder."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == ("0 broken" in done.stdout), done.stderr
    return done.stdout


def _add(path: Path, line: str) -> None:
    path.write_text(f"{path.read_text()}\n{line}\n")


def test_every_contract_has_its_violation_here() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = [one["name"] for one in settings["tool"]["importlinter"]["contracts"]]
    assert sorted(contracts) == sorted(VIOLATIONS)


def test_the_code_as_it_stands_breaks_none(copy: Path) -> None:
    assert "0 broken" in _lint(copy)


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_violation_breaks_its_contract(copy: Path, contract: str) -> None:
    file, line = VIOLATIONS[contract]
    _add(copy / "portal" / file, line)
    assert f"{contract} BROKEN" in _lint(copy)


def test_a_stray_module_without_a_layer_is_refused(copy: Path) -> None:
    (copy / "portal" / "helpers.py").write_text('"""Anything."""\n')
    report = _lint(copy)
    assert "Imports point down BROKEN" in report
    assert "helpers" in report
