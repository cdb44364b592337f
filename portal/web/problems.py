"""Every error → status and page, in one table."""

from collections.abc import Callable
from math import ceil
from typing import NamedTuple

from flask import Flask, Response, current_app, g, request, url_for
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from portal import errors
from portal.access.guard import previewed_viewer
from portal.access.request_id import request_id
from portal.access.trail import SAFE_METHODS
from portal.web.chrome import comfort
from portal.web.i18n import current_locale, gettext, ngettext
from portal.web.logs import security_event
from portal.web.page import redirect_to, wants_fragment
from portal.web.templating import environment
from portal.web.typed import sent_fields, typed_in_vain


class Problem(NamedTuple):
    status: int
    title: str
    advice: str


def _problems() -> dict[int, Problem]:
    """The words of each state, in the reader's language."""
    return {
        400: Problem(
            400,
            gettext("This request cannot be read"),
            gettext("Go back to the previous page and try again. Nothing was changed."),
        ),
        403: Problem(
            403,
            gettext("This part is not open to you"),
            gettext(
                "The person you follow decides what each carer sees. You can ask them to open it."
            ),
        ),
        404: Problem(
            404,
            gettext("This page does not exist"),
            gettext("The address may be wrong, or you may no longer have access to it."),
        ),
        405: Problem(
            405,
            gettext("This page cannot be used that way"),
            gettext("Go back to the previous page and try again. Nothing was changed."),
        ),
        413: Problem(
            413,
            gettext("This is too large to send"),
            gettext("Shorten it, or send it in several parts."),
        ),
        422: Problem(
            422,
            gettext("Something is missing or cannot be read"),
            gettext(
                "Go back to the form: what you typed is still there. Correct it and send again."
            ),
        ),
        429: Problem(
            429,
            gettext("Too many attempts"),
            gettext("To protect the account, wait a little before you try again."),
        ),
        500: Problem(
            500,
            gettext("Something went wrong"),
            gettext("The problem is ours, not yours. Try again in a few minutes."),
        ),
        503: Problem(
            503,
            gettext("The service is not responding"),
            gettext("The problem is ours, not yours. Try again in a few minutes."),
        ),
    }


_STATUSES: dict[type[Exception], int] = {
    errors.NotFoundError: 404,
    errors.CrossSiteRequestError: 403,
    OperationalError: 503,
    PoolTimeoutError: 503,
}


def init_app(app: Flask) -> None:
    for error, status in _STATUSES.items():
        app.register_error_handler(error, _answer_with(status))
    app.register_error_handler(errors.NotGrantedError, _not_granted)
    app.register_error_handler(errors.PreviewIsReadOnlyError, _read_only)
    app.register_error_handler(errors.SignInRequiredError, _ask_to_sign_in)
    app.register_error_handler(errors.StepUpRequiredError, _ask_to_step_up)
    app.register_error_handler(errors.SignInBlockedError, _blocked)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _unexpected)


def problem_page(
    status: int, *, advice: str | None = None, leave: str = "", **context: object
) -> Response:
    """A page that needs neither the database nor a signed-in reader, and names no record.

    `leave` leads out of a preview.
    """
    problem = _problems().get(status) or _problems()[400 if status < 500 else 500]
    template = environment(current_locale()).get_template("errors/problem.html")
    body = template.render(
        comfort=comfort(),
        problem=problem._replace(advice=advice or problem.advice),
        reference=request_id() if status >= 500 else "",
        leave=leave,
        retry=request.full_path.rstrip("?") if request.method in SAFE_METHODS else "",
        typed=typed_in_vain(status),
        **context,
    )
    response = Response(body, status, mimetype="text/html")
    if status == 503:
        response.headers["Retry-After"] = "30"
    return response


def _answer_with(status: int) -> Callable[[Exception], Response]:
    def answer(error: Exception) -> Response:
        if status >= 500:
            current_app.logger.error("database unavailable", exc_info=error)
        if isinstance(error, errors.CrossSiteRequestError):
            security_event("cross-site request refused")
            return problem_page(
                status, advice=gettext("The request came from another site, so it was refused.")
            )
        return problem_page(status)

    return answer


def _not_granted(_error: errors.NotGrantedError) -> Response:
    relative = previewed_viewer()
    if relative is not None:
        advice = gettext("%(name)s does not see this part.", name=relative.given_name)
        return problem_page(
            403, advice=advice, leave=url_for("carers.list_carers", preview=None, rights=None)
        )
    if g.get("patient_id") is not None:
        return problem_page(403)
    return problem_page(403, advice=gettext("Your account has no such space."))


def _read_only(_error: errors.PreviewIsReadOnlyError) -> Response:
    return problem_page(
        403, advice=gettext("You are looking as somebody else: nothing was sent or changed.")
    )


def _http_problem(error: HTTPException) -> Response:
    status = error.code or 500
    response = problem_page(status)
    if status == 405:
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _answer_with(503)(error)
    current_app.logger.error("unexpected error", exc_info=error)
    return problem_page(500)


def _blocked(error: errors.SignInBlockedError) -> Response:
    security_event("sign-in blocked")
    minutes = max(1, ceil(error.retry_after.total_seconds() / 60))
    advice = ngettext(
        "To protect the account, wait %(num)d minute before you try again.",
        "To protect the account, wait %(num)d minutes before you try again.",
        minutes,
    )
    if error.has_other_ways:
        ways = gettext("Until then, a passkey or “I forgot my password” still lets you in.")
        advice = f"{advice} {ways}"
    response = problem_page(429, advice=advice)
    response.headers["Retry-After"] = str(ceil(error.retry_after.total_seconds()))
    return response


def _ask_to_sign_in(_error: errors.SignInRequiredError) -> Response:
    if request.method in SAFE_METHODS:
        return _send_to_sign_in()
    if wants_fragment():
        return _send_to_sign_in()
    return _keep_what_was_typed()


def _send_to_sign_in() -> Response:
    path = request.full_path.rstrip("?") if request.method in SAFE_METHODS else ""
    location = url_for("auth.sign_in", next=path or None)
    if wants_fragment():
        return Response("", 401, headers={"HX-Redirect": location})
    return Response("", 303, headers={"Location": location})


def _ask_to_step_up(_error: errors.StepUpRequiredError) -> Response:
    if request.method in SAFE_METHODS:
        return redirect_to(url_for("step_up.confirm", next=request.full_path.rstrip("?")))
    return _keep_what_was_typed(step_up=True)


def _keep_what_was_typed(*, step_up: bool = False) -> Response:
    """The session ended while the reader was writing: the same request, ready to be sent again."""
    g.is_passive = True
    template = environment(current_locale()).get_template("errors/signed_out.html")
    body = template.render(
        comfort=comfort(),
        action=request.full_path.rstrip("?"),
        fields=sent_fields(),
        step_up=step_up,
    )
    return Response(body, 403 if step_up else 401, mimetype="text/html")
