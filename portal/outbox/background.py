"""Long work in short pieces, between the mails."""

import logging
import time
from dataclasses import dataclass
from typing import Protocol

from portal.db import Database

POLL_SECONDS = 1.0
log = logging.getLogger("portal.outbox")


class BackgroundTask(Protocol):
    """What a worker does beside sending."""

    def work(self, database: Database) -> bool:
        """One piece, in transactions of its own; False when there is nothing to do."""
        ...


@dataclass
class Background:
    """Asked often; it asks the tasks again a second after there was nothing to do."""

    database: Database
    tasks: tuple[BackgroundTask, ...]
    _again_at: float = 0.0

    def work(self) -> bool:
        """One piece of each task; what fails is tried again, and holds up no mail."""
        if time.monotonic() < self._again_at:
            return False
        worked = False
        for task in self.tasks:
            try:
                worked = task.work(self.database) or worked
            except Exception as error:
                log.warning("a background task failed: %s", type(error).__name__)
        if not worked:
            self._again_at = time.monotonic() + POLL_SECONDS
        return worked
