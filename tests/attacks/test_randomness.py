"""Codes, seeds and tokens come from the generator of the operating system, and from no other."""

import ast
from pathlib import Path

import portal

SOURCES = sorted(Path(portal.__file__).parent.rglob("*.py"))
GUESSABLE = {"random", "numpy", "faker"}


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_no_module_draws_from_a_generator_that_can_be_guessed() -> None:
    assert [path.name for path in SOURCES if _imported(path) & GUESSABLE] == []


def test_secrets_are_drawn_where_they_are_made() -> None:
    drawing = {path.name for path in SOURCES if "secrets" in _imported(path)}
    makers = {"crypto.py", "recovery_codes.py", "paper_sheets.py", "short_codes.py"}
    assert makers | {"ceremonies.py"} <= drawing
