"""`portal policy`: who may do what, asked of the policy itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import click

from portal.access.ceilings import CEILINGS, NEVER_GRANTED
from portal.access.permissions import Permission
from portal.access.policy import PATIENT_POLICY, READER_POLICY, can
from portal.access.viewer import MandateInForce, Standing, Viewer
from portal.clock import now
from portal.models.account import TextSize, Theme
from portal.models.directory import Gender
from portal.models.rights import CareLinkKind, GrantAction, GrantCategory, LegalStatus

_NOBODY = UUID(int=0)
_ALL_GRANTS = frozenset(
    f"{category}:{action}" for category in GrantCategory for action in GrantAction
)


@dataclass(frozen=True, slots=True)
class Example:
    """Somebody before a file; `viewer` is none when nobody is signed in."""

    name: str
    viewer: Viewer | None


@click.command()
def policy() -> None:
    """Print who may do what, and which sentence of the policy says so."""
    for line in _lines():
        click.echo(line)


def _lines() -> Iterator[str]:
    yield "WHO"
    yield from (f"{number:>3}  {one.name}" for number, one in enumerate(EXAMPLES, start=1))
    yield ""
    yield "MAY DO WHAT"
    yield _row("", [str(number) for number in range(1, len(EXAMPLES) + 1)])
    yield from (_row(each, [_mark(one, each) for one in EXAMPLES]) for each in Permission)
    yield ""
    yield "WHEN ONE OF THESE HOLDS"
    yield from (f"{each:<24} {', '.join(_sentences(each)) or 'never'}" for each in Permission)
    yield ""
    yield "WHAT A LEGAL STATUS OPENS"
    yield from (f"{status:<24} {CEILINGS[status]}" for status in LegalStatus)
    yield f"{'no carer, ever':<24} {', '.join(sorted(NEVER_GRANTED))}"


def _row(title: str, cells: list[str]) -> str:
    return f"{title:<24}" + "".join(f"{cell:>3}" for cell in cells)


def _mark(one: Example, permission: Permission) -> str:
    if one.viewer is None:
        return "–"
    return "✓" if can(one.viewer, permission, one.viewer.standing) else "–"


def _sentences(permission: Permission) -> list[str]:
    predicates = PATIENT_POLICY.get(permission) or READER_POLICY.get(permission, ())
    return [predicate.__name__ for predicate in predicates]


def _reader(name: str, standing: Standing | None = None, **facts: bool) -> Example:
    at = now()
    is_practitioner = facts.pop("is_practitioner", False)
    roles = ("is_operator", "is_patient_expert", "is_privacy_contact", "is_coordinator")
    viewer = Viewer(
        id=_NOBODY,
        session_id=_NOBODY,
        token="",
        email=None,
        username=None,
        given_name="",
        family_name="",
        locale=None,
        own_time_zone=None,
        text_size=TextSize.NORMAL,
        theme=Theme.AUTO,
        high_contrast=False,
        legible_font=False,
        practitioner_id=_NOBODY if is_practitioner else None,
        idle_minutes=0,
        last_seen_at=at,
        idle_ends_at=at,
        ends_at=at,
        stepped_up_at=at,
        has_reproofing=False,
        unread_at_work=0,
        standing=standing,
        **{role: facts.get(role, False) for role in roles},
    )
    return Example(name, viewer)


def _stands(kind: CareLinkKind | None = None, **facts: object) -> Standing:
    values: dict[str, object] = {
        "patient_id": _NOBODY,
        "given_name": "",
        "family_name": "",
        "gender": Gender.UNKNOWN,
        "time_zone": "Europe/Paris",
        "link_kind": kind,
    }
    return Standing(**(values | facts))  # type: ignore[arg-type]  # the names are the fields


def _carer(*statuses: LegalStatus, grants: frozenset[str] = _ALL_GRANTS) -> Standing:
    mandates = tuple(MandateInForce(status, frozenset()) for status in statuses)
    return _stands(CareLinkKind.CARER, grants=grants, mandates=mandates)


def _by_law(status: LegalStatus, scope: str = "", *, is_minor: bool = False) -> Standing:
    mandate = MandateInForce(status, frozenset(scope.split()))
    return _stands(
        CareLinkKind.LEGAL_REPRESENTATIVE,
        mandates=(mandate,),
        is_minor=is_minor,
        grants=_ALL_GRANTS,
    )


_IN_CIRCLE = _stands(is_circle_member=True)
EXAMPLES = (
    _reader("the patient", _stands(CareLinkKind.SELF)),
    _reader("a carer, everything granted", _carer()),
    _reader("a carer, the agenda granted to see", _carer(grants=frozenset({"agenda:see"}))),
    _reader("a carer, nothing granted, or paused", _carer(grants=frozenset())),
    _reader("a curator, everything granted", _carer(LegalStatus.CURATEUR)),
    _reader("a guardian of the person", _by_law(LegalStatus.TUTEUR_PERSONNE)),
    _reader("a guardian of property only", _by_law(LegalStatus.TUTEUR_BIENS)),
    _reader(
        "an activated mandate on the agenda",
        _by_law(LegalStatus.MANDAT_PROTECTION_FUTURE, "agenda:act"),
    ),
    _reader("a parent of a minor", _by_law(LegalStatus.AUTORITE_PARENTALE, is_minor=True)),
    _reader("a parent of an adult", _by_law(LegalStatus.AUTORITE_PARENTALE)),
    _reader("a professional in the circle", _IN_CIRCLE, is_practitioner=True),
    _reader(
        "the same, the patient refuses sharing",
        _stands(is_circle_member=True, is_sharing_refused=True),
        is_practitioner=True,
    ),
    _reader(
        "the same, the place opens the agenda only",
        _stands(is_circle_member=True, circle_scope=frozenset({"agenda"})),
        is_practitioner=True,
    ),
    _reader("a professional who left, is blocked or has no consent", is_practitioner=True),
    _reader(
        "a professional in an emergency", _stands(has_emergency_access=True), is_practitioner=True
    ),
    _reader("the coordinator", _stands(is_coordinator=True), is_coordinator=True),
    _reader(
        "the same, the patient refuses sharing",
        _stands(is_coordinator=True, is_sharing_refused=True),
        is_coordinator=True,
    ),
    _reader("a coordinator elsewhere", is_coordinator=True),
    _reader("a patient expert", is_patient_expert=True),
    _reader("an operator", is_operator=True),
    _reader("the privacy contact", is_privacy_contact=True),
    Example("nobody signed in", None),
)
