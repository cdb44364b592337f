"""Education: modules that patient experts write, professionals review, and people read."""

from pathlib import Path

LIBRARY = Path(__file__).parent / "library"
"""Modules that come with Relais, in the layout of `docs/module-format.md`."""
