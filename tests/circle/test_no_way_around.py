"""What a coordinator cannot do, by accident or by hand: pass over a no, or make up an undo."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from portal import clock
from portal.blueprints.circle import undo
from portal.blueprints.circle.ending import Done
from portal.crypto import KeyRing
from portal.models.consent import ConsentChannel, ConsentDecision, ConsentPurpose, ConsentStatus
from portal.models.rights import Block
from tests.circle.office import Office


@pytest.fixture(autouse=True)
def _coordinator(office: Office) -> None:
    office.enter("claire")


def _lucie(office: Office) -> str:
    return f"practitioner:{office.staff['lucie'].id}"


def _answered(office: Office, status: ConsentStatus) -> None:
    """Earlier, when Lucie had a place for the first time."""
    decision = ConsentDecision(
        patient_id=office.patient.id,
        purpose=ConsentPurpose.OUTSIDE_CARE_TEAM,
        practitioner_id=office.staff["lucie"].id,
        status=status,
        text_version=1,
        text_locale="fr",
        text_hash="0" * 64,
        actor_id=office.people["jeanne"].id,
        capacity="self",
        channel=ConsentChannel.PORTAL,
        decided_at=clock.now() - timedelta(days=1),
    )
    office.session.add(decision)
    office.session.commit()


def _sees(office: Office, name: str) -> bool:
    office.enter(name)
    return bool(office.reader.get(f"/p/{office.patient.id}/care-team").status_code == 200)


@pytest.mark.parametrize("status", [ConsentStatus.REFUSED, ConsentStatus.WITHDRAWN])
def test_a_no_is_not_passed_over_by_adding_inside(office: Office, status: ConsentStatus) -> None:
    _answered(office, status)
    answer = office.add(_lucie(office), is_in_care_team="inside")
    assert answer.status_code == 422
    assert "Jeanne a dit non à cette personne" in answer.text
    assert (len(office.members()), office.letters()) == (2, [])
    assert office.add(_lucie(office), is_in_care_team="outside").status_code == 303
    assert office.letters() == [("consent_asked", "jeanne")]
    assert not _sees(office, "lucie")


def test_a_yes_that_still_holds_is_not_asked_again(office: Office) -> None:
    _answered(office, ConsentStatus.GIVEN)
    page = office.follow(office.add(_lucie(office), is_in_care_team="outside"))
    assert "Un e-mail prévient Jeanne" in page
    assert "n’ouvre rien" not in page
    assert office.letters() == [("circle_changed", "jeanne")]
    assert _sees(office, "lucie")


def test_whom_the_patient_keeps_out_stays_out_in_a_new_place(office: Office) -> None:
    block = Block(
        patient_id=office.patient.id,
        practitioner_id=office.staff["lucie"].id,
        starts_at=clock.now(),
        created_by=office.people["jeanne"].id,
    )
    office.session.add(block)
    office.session.commit()
    office.follow(office.add(_lucie(office)))
    assert not _sees(office, "lucie")


def test_an_end_makes_no_place_last_longer(office: Office) -> None:
    office.put("nadia", period_end=office.end(10))
    answer = office.finish("nadia", when="later", last_day=office.day(11))
    assert answer.status_code == 422
    assert "La place finit déjà avant ce jour" in answer.text
    assert office.stored("nadia").period_end == office.end(10)
    assert office.finish("nadia", when="later", last_day=office.day(10)).status_code == 303


Forger = Callable[[Office, KeyRing, str], str]


def _of_another_place(office: Office, keys: KeyRing, text: str) -> str:
    done = undo.opened(text, keys=keys, member_id=office.places["nadia"].id)
    assert done is not None
    return undo.sealed(done, keys=keys, member_id=office.places["julie"].id)


def _of_another_state(office: Office, keys: KeyRing, _text: str) -> str:
    done = Done("0" * 16, clock.now(), None, 0)
    return undo.sealed(done, keys=keys, member_id=office.places["nadia"].id)


@pytest.mark.parametrize(
    ("forged", "status"),
    [
        (lambda _office, _keys, text: text[:-8] + "AAAAAAA=", 404),
        (lambda _office, _keys, _text: f"{clock.now().isoformat()}~", 404),
        (lambda _office, _keys, _text: "é", 404),
        (_of_another_place, 404),
        (_of_another_state, 409),
    ],
)
def test_only_the_end_that_was_made_is_taken_back(
    office: Office, keys: KeyRing, forged: Forger, status: int
) -> None:
    office.put("nadia", period_end=office.end(60))
    page = office.follow(office.finish("nadia"))
    text = re.findall(r'name="undo" value="([^"]*)"', page)[0]
    ended = office.stored("nadia").period_end
    answer = office.post(f"/{office.places['nadia'].id}/reopen", undo=forged(office, keys, text))
    assert answer.status_code == status
    assert office.stored("nadia").period_end == ended


@pytest.mark.parametrize("shown", ["9999-12-31", "9999-05-31", "0001-01-01"])
def test_no_day_at_the_edge_of_the_calendar_breaks_a_page(office: Office, shown: str) -> None:
    answer = office.post(f"/{office.places['nadia'].id}/extend", shown_end=shown)
    assert answer.status_code == 409
    assert office.get().status_code == 200


def test_the_id_of_another_place_makes_none(office: Office) -> None:
    taken = str(office.places["nadia"].id)
    assert office.add(_lucie(office), place_id=taken).status_code == 409
    assert len(office.members()) == 2


def test_a_form_sent_again_after_the_end_says_that_nothing_was_made(office: Office) -> None:
    place_id = str(uuid4())
    office.follow(office.add(_lucie(office), place_id=place_id))
    made = next(one for one in office.members() if str(one.id) == place_id)
    office.places["lucie"] = made
    office.follow(office.finish("lucie"))
    answer = office.add(_lucie(office), place_id=place_id)
    assert answer.status_code == 409
    assert office.stored("lucie").end_reason == "care_over"


@pytest.mark.parametrize("path", ["/add?q=%00lucie%01", "/add?q=%07"])
def test_what_no_keyboard_types_is_not_written_back(office: Office, path: str) -> None:
    assert office.get(path).status_code == 200


def test_nor_in_the_list_of_patients(office: Office) -> None:
    page = office.reader.get("/professional/patients?q=%01" + office.patient.family_name)
    assert office.patient.family_name in page.text
