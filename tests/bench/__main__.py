"""`make bench`: ratios inside one run, on this machine. Never part of the tests."""

from tests.bench import agenda

if __name__ == "__main__":
    raise SystemExit(agenda.main())
