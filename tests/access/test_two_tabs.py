"""One reader with two relatives in two tabs: each page is of one of them, and says which."""

from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.audit import AccessEvent
from tests import factories
from tests.pages import PageClient

_NAMES = ("Anne", "Odile")


def test_reads_in_two_tabs_stand_each_in_the_log_of_the_right_person(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    carer, _secret = factories.make_user(session, keys)
    patients = [factories.make_patient(session, given_name=name) for name in _NAMES]
    for patient, name in zip(patients, _NAMES, strict=True):
        factories.make_link(session, patient=patient, user=carer, grants=("agenda:see",))
        factories.make_appointment(session, patient=patient, title=f"Visite chez {name}")
    reader.enter(session, carer)
    expected: dict[str, list[tuple[str, str]]] = {name: [] for name in _NAMES}
    turns = [(0, ""), (1, "/agenda"), (0, "/agenda"), (1, ""), (1, "/care-team"), (0, "/agenda")]
    for turn, part in turns:
        own, other = _NAMES[turn], _NAMES[1 - turn]
        answer = reader.get(f"/p/{patients[turn].id}{part or '/'}")
        assert f"Visite chez {other}" not in answer.text
        if part != "/care-team":
            assert f"Visite chez {own}" in answer.text
            assert own in answer.text.partition("<main")[0], "the band says whose page it is"
        kind = {"": "patient", "/agenda": "agenda", "/care-team": "care_team"}[part]
        expected[own].append((kind, "denied" if part == "/care-team" else "allowed"))
    for patient, name in zip(patients, _NAMES, strict=True):
        statement = select(AccessEvent).where(AccessEvent.patient_id == patient.id)
        lines = session.exec(statement.order_by(AccessEvent.sequence)).all()
        assert [(one.category, str(one.decision)) for one in lines] == expected[name]
        assert [one.sequence for one in lines] == [1, 2, 3]
        assert {one.actor_id for one in lines} == {carer.id}
