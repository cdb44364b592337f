"""One name for each request: on its answer, in the logs and in the access log."""

from flask import g
from uuid_utils.compat import uuid7


def request_id() -> str:
    """What a reader can tell over the phone and an operator can find in the log."""
    if "request_id" not in g:
        g.request_id = f"R-{uuid7().hex[-10:]}"
    identifier: str = g.request_id
    return identifier
