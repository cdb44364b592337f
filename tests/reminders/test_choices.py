"""The page of one's own reminders: whose, when, how much, and how they stop."""

import re
from datetime import time

import pytest
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.clock import now
from portal.crypto import KeyRing
from portal.models.calendar import ReminderChoice
from tests import factories
from tests.pages import PageClient
from tests.scheduling.family import Family, family, make_guardian

__all__ = ["family"]
LIST = "/account/reminders"
ANSWERS = {
    "evening": "18:00",
    "minutes": "60",
    "detail": "neutral",
    "quiet_from": "21:00",
    "quiet_until": "07:00",
}


def _form(one: Family) -> str:
    return f"{LIST}?of={one.patient.id}"


def _enter(one: Family, reader: PageClient, name: str) -> None:
    one.session.rollback()
    reader.enter(one.session, one.people[name])


def _save(one: Family, reader: PageClient, **answers: object) -> TestResponse:
    one.session.rollback()
    return reader.post(_form(one), data=ANSWERS | answers)


def _rows(one: Family) -> list[ReminderChoice]:
    one.session.rollback()
    one.session.expire_all()
    return list(one.session.exec(select(ReminderChoice)).all())


def _text(page: TestResponse) -> str:
    plain = re.sub(r"<[^>]+>", " ", page.text).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(plain.replace("\N{NARROW NO-BREAK SPACE}", " ").split())


def test_nothing_is_sent_until_it_is_chosen(family: Family, reader: PageClient) -> None:
    _enter(family, reader, "jeanne")
    page = _text(reader.get(LIST))
    assert "Mes rendez-vous Aucun rappel" in page
    assert "Arrêter" not in page
    assert _rows(family) == []


def test_what_was_chosen_is_kept_and_said(family: Family, reader: PageClient) -> None:
    _enter(family, reader, "jeanne")
    answer = _save(family, reader, detail="detailed", allows_details="y")
    page = _text(reader.get(answer.location))
    assert "Votre choix pour vos rendez-vous est enregistré." in page
    assert "La veille à 18 h, puis 1 h avant" in page
    assert "Avec le titre du rendez-vous" in page
    assert "Rien entre 21 h et 7 h" in page
    (row,) = _rows(family)
    assert (row.evening_before, row.minutes_before) == (time(18), 60)
    assert (row.quiet_from, row.quiet_until) == (time(21), time(7))
    assert (row.is_detailed, row.allows_details, row.only_accompanied) == (True, True, False)
    form = reader.get(_form(family)).text
    assert '<option value="18:00" selected>' in form
    assert 'name="allows_details" checked' in form


def test_the_same_form_twice_keeps_one_choice(family: Family, reader: PageClient) -> None:
    _enter(family, reader, "jeanne")
    for _ in range(2):
        assert _save(family, reader).status_code == 303
    assert len(_rows(family)) == 1


def test_one_tap_stops_them_and_keeps_the_rest(family: Family, reader: PageClient) -> None:
    _enter(family, reader, "jeanne")
    _save(family, reader, allows_details="y")
    family.session.rollback()
    answer = reader.post(f"{LIST}/stop?of={family.patient.id}")
    page = _text(reader.get(answer.location))
    assert "Vous ne recevez plus de rappel pour vos rendez-vous." in page
    assert "Mes rendez-vous Aucun rappel" in page
    (row,) = _rows(family)
    assert (row.evening_before, row.minutes_before) == (None, None)
    assert row.allows_details
    assert row.quiet_from == time(21)


@pytest.mark.parametrize("name", ["paul", "remy"])
def test_relatives_who_see_the_agenda_choose_for_themselves(
    family: Family, reader: PageClient, name: str
) -> None:
    _enter(family, reader, name)
    assert _save(family, reader, only_accompanied="y").status_code == 303
    (row,) = _rows(family)
    assert row.user_id == family.people[name].id
    assert row.only_accompanied


def test_who_represents_them_by_law_chooses_too(family: Family, reader: PageClient) -> None:
    family = make_guardian(family)
    _enter(family, reader, "guardian")
    assert reader.get(_form(family)).status_code == 200
    assert _save(family, reader).status_code == 303


