"""Every address of the portal: marked, typed, in kebab case, with the patient in it."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from portal.access import guard
from portal.access.guard import UnmarkedViewError, mark_of, public, requires
from portal.access.permissions import Permission
from portal.access.policy import PATIENT_POLICY, READER_POLICY

_SEGMENT = re.compile(
    r"[a-z0-9]+(-[a-z0-9]+)*(\.(js|ico|ics|txt|xml))?|<[a-z]+:[a-z_]+>|<token>(\.ics)?"
)
_UNTYPED_ON_PURPOSE = {"token"}  # a random text, looked up by its hash


def test_every_view_says_who_may_open_it(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        mark = mark_of(app.view_functions[rule.endpoint])
        assert mark == "public" or mark in set(Permission), rule.rule


def test_every_permission_is_decided_by_the_policy_and_used_by_a_view(app: Flask) -> None:
    decided = [*PATIENT_POLICY, *READER_POLICY]
    assert sorted(decided) == sorted(Permission)
    used = {mark_of(view) for view in app.view_functions.values()} - {"public"}
    assert used == set(Permission)


def test_every_address_is_in_kebab_case(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        for segment in filter(None, rule.rule.split("/")):
            assert _SEGMENT.fullmatch(segment), rule.rule


def test_every_parameter_has_a_type(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        for name in rule.arguments - _UNTYPED_ON_PURPOSE:
            assert re.search(rf"<(uuid|int|string):{name}>", rule.rule), rule.rule


def test_a_page_about_a_patient_names_the_patient_first(app: Flask) -> None:
    about = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/p/")]
    assert len(about) >= 4
    for rule in about:
        assert rule.rule.startswith("/p/<uuid:patient_id>/"), rule.rule
        assert mark_of(app.view_functions[rule.endpoint]) in PATIENT_POLICY


def test_no_other_page_takes_a_patient(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert ("patient_id" in rule.arguments) == rule.rule.startswith("/p/"), rule.rule


def test_what_changes_something_is_never_a_get(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        assert methods in ({"GET"}, {"POST"}), rule.rule


def test_the_three_modules_of_sign_in_are_all_loaded(app: Flask) -> None:
    """Each imports the one before it and adds its views to the same blueprint."""
    views = {view for view in app.view_functions if view.startswith("auth.")}
    assert views == {
        f"auth.{name}"
        for name in (
            # routes
            "sign_in",
            "check_password",
            "enter_code",
            "check_code",
            "confirm_sign_out",
            "sign_out",
            "session_state",
            "stay_signed_in",
            # invitation
            "open_invitation",
            "accept_invitation",
            "resume_invitation",
            # enrolment
            "enrol",
            "begin_sheet",
            "finish_enrolment",
            "show_recovery_codes",
            "note_recovery_codes",
        )
    }


def _view() -> str:
    return "answered"


@pytest.mark.parametrize(
    ("path", "mark"),
    [
        ("/forgotten", lambda view: view),
        ("/no-patient", requires(Permission.AGENDA_SEE)),
        ("/p/<uuid:patient_id>/x", requires(Permission.ACCOUNT_OWN)),
        ("/p/<uuid:patient_id>/y", public),
        ("/p/<uuid:patient_id>/z", lambda view: view),
    ],
)
def test_an_application_with_such_a_view_does_not_start(
    path: str, mark: Callable[[Callable[[], str]], Callable[[], str]]
) -> None:
    app = Flask(__name__, static_folder=None)

    def view() -> str:
        return _view()

    app.add_url_rule(path, "view", mark(view))
    with pytest.raises(UnmarkedViewError, match="view"):
        guard.refuse_unmarked_views(app)


def test_an_application_with_marked_views_starts() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/a", "a", public(lambda: _view()))
    app.add_url_rule("/p/<uuid:patient_id>/", "b", requires(Permission.PATIENT_OPEN)(_view))
    guard.refuse_unmarked_views(app)


def test_create_app_refuses_an_unmarked_view(
    config: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal import create_app
    from portal.blueprints.home import routes

    unmarked = {"home.choose_person"}
    monkeypatch.delattr(routes.choose_person, "access_mark")
    with pytest.raises(UnmarkedViewError) as refused:
        create_app(config)  # type: ignore[arg-type]  # the fixture is a Config
    assert all(name in str(refused.value) for name in unmarked)
