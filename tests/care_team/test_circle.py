"""The drawn circle: nobody on top of anybody, the first to call above and below."""

from itertools import combinations
from uuid import uuid4

import pytest

from portal.blueprints.care_team.circle import CENTRE, HEIGHT, WIDTH, circle
from portal.blueprints.care_team.members import Member


def _member(name: str, *, is_relative: bool = False, badge: str = "") -> Member:
    return Member(
        id=uuid4(),
        anchor="m",
        name=name,
        short_name=name,
        initials_of=(name,),
        role="",
        short_role="",
        contact_for="",
        phone="",
        availability="",
        is_open=False,
        is_relative=is_relative,
        is_viewer=False,
        badge=badge,
    )


def _people(relatives: int, professionals: int, keys: int = 0) -> list[Member]:
    kin = [_member(f"R{n}", is_relative=True) for n in range(relatives)]
    trade = [_member(f"P{n}", badge="First" if n < keys else "") for n in range(professionals)]
    return [*kin, *trade]


@pytest.mark.parametrize("keys", [0, 1, 2, 3])
@pytest.mark.parametrize("count", [(0, 0), (1, 0), (0, 1), (2, 6), (4, 4), (10, 10), (0, 20)])
def test_nodes_stand_apart_and_inside_and_nobody_is_lost(count: tuple[int, int], keys: int) -> None:
    members = _people(*count, keys=min(keys, count[1]))
    drawn = circle(members)
    nodes = [*drawn.relatives, *drawn.professionals]
    assert len(nodes) + drawn.left_out == len(members)
    assert len(nodes) <= 8
    assert len({id(node.member) for node in nodes}) == len(nodes)
    for one, other in combinations(nodes, 2):
        assert (one.x - other.x) ** 2 + (one.y - other.y) ** 2 >= 60**2
    for node in nodes:
        assert 25 <= node.x <= WIDTH - 25
        assert 10 <= node.label_y <= HEIGHT - 18
        assert (node.x, node.y) != CENTRE


def test_the_first_to_call_stand_above_and_below() -> None:
    drawn = circle(_people(2, 6, keys=2))
    keys = [node for node in drawn.professionals if node.is_key]
    assert [node.x for node in keys] == [CENTRE[0]] * 2
    assert {node.y > CENTRE[1] for node in keys} == {True, False}


def test_all_places_are_taken_before_anybody_is_left_out() -> None:
    assert circle(_people(2, 6)).left_out == 0
    assert circle(_people(2, 7)).left_out == 1


def test_a_long_name_is_shortened_visibly() -> None:
    node = circle([_member("Marie-Antoinette-Joséphine")]).professionals[0]
    assert len(node.label) <= 16
    assert node.label.endswith("…")
