"""What the patients of the demo need, who answers for it, and who is away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.demo.cast import Cast
from portal.demo.days import later
from portal.models.care import CareTeamMember
from portal.models.directory import Absence
from portal.models.need import Need, NeedChange, NeedCode, NeedType


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`owner` and `deputy` are the keys of a professional, an organization or a relative."""

    code: NeedCode | None = None
    own_type: str = ""
    """Of the organization, when it is not in the catalogue."""
    detail: str = ""
    owner: str = ""
    deputy: str = ""
    contact: str = ""
    frequency: str = ""
    review: int | None = 60
    """Days from today."""


_TYPE = "Lecture du courrier"
_DOCTOR = Wanted(code=NeedCode.PRESCRIPTIONS, owner="legoff", deputy="claire", review=120)
NEEDS: dict[str, tuple[Wanted, ...]] = {
    "jeanne": (
        Wanted(code=NeedCode.COORDINATION, owner="claire", review=90),
        Wanted(
            code=NeedCode.NEW_SYMPTOM,
            detail="Un essoufflement, des chevilles gonflées, 2 kg en 3 jours",
            owner="legoff",
            deputy="haddad",
            review=120,
        ),
        _DOCTOR,
        Wanted(
            code=NeedCode.DRESSING,
            detail="La jambe gauche",
            owner="nadia",
            deputy="claire",
            frequency="3 fois par semaine, le matin",
            review=12,
        ),
        Wanted(
            code=NeedCode.PILL_BOX,
            owner="nadia",
            deputy="pharmacy",
            frequency="Le lundi",
            review=45,
        ),
        Wanted(
            code=NeedCode.PHYSIOTHERAPY,
            detail="La marche",
            owner="karim",
            frequency="2 fois par semaine",
            review=-4,
        ),
        Wanted(code=NeedCode.MEDICINES, owner="pharmacy", deputy="legoff", review=75),
        Wanted(
            code=NeedCode.TRANSPORT,
            detail="Pour la consultation de cardiologie",
            owner="paul",
            deputy="sylvie",
            review=20,
        ),
        Wanted(code=NeedCode.MEALS, detail="Moins de sel", review=30),
    ),
    "marcel": (
        _DOCTOR,
        Wanted(code=NeedCode.BLOOD_TESTS, owner="nadia", frequency="Une fois par mois"),
    ),
    "louise": (
        Wanted(
            code=NeedCode.TOILET_HELP, owner="home-help", deputy="ines", frequency="Chaque matin"
        ),
        Wanted(code=NeedCode.PILL_BOX, owner="nadia", deputy="ines"),
        Wanted(code=NeedCode.RESPITE, detail="Pour Inès, un week-end par mois", review=-10),
        Wanted(own_type=_TYPE, owner="ines", review=80),
    ),
    "georges": (
        Wanted(code=NeedCode.DRESSING, detail="La cicatrice", owner="julie", review=7),
        Wanted(code=NeedCode.COORDINATION, owner="claire"),
    ),
    "ahmed": (Wanted(code=NeedCode.PHYSIOTHERAPY, detail="Le genou", owner="karim"),),
}


def need_rows(
    cast: Cast, members: list[CareTeamMember], *, today: date, now: datetime
) -> Iterator[NeedType | Need | NeedChange]:
    own_type = NeedType(organization_id=cast.organizations["tilleuls"].id, label=_TYPE)
    yield own_type
    for patient, wanted in NEEDS.items():
        seats = _seats(cast, members, patient)
        for one in wanted:
            need = Need(
                patient_id=cast.patients[patient].id,
                code=one.code or "",
                need_type_id=None if one.code else own_type.id,
                detail=one.detail,
                owner_id=seats.get(one.owner),
                deputy_id=seats.get(one.deputy),
                contact_text=one.contact,
                frequency=one.frequency,
                review_on=None if one.review is None else later(today, one.review),
                created_at=now,
            )
            yield need
            yield _first_change(need, cast, one, now=now)


def absences(cast: Cast, *, today: date, now: datetime) -> list[Absence]:
    """Karim is away from today, and Nadia rests later."""
    people = cast.practitioners
    karim = Absence(
        practitioner_id=people["karim"].id,
        starts_on=today,
        ends_on=later(today, 4),
        replacement_id=people["maud"].id,
        note="Maud a le programme des exercices.",
        created_at=now,
    )
    nadia = Absence(
        practitioner_id=people["nadia"].id,
        starts_on=later(today, 20),
        ends_on=later(today, 33),
        replacement_id=people["julie"].id,
        note="Julie a les consignes et les clés.",
        created_at=now,
    )
    return [karim, nadia]


def _seats(cast: Cast, members: list[CareTeamMember], patient: str) -> dict[str, UUID]:
    """Key of a person or a place → their place in that circle."""
    of_key: dict[object, str] = {one.id: key for key, one in cast.practitioners.items()}
    of_key |= {one.id: key for key, one in cast.organizations.items()}
    of_key |= {one.id: key for (whose, key), one in cast.relatives.items() if whose == patient}
    found: dict[str, UUID] = {}
    for row in members:
        if row.patient_id == cast.patients[patient].id:
            who = row.practitioner_id or row.related_person_id or row.organization_id
            found[of_key[who]] = row.id
    return found


def _first_change(need: Need, cast: Cast, wanted: Wanted, *, now: datetime) -> NeedChange:
    return NeedChange(
        patient_id=need.patient_id,
        need_id=need.id,
        version=1,
        at=now,
        actor_id=cast.users["claire"].id,
        capacity="coordinator",
        owner_id=need.owner_id,
        owner_name=_name(cast, wanted.owner),
        deputy_id=need.deputy_id,
        deputy_name=_name(cast, wanted.deputy),
        detail=need.detail,
        contact_text=need.contact_text,
        frequency=need.frequency,
        review_on=need.review_on,
    )


def _name(cast: Cast, key: str) -> str:
    if person := cast.practitioners.get(key):
        return " ".join(filter(None, (person.prefix, person.given_name, person.family_name)))
    if place := cast.organizations.get(key):
        return place.name
    relatives = {name: one for (_whose, name), one in cast.relatives.items()}
    relative = relatives.get(key)
    return f"{relative.given_name} {relative.family_name}" if relative else ""
