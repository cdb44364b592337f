"""Sending a list, watching it, mending what was bad."""

import csv
import io
from uuid import uuid4

import pytest
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.db import Database
from portal.imports import queue
from portal.imports.job import DirectoryImports
from portal.models.directory_keeping import DirectoryImportStatus
from tests import factories
from tests.directory_import import lists
from tests.directory_import.conftest import DOOR, Desk
from tests.pages import PageClient
from tests.statements import counted


def test_a_list_is_sent_read_by_the_worker_and_reported(desk: Desk, database: Database) -> None:
    answer = desk.send(lists.table(lists.NADIA, lists.person(rpps="123"), lists.HOUSE))
    assert answer.status_code == 303
    waiting = desk.reader.get(answer.location).text
    assert "La liste est arrivée." in waiting
    assert "hx-trigger" in waiting
    lists.work_through(database)
    text = desk.reader.get(answer.location.partition("?")[0]).text
    assert "Lue jusqu’au bout" in text
    assert "hx-trigger" not in text
    assert "3 lignes lues." in text
    assert "Vérifiez ce numéro RPPS" in text
    assert "liste.csv" in desk.reader.get(DOOR).text


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"", "Il n’y a rien dedans."),
        (b"PK\x03\x04 a workbook with another name", "C’est un classeur."),
        (b"\xff\xfen\x00o\x00m\x00", "ne se lit pas comme du texte"),
        (b"bonjour;monde\r\nun;deux\r\n", "La première ligne ne nomme pas les colonnes."),
        (lists.HEADINGS.encode() + b"\r\n\r\n", "aucune ligne en dessous"),
        (b"nom;profession\n" + b"x" * (20 * 1024 * 1024), "plus de 20 Mo"),
        (b"nom;profession\n" + b"x" * (25 * 1024 * 1024), "plus de 20 Mo"),
    ],
    ids=["empty", "workbook", "utf-16", "no-header", "no-lines", "too-large", "far-too-large"],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(
    desk: Desk, content: bytes, advice: str
) -> None:
    answer = desk.send(content)
    assert answer.status_code == 422
    assert advice in answer.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "data-error-summary" in answer.text
    assert desk.kept() == []


def test_no_file_at_all_is_said(desk: Desk) -> None:
    answer = desk.reader.post(f"{DOOR}/new", data={})
    assert answer.status_code == 422
    assert desk.kept() == []


def test_a_button_touched_twice_makes_one_import(desk: Desk) -> None:
    content = lists.table(lists.NADIA)
    assert desk.sent(content) == desk.sent(content)
    assert len(desk.kept()) == 1


def test_a_list_larger_than_a_form_is_kept_whole(desk: Desk, database: Database) -> None:
    """Three pieces; every other page refuses so much."""
    content = lists.many(5000)
    assert len(content) > 2 * 256 * 1024
    import_id = desk.sent(content)
    (kept,) = desk.kept()
    assert kept.total_bytes == len(content)
    lists.work_through(database)
    (kept,) = desk.kept()
    assert kept.id == import_id
    assert kept.next_byte == len(content)
    assert desk.reader.post("/account/comfort", data={"x": "y" * 300_000}).status_code == 413


def test_the_example_is_taken_as_it_is(desk: Desk, database: Database) -> None:
    example = desk.reader.get(f"{DOOR}/example")
    assert "attachment" in example.headers["Content-Disposition"]
    desk.send(example.data)
    lists.work_through(database)
    (kept,) = desk.kept()
    assert (kept.added, kept.refused) == (2, 0)


def test_an_import_is_stopped_and_goes_on(desk: Desk, database: Database) -> None:
    import_id = desk.sent(lists.many(450))
    job = DirectoryImports()
    assert job.work(database)
    stopped = desk.reader.post(f"{DOOR}/{import_id}/stop")
    text = desk.reader.get(stopped.location).text
    assert "La lecture est arrêtée." in text
    assert "200 lignes lues" in text
    assert not job.work(database)
    resumed = desk.reader.post(f"{DOOR}/{import_id}/resume")
    assert "La lecture reprend." in desk.reader.get(resumed.location).text
    assert lists.work_through(database) == 2
    (kept,) = desk.kept()
    assert kept.next_line == 452


