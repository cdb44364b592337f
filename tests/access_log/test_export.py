"""The table: complete, safe to open in a spreadsheet, after a second factor."""

import csv
import io

from sqlmodel import Session

from portal.crypto import KeyRing
from tests.access_log.log import guardian, nurse, patient_with_account, write
from tests.access_log.test_page import NOON, path_of
from tests.auth.steps import grow_stale
from tests.pages import PageClient


def _table(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))


def test_each_line_is_a_row_with_its_number_for_the_patient(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    nadia = nurse(session, keys, patient)
    write(session, patient, nadia, at=NOON, count=2)
    reader.enter(session, user)
    answer = reader.get(f"{path_of(patient)}/export")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=consultations.csv"
    heading, *rows = _table(answer.get_data().decode())
    assert heading[:5] == ["Jour", "Heure", "Qui", "En tant que", "Quoi"]
    assert [row[-1] for row in rows] == ["2", "1"]
    assert rows[0][:4] == ["2026-11-20", "12:00:00", "Nadia Belkacem", "infirmière"]


def test_no_cell_is_a_formula(reader: PageClient, session: Session, keys: KeyRing) -> None:
    patient, user = patient_with_account(session, keys)
    starts = ("=", "+", "-", "@", "\t", "\r")
    for start in starts:
        names = {"given_name": f"{start}HYPERLINK(1)", "family_name": "x"}
        write(session, patient, nurse(session, keys, patient, **names))
    reader.enter(session, user)
    _heading, *rows = _table(reader.get(f"{path_of(patient)}/export").get_data().decode())
    assert len(rows) == len(starts)
    for row in rows:
        assert row[2].startswith("'")
        assert not any(cell.startswith(starts) for cell in row)


def test_it_asks_for_the_second_factor_again(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    write(session, patient, nurse(session, keys, patient))
    reader.enter(session, user)
    grow_stale(session)
    answer = reader.get(f"{path_of(patient)}/export")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in/confirm")
    assert reader.get(path_of(patient)).status_code == 200, "reading the page does not"


def test_the_filters_hold_for_the_table(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    write(session, patient, nurse(session, keys, patient))
    reader.enter(session, user)
    table = reader.get(f"{path_of(patient)}/export?who=relatives").get_data().decode()
    assert len(_table(table)) == 1, "the heading alone"


def test_a_representative_reads_it_too_and_leaves_a_line(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, _user = patient_with_account(session, keys)
    user, _link = guardian(session, keys, patient)
    reader.enter(session, user)
    heading, *rows = _table(reader.get(f"{path_of(patient)}/export").get_data().decode())
    assert "Numéro" not in heading
    assert [row[2] for row in rows] == ["Hugo Tuteur"], "their own reading of this table"
