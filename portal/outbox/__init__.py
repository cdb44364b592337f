"""What must be sent: written with what caused it, sent by `python -m portal worker`."""

from portal.outbox.letters import Letter
from portal.outbox.queue import drop_about, post

__all__ = ["Letter", "drop_about", "post"]