def test_stopping_what_is_over_changes_nothing(desk: Desk, database: Database) -> None:
    import_id = desk.sent(lists.table(lists.NADIA))
    lists.work_through(database)
    for act in ("stop", "resume"):
        answer = desk.reader.post(f"{DOOR}/{import_id}/{act}")
        assert answer.status_code == 303
        assert "done" not in answer.location
    (kept,) = desk.kept()
    assert kept.status is DirectoryImportStatus.DONE


def test_looking_by_itself_gets_the_fragment_and_the_end_is_announced_once(
    desk: Desk, database: Database
) -> None:
    address = f"{DOOR}/{desk.sent(lists.table(lists.NADIA))}"
    first = desk.reader.get(f"{address}?look=1", htmx=True).text
    assert "<h1" not in first
    assert f"{address}?look=2" in first
    assert "hx-swap-oob" not in first
    lists.work_through(database)
    last = desk.reader.get(f"{address}?look=2", htmx=True).text
    assert "hx-trigger" not in last
    assert last.count("hx-swap-oob") == 1


def test_looking_by_itself_keeps_nobody_signed_in(desk: Desk, session: Session) -> None:
    address = f"{DOOR}/{desk.sent(lists.table(lists.NADIA))}"
    later = now().replace(year=now().year + 1)
    session.rollback()
    assert later > now()
    with counted(desk.reader.app) as statements:
        desk.reader.get(f"{address}?look=1", htmx=True)
    assert not [one for one in statements if one.startswith("UPDATE")]


def test_lines_to_correct_leave_as_a_table_without_formulas(desk: Desk, database: Database) -> None:
    import_id = desk.sent(lists.table(lists.person(nom="=HYPERLINK(1)", rpps="=1+1"), lists.NADIA))
    lists.work_through(database)
    answer = desk.reader.get(f"{DOOR}/{import_id}/problems")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][:3] == ["2", "rpps", "'=1+1"]
    assert rows[1][3] == "Ligne non prise"


def test_many_bad_lines_come_page_by_page(desk: Desk, database: Database) -> None:
    import_id = desk.sent(lists.table(*(lists.person(rpps=str(n)) for n in range(69)), lists.NADIA))
    lists.work_through(database)
    first = desk.reader.get(f"{DOOR}/{import_id}").text
    assert first.count("Ligne non prise") == 50
    second = desk.reader.get(f"{DOOR}/{import_id}?after=51").text
    assert second.count("Ligne non prise") == 19


def test_pages_cost_the_same_for_one_line_as_for_hundreds(
    desk: Desk, app: Flask, database: Database
) -> None:
    for address in (DOOR, f"{DOOR}/{desk.sent(lists.many(600))}"):
        lists.work_through(database)
        with counted(app) as statements:
            assert desk.reader.get(address).status_code == 200
        assert len(statements) <= 3


def test_an_import_that_does_not_exist_is_not_found(desk: Desk) -> None:
    for path in (f"{DOOR}/{uuid4()}", f"{DOOR}/{uuid4()}/problems", f"{DOOR}?before=x"):
        assert desk.reader.get(path).status_code == 404
    for act in ("stop", "resume"):
        assert desk.reader.post(f"{DOOR}/{uuid4()}/{act}").status_code == 404


def test_a_nurse_sees_no_imports(desk: Desk, app: Flask, session: Session, keys: KeyRing) -> None:
    import_id = desk.sent(lists.table(lists.NADIA))
    nurse = factories.make_practitioner(session)
    user, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    reader = PageClient(app)
    reader.enter(session, user)
    for path in (DOOR, f"{DOOR}/new", f"{DOOR}/{import_id}", f"{DOOR}/{import_id}/problems"):
        assert reader.get(path).status_code == 403
    assert reader.post(f"{DOOR}/{import_id}/stop").status_code == 403


def test_a_name_of_a_file_is_text_and_nothing_else(desk: Desk) -> None:
    desk.send(lists.table(lists.NADIA), name="<script>alert(1)</script>.csv")
    text = desk.reader.get(DOOR).text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_file_whose_first_lines_are_all_bad_is_refused_as_a_whole(
    desk: Desk, database: Database
) -> None:
    import_id = desk.sent(lists.table(*(lists.person(rpps=str(n)) for n in range(300))))
    lists.work_through(database)
    (kept,) = desk.kept()
    assert kept.status is DirectoryImportStatus.REFUSED
    assert "Aucune des 200 premières lignes" in desk.reader.get(f"{DOOR}/{import_id}").text
    assert not queue.stop(desk.session, import_id=import_id)
