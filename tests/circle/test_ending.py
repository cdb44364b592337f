"""Ending a place with a reason and a successor, taking it back, and leaving the circle."""

import re
from html import unescape

import pytest
from sqlmodel import select

from portal import clock
from portal.models.care import EndReason
from portal.models.need import NeedChange
from portal.models.rights import Block
from tests import factories
from tests.circle.office import Office


@pytest.fixture(autouse=True)
def _coordinator(office: Office) -> None:
    office.enter("claire")


def _undo(page: str) -> dict[str, str]:
    found = dict(re.findall(r'name="(undo|version)" value="([^"]*)"', page))
    return {name: unescape(value) for name, value in found.items()}


def _change_count(office: Office) -> int:
    office.session.rollback()
    return len(office.session.exec(select(NeedChange)).all())


def test_the_needs_without_anybody_are_named_before(office: Office) -> None:
    office.need("nadia", detail="La jambe gauche")
    office.need("julie", detail="Le bras")
    page = office.get(f"/{office.places['nadia'].id}/end").text
    assert "1 besoin n’aura plus de responsable" in page
    assert "La jambe gauche" in page
    assert "Le bras" not in page


def test_an_end_with_a_successor_hands_the_needs_over(office: Office) -> None:
    need = office.need("nadia")
    julie = office.places["julie"].id
    page = office.follow(office.finish("nadia", reason="replaced", successor=str(julie)))
    member = office.stored("nadia")
    assert (member.end_reason, member.successor_id) == (EndReason.REPLACED, julie)
    assert member.period_end is not None
    assert member.period_end <= clock.now()
    assert office.stored_need(need).owner_id == julie
    assert "Quelqu’un prend la suite" in page
    assert "Julie Belkacem a pris la suite" in page
    assert office.letters() == [("circle_changed", "jeanne"), ("need_entrusted", "julie")]


def test_an_end_without_one_leaves_the_needs_to_nobody(office: Office) -> None:
    need = office.need("nadia")
    office.finish("nadia")
    assert office.stored_need(need).owner_id is None
    assert office.letters() == [("circle_changed", "jeanne")]


def test_an_end_after_a_day_still_opens_until_then(office: Office) -> None:
    need = office.need("nadia")
    office.follow(office.finish("nadia", when="later", last_day=office.day(10)))
    assert office.stored("nadia").period_end == office.end(10)
    assert office.stored_need(need).owner_id == office.places["nadia"].id
    office.enter("nadia")
    assert office.reader.get(f"/p/{office.patient.id}/care-team").status_code == 200


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("reason", {"reason": ""}),
        ("reason", {"reason": "left"}),
        ("when", {"when": "never"}),
        ("last_day", {"when": "later", "last_day": "bientôt"}),
        ("last_day", {"when": "later", "last_day": "01/01/2020"}),
        ("last_day", {"when": "later", "last_day": "01/01/2190"}),
        ("successor", {"reason": "replaced"}),
        ("successor", {"successor": "x"}),
    ],
)
def test_what_is_missing_is_said_and_nothing_ends(
    office: Office, field: str, data: dict[str, str]
) -> None:
    answer = office.finish("nadia", **data)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert office.stored("nadia").period_end is None
    assert office.letters() == []


@pytest.mark.parametrize("wrong", ["self", "blocked", "over", "elsewhere"])
def test_only_somebody_of_the_circle_who_sees_the_file_follows(office: Office, wrong: str) -> None:
    member = office.places["julie"]
    if wrong == "self":
        member = office.places["nadia"]
    elif wrong == "over":
        office.put("julie", period_end=factories.LONG_AGO)
    elif wrong == "elsewhere":
        other = factories.make_patient(office.session)
        member = factories.make_member(
            office.session, patient=other, practitioner_id=office.staff["julie"].id
        )
    else:
        row = Block(
            patient_id=office.patient.id,
            practitioner_id=office.staff["julie"].id,
            starts_at=factories.LONG_AGO,
            created_by=office.people["jeanne"].id,
        )
        office.session.add(row)
    office.session.commit()
    answer = office.finish("nadia", successor=str(member.id))
    assert answer.status_code == 422
    assert 'href="#successor"' in answer.text
    assert office.stored("nadia").period_end is None


def test_an_end_of_what_changed_meanwhile_is_refused(office: Office) -> None:
    seen = office.version("nadia")
    office.put("nadia", period_end=office.end(60))
    answer = office.finish("nadia", version=seen)
    assert answer.status_code == 409
    assert 'value="care_over" checked' in answer.text
    assert office.stored("nadia").period_end == office.end(60)


def test_a_second_tap_ends_nothing_twice(office: Office) -> None:
    need, seen = office.need("nadia"), office.version("nadia")
    office.finish("nadia", version=seen)
    ended = office.stored("nadia").period_end
    assert office.finish("nadia", version=seen).status_code == 409
    assert office.stored("nadia").period_end == ended
    assert office.stored_need(need).version == 2
    assert len(office.letters()) == 1


