"""Logs as JSON lines: a request id, the route, never a name, a content or a query string."""

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context, request

from portal.access.request_id import request_id

_FIELDS = ("method", "route", "status", "duration_ms", "account", "by")
access_log = logging.getLogger("portal.access_log")
security_log = logging.getLogger("portal.security")


class JsonFormatter(logging.Formatter):
    """One line per record; exceptions as their type and place, without the values in them."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            entry["request_id"] = request_id()
        entry |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            entry["exception"] = _without_values(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False)


def _without_values(error: BaseException) -> dict[str, object]:
    # A database error's text holds the bound values, which may be health data.
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    }


def configure(level: str) -> None:
    """Send every record to standard error; called once per process by the commands that serve."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level)


def security_event(event: str, *, account: object = None, by: object = None) -> None:
    """Say what happened to whose account: its id, and that of staff who did it; never a name."""
    ids = {"account": account, "by": by}
    security_log.info(event, extra={name: str(one) for name, one in ids.items() if one})


def init_app(app: Flask) -> None:
    app.before_request(_start_clock)
    app.after_request(_log_request)


def _start_clock() -> None:
    g.started = time.perf_counter()


def _log_request(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    # The route, not the path: a path may hold the token of an invitation.
    route = request.url_rule.rule if request.url_rule else "-"
    access_log.info(
        "request",
        extra={
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "duration_ms": round((time.perf_counter() - g.get("started", 0)) * 1000, 1),
        },
    )
    return response
