"""What a place opens: nothing before the yes it needs, and nothing after its end."""

import pytest
from sqlmodel import Session

from portal import clock
from portal.access.sessions import start_session
from portal.consents.texts import current_text
from portal.models.consent import ConsentPurpose
from tests.access.test_two_workers import _ask, workers
from tests.circle.office import Office

__all__ = ["workers"]

PAGES = ("/", "/care-team", "/agenda", "/needs", "/circle/leave")


def _statuses(office: Office, name: str) -> set[int]:
    office.enter(name)
    return {office.reader.get(f"/p/{office.patient.id}{page}").status_code for page in PAGES}


def _answer(office: Office, *, is_yes: bool) -> None:
    key, door = str(office.staff["lucie"].id), f"/p/{office.patient.id}/consents"
    office.enter("jeanne")
    if not is_yes:
        assert office.reader.post(door, data={"shown": [key]}).status_code == 303
        return
    mark = current_text(ConsentPurpose.OUTSIDE_CARE_TEAM, locale="fr").sha256
    answer = office.reader.post(f"{door}/yes", data={"about": key, "text": mark})
    assert answer.status_code == 303


def test_somebody_outside_sees_only_between_the_yes_and_the_no(office: Office) -> None:
    assert _statuses(office, "lucie") == {404}
    office.enter("claire")
    who = f"practitioner:{office.staff['lucie'].id}"
    assert office.add(who, is_in_care_team="outside").status_code == 303
    assert _statuses(office, "lucie") == {404}
    _answer(office, is_yes=True)
    assert _statuses(office, "lucie") == {200}
    _answer(office, is_yes=False)
    assert _statuses(office, "lucie") == {404}


def test_somebody_inside_sees_at_once_what_was_said_and_no_more(office: Office) -> None:
    office.enter("claire")
    office.add(f"practitioner:{office.staff['lucie'].id}", sees="agenda")
    office.enter("lucie")
    door = f"/p/{office.patient.id}"
    assert office.reader.get(f"{door}/agenda").status_code == 200
    assert office.reader.get(f"{door}/care-team").status_code == 403


@pytest.mark.parametrize("reason", ["care_over", "patient_wish", "mistake"])
def test_who_was_ended_sees_nothing_from_the_next_request_on(office: Office, reason: str) -> None:
    assert _statuses(office, "nadia") == {200}
    office.enter("claire")
    assert office.finish("nadia", reason=reason).status_code == 303
    assert _statuses(office, "nadia") == {404}


def test_an_end_holds_on_another_process(
    workers: list[int], office: Office, session: Session
) -> None:
    _row, token = start_session(
        session,
        user_id=office.people["nadia"].id,
        is_staff=False,
        user_agent="test",
        at=clock.now(),
    )
    session.commit()
    paths = [f"/p/{office.patient.id}{page}" for page in PAGES]
    asked = [(port, path) for port in workers for path in paths]
    assert {_ask(port, "GET", path, token) for port, path in asked} == {200}
    office.enter("claire")
    assert office.finish("nadia").status_code == 303
    assert {_ask(port, "GET", path, token) for port, path in asked} == {404}