def test_an_end_is_taken_back_with_its_needs(office: Office) -> None:
    office.put("nadia", period_end=office.end(60))
    need = office.need("nadia", deputy_id=office.places["julie"].id)
    julie = str(office.places["julie"].id)
    page = office.follow(office.finish("nadia", reason="replaced", successor=julie))
    after = office.stored_need(need)
    assert (str(after.owner_id), after.deputy_id) == (julie, None)
    page = office.follow(office.post(f"/{office.places['nadia'].id}/reopen", **_undo(page)))
    assert "La place est comme avant" in page
    member, after = office.stored("nadia"), office.stored_need(need)
    assert (member.period_end, member.end_reason) == (office.end(60), "")
    assert member.successor_id is None
    assert (after.owner_id, after.deputy_id) == (member.id, office.places["julie"].id)
    assert after.version == 3
    assert _change_count(office) == 3


def test_what_somebody_entrusted_meanwhile_stays(office: Office) -> None:
    need = office.need("nadia")
    page = office.follow(office.finish("nadia"))
    changed = office.stored_need(need)
    changed.owner_id, changed.version = office.places["julie"].id, changed.version + 1
    office.session.add(changed)
    office.session.commit()
    office.post(f"/{office.places['nadia'].id}/reopen", **_undo(page))
    assert office.stored("nadia").period_end is None
    assert office.stored_need(need).owner_id == office.places["julie"].id


def test_needs_that_left_their_hands_before_do_not_come_back(office: Office) -> None:
    need = office.need("nadia")
    julie = str(office.places["julie"].id)
    office.follow(office.finish("nadia", reason="replaced", successor=julie))
    office.put("nadia", period_end=None, end_reason="", successor_id=None)
    page = office.follow(office.finish("nadia"))
    office.post(f"/{office.places['nadia'].id}/reopen", **_undo(page))
    assert str(office.stored_need(need).owner_id) == julie


def test_nothing_is_taken_back_when_they_have_a_new_place(office: Office) -> None:
    page = office.follow(office.finish("nadia"))
    office.add(f"practitioner:{office.staff['nadia'].id}")
    answer = office.post(f"/{office.places['nadia'].id}/reopen", **_undo(page))
    assert answer.status_code == 409
    assert office.stored("nadia").period_end is not None


def test_nothing_is_taken_back_when_there_is_another_regular_doctor(office: Office) -> None:
    office.put("nadia", functions=["medecin_traitant"])
    page = office.follow(office.finish("nadia"))
    office.put("julie", functions=["medecin_traitant"])
    assert office.post(f"/{office.places['nadia'].id}/reopen", **_undo(page)).status_code == 409


def test_a_second_tap_on_undo_changes_nothing(office: Office) -> None:
    page = office.follow(office.finish("nadia"))
    undo = _undo(page)
    assert office.post(f"/{office.places['nadia'].id}/reopen", **undo).status_code == 303
    assert office.post(f"/{office.places['nadia'].id}/reopen", **undo).status_code == 409


@pytest.mark.parametrize("undo", ["", "x", "2026-01-01~", "2026-01-01T00:00:00~"])
def test_a_made_up_undo_is_not_there(office: Office, undo: str) -> None:
    office.finish("nadia")
    answer = office.post(f"/{office.places['nadia'].id}/reopen", undo=undo, version="x")
    assert answer.status_code == 404


def test_a_professional_leaves_and_hands_on_what_they_answer_for(office: Office) -> None:
    need, julie = office.need("nadia"), office.places["julie"].id
    office.enter("nadia")
    assert "Vous répondez d’1 besoin" in office.get("/leave").text.replace("\u00a0", " ")
    answer = office.post("/leave", successor=str(julie))
    assert answer.status_code == 303
    member = office.stored("nadia")
    assert (member.end_reason, member.successor_id) == (EndReason.LEFT, julie)
    assert office.stored_need(need).owner_id == julie
    assert office.reader.get(f"/p/{office.patient.id}/").status_code == 404
    assert office.get("/leave").status_code == 404
    assert office.letters() == [("circle_changed", "jeanne"), ("need_entrusted", "julie")]
    office.enter("claire")
    assert "Départ de son propre choix" in office.get().text


def test_somebody_who_follows_must_be_of_the_circle_when_leaving_too(office: Office) -> None:
    office.enter("nadia")
    for successor in ("x", str(office.places["nadia"].id), str(office.patient.id)):
        assert office.post("/leave", successor=successor).status_code == 422
    assert office.stored("nadia").period_end is None


@pytest.mark.parametrize("name", ["jeanne", "paul", "claire", "lucie"])
def test_who_is_no_professional_of_the_circle_does_not_leave_it(office: Office, name: str) -> None:
    office.enter(name)
    expected = 404 if name == "lucie" else 403
    assert office.get("/leave").status_code == expected
    assert office.post("/leave").status_code == expected


def test_whose_place_opens_the_agenda_only_learns_nothing_by_leaving(office: Office) -> None:
    office.put("nadia", sees="agenda")
    need = office.need("nadia", detail="La jambe gauche")
    office.enter("nadia")
    page = office.get("/leave").text
    assert "Julie" not in page
    assert "La jambe gauche" not in page
    answer = office.post("/leave", successor=str(office.places["julie"].id))
    assert answer.status_code == 422
    assert office.post("/leave").status_code == 303
    assert office.stored_need(need).owner_id is None
