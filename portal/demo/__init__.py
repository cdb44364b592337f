"""The fictional circle that `make demo` shows, in a database made for it."""

from portal.demo.circle import seed
from portal.demo.claim import DemoRefusedError
from portal.demo.renewal import renew

DEMO_PASSWORD = "relais-demo-2026"  # noqa: S105  # shown to everybody: it opens fictional records only

__all__ = ["DEMO_PASSWORD", "DemoRefusedError", "renew", "seed"]
