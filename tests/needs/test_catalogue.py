"""A coordinator keeps the types of their organizations, and of no other."""

from uuid import UUID

import pytest
from sqlmodel import Session, select

from portal.models.need import NeedType
from tests import factories
from tests.needs.circle import Circle

DOOR = "/professional/need-types"


def _types(session: Session) -> dict[str, NeedType]:
    session.rollback()
    session.expire_all()
    return {one.label: one for one in session.exec(select(NeedType)).all()}


def _add(circle: Circle, label: str, organization_id: UUID | None = None) -> int:
    circle.session.rollback()
    data = {"label": label, "organization": str(organization_id or circle.house.id)}
    return circle.reader.post(DOOR, data=data).status_code


def test_a_type_is_offered_to_the_patients_of_that_organization(circle: Circle) -> None:
    circle.enter("claire")
    assert "Rien n’a encore été ajouté." in circle.reader.get(DOOR).text
    assert _add(circle, "Lecture du courrier") == 303
    own = _types(circle.session)["Lecture du courrier"]
    circle.enter("jeanne")
    assert "Lecture du courrier" in circle.get(path="/new").text
    assert circle.add(kind=f"type:{own.id}").status_code == 303
    assert circle.needs()[0].need_type_id == own.id
    assert "Lecture du courrier" in circle.get().text


def test_a_renamed_type_is_renamed_in_the_files(circle: Circle) -> None:
    circle.enter("claire")
    _add(circle, "Courier")
    own = _types(circle.session)["Courier"]
    need = circle.need(code="", need_type_id=own.id)
    form = circle.reader.get(f"{DOOR}/{own.id}").text
    assert 'value="Courier"' in form
    answer = circle.reader.post(f"{DOOR}/{own.id}", data={"label": "Lecture du courrier"})
    assert answer.status_code == 303
    assert "Lecture du courrier" in circle.get(need).text


def test_a_retired_type_stays_where_it_is_used_and_can_come_back(circle: Circle) -> None:
    circle.enter("claire")
    _add(circle, "Courrier")
    own = _types(circle.session)["Courrier"]
    need = circle.need(code="", need_type_id=own.id)
    circle.session.rollback()
    assert circle.reader.post(f"{DOOR}/{own.id}/retire").status_code == 303
    assert "Courrier" in circle.get(need).text
    assert "Courrier" not in circle.get(path="/new").text
    assert circle.add(kind=f"type:{own.id}").status_code == 404
    assert circle.reader.post(f"{DOOR}/{own.id}/restore").status_code == 303
    assert "Courrier" in circle.get(path="/new").text


@pytest.mark.parametrize("label", ["Courrier", "courrier", " COURRIER "])
def test_one_name_stands_once(circle: Circle, label: str) -> None:
    circle.enter("claire")
    assert _add(circle, "Courrier") == 303
    assert _add(circle, "Ménage du jardin") == 303
    assert _add(circle, label) == 422
    other = _types(circle.session)["Ménage du jardin"]
    circle.session.rollback()
    answer = circle.reader.post(f"{DOOR}/{other.id}", data={"label": label})
    assert answer.status_code == 422
    assert "Ce nom est déjà au catalogue" in answer.text
    assert set(_types(circle.session)) == {"Courrier", "Ménage du jardin"}


def test_what_was_retired_is_offered_again_under_its_name(circle: Circle) -> None:
    circle.enter("claire")
    _add(circle, "Courrier")
    own = _types(circle.session)["Courrier"]
    circle.session.rollback()
    circle.reader.post(f"{DOOR}/{own.id}/retire")
    assert _add(circle, "Courrier") == 303
    (only,) = _types(circle.session).values()
    assert (only.id, only.retired_at) == (own.id, None)


@pytest.mark.parametrize("label", ["", "   ", "x" * 81])
def test_a_name_is_neither_empty_nor_endless(circle: Circle, label: str) -> None:
    circle.enter("claire")
    assert _add(circle, label) == 422
    assert _types(circle.session) == {}


def test_the_types_of_others_are_out_of_reach(circle: Circle) -> None:
    elsewhere = factories.make_organization(circle.session, name="Ailleurs")
    theirs = NeedType(organization_id=elsewhere.id, label="Chez eux")
    circle.session.add(theirs)
    circle.session.commit()
    circle.enter("claire")
    assert "Chez eux" not in circle.reader.get(DOOR).text
    assert _add(circle, "Courrier", elsewhere.id) == 404
    assert circle.reader.get(f"{DOOR}/{theirs.id}").status_code == 404
    for act, data in (("", {"label": "Pris"}), ("/retire", {}), ("/restore", {})):
        answer = circle.reader.post(f"{DOOR}/{theirs.id}{act}", data=data)
        assert answer.status_code == 404, act
    only = _types(circle.session)["Chez eux"]
    assert only.retired_at is None
    circle.enter("jeanne")
    assert circle.add(kind=f"type:{theirs.id}").status_code == 404
    assert circle.needs() == []


@pytest.mark.parametrize("name", ["jeanne", "paul", "nadia"])
def test_only_coordinators_keep_the_catalogue(circle: Circle, name: str) -> None:
    circle.enter(name)
    assert circle.reader.get(DOOR).status_code == 403
    assert _add(circle, "Courrier") == 403


def test_two_names_that_differ_by_a_capital_are_not_made_one(circle: Circle) -> None:
    """They come together when two organizations become one."""
    house_id = circle.house.id
    names = ("Courrier", "courrier")
    circle.session.add_all([NeedType(organization_id=house_id, label=label) for label in names])
    circle.session.commit()
    circle.enter("claire")
    for label, other in (names, names[::-1]):
        own = _types(circle.session)[label]
        circle.session.rollback()
        answer = circle.reader.post(f"{DOOR}/{own.id}", data={"label": other})
        assert answer.status_code == 422
    assert sorted(_types(circle.session)) == ["Courrier", "courrier"]
