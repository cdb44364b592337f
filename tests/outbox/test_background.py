"""Long work beside the mails: neither waits for the end of the other."""

from sqlmodel import Session

from portal.db import Database
from portal.models.outbox import OutboxState
from portal.outbox.background import Background
from tests.mailbox import Mailbox
from tests.outbox.conftest import Look, MakeWorker, Post


class Pieces:
    """Work in so many pieces; `seen` is what was in the mailbox before each."""

    def __init__(self, count: int, mailbox: Mailbox | None = None) -> None:
        self.left, self.mailbox, self.seen = count, mailbox, list[int]()

    def work(self, _database: Database) -> bool:
        self.seen.append(len(self.mailbox.mails) if self.mailbox else 0)
        self.left -= 1
        return self.left >= 0


class Failing:
    def work(self, _database: Database) -> bool:
        raise RuntimeError("a line of the file")


def test_one_piece_then_one_mail(
    make_worker: MakeWorker, mailbox: Mailbox, session: Session, post_mail: Post
) -> None:
    for _ in range(3):
        post_mail()
    session.rollback()
    pieces = Pieces(3, mailbox)
    assert make_worker(tasks=(pieces,)).drain() == 3
    assert pieces.seen[:3] == [0, 1, 2]


def test_mail_that_cannot_leave_does_not_hold_up_the_work(
    make_worker: MakeWorker, mailbox: Mailbox, post_mail: Post, look: Look
) -> None:
    message = post_mail()
    mailbox.stop()
    pieces = Pieces(5)
    worker = make_worker(tasks=(pieces,), is_over=lambda: pieces.left < 0)
    worker.run()
    assert look(message).state is OutboxState.PENDING
    assert pieces.left < 0


def test_a_task_that_fails_stops_no_other_task(database: Database) -> None:
    pieces = Pieces(2)
    background = Background(database, (Failing(), pieces))
    assert [background.work() for _ in range(5)] == [True, True, False, False, False]
    assert len(pieces.seen) == 3, "a second passes before they are asked again"
