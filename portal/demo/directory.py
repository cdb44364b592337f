"""The professionals and the places of the demo, with the hours when they answer."""

from dataclasses import dataclass
from typing import Any

from portal.models.directory import (
    Gender,
    Organization,
    OrganizationKind,
    Practitioner,
    PractitionerRole,
    Profession,
)

Hours = list[dict[str, Any]]

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekly(days: int, *spans: tuple[str, str]) -> Hours:
    """The same hours on the first `days` days of the week, from Monday."""
    return [{"days": list(_WEEK[:days]), "from": start, "to": end} for start, end in spans]


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    kind: OrganizationKind
    phone: str
    address: str
    on_call_phone: str = ""
    on_call_text: str = ""
    has_116117: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Professional:
    given: str = ""
    family: str
    gender: Gender
    profession: Profession
    title: str
    phone: str
    email: str = ""
    prefix: str = ""
    place: str = ""
    """Key of `PLACES`; empty for those who have no place but their round."""
    hours: tuple[tuple[str, str], ...] = ()
    """The same on the first `days` days of the week, from Monday."""
    days: int = 5
    works_on_holidays: bool = False


_MAN, _WOMAN = Gender.MALE, Gender.FEMALE
_MORNING_AND_AFTERNOON = (("09:00", "12:00"), ("14:00", "18:30"))

PLACES = {
    "tilleuls": Place(
        "Maison de santé des Tilleuls",
        OrganizationKind.MSP,
        "02 61 91 01 00",
        "2 allée des Tilleuls, Quimper",
        on_call_phone="02 61 91 01 99",
        on_call_text="La garde infirmière, la nuit et le week-end",
        has_116117=True,
    ),
    "cabinet": Place(
        "Cabinet du Dr Le Goff",
        OrganizationKind.CABINET,
        "02 61 91 01 10",
        "8 place du Marché, Quimper",
    ),
    "hospital": Place(
        "Hôpital Saint-Luc",
        OrganizationKind.HOPITAL,
        "02 61 91 03 00",
        "1 avenue Saint-Luc, Quimper",
    ),
    "pharmacy": Place(
        "Pharmacie des Halles",
        OrganizationKind.PHARMACIE,
        "02 61 91 02 77",
        "15 rue des Halles, Quimper",
    ),
    "home-help": Place(
        "Les Mains amies",
        OrganizationKind.SAD,
        "02 61 91 06 15",
        "21 rue du Stade, Quimper",
    ),
    "harbour": Place(
        "Centre de santé du Port",
        OrganizationKind.CENTRE_DE_SANTE,
        "02 61 91 05 20",
        "6 quai du Port, Concarneau",
    ),
}

PHARMACY_HOURS = weekly(6, ("09:00", "19:30"))

PROFESSIONALS = {
    "claire": Professional(
        given="Claire",
        family="Morvan",
        gender=_WOMAN,
        profession=Profession.COORDINATEUR,
        title="Infirmière coordinatrice",
        phone="02 61 91 01 42",
        email="claire@example.org",
        place="tilleuls",
        hours=(("09:00", "18:00"),),
    ),
    "legoff": Professional(
        prefix="Dr",
        given="Anne",
        family="Le Goff",
        gender=_WOMAN,
        profession=Profession.MEDECIN,
        title="Médecin généraliste",
        phone="02 61 91 01 10",
        email="legoff@example.org",
        place="cabinet",
        hours=_MORNING_AND_AFTERNOON,
    ),
    "nadia": Professional(
        given="Nadia",
        family="Belkacem",
        gender=_WOMAN,
        profession=Profession.INFIRMIER,
        title="Infirmière à domicile",
        phone="06 39 98 12 07",
        email="nadia@example.org",
        hours=(("07:00", "19:00"),),
        days=7,
        works_on_holidays=True,
    ),
    "haddad": Professional(
        prefix="Dr",
        given="Samir",
        family="Haddad",
        gender=_MAN,
        profession=Profession.MEDECIN,
        title="Cardiologue",
        phone="02 61 91 03 60",
        email="haddad@example.org",
        place="hospital",
        hours=(("09:00", "12:00"), ("14:00", "17:00")),
    ),
    "karim": Professional(
        given="Karim",
        family="Diallo",
        gender=_MAN,
        profession=Profession.KINESITHERAPEUTE,
        title="Kinésithérapeute",
        phone="02 61 91 02 18",
        hours=(("08:30", "19:00"),),
    ),
    "maud": Professional(
        given="Maud",
        family="Cadiou",
        gender=_WOMAN,
        profession=Profession.KINESITHERAPEUTE,
        title="Kinésithérapeute",
        phone="02 61 91 02 25",
        hours=(("08:00", "19:30"),),
        days=6,
    ),
    "lucie": Professional(
        given="Lucie",
        family="Perrin",
        gender=_WOMAN,
        profession=Profession.DIETETICIEN,
        title="Diététicienne",
        phone="02 61 91 02 41",
        place="tilleuls",
        hours=(("09:00", "17:30"),),
    ),
    "tran": Professional(
        prefix="Mme",
        family="Tran",
        gender=_WOMAN,
        profession=Profession.PHARMACIEN,
        title="Pharmacienne",
        phone="02 61 91 02 77",
        place="pharmacy",
        hours=(("09:00", "19:30"),),
    ),
    "julie": Professional(
        given="Julie",
        family="Kerbrat",
        gender=_WOMAN,
        profession=Profession.INFIRMIER,
        title="Infirmière remplaçante",
        phone="06 39 98 12 64",
        hours=(("07:00", "19:00"),),
        days=7,
        works_on_holidays=True,
    ),
    "riou": Professional(
        prefix="Dr",
        given="Yann",
        family="Riou",
        gender=_MAN,
        profession=Profession.MEDECIN,
        title="Médecin généraliste",
        phone="02 61 91 05 20",
        place="harbour",
        hours=_MORNING_AND_AFTERNOON,
    ),
}


def organizations() -> dict[str, Organization]:
    return {
        key: Organization(
            name=place.name,
            kind=place.kind,
            phone=place.phone,
            address=place.address,
            on_call_phone=place.on_call_phone,
            on_call_text=place.on_call_text,
            has_116117=place.has_116117,
        )
        for key, place in PLACES.items()
    }


def practitioners() -> dict[str, Practitioner]:
    return {
        key: Practitioner(
            prefix=professional.prefix,
            given_name=professional.given,
            family_name=professional.family,
            gender=professional.gender,
            profession=professional.profession,
            profession_text=professional.title,
            phone=professional.phone,
            email=professional.email,
        )
        for key, professional in PROFESSIONALS.items()
    }


def roles(
    people: dict[str, Practitioner], places: dict[str, Organization]
) -> dict[str, PractitionerRole]:
    """One role for each professional, under the same key."""
    return {
        key: PractitionerRole(
            practitioner_id=people[key].id,
            organization_id=places[professional.place].id if professional.place else None,
            hours=weekly(professional.days, *professional.hours),
            is_open_on_holidays=professional.works_on_holidays,
        )
        for key, professional in PROFESSIONALS.items()
    }
