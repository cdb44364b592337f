"""One door for every request: unmarked views are refused, the patient is resolved from the URL."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, Response, current_app, g, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from portal.access.permissions import Permission
from portal.access.policy import PATIENT_POLICY, can
from portal.access.sessions import STEP_UP_LASTS, TOUCH_EVERY, SidSessionInterface, touch_session
from portal.access.viewer import Standing, Viewer, find_viewer
from portal.clock import now
from portal.db import begin_writing, current_session, end_reading, transaction
from portal.errors import NotFoundError, NotGrantedError, SignInRequiredError, StepUpRequiredError
from portal.extensions import login_manager

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PUBLIC = "public"
View = TypeVar("View", bound=Callable[..., Any])


class UnmarkedViewError(Exception):
    """A view says neither who may open it nor that it is public: the app does not start."""


def requires(permission: Permission, *, step_up: bool = False) -> Callable[[View], View]:
    """Mark a view: only readers who hold the permission (towards the patient of the URL).

    With `step_up`, only when a second factor was shown in the last minutes.
    """
    return partial(_mark, permission, step_up=step_up)


def public(view: View) -> View:
    """Mark a view that anybody may open, signed in or not."""
    return _mark(_PUBLIC, view)


def mark_of(view: Callable[..., Any]) -> str | None:
    """The permission of a view, `public`, or none when it was forgotten."""
    return getattr(view, "access_mark", None)


def needs_step_up(view: Callable[..., Any]) -> bool:
    return getattr(view, "needs_step_up", False)


def init_app(app: Flask) -> None:
    app.session_interface = SidSessionInterface()
    # Protection would end sessions when a phone changes network.
    login_manager.session_protection = None
    login_manager.init_app(app)
    login_manager.user_loader(_load_viewer)
    app.url_value_preprocessor(_take_patient_out)
    app.url_defaults(_put_patient_back)
    app.before_request(_authorize)
    app.after_request(_keep_session_alive)


def refuse_unmarked_views(app: Flask) -> None:
    """Raises `UnmarkedViewError`, also for a patient permission on a URL without a patient."""
    problems = [problem for rule in app.url_map.iter_rules() for problem in _problems(app, rule)]
    if problems:
        raise UnmarkedViewError("; ".join(sorted(problems)))


def _problems(app: Flask, rule: Any) -> Iterable[str]:
    mark = mark_of(app.view_functions[rule.endpoint])
    if mark is None:
        yield f"{rule.endpoint} ({rule.rule}) has neither @requires nor @public"
    elif (mark in PATIENT_POLICY) != ("patient_id" in rule.arguments):
        yield f"{rule.endpoint} ({rule.rule}): a patient in the URL needs a patient permission"


def current_viewer() -> Viewer:
    """The signed-in reader. Raises `SignInRequiredError` on public pages when nobody is."""
    viewer = signed_in_viewer()
    if viewer is None:
        raise SignInRequiredError
    return viewer


def signed_in_viewer() -> Viewer | None:
    return current_user if current_user.is_authenticated else None


def loaded_viewer() -> Viewer | None:
    """The reader if they were looked up in this request already; never touches the database."""
    viewer = g.get("_login_user")
    return viewer if viewer is not None and viewer.is_authenticated else None


def current_patient() -> Standing:
    """The patient of the URL, as this reader stands towards them."""
    standing: Standing = g.patient
    return standing


def is_stepped_up(viewer: Viewer) -> bool:
    """Whether a second factor was shown in this session in the last minutes."""
    return now() - viewer.stepped_up_at < STEP_UP_LASTS


def may(permission: Permission) -> bool:
    """Whether the reader also holds another permission towards the patient of the URL."""
    return bool(can(current_viewer(), permission, g.get("patient")))


def _mark(permission: str, view: View, *, step_up: bool = False) -> View:
    view.access_mark = permission  # type: ignore[attr-defined]  # read by `mark_of`
    view.needs_step_up = step_up  # type: ignore[attr-defined]  # read by `needs_step_up`
    return view


def _load_viewer(token: str) -> Viewer | None:
    session = current_session()
    return find_viewer(session, token=token, patient_id=g.get("patient_id"), at=now())


def _take_patient_out(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    # A view never receives the id, so it cannot look a patient up by itself.
    g.patient_id = (values or {}).pop("patient_id", None)


def _put_patient_back(endpoint: str, values: dict[str, Any]) -> None:
    if current_app.url_map.is_endpoint_expecting(endpoint, "patient_id"):
        values.setdefault("patient_id", g.get("patient_id"))


def _authorize() -> None:
    if request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    mark = mark_of(view)
    if mark == _PUBLIC:
        return
    if request.method not in SAFE_METHODS:
        # Rights are read in the transaction that writes, unless `limit_failures` ends it: then
        # the view calls `require_session` in its own.
        begin_writing(current_session())
    viewer = current_viewer()
    patient_id: UUID | None = g.patient_id
    if patient_id is not None and viewer.standing is None:
        raise NotFoundError
    if mark is None or not can(viewer, Permission(mark), viewer.standing):
        raise NotGrantedError
    if needs_step_up(view) and not is_stepped_up(viewer):
        raise StepUpRequiredError
    g.patient = viewer.standing


def _keep_session_alive(response: Response) -> Response:
    viewer = loaded_viewer()
    at = now()
    if viewer is None or g.get("is_passive") or at - viewer.last_seen_at < TOUCH_EVERY:
        return response
    try:
        end_reading()
        with transaction() as session:
            touch_session(
                session, session_id=viewer.session_id, idle_minutes=viewer.idle_minutes, at=at
            )
    except SQLAlchemyError:
        current_app.logger.exception("the session could not be kept alive")
    return response
