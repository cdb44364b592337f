"""The drawn circle: where each node stands. Numbers are user units of a 340 × 414 view box."""

from dataclasses import dataclass

from portal.blueprints.care_team.members import Member

WIDTH, HEIGHT = 340, 414
CENTRE = (170, 206)
_NEAR = ((70, 206), (270, 206))
# The first to call stand above and below the patient, joined by the thick line.
_KEY = ((170, 338), (170, 74))
_AROUND = ((274, 114), (274, 298), (66, 298), (66, 114))
_LABEL_ABOVE = 52
_LABEL_BELOW = 45
_LABEL_NEAR = 44
_LONGEST = 16


@dataclass(frozen=True, slots=True)
class Node:
    """One person on the drawing; `label_y` is the baseline of the name, the role is 18 below."""

    member: Member
    x: int
    y: int
    label_y: int
    label: str
    role: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class Circle:
    relatives: list[Node]
    professionals: list[Node]
    left_out: int
    """Members who are only in the list below: eight nodes can be read, more cannot."""


def circle(members: list[Member]) -> Circle:
    relatives = [one for one in members if one.is_relative]
    professionals = [one for one in members if not one.is_relative]
    keys = [one for one in professionals if one.badge][: len(_KEY)]
    others = [one for one in professionals if one not in keys]
    free = [*_AROUND, *_KEY[len(keys) :]]
    drawn = [
        *(_node(one, place, is_key=True) for one, place in zip(keys, _KEY, strict=False)),
        *(_node(one, place, is_key=False) for one, place in zip(others, free, strict=False)),
    ]
    near = [
        Node(one, x, y, y + _LABEL_NEAR, _short(one.short_name), "", is_key=False)
        for one, (x, y) in zip(relatives, _NEAR, strict=False)
    ]
    return Circle(near, drawn, left_out=len(members) - len(near) - len(drawn))


def _node(member: Member, place: tuple[int, int], *, is_key: bool) -> Node:
    x, y = place
    label_y = y - _LABEL_ABOVE if y < CENTRE[1] else y + _LABEL_BELOW
    label, role = _short(member.short_name), _short(member.short_role)
    return Node(member, x, y, label_y, label, role, is_key=is_key)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
