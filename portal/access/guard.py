"""One door for every request: unmarked views are refused, the patient is resolved from the URL."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, Response, current_app, g, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from portal.access.audit import Author, author_of
from portal.access.permissions import Permission
from portal.access.policy import PATIENT_POLICY, can
from portal.access.preview import find_relative
from portal.access.sessions import STEP_UP_LASTS, TOUCH_EVERY, SidSessionInterface, touch_session
from portal.access.trail import SAFE_METHODS, note, settle
from portal.access.viewer import Standing, Viewer, find_viewer
from portal.clock import now
from portal.db import begin_writing, current_session, end_reading, transaction
from portal.errors import (
    NotFoundError,
    NotGrantedError,
    PreviewIsReadOnlyError,
    SignInRequiredError,
    StepUpRequiredError,
)
from portal.extensions import login_manager

_PUBLIC = "public"
View = TypeVar("View", bound=Callable[..., Any])


class UnmarkedViewError(Exception):
    """A view says neither who may open it nor that it is public: the app does not start."""


def requires(
    permission: Permission, *, step_up: bool = False, writes: bool = False
) -> Callable[[View], View]:
    """Mark a view: only readers who hold the permission (towards the patient of the URL).

    With `step_up`, only when a second factor was shown in the last minutes. With `writes`, its
    GET writes too: it shows several people at once, and each reading leaves a line.
    """
    return partial(_mark, permission, step_up=step_up, writes=writes)


def public(view: View) -> View:
    """Mark a view that anybody may open, signed in or not."""
    return _mark(_PUBLIC, view)


def mark_of(view: Callable[..., Any]) -> str | None:
    """The permission of a view, `public`, or none when it was forgotten."""
    return getattr(view, "access_mark", None)


def needs_step_up(view: Callable[..., Any]) -> bool:
    return getattr(view, "needs_step_up", False)


def writes_always(view: Callable[..., Any]) -> bool:
    return getattr(view, "writes", False)


def init_app(app: Flask) -> None:
    app.session_interface = SidSessionInterface()
    # Protection would end sessions when a phone changes network.
    login_manager.session_protection = None
    login_manager.init_app(app)
    login_manager.user_loader(_load_viewer)
    app.url_value_preprocessor(_take_patient_out)
    app.url_defaults(_put_patient_back)
    app.before_request(_authorize)
    app.after_request(_settle_and_keep_alive)


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
    """Whose page it is: the signed-in reader, or the relative as whom they look.

    Raises `SignInRequiredError` on public pages when nobody is signed in.
    """
    viewer: Viewer | None = g.get("previewed") or signed_in_viewer()
    if viewer is None:
        raise SignInRequiredError
    return viewer


def previewed_viewer() -> Viewer | None:
    """The relative as whom the reader looks at this page, if they do."""
    relative: Viewer | None = g.get("previewed")
    return relative


def signed_in_viewer() -> Viewer | None:
    # Asking loads the reader; what is asked is a stand-in, which cannot be copied.
    return loaded_viewer() if current_user.is_authenticated else None


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


def current_author(permission: Permission) -> Author:
    """Whoever sends this request, as what the permission lets them act in the file of the URL."""
    viewer, patient = current_viewer(), current_patient()
    return author_of(viewer.id, patient, can(viewer, permission, patient))


def _mark(permission: str, view: View, *, step_up: bool = False, writes: bool = False) -> View:
    view.access_mark = permission  # type: ignore[attr-defined]  # read by `mark_of`
    view.needs_step_up = step_up  # type: ignore[attr-defined]  # read by `needs_step_up`
    view.writes = writes  # type: ignore[attr-defined]  # read by `writes_always`
    return view


def _load_viewer(token: str) -> Viewer | None:
    session = current_session()
    return find_viewer(session, token=token, patient_id=g.get("patient_id"), at=now())


def _take_patient_out(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    # A view never receives the id, so it cannot look a patient up by itself.
    g.patient_id = (values or {}).pop("patient_id", None)
    g.preview = _preview() if g.patient_id is not None else {}


def _put_patient_back(endpoint: str, values: dict[str, Any]) -> None:
    if not current_app.url_map.is_endpoint_expecting(endpoint, "patient_id"):
        return
    own = g.get("patient_id")
    if values.setdefault("patient_id", own) == own:
        # The whole walk through the pages stays a preview, until it is left.
        for name, value in g.get("preview", {}).items():
            values.setdefault(name, value)


def _preview() -> dict[str, str]:
    """`?preview=LINK&rights=agenda:see+care_team:see`, as it stands in the address."""
    names = ("preview", "rights")
    return (
        {name: request.args[name] for name in names if name in request.args}
        if ("preview" in request.args)
        else {}
    )


def _authorize() -> None:
    if request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    mark = mark_of(view)
    if mark == _PUBLIC:
        return
    if g.patient_id is not None or request.method not in SAFE_METHODS or writes_always(view):
        # Rights are read in the transaction that writes, be it the line of the access log,
        # unless `limit_failures` ends it: then the view calls `require_session` in its own.
        begin_writing(current_session())
    viewer = _as_whom(current_viewer())
    if mark is None:
        raise NotGrantedError
    _require(viewer, Permission(mark), step_up=needs_step_up(view))
    g.patient = viewer.standing


def _as_whom(viewer: Viewer) -> Viewer:
    """Who may not open the file does not learn that there is one."""
    if g.patient_id is None:
        return viewer
    if not can(viewer, Permission.PATIENT_OPEN, viewer.standing):
        raise NotFoundError
    if g.preview:
        viewer = g.previewed = _relative_of(viewer)
    return viewer


def _require(viewer: Viewer, permission: Permission, *, step_up: bool) -> None:
    decision = can(viewer, permission, viewer.standing)
    if decision and step_up and not is_stepped_up(viewer):
        raise StepUpRequiredError
    if not g.preview:
        note(viewer, permission, decision)
    if not decision:
        raise NotGrantedError


def _relative_of(viewer: Viewer) -> Viewer:
    """Only who decides what relatives see may look as they do, and nobody acts as another."""
    if not can(viewer, Permission.CARERS_MANAGE, viewer.standing):
        raise NotFoundError
    if request.method not in SAFE_METHODS:
        raise PreviewIsReadOnlyError
    given = g.preview.get("rights")
    try:
        link_id = UUID(g.preview["preview"])
    except ValueError:
        raise NotFoundError from None
    relative = find_relative(
        current_session(),
        viewer=viewer,
        patient_id=g.patient_id,
        link_id=link_id,
        rights=frozenset(given.split()) if given is not None else None,
        at=now(),
    )
    if relative is None:
        raise NotFoundError
    return relative


def _settle_and_keep_alive(response: Response) -> Response:
    try:
        settle(response.status_code)
    except SQLAlchemyError as error:
        # Fail closed: what left no line is not shown.
        return current_app.make_response(current_app.handle_user_exception(error))
    return _keep_session_alive(response)


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
