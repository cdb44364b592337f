"""The people cared for in the demo, and their relatives."""

from dataclasses import dataclass, replace
from datetime import date

from portal.demo.days import PARIS
from portal.models.care import Patient, RelatedPerson
from portal.models.directory import Gender, Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    given: str
    family: str
    gender: Gender
    age: int
    birthday: tuple[int, int]
    """Month and day."""
    phone: str
    address: str
    email: str = ""
    place: str = "tilleuls"
    """Key of the organization whose coordinator keeps the circle; empty for none."""
    time_zone: str = PARIS
    has_long_term_condition: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    given: str
    family: str
    gender: Gender
    relationship: str
    """HL7 v3-RoleCode seen from the patient."""
    phone: str
    email: str = ""
    is_emergency_contact: bool = False


_MAN, _WOMAN = Gender.MALE, Gender.FEMALE

PEOPLE = {
    "jeanne": Person(
        given="Jeanne",
        family="Morel",
        gender=_WOMAN,
        age=81,
        birthday=(3, 17),
        phone="02 61 91 04 12",
        address="12 rue des Tilleuls, Quimper",
        email="jeanne@example.org",
        has_long_term_condition=True,
    ),
    "marcel": Person(
        given="Marcel",
        family="Aubry",
        gender=_MAN,
        age=78,
        birthday=(9, 5),
        phone="02 61 91 04 58",
        address="5 venelle du Puits, Quimper",
    ),
    "paul": Person(
        given="Paul",
        family="Morel",
        gender=_MAN,
        age=54,
        birthday=(6, 22),
        phone="06 39 98 44 21",
        address="30 rue des Ajoncs, Quimper",
        email="paul@example.org",
        place="",
    ),
    "monique": Person(
        given="Monique",
        family="Garnier",
        gender=_WOMAN,
        age=67,
        birthday=(1, 30),
        phone="06 39 98 51 08",
        address="9 rue du Lavoir, Quimper",
        email="monique@example.org",
    ),
    "ahmed": Person(
        given="Ahmed",
        family="Rami",
        gender=_MAN,
        age=59,
        birthday=(11, 2),
        phone="06 39 98 52 33",
        address="17 rue des Genêts, Quimper",
        has_long_term_condition=True,
    ),
    "louise": Person(
        given="Louise",
        family="Bernard",
        gender=_WOMAN,
        age=88,
        birthday=(7, 9),
        phone="02 61 91 04 73",
        address="3 impasse des Mésanges, Quimper",
        has_long_term_condition=True,
    ),
    "georges": Person(
        given="Georges",
        family="Thomas",
        gender=_MAN,
        age=74,
        birthday=(4, 25),
        phone="02 61 91 04 96",
        address="41 rue de la Fontaine, Quimper",
        has_long_term_condition=True,
    ),
    "lucette": Person(
        given="Lucette",
        family="Payet",
        gender=_WOMAN,
        age=70,
        birthday=(12, 12),
        phone="06 39 98 53 17",
        address="14 chemin des Letchis, Saint-Denis, La Réunion",
        time_zone="Indian/Reunion",
        has_long_term_condition=True,
    ),
    "yvonne": Person(
        given="Yvonne",
        family="Kervella",
        gender=_WOMAN,
        age=83,
        birthday=(2, 14),
        phone="02 61 91 04 84",
        address="6 rue du Four, Quimper",
    ),
    "robert": Person(
        given="Robert",
        family="Quéré",
        gender=_MAN,
        age=76,
        birthday=(10, 19),
        phone="02 61 91 05 47",
        address="2 rue des Dunes, Concarneau",
        place="harbour",
    ),
}

_PAUL = Relative(
    given="Paul",
    family="Morel",
    gender=_MAN,
    relationship="SON",
    phone="06 39 98 44 21",
    email="paul@example.org",
)

RELATIVES = {
    ("jeanne", "paul"): _PAUL,
    ("jeanne", "sylvie"): Relative(
        given="Sylvie",
        family="Morel",
        gender=_WOMAN,
        relationship="DAU",
        phone="06 39 98 44 35",
        email="sylvie@example.org",
    ),
    ("marcel", "paul"): replace(_PAUL, relationship="NEPHEW"),
    ("ahmed", "samira"): Relative(
        given="Samira",
        family="Rami",
        gender=_WOMAN,
        relationship="WIFE",
        phone="06 39 98 52 40",
    ),
    ("louise", "ines"): Relative(
        given="Inès",
        family="Bernard",
        gender=_WOMAN,
        relationship="GRNDDAU",
        phone="06 39 98 54 29",
    ),
    ("georges", "henri"): Relative(
        given="Henri",
        family="Salaün",
        gender=_MAN,
        relationship="NBOR",
        phone="06 39 98 55 62",
        is_emergency_contact=True,
    ),
}


def patients(places: dict[str, Organization], *, today: date) -> dict[str, Patient]:
    return {
        key: Patient(
            given_name=person.given,
            family_name=person.family,
            gender=person.gender,
            birth_date=_born(person, today=today).isoformat(),
            phone=person.phone,
            email=person.email,
            address=person.address,
            time_zone=person.time_zone,
            has_long_term_condition=person.has_long_term_condition,
            organization_id=places[person.place].id if person.place else None,
        )
        for key, person in PEOPLE.items()
    }


def relatives(of: dict[str, Patient]) -> dict[tuple[str, str], RelatedPerson]:
    return {
        (patient, key): RelatedPerson(
            patient_id=of[patient].id,
            given_name=relative.given,
            family_name=relative.family,
            gender=relative.gender,
            relationship=relative.relationship,
            is_emergency_contact=relative.is_emergency_contact,
            phone=relative.phone,
            email=relative.email,
        )
        for (patient, key), relative in RELATIVES.items()
    }


def _born(person: Person, *, today: date) -> date:
    """The birthday on which somebody of that age today was born."""
    this_year = date(today.year, *person.birthday)
    is_to_come = this_year > today
    return this_year.replace(year=today.year - person.age - is_to_come)
