"""`make bench`: ratios inside one run, on this machine. Never part of the tests."""

import tempfile
from pathlib import Path

from tests.bench import agenda, messages
from tests.bench.measuring import application


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        app = application(Path(folder))
        are_flat = [benched.measure(app) for benched in (agenda, messages)]
    return 0 if all(are_flat) else 1


if __name__ == "__main__":
    raise SystemExit(main())
