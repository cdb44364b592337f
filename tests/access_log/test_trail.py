"""Each read by another person leaves exactly one line, or it is not shown."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from portal.access.chains import Tally, findings
from portal.crypto import KeyRing
from portal.models.audit import AccessDecision, AccessEvent
from portal.models.care import Patient
from portal.models.rights import CareLink, CareLinkKind
from tests import factories
from tests.access.cast import (
    CANARY,
    ROLES,
    Record,
    carer,
    coordinator,
    linked,
    make_record,
    professional,
)
from tests.access_log.log import lines_of, nurse
from tests.pages import PageClient

READS = 50


def _lines(session: Session, record: Record) -> list[tuple[str, str, AccessDecision]]:
    session.rollback()
    lines = lines_of(session, record.patient.id)
    assert [line.sequence for line in lines] == list(range(1, len(lines) + 1))
    return [(line.category, line.action, line.decision) for line in lines]


def test_fifty_reads_at_once_by_two_nurses_leave_fifty_lines_without_a_gap(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    nurses = [nurse(session, keys, patient) for _ in range(2)]
    browsers = []
    for number in range(READS):
        browser = PageClient(app)
        browser.enter(session, nurses[number % 2])
        browsers.append(browser)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda one: one.get(f"/p/{patient.id}/agenda"), browsers))
    assert {answer.status_code for answer in answers} == {200}
    lines = lines_of(session, patient.id)
    assert [line.sequence for line in lines] == list(range(1, READS + 1))
    by_actor = [sum(line.actor_id == one.id for line in lines) for one in nurses]
    assert by_actor == [READS // 2, READS // 2]
    assert len({line.request_id for line in lines}) == READS
    assert list(findings(session, heads={}, tally=Tally())) == []


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
def test_a_page_and_a_fragment_leave_one_line_each(
    reader: PageClient, session: Session, keys: KeyRing, htmx: bool
) -> None:
    record = make_record(session)
    reader.enter(session, professional()(session, keys, record))
    assert reader.get(record.paths()["agenda"], htmx=htmx).status_code == 200
    assert _lines(session, record) == [("agenda", "see", AccessDecision.ALLOWED)]


def test_a_form_with_mistakes_and_an_act_leave_one_line_each(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    reader.enter(session, coordinator()(session, keys, record))
    path = f"/p/{record.patient.id}/invitations/relative"
    assert reader.post(path, data={"given_name": ""}).status_code == 422
    form = {
        "given_name": "Odile",
        "family_name": "Kerbrat",
        "relationship": "NBOR",
        "rights": "agenda:see",
        "way": "paper",
    }
    assert reader.post(path, data=form).status_code == 200
    assert _lines(session, record) == [("invitations", "make", AccessDecision.ALLOWED)] * 2


def test_one_s_own_reading_leaves_none(reader: PageClient, session: Session, keys: KeyRing) -> None:
    record = make_record(session)
    reader.enter(session, ROLES["the patient"][0](session, keys, record))
    for path in record.paths().values():
        reader.get(path)
    reader.get(f"/p/{record.patient.id}/access-log")
    reader.get("/people")
    assert _lines(session, record) == []


def test_what_is_not_found_leaves_none_and_what_is_refused_leaves_a_denied_one(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    reader.enter(session, carer("agenda:see")(session, keys, record))
    base = f"/p/{record.patient.id}"
    assert reader.get(f"{base}/agenda/{record.patient.id}").status_code == 404
    assert _lines(session, record) == []
    assert reader.get(record.paths()["team"]).status_code == 403
    assert _lines(session, record) == [("care_team", "see", AccessDecision.DENIED)]


def test_who_may_not_know_the_file_leaves_none(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    reader.enter(session, ROLES["nobody"][0](session, keys, record))
    assert reader.get(record.paths()["agenda"]).status_code == 404
    assert _lines(session, record) == []


def test_looking_as_a_relative_leaves_none(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    carer("agenda:see")(session, keys, record)
    link = session.exec(select(CareLink)).one()
    reader.enter(session, linked(CareLinkKind.SELF)(session, keys, record))
    assert reader.get(f"{record.paths()['agenda']}?preview={link.id}").status_code == 200
    assert _lines(session, record) == []


def test_a_list_of_relatives_leaves_one_line_for_each_whose_agenda_it_shows(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    people: list[tuple[Patient, int]] = []
    for grant, count in (("agenda:see", 1), ("care_team:see", 0), ("agenda:act", 1)):
        patient = factories.make_patient(session)
        factories.make_appointment(session, patient=patient)
        factories.make_link(session, patient=patient, user=user, grants=(grant,))
        people.append((patient, count))
    own = factories.make_patient(session)
    factories.make_link(session, patient=own, user=user, kind=CareLinkKind.SELF)
    reader.enter(session, user)
    assert reader.get("/people").status_code == 200
    assert [len(lines_of(session, one.id)) for one, _ in people] == [n for _, n in people]
    assert lines_of(session, own.id) == []


@contextmanager
def _broken(app: Flask, words: str) -> Iterator[None]:
    """Statements that begin so find the disk full."""
    engine = app.extensions["database"].engine

    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(words):
            raise OperationalError(statement, {}, Exception("disk full"))

    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", fail)


@contextmanager
def _no_commit(app: Flask) -> Iterator[None]:
    engine = app.extensions["database"].engine

    def fail(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    event.listen(engine, "commit", fail)
    try:
        yield
    finally:
        event.remove(engine, "commit", fail)


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize("where", ["insert", "commit"])
def test_a_page_whose_line_cannot_be_kept_is_not_shown(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, where: str, htmx: bool
) -> None:
    record = make_record(session)
    reader.enter(session, professional()(session, keys, record))
    breaks = _broken(app, "INSERT INTO access_event") if where == "insert" else _no_commit(app)
    with breaks:
        for path in record.paths().values():
            answer = reader.get(path, htmx=htmx)
            assert answer.status_code == 503
            assert CANARY not in answer.text + str(answer.headers)
    assert _lines(session, record) == []
    assert reader.get(record.paths()["agenda"]).status_code == 200


def test_a_list_whose_lines_cannot_be_kept_is_not_shown(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    reader.enter(session, carer("agenda:see")(session, keys, record))
    with _broken(app, "INSERT INTO access_event"):
        answer = reader.get("/people")
    assert answer.status_code == 503
    assert CANARY not in answer.text
    assert _lines(session, record) == []


def test_a_line_holds_identifiers_only(reader: PageClient, session: Session, keys: KeyRing) -> None:
    record = make_record(session)
    for role in (professional(), carer("agenda:see"), coordinator()):
        user = role(session, keys, record)
        user.given_name = user.family_name = CANARY
        reader.enter(session, user)
        for path in record.paths().values():
            reader.get(path)
        reader.get("/people")
    lines = lines_of(session, record.patient.id)
    assert len(lines) > 15
    for line in lines:
        for name in AccessEvent.model_fields:
            assert CANARY not in str(getattr(line, name)), name
