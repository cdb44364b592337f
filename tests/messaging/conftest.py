from tests.outbox.conftest import mailbox, make_worker

__all__ = ["mailbox", "make_worker"]
