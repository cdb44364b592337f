"""Who reads and who writes, and what is refused to everybody."""

from datetime import timedelta

import pytest
from sqlmodel import select

from portal import clock
from portal.models.care import CareTeamMember
from portal.models.need import Need, NeedChange
from portal.models.rights import Block, Grant
from tests import factories
from tests.needs.circle import Circle

WRITING = (
    ("GET", "/new"),
    ("POST", "/new"),
    ("GET", "/{need}/change"),
    ("POST", "/{need}/change"),
    ("POST", "/{need}/owner"),
    ("POST", "/{need}/take-over"),
    ("POST", "/{need}/confirm"),
    ("GET", "/{need}/end"),
    ("POST", "/{need}/end"),
    ("POST", "/{need}/reopen"),
)


def _grant(circle: Circle, *rights: str) -> None:
    """Paul holds these instead of what he held."""
    circle.session.rollback()
    held = select(Grant).where(Grant.care_link_id == circle.link.id)
    for row in circle.session.exec(held).all():
        row.ends_at = clock.now()
    for right in rights:
        category, _, action = right.partition(":")
        factories.make_grant(circle.session, link=circle.link, category=category, action=action)
    circle.session.commit()


def _statuses(circle: Circle, need: Need) -> set[int]:
    circle.session.rollback()
    client = circle.reader.client
    headers = {"Sec-Fetch-Site": "same-origin"}
    return {
        client.open(
            circle.door + path.format(need=need.id), method=method, headers=headers
        ).status_code
        for method, path in WRITING
    }


def test_a_carer_who_only_sees_the_team_changes_nothing(circle: Circle) -> None:
    need = circle.need()
    _grant(circle, "care_team:see")
    circle.enter("paul")
    page = circle.get().text
    assert "Pansement" in page
    assert "Personne n’en répond" in page
    for act in ("Ajouter un besoin", "Confier à cette personne"):
        assert act not in page
    assert "Modifier ce besoin" not in circle.get(need).text
    assert _statuses(circle, need) == {403}
    assert circle.stored(need).version == 1


def test_a_carer_without_the_team_sees_nothing(circle: Circle) -> None:
    need = circle.need(detail="La jambe gauche")
    _grant(circle, "agenda:act")
    circle.enter("paul")
    for answer in (circle.get(), circle.get(need)):
        assert answer.status_code == 403
        assert "jambe" not in answer.text
    assert _statuses(circle, need) == {403}


def test_strangers_do_not_learn_that_there_is_a_file(circle: Circle) -> None:
    need = circle.need()
    circle.people["eve"], _ = factories.make_user(circle.session, circle.keys)
    circle.session.commit()
    circle.enter("eve")
    assert circle.get().status_code == 404
    assert _statuses(circle, need) == {404}


def test_a_need_of_another_patient_is_not_found_through_ones_own(circle: Circle) -> None:
    other = factories.make_patient(circle.session, given_name="Odile")
    theirs = Need(patient_id=other.id, code="meals", detail="Chez Odile")
    circle.session.add(theirs)
    circle.session.commit()
    circle.enter("jeanne")
    for path in ("", "/change", "/end"):
        answer = circle.get(theirs, path)
        assert answer.status_code == 404
        assert "Odile" not in answer.text
    data = {"version": 1, "owner": str(circle.places["nadia"].id), "reason": "x"}
    for act in ("owner", "take-over", "confirm", "end", "reopen", "change"):
        sent = circle.answers() | data
        assert circle.reader.post(f"{circle.door}/{theirs.id}/{act}", data=sent).status_code == 404
    circle.session.expire_all()
    assert circle.session.get_one(Need, (other.id, theirs.id)).version == 1


def _seat(circle: Circle, who: str) -> CareTeamMember:
    """Somebody who cannot be chosen."""
    session, patient = circle.session, circle.patient
    nurse = factories.make_practitioner(session, given_name="Lucie")
    if who == "of another circle":
        patient = factories.make_patient(session)
    fields = {
        "who left": {"period_end": clock.now() - timedelta(days=1)},
        "who comes later": {"period_start": clock.now() + timedelta(days=1)},
        "who waits for a yes": {"is_outside_care_team": True},
    }.get(who, {})
    member = factories.make_member(session, patient=patient, practitioner_id=nurse.id, **fields)
    if who == "who is kept out":
        session.add(
            Block(
                patient_id=patient.id,
                practitioner_id=nurse.id,
                created_by=circle.people["jeanne"].id,
                starts_at=clock.now() - timedelta(hours=1),
            )
        )
    session.commit()
    return member


@pytest.mark.parametrize(
    "who",
    [
        "of another circle",
        "who left",
        "who comes later",
        "who waits for a yes",
        "who is kept out",
    ],
)
def test_nobody_is_chosen_who_cannot_answer(circle: Circle, who: str) -> None:
    need, member = circle.need(), _seat(circle, who)
    circle.enter("claire")
    assert str(member.id) not in circle.get(need).text
    assert circle.post(need, "owner", owner=str(member.id)).status_code == 422
    for field in ("owner", "deputy"):
        answer = circle.add(**{field: str(member.id)})
        assert answer.status_code == 422, field
        assert "Choisissez une personne du cercle" in answer.text
        refused = circle.post(need, "change", **circle.answers(**{field: str(member.id)}))
        assert refused.status_code == 422, field
    assert circle.stored(need).owner_id is None
    assert len(circle.needs()) == 1


def test_whoever_is_kept_out_later_stays_until_somebody_else_is_chosen(circle: Circle) -> None:
    nadia = circle.places["nadia"]
    need = circle.need(owner_id=nadia.id)
    circle.session.add(
        Block(
            patient_id=circle.patient.id,
            practitioner_id=nadia.practitioner_id,
            created_by=circle.people["jeanne"].id,
            starts_at=clock.now() - timedelta(hours=1),
        )
    )
    circle.session.commit()
    circle.enter("jeanne")
    assert f'<option value="{nadia.id}" selected>' in circle.get(need, "/change").text
    answers = circle.answers(frequency="Le lundi", deputy="")
    assert circle.post(need, "change", **answers).status_code == 303
    assert circle.stored(need).frequency == "Le lundi"


def test_when_the_place_of_the_owner_ends_it_is_an_alarm(circle: Circle) -> None:
    circle.need(owner_id=circle.places["nadia"].id)
    place = circle.session.get_one(CareTeamMember, (circle.patient.id, circle.places["nadia"].id))
    place.period_end = clock.now()
    circle.session.commit()
    circle.enter("jeanne")
    assert "Personne n’en répond" in circle.get().text


def test_history_is_written_by_nobody_but_an_act(circle: Circle) -> None:
    need = circle.need(owner_id=circle.places["nadia"].id)
    circle.enter("jeanne")
    for path in ("", "/change", "/end"):
        circle.get(need, path)
    circle.post(need, "owner", owner="")
    circle.post(need, "end", reason="")
    assert [one.version for one in circle.changes(need)] == [1]
    assert circle.session.get(NeedChange, (need.patient_id, need.id, 1)) is not None
