"""The inbox and a conversation with a hundred thousand messages behind them, against ten."""

from flask import Flask

from portal.db import begin_writing
from tests.bench.measuring import is_flat
from tests.pages import PageClient
from tests.queries.message_pile import make_pile

FEW, MANY = 10, 100_000


def measure(app: Flask) -> bool:
    inbox, thread = {}, {}
    for messages in (FEW, MANY):
        reader, path = _professional(app, messages)
        inbox[messages] = (reader, "/inbox")
        thread[messages] = (reader, path)
    return all([is_flat("inbox with messages", inbox), is_flat("conversation", thread)])


def _professional(app: Flask, messages: int) -> tuple[PageClient, str]:
    with app.extensions["database"].session() as session:
        begin_writing(session)
        circle, thread_id = make_pile(session, app.extensions["keys"], messages)
        reader, path = PageClient(app), f"/p/{circle.patient.id}/messages/{thread_id}"
        reader.enter(session, circle.nadia.user)
    return reader, path
