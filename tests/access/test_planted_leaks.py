"""The matrix is no judge that always says yes: each leak that is planted here is found."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, Response, request
from sqlalchemy import bindparam
from sqlmodel import Session

from portal.access import guard
from portal.crypto import KeyRing
from portal.scheduling import appointments
from tests import factories
from tests.access.actors import make_scene
from tests.access.judge import Tables
from tests.access.matrix import Matrix
from tests.access.test_matrix import listening

ASKED = {"home.show_home", "agenda.show_agenda", "agenda.show_appointment"}
Leak = Callable[[Response], Response]


@pytest.fixture
def few(app: Flask, session: Session, keys: KeyRing) -> Iterator[Matrix]:
    scene = make_scene(session, keys)
    session.commit()
    matrix = Matrix(app, scene, session, keys)
    matrix.rules = [rule for rule in matrix.rules if rule.endpoint in ASKED]
    with listening(matrix):
        yield matrix


def _found(matrix: Matrix, actor: str) -> list[str]:
    matrix.run(actor, whose=("own", "another's item"), tables=Tables(matrix.engine))
    return matrix.wrong


def _plant(app: Flask, monkeypatch: pytest.MonkeyPatch, leak: Leak) -> None:
    # First in the list runs last.
    after = [leak, *app.after_request_funcs[None]]
    monkeypatch.setitem(app.after_request_funcs, None, after)


def test_nothing_is_found_where_nothing_was_planted(few: Matrix) -> None:
    assert _found(few, "carer, nothing granted") == []
    assert _found(few, "carer, agenda and team") == []


def test_a_title_in_the_page_that_refuses_is_found(few: Matrix, monkeypatch) -> None:
    def leak(response: Response) -> Response:
        if response.status_code == 403:
            response.set_data(f"{response.get_data(as_text=True)}<!-- zzagendazz -->")
        return response

    _plant(few.app, monkeypatch, leak)
    assert "403 shows zzagendazz" in "".join(_found(few, "carer, nothing granted"))


def test_a_title_in_a_header_is_found(few: Matrix, monkeypatch) -> None:
    def leak(response: Response) -> Response:
        response.headers["X-Next"] = "zzagendazz"
        return response

    _plant(few.app, monkeypatch, leak)
    assert "shows zzagendazz" in "".join(_found(few, "carer, nothing granted"))


def test_a_title_in_a_log_line_is_found(few: Matrix, monkeypatch) -> None:
    def leak(response: Response) -> Response:
        few.app.logger.warning("shown: %s", "zzagendazz")
        return response

    _plant(few.app, monkeypatch, leak)
    assert "log line" in "".join(_found(few, "carer, agenda and team"))


def test_a_fragment_that_nobody_checks_is_found(few: Matrix, monkeypatch) -> None:
    check = guard._require

    def forgets_fragments(*args, **kwargs) -> None:
        if request.headers.get("HX-Request") != "true":
            check(*args, **kwargs)

    monkeypatch.setattr(guard, "_require", forgets_fragments)
    found = "".join(_found(few, "carer, nothing granted"))
    assert "200, not 403" in found
    assert "200 shows zzagendazz" in found


def test_a_query_by_id_alone_is_found(few: Matrix, monkeypatch) -> None:
    by_id = appointments.ROWS.with_only_columns(*appointments.ROWS.selected_columns)
    kept = [one for one in by_id._where_criteria if "appointment.patient_id =" not in str(one)]
    by_id._where_criteria = (*kept, appointments._a.id == bindparam("appointment_id"))
    monkeypatch.setattr(appointments, "_ONE", by_id)
    found = "".join(_found(few, "carer, agenda and team"))
    assert "200, not 404" in found
    assert "shows zzotherzz" in found


def test_a_line_of_the_access_log_that_is_missing_is_found(few: Matrix, monkeypatch) -> None:
    monkeypatch.setattr(guard, "note", lambda *_args: None)
    assert "the access log says None" in "".join(_found(few, "nurse in the circle"))


def test_a_page_that_writes_is_found(few: Matrix, monkeypatch) -> None:
    def leak(response: Response) -> Response:
        with few.engine.connect().execution_options(writing=True) as connection:
            connection.exec_driver_sql("UPDATE patient SET phone = '1'")
            connection.commit()
        return response

    _plant(few.app, monkeypatch, leak)
    assert "changed ['patient']" in "".join(_found(few, "nurse who left"))


def _pages(matrix: Matrix, actor: str) -> dict[str, str]:
    """What somebody sees without the agenda, apart from what each page says of its own request."""
    client, found = matrix.client(actor), {}
    for rule, question in matrix.questions(actor, whose=("own",)):
        if question.method == "GET" and rule.endpoint != "agenda.show_appointment":
            text = matrix.ask(client, rule, question).text
            found[str(question)] = re.sub(r"R-[0-9a-f]{10}|data-session-\w+=\"\d+\"", "", text)
    return found


@pytest.mark.parametrize("actor", ["carer, nothing granted", "carer, paused", "carer, grant over"])
def test_what_is_not_granted_leaves_no_count_either(few: Matrix, actor: str) -> None:
    before = _pages(few, actor)
    _add_visits(few)
    assert _pages(few, actor) == before


def test_a_count_is_found(few: Matrix, monkeypatch) -> None:
    def leak(response: Response) -> Response:
        with few.engine.connect() as connection:
            count = connection.exec_driver_sql("SELECT count(*) FROM appointment").scalar()
        if response.mimetype == "text/html":
            response.set_data(
                f"{response.get_data(as_text=True)}<span class='badge'>{count}</span>"
            )
        return response

    _plant(few.app, monkeypatch, leak)
    before = _pages(few, "carer, nothing granted")
    _add_visits(few)
    assert _pages(few, "carer, nothing granted") != before


def _add_visits(matrix: Matrix) -> None:
    for _one in range(3):
        factories.make_appointment(matrix.session, patient=matrix.scene.jeanne.patient)
    matrix.session.commit()
