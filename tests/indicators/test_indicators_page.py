"""The page of a coordinator, and its table for a spreadsheet."""

import csv
import io

import pytest
from flask import Flask
from sqlmodel import Session

from portal.blueprints.indicators.board import UNKNOWN, Row, board
from portal.blueprints.indicators.queries import Numbers
from portal.clock import now
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.directory import Organization
from tests import factories
from tests.pages import PageClient
from tests.statements import counted

PAGE = "/professional/indicators"
TABLE = f"{PAGE}/table"
MOST = 5


def _coordinator(session: Session, keys: KeyRing, *places: Organization) -> User:
    user, _ = factories.make_user(session, keys, given_name="Claire")
    for place in places:
        factories.make_coordination(session, user=user, organization_id=place.id)
    return user


def _patients(session: Session, place: Organization, *, number: int) -> None:
    for _ in range(number):
        patient = factories.make_patient(
            session, organization_id=place.id, has_long_term_condition=True
        )
        doctor = factories.make_practitioner(session)
        factories.make_member(
            session, patient=patient, practitioner_id=doctor.id, functions=["medecin_traitant"]
        )


def _table(answer_text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer_text.removeprefix("\ufeff")), delimiter=";"))


def test_a_coordinator_reads_the_numbers_of_their_own_organizations(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    mine = factories.make_organization(session, name="Les Tilleuls")
    other = factories.make_organization(session, name="Les Ajoncs")
    _patients(session, mine, number=2)
    factories.make_patient(session, organization_id=mine.id, family_name="Kerdoncuff")
    _patients(session, other, number=7)
    reader.enter(session, _coordinator(session, keys, mine))
    text = reader.get(PAGE).text.replace("\xa0", " ")
    assert "Les Tilleuls" in text
    assert "66 %" in text
    assert "2 sur 3" in text
    assert "Les Ajoncs" not in text
    assert "Kerdoncuff" not in text
    assert "/professional/patients?filter=no_doctor" in text


def test_a_number_of_nobody_leads_nowhere(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    place = factories.make_organization(session)
    _patients(session, place, number=1)
    reader.enter(session, _coordinator(session, keys, place))
    text = reader.get(PAGE).text
    assert "filter=long_term" in text
    assert "filter=no_doctor" not in text
    assert "filter=no_owner" not in text


def test_an_organization_without_patients_shows_no_share(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    reader.enter(session, _coordinator(session, keys, factories.make_organization(session)))
    text = reader.get(PAGE).text
    assert f'<strong class="nowrap">{UNKNOWN}</strong>' in text
    assert "chart-bar" not in text


def test_the_target_is_not_reached_before_it_is_reached() -> None:
    day = now().date()
    almost = board("A", Numbers(long_term=1000, long_term_with_doctor=979), today=day)
    reached = board("A", Numbers(long_term=1000, long_term_with_doctor=980), today=day)
    assert almost.shares[1].shown == "97\xa0%"
    assert almost.shares[1].is_below_target
    assert reached.shares[1].shown == "98\xa0%"
    assert not reached.shares[1].is_below_target


def test_the_longest_bar_is_that_of_the_greatest_number() -> None:
    bars = board("A", Numbers(no_owner=8, review_due=2), today=now().date()).count_bars
    assert [one.width for one in bars] == [100.0, 25.0, 0.0, 0.0, 0.0]
    assert all(not one.width for one in board("A", Numbers(), today=now().date()).count_bars)


@pytest.mark.parametrize(("part", "whole", "shown"), [(0, 0, UNKNOWN), (0, 4, "0\xa0%")])
def test_a_share_of_nobody_is_not_zero(part: int, whole: int, shown: str) -> None:
    assert Row("x", part, whole).shown == shown


def test_the_table_is_one_for_french_spreadsheets(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    place = factories.make_organization(session, name="=HYPERLINK(1)")
    _patients(session, place, number=4)
    reader.enter(session, _coordinator(session, keys, place))
    answer = reader.get(TABLE)
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"]
    heading, patients, doctor, *_rest = _table(answer.data.decode())
    assert heading[0] == "Structure"
    today = now().date()
    assert patients[0] == "'=HYPERLINK(1)"
    assert abs((today.fromisoformat(patients[1]) - today).days) <= 1
    assert patients[3:] == ["4", "", "", ""]
    assert doctor[3:] == ["4", "4", "100", ""]


@pytest.mark.parametrize("path", [PAGE, TABLE])
def test_who_coordinates_nothing_any_more_reads_nothing(
    reader: PageClient, session: Session, keys: KeyRing, path: str
) -> None:
    place = factories.make_organization(session)
    user = _coordinator(session, keys)
    nurse = factories.make_practitioner(session)
    user.practitioner_id = nurse.id
    factories.make_coordination(session, user=user, organization_id=place.id).ended_at = now()
    session.flush()
    reader.enter(session, user)
    assert reader.get(path).status_code == 403


def test_the_numbers_cost_the_same_for_one_circle_as_for_forty(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    counts = []
    for number in (1, 40):
        places = [
            factories.make_organization(session, name=f"M {n}") for n in range(1 + number // 20)
        ]
        for place in places:
            _patients(session, place, number=number)
        reader = PageClient(app)
        reader.enter(session, _coordinator(session, keys, *places))
        with counted(app) as statements:
            assert reader.get(PAGE).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST
