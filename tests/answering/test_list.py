"""What awaits my answer: mine, the oldest first, and nothing of closed files."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlmodel import select

from portal import clock
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.agreement import RequestKind, RequestState
from portal.models.audit import AccessEvent
from portal.models.care import CareTeamMember
from portal.models.rights import Block
from tests import factories
from tests.answering.circle import Circle, in_days, words_of

LIST = "/professional/requests"
_MORE = re.compile(r'href="(/professional/requests\?after=[^"]+)"')


def _page(circle: Circle, path: str = LIST) -> str:
    circle.session.rollback()
    answer = circle.reader.get(path)
    assert answer.status_code == 200
    return words_of(answer)


def test_a_professional_finds_their_own_and_answers_by_one_tap(circle: Circle) -> None:
    visit = circle.visit(title="Pansement")
    moment = f"{in_days(4):%Y-%m-%d}T14:00"
    asked = circle.asked(visit, moments=[moment], parts_of_day=["morning"])
    circle.enter("nadia")
    page = _page(circle)
    assert "Jeanne Morel" in page
    assert "Paul Morel a demandé un autre moment" in page
    assert "Le transport ne passe pas avant 11 h" in page
    assert f'value="move:{moment}"' in page
    answer = circle.reply(asked, f"move:{moment}", **{"from": "list"})
    assert answer.location == f"{LIST}?done=reply-moved"
    page = _page(circle, answer.location)
    assert "Le rendez-vous est déplacé. La famille est prévenue." in page
    assert "Rien n’attend votre réponse" in page


def test_a_coordinator_finds_those_whose_professional_cannot_answer(circle: Circle) -> None:
    circle.asked(circle.visit(title="Chez Nadia"))
    circle.asked(circle.visit(title="Chez le docteur", practitioner_id=circle.doctor.id))
    circle.asked(circle.visit(title="Chez personne", practitioner_id=None))
    circle.asked(circle.visit(title="Pris par Claire", created_by=circle.people["claire"].id))
    circle.enter("claire")
    page = _page(circle)
    for title in ("Chez le docteur", "Chez personne", "Pris par Claire"):
        assert title in page
    assert "Chez Nadia" not in page


def test_once_the_place_of_the_professional_ends_the_coordinator_answers(circle: Circle) -> None:
    circle.asked(circle.visit())
    of_nurse = select(CareTeamMember).where(CareTeamMember.practitioner_id == circle.nurse.id)
    circle.session.exec(of_nurse).one().period_end = clock.now()
    circle.session.commit()
    circle.enter("nadia")
    assert "Jeanne" not in _page(circle)
    circle.enter("claire")
    assert "Jeanne" in _page(circle)


def test_a_patient_who_keeps_somebody_out_is_not_listed_for_them(circle: Circle) -> None:
    circle.asked(circle.visit())
    circle.session.add(
        Block(
            patient_id=circle.patient.id,
            practitioner_id=circle.nurse.id,
            created_by=circle.people["jeanne"].id,
            starts_at=clock.now() - timedelta(hours=1),
        )
    )
    circle.session.commit()
    circle.enter("nadia")
    assert "Jeanne" not in _page(circle)


@pytest.mark.parametrize(
    "fields",
    [{"status": AppointmentStatus.CANCELLED}, {"starts_at": in_days(-2)}],
    ids=["cancelled", "over"],
)
def test_what_needs_no_answer_any_more_is_not_listed(
    circle: Circle, fields: dict[str, object]
) -> None:
    circle.asked(circle.visit(**fields))
    circle.asked(circle.visit(), state=RequestState.WITHDRAWN)
    circle.asked(circle.visit(), state=RequestState.PROPOSED)
    circle.enter("nadia")
    assert "Rien n’attend votre réponse" in _page(circle)


def test_a_coordinator_elsewhere_finds_nothing(circle: Circle) -> None:
    circle.asked(circle.visit(practitioner_id=None))
    house = factories.make_organization(circle.session, name="Ailleurs")
    circle.people["thomas"], _ = factories.make_user(circle.session, circle.keys)
    factories.make_coordination(
        circle.session, user=circle.people["thomas"], organization_id=house.id
    )
    circle.session.commit()
    circle.enter("thomas")
    assert "Jeanne" not in _page(circle)


def test_the_oldest_stand_first_and_each_once(circle: Circle) -> None:
    for number in range(45):
        visit = _visit(circle, number)
        circle.asked(visit, text=f"Demande {number:02d}.")
    circle.enter("nadia")
    found: list[str] = []
    path = LIST
    for _ in range(4):
        page = _page(circle, path)
        found += re.findall(r"Demande \d\d\.", page)
        more = _MORE.search(page)
        if more is None:
            break
        path = unescape(more[1])
    assert found == [f"Demande {number:02d}." for number in range(45)]


def _visit(circle: Circle, number: int) -> Appointment:
    return circle.visit(starts_at=in_days(3) + timedelta(days=number))


def test_each_patient_on_the_list_has_a_line_in_their_log(circle: Circle) -> None:
    for _ in range(2):
        circle.asked(circle.visit())
    circle.enter("nadia")
    _page(circle)
    circle.session.rollback()
    lines = circle.session.exec(select(AccessEvent)).all()
    assert [(one.category, one.actor_id) for one in lines] == [
        ("agenda", circle.people["nadia"].id)
    ]


def test_a_call_is_answered_from_the_list(circle: Circle) -> None:
    circle.patient.phone = "02 61 91 00 27"
    circle.session.add(circle.patient)
    asked = circle.asked(circle.visit(), kind=RequestKind.CALL, text="Le soir")
    circle.enter("nadia")
    page = _page(circle)
    assert 'href="tel:' in page
    assert "J’ai appelé" in page
    answer = circle.reply(asked, "called", **{"from": "list"})
    assert "Votre appel est noté" in _page(circle, answer.location)
