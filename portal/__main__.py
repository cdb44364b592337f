"""`python -m portal <command>`."""

from portal.cli import cli

cli(prog_name="python -m portal")
