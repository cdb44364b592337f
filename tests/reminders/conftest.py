from tests.outbox.conftest import mailbox, make_worker, worker
from tests.reminders.scene import scene

__all__ = ["mailbox", "make_worker", "scene", "worker"]
