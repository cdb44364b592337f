"""How often one client address may be wrong: counted before the secret is judged."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from portal.access.guard import loaded_viewer
from portal.clock import now
from portal.config import Config
from portal.db import current_session, end_reading, transaction
from portal.errors import TooManyRequestsError
from portal.identity import budget
from portal.web.installed import current_keys
from portal.web.logs import security_event

if TYPE_CHECKING:
    from portal.web.attempts import Attempts

WINDOW = timedelta(minutes=15)
DAY = timedelta(days=1)
View = TypeVar("View", bound=Callable[..., Response])


def init_app(app: Flask, config: Config) -> None:
    """Raises `ConfigError` when Redis is configured and its client is not installed."""
    if config.redis_url:
        _build(app, config)


def limit_failures(view: View) -> View:
    """Mark a view that judges a secret, below `@public` or `@requires`.

    An answer of 400 or more counts as one failure of the client address; a success counts
    nothing, so that a ward behind one address is not locked out by those who get in.
    When the failures are spent: 429 with `Retry-After`, and nothing is judged. A failure that
    also spent the budget of an account is told to its owner. The transaction of the guard ends
    here: a signed-in view that writes calls `require_session` first.
    """

    @wraps(view)
    def limited(*args: Any, **kwargs: Any) -> Response:
        # Counted first and given back after: parallel attempts share one count.
        charge_address()
        is_right = False
        try:
            response = view(*args, **kwargs)
            is_right = response.status_code < 400
        finally:
            if is_right:
                refund_address()
            else:
                _tell_owner()
        return response

    limited.is_limited = True  # type: ignore[attr-defined]  # read by `is_limited`
    return cast(View, limited)


def limit_tries(view: View) -> View:
    """Mark a view whose every use counts, such as one that sends mail to whom it names."""

    @wraps(view)
    def limited(*args: Any, **kwargs: Any) -> Response:
        charge_address()
        return view(*args, **kwargs)

    limited.is_limited = True  # type: ignore[attr-defined]  # read by `is_limited`
    return cast(View, limited)


def is_limited(view: Callable[..., Any]) -> bool:
    return getattr(view, "is_limited", False)


def charge_address() -> None:
    """Count a failure of this client address, before it is one. Raises `SignInBlockedError`.

    In its own transaction: what was read before is let go.
    """
    attempts = _attempts()
    # Kept: whoever gets in is somebody else afterwards.
    g.charged = _this_address()
    if (retry_after := attempts.charge(g.charged)) is not None:
        security_event("client address blocked")
        raise attempts.refusal(retry_after)


def charge_account(what: str, *, most: int) -> None:
    """Count one use by this reader, of at most `most` within a day, right or wrong.

    In its own transaction, as `charge_address`. Raises `TooManyRequestsError`.
    """
    key = f"{what} {_this_address()}"
    if not _attempts().take(key, most=most, window=DAY):
        security_event(f"too many uses: {what}")
        raise TooManyRequestsError


def refund_address() -> None:
    """It was right: take its own charge back, never the failures before it.

    What the view left uncommitted is dropped, as it would be at the end of the request.
    """
    end_reading()
    try:
        _attempts().refund(g.charged)
    except SQLAlchemyError:
        # Somebody just got in: a charge too many is better than turning them away.
        current_app.logger.exception("a charge could not be taken back")


def _tell_owner() -> None:
    session = current_session()
    if not budget.is_just_spent(session):
        return
    end_reading()
    try:
        with transaction():
            agent = request.user_agent.string
            budget.tell_owner(session, keys=current_keys(), user_agent=agent, at=now())
    except SQLAlchemyError:
        current_app.logger.exception("the owner of an account could not be told")


def network_of(address: str | None) -> str:
    """Whom a client address stands for: one IPv4 address, or the /64 that one IPv6 line holds."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), 64), strict=False))


def _this_address() -> str:
    """A keyed digest: neither the table nor Redis tells who tried.

    Somebody signed in counts for themself: what strangers at the same address spend is not theirs.
    """
    viewer = loaded_viewer()
    if viewer is not None:
        return current_keys().hmac("signed-in account", str(viewer.id)).hex()
    return current_keys().hmac("client address", network_of(request.remote_addr)).hex()


def _attempts() -> "Attempts":
    found: Attempts | None = current_app.extensions.get("attempts")
    return found or _build(current_app, current_app.extensions["config"])


def _build(app: Flask, config: Config) -> "Attempts":
    # Loaded when somebody first signs in: the library takes a tenth of a second.
    from portal.web.attempts import Attempts

    built = Attempts(config, window=WINDOW)
    app.extensions["attempts"] = built
    return built
