"""Notes are sealed, and read by those who are named beside them, and by nobody else."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select
from werkzeug.test import TestResponse

from portal import clock
from portal.models.agreement import AppointmentNote
from portal.scheduling.notes import MOST_OF_AUDIENCE
from tests import factories
from tests.companions.family import Family, words_of

FAMILY = ("jeanne", "sylvie", "paul", "marc")
TEAM = ("nadia", "claire")


def _write(family: Family, audience: str, text: str, where: str = "new") -> TestResponse:
    sent = {"text": text, "audience": audience, "note_id": str(uuid4())}
    return family.post(f"/notes/{where}", **sent)


def _notes(family: Family) -> list[AppointmentNote]:
    family.session.rollback()
    family.session.expire_all()
    return sorted(family.session.exec(select(AppointmentNote)).all(), key=lambda one: one.at)


def _readers(family: Family, text: str) -> set[str]:
    found = set()
    for name in (*FAMILY, *TEAM):
        family.enter(name)
        if text in family.text():
            found.add(name)
    return found


@pytest.mark.parametrize(
    ("author", "where", "audience", "readers"),
    [
        ("paul", "new", "everybody", {*FAMILY, *TEAM}),
        ("paul", "new", "family", {*FAMILY}),
        ("nadia", "team", "everybody", {*FAMILY, *TEAM}),
        ("nadia", "team", "professionals", {*TEAM}),
        ("claire", "team", "professionals", {*TEAM}),
    ],
)
def test_a_note_is_read_by_those_it_is_for(
    family: Family, author: str, where: str, audience: str, readers: set[str]
) -> None:
    family.enter(author)
    answer = _write(family, audience, "Apporter les radios", where)
    assert answer.headers["Location"].endswith("?done=note_added#notes")
    assert _readers(family, "Apporter les radios") == readers


def test_who_reads_it_stands_beside_it(family: Family) -> None:
    family.enter("paul")
    _write(family, "family", "Entre nous")
    _write(family, "everybody", "Pour tous")
    page = family.text()
    assert "Visible par Jeanne et ses proches" in page
    assert "Visible par tous ceux qui voient ce rendez-vous" in page
    assert "Vous, aujourd’hui à" in page
    family.enter("jeanne")
    page = family.text()
    assert "Visible par vous et vos proches" in page
    assert "Paul Morel, aujourd’hui à" in page


def test_nobody_writes_to_those_whose_notes_they_do_not_read(family: Family) -> None:
    family.enter("paul")
    assert "professionnels du cercle" not in family.text("/notes/new")
    assert _write(family, "professionals", "Secret").status_code == 422
    family.enter("nadia")
    assert "proches" not in family.text("/notes/team").split("<form class")[1]
    assert _write(family, "family", "Secret", "team").status_code == 422
    assert _notes(family) == []


def test_what_is_stored_is_sealed(family: Family) -> None:
    family.enter("paul")
    _write(family, "everybody", "Apporter les radios")
    [note] = _notes(family)
    assert b"radios" not in note.text_sealed
    assert note.capacity == "carer"


@pytest.mark.parametrize("name", ["marc", "lou"])
def test_who_may_not_act_writes_nothing(family: Family, name: str) -> None:
    family.enter(name)
    for where in ("new", "team"):
        assert family.get(f"/notes/{where}").status_code == 403
        assert _write(family, "everybody", "x", where).status_code == 403
    if name == "marc":
        assert "Notes" not in family.text().split("<main")[1]
    assert _notes(family) == []


def test_professionals_and_relatives_each_have_their_own_form(family: Family) -> None:
    family.enter("nadia")
    assert family.get("/notes/new").status_code == 403
    assert "/notes/team" in family.get().text
    family.enter("paul")
    assert family.get("/notes/team").status_code == 403
    assert "/notes/new" in family.get().text


def test_mistakes_keep_what_was_typed(family: Family) -> None:
    family.enter("paul")
    page = words_of(_write(family, "family", "  "))
    assert "Écrivez votre note" in page
    assert 'value="family" checked' in page
    answer = _write(family, "", "Deux\r\nlignes")
    assert answer.status_code == 422
    assert "Choisissez qui lit la note" in words_of(answer)
    assert "Deux\nlignes" in answer.text
    assert _write(family, "family", "x" * 1001).status_code == 422
    assert _notes(family) == []


def test_a_second_tap_adds_nothing(family: Family) -> None:
    family.enter("paul")
    field = re.search(r'name="note_id" value="([^"]+)"', family.get("/notes/new").text)
    assert field
    sent = {"text": "Une fois", "audience": "family", "note_id": field[1]}
    for _tap in range(2):
        assert family.post("/notes/new", **sent).status_code == 303
    assert len(_notes(family)) == 1


def test_ones_own_note_is_deleted_and_put_back(family: Family) -> None:
    family.enter("paul")
    _write(family, "everybody", "Apporter les radios")
    [note] = _notes(family)
    answer = family.post(f"/notes/{note.id}/delete")
    place = answer.headers["Location"].partition("#")[0]
    page = words_of(family.reader.get(place))
    assert "La note est supprimée" in page
    assert "Apporter les radios" not in page
    assert f"/notes/{note.id}/restore" in page
    assert _readers(family, "Apporter les radios") == set()
    family.enter("paul")
    family.post(f"/notes/{note.id}/restore")
    assert "Apporter les radios" in family.text()


def test_after_an_hour_it_is_gone_for_good(family: Family) -> None:
    family.enter("paul")
    for text in ("Ancienne", "Nouvelle"):
        _write(family, "family", text)
    old, new = _notes(family)
    family.post(f"/notes/{old.id}/delete")
    family.session.rollback()
    row = family.session.get_one(AppointmentNote, (old.patient_id, old.id))
    row.deleted_at = clock.now() - timedelta(minutes=61)
    family.session.add(row)
    family.session.commit()
    assert family.post(f"/notes/{old.id}/restore").status_code == 404
    family.post(f"/notes/{new.id}/delete")
    assert [one.id for one in _notes(family)] == [new.id]


def test_nobody_deletes_or_restores_the_note_of_somebody_else(family: Family) -> None:
    family.enter("paul")
    _write(family, "everybody", "Apporter les radios")
    [note] = _notes(family)
    for name in ("sylvie", "jeanne", "nadia", "claire", "marc"):
        family.enter(name)
        assert f"/notes/{note.id}/delete" not in family.get().text
        assert family.post(f"/notes/{note.id}/delete").status_code == 404
    family.enter("paul")
    family.post(f"/notes/{note.id}/delete")
    family.enter("sylvie")
    assert family.post(f"/notes/{note.id}/restore").status_code == 404


def test_hidden_and_foreign_appointments_are_not_found(family: Family) -> None:
    other = factories.make_patient(family.session)
    theirs = factories.make_appointment(family.session, patient=other)
    family.session.commit()
    family.enter("paul")
    _write(family, "everybody", "Apporter les radios")
    [note] = _notes(family)
    family.hide_from("paul")
    sent = {"text": "x", "audience": "family"}
    for door in (family.door, f"/p/{family.patient.id}/agenda/{theirs.id}"):
        assert family.reader.get(f"{door}/notes/new").status_code == 404
        assert family.reader.post(f"{door}/notes/new", data=sent).status_code == 404
        for act in ("delete", "restore"):
            assert family.reader.post(f"{door}/notes/{note.id}/{act}").status_code == 404
    assert len(_notes(family)) == 1


def test_a_note_is_not_reached_through_another_appointment(family: Family) -> None:
    family.enter("paul")
    _write(family, "family", "Ici")
    [note] = _notes(family)
    second = factories.make_appointment(family.session, patient=family.patient)
    family.session.commit()
    path = f"/p/{family.patient.id}/agenda/{second.id}/notes/{note.id}/delete"
    assert family.reader.post(path).status_code == 404


def test_there_are_only_so_many(family: Family) -> None:
    family.enter("paul")
    for number in range(MOST_OF_AUDIENCE):
        assert _write(family, "family", f"Note {number}").status_code == 303
    answer = _write(family, "family", "Une de trop")
    assert answer.status_code == 422
    assert "Il y a trop de notes" in words_of(answer)
    assert "Une de trop" in answer.text
    assert _write(family, "everybody", "Pour tous").status_code == 303
    [*_, last] = _notes(family)
    family.post(f"/notes/{last.id}/delete")
    assert _write(family, "everybody", "Encore").status_code == 303


def test_hostile_words_are_only_words(family: Family) -> None:
    text = '<script>alert(1)</script>\n<p hx-get="/x">{{ 7 * 7 }}</p>\x00\x1b[31m'
    family.enter("paul")
    _write(family, "everybody", text)
    page = family.get().text
    assert "<script>alert" not in page
    assert "<p hx-get" not in page
    assert "{{ 7 * 7 }}" in html.unescape(page)
    assert "\x00" not in page
    assert "\x1b" not in page


def test_a_preview_shows_the_notes_of_that_relative(family: Family) -> None:
    family.enter("jeanne")
    _write(family, "family", "Pour la famille")
    family.enter("nadia")
    _write(family, "professionals", "Entre collègues", "team")
    family.enter("jeanne")
    page = family.text(f"?preview={family.links['paul'].id}")
    assert "Pour la famille" in page
    assert "Entre collègues" not in page