def test_a_relative_cannot_choose_details_for_themselves(
    family: Family, reader: PageClient
) -> None:
    _enter(family, reader, "paul")
    assert 'value="detailed"' not in reader.get(_form(family)).text
    _save(family, reader, detail="detailed", allows_details="y")
    (row,) = _rows(family)
    assert (row.is_detailed, row.allows_details) == (False, False)


def test_a_relative_chooses_details_once_the_patient_allows_it(
    family: Family, reader: PageClient
) -> None:
    _enter(family, reader, "jeanne")
    _save(family, reader, evening="", minutes="", allows_details="y")
    _enter(family, reader, "paul")
    assert 'value="detailed"' in reader.get(_form(family)).text
    _save(family, reader, detail="detailed")
    row = next(one for one in _rows(family) if one.user_id == family.people["paul"].id)
    assert row.is_detailed


def _nothing(_one: Family) -> None:
    pass


@pytest.mark.parametrize(
    ("name", "why"),
    [("zoe", _nothing), ("nadia", _nothing), ("claire", _nothing),
     ("paul", lambda one: one.pause("paul"))],
    ids=["without the right", "nurse", "coordinator", "paused"],
)  # fmt: skip
def test_whose_agenda_is_closed_is_not_there(
    family: Family, reader: PageClient, name: str, why: object
) -> None:
    why(family)  # type: ignore[operator]  # one of the functions above
    _enter(family, reader, name)
    page = reader.get(LIST)
    assert f"of={family.patient.id}" not in page.text
    assert "Aucun agenda à suivre" in page.text
    assert reader.get(_form(family)).status_code == 404
    assert _save(family, reader).status_code == 404
    family.session.rollback()
    assert reader.post(f"{LIST}/stop?of={family.patient.id}").status_code == 404
    assert _rows(family) == []


def test_a_strangers_file_is_not_found(
    family: Family, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    stranger, _ = factories.make_user(session, keys)
    reader.enter(session, stranger)
    assert reader.get(_form(family)).status_code == 404
    assert reader.get(f"{LIST}?of=<script>").status_code == 404
    assert _save(family, reader).status_code == 404


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"evening": "25:00"}, "evening"),
        ({"evening": "<script>"}, "evening"),
        ({"minutes": "-5"}, "minutes"),
        ({"minutes": "1000000"}, "minutes"),
        ({"detail": "everything"}, "detail"),
        ({"quiet_from": ""}, "quiet_from"),
        ({"quiet_until": ""}, "quiet_until"),
        ({"quiet_until": "21:00"}, "quiet_until"),
        ({"quiet_from": "08:00"}, "quiet_until"),
        ({"quiet_from": "never"}, "quiet_from"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_beside_its_field(
    family: Family, reader: PageClient, answers: dict[str, str], field: str
) -> None:
    _enter(family, reader, "jeanne")
    page = _save(family, reader, **answers)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert "<script>" not in page.text
    assert "Erreur" in page.text
    if field.startswith("quiet"):
        assert '<option value="18:00" selected>' in page.text, "what was chosen stays"
    assert _rows(family) == []


def test_somebody_who_died_is_not_offered(family: Family, reader: PageClient) -> None:
    family.patient.is_deceased = True
    family.save(family.patient)
    _enter(family, reader, "paul")
    assert f"of={family.patient.id}" not in reader.get(LIST).text


def test_without_an_address_the_page_says_that_nothing_is_sent(
    family: Family, reader: PageClient
) -> None:
    jeanne = family.people["jeanne"]
    jeanne.email, jeanne.username = None, "jeanne"
    family.save(jeanne)
    _enter(family, reader, "jeanne")
    for path in (LIST, _form(family)):
        assert "rien ne peut vous être envoyé" in _text(reader.get(path))


def test_reading_writes_nothing(family: Family, reader: PageClient) -> None:
    choice = ReminderChoice(
        patient_id=family.patient.id,
        user_id=family.people["paul"].id,
        evening_before=time(17, 45),
        updated_at=now(),
    )
    family.save(choice)
    _enter(family, reader, "paul")
    assert '<option value="17:45" selected>' in reader.get(_form(family)).text
    (row,) = _rows(family)
    assert row.evening_before == time(17, 45)
