"""Ten thousand messages behind somebody cost a page nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import Session

from portal.crypto import KeyRing
from tests.pages import PageClient
from tests.queries.message_pile import make_pile
from tests.statements import counted

MOST = 5
FEW, MANY = 10, 10_000
STEPS = 50
"""Instructions of SQLite's machine between two counts."""
FAMILY = ("/p/{patient}/", "/p/{patient}/messages", "/p/{patient}/messages/{thread}")
PROFESSIONAL = (
    "/inbox",
    "/inbox?box=team",
    "/inbox?box=answered",
    "/inbox?box=closed",
    "/inbox/drafts",
    "/inbox/search?q=soin",
    "/inbox/search?q=zznothing",
    "/p/{patient}/messages",
    "/p/{patient}/messages/{thread}",
)
Costs = dict[str, tuple[int, int]]
"""Path → statements, and steps of SQLite."""


@contextmanager
def _work(app: Flask) -> Iterator[list[int]]:
    """How much SQLite did, in steps of its machine; nothing is counted elsewhere."""
    done, engine = [0], app.extensions["database"].engine

    def step() -> int:
        done[0] += 1
        return 0

    def watch(connection: Any, *_rest: Any) -> None:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.set_progress_handler(step, STEPS)

    event.listen(engine, "before_cursor_execute", watch)
    try:
        yield done
    finally:
        event.remove(engine, "before_cursor_execute", watch)


def _costs(
    app: Flask, session: Session, keys: KeyRing, who: str, paths: tuple[str, ...], **pile: Any
) -> Costs:
    circle, thread_id = make_pile(session, keys, **pile)
    reader, found = PageClient(app), {}
    reader.enter(session, getattr(circle, who).user)
    for path in paths:
        address = path.format(patient=circle.patient.id, thread=thread_id)
        # What a first look writes down as read is not written again.
        assert reader.get(address).status_code == 200, path
        with counted(app) as statements, _work(app) as done:
            assert reader.get(address).status_code == 200, path
        found[path] = (len(statements), done[0])
    return found


def _are_as_cheap(app: Flask, few: Costs, many: Costs) -> None:
    for path in few:
        assert few[path][0] == many[path][0] <= MOST, (path, few[path], many[path])
        assert many[path][1] <= 1.2 * few[path][1] + 20, (path, few[path], many[path])
        if app.extensions["database"].is_embedded:
            assert few[path][1] > 2, "nothing was counted"


@pytest.mark.parametrize(("who", "paths"), [("paul", FAMILY), ("nadia", PROFESSIONAL)])
def test_ten_thousand_messages_cost_what_ten_cost(
    app: Flask, session: Session, keys: KeyRing, who: str, paths: tuple[str, ...]
) -> None:
    few, many = (_costs(app, session, keys, who, paths, messages=number) for number in (FEW, MANY))
    _are_as_cheap(app, few, many)


def test_a_badge_costs_the_same_however_much_is_new(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    """Hundreds of conversations that somebody never opened: every page of theirs counts them."""
    few, many = (
        _costs(app, session, keys, "nadia", ("/account",), messages=number, are_unread=True)
        for number in (4_000, MANY)
    )
    _are_as_cheap(app, few, many)
