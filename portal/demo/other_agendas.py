"""The agendas of everybody else: enough for each professional to have a day."""

from datetime import date, datetime, time

from portal.demo.days import later, local_day, opening_day, working_day, working_day_before
from portal.demo.visits import HOME, Visit
from portal.models.agenda import AppointmentKind, AppointmentStatus


def visits(now: datetime) -> dict[str, list[Visit]]:
    """By patient; who is not in it has an empty agenda."""
    today = local_day(now)
    return {
        "marcel": _marcel(today),
        "paul": [
            _at_the_doctor("Bilan de prévention", working_day(later(today, 16)), time(17, 40))
        ],
        "monique": [_at_the_heart_clinic(working_day(later(today, 12)), time(15, 30))],
        "ahmed": _ahmed(today),
        "louise": _louise(today),
        "georges": _georges(today),
        "lucette": _lucette(today),
        "robert": _robert(today),
    }


def _at_the_doctor(title: str, day: date, at: time) -> Visit:
    return Visit(
        title=title,
        kind=AppointmentKind.CABINET,
        day=day,
        at=at,
        minutes=20,
        who="legoff",
        place="cabinet",
    )


def _at_the_heart_clinic(day: date, at: time) -> Visit:
    return Visit(
        title="Consultation de cardiologie",
        kind=AppointmentKind.HOSPITAL,
        day=day,
        at=at,
        minutes=30,
        who="haddad",
        place="hospital",
    )


def _marcel(today: date) -> list[Visit]:
    return [
        Visit(
            title="Prise de sang",
            kind=AppointmentKind.HOME_NURSING,
            day=opening_day(later(today, 4)),
            at=time(7, 0),
            until=time(8, 0),
            who="nadia",
            place=HOME,
            instructions="Rester à jeun. L’eau est permise.",
        ),
        Visit(
            title="Contrôle de la tension",
            kind=AppointmentKind.CABINET,
            status=AppointmentStatus.PROPOSED,
            day=working_day(later(today, 6)),
            at=time(11, 20),
            minutes=20,
            who="legoff",
            place="cabinet",
            answer_before=later(today, 3),
        ),
        Visit(
            title="Consultation de suivi",
            kind=AppointmentKind.CABINET,
            status=AppointmentStatus.FULFILLED,
            day=working_day_before(later(today, -40)),
            at=time(9, 40),
            minutes=20,
            who="legoff",
            place="cabinet",
            companion="paul",
        ),
    ]


def _ahmed(today: date) -> list[Visit]:
    return [
        Visit(
            title="Kinésithérapie du genou",
            kind=AppointmentKind.PHYSIOTHERAPY,
            day=working_day(later(today, 1)),
            at=time(16, 0),
            minutes=30,
            who="karim",
            place=HOME,
        ),
        _at_the_doctor("Douleur au genou", working_day(later(today, 5)), time(9, 20)),
    ]


def _louise(today: date) -> list[Visit]:
    wash = [
        Visit(
            title="Toilette du matin",
            kind=AppointmentKind.HOME_HELP,
            day=later(today, ahead),
            at=time(8, 0),
            until=time(9, 30),
            who_else="Une aide à domicile",
            sent_by="home-help",
            place=HOME,
        )
        for ahead in (1, 3, 5)
    ]
    pills = Visit(
        title="Préparation du pilulier",
        kind=AppointmentKind.HOME_NURSING,
        day=later(today, 2),
        at=time(11, 0),
        until=time(12, 0),
        who="nadia",
        place=HOME,
        companion="ines",
    )
    return [*wash, pills]


def _georges(today: date) -> list[Visit]:
    return [
        Visit(
            title="Pansement de la cicatrice",
            kind=AppointmentKind.HOME_NURSING,
            day=later(today, 1),
            at=time(10, 30),
            minutes=30,
            who="nadia",
            place=HOME,
        ),
        _at_the_heart_clinic(working_day(later(today, 15)), time(10, 0)),
    ]


def _lucette(today: date) -> list[Visit]:
    return [
        Visit(
            title="Prise de la tension",
            kind=AppointmentKind.HOME_NURSING,
            day=opening_day(later(today, 1)),
            at=time(6, 30),
            until=time(7, 30),
            who_else="Un infirmier du quartier",
            place=HOME,
        ),
        Visit(
            title="Point avec le cardiologue",
            kind=AppointmentKind.TELECONSULTATION,
            day=working_day(later(today, 2)),
            at=time(13, 0),
            minutes=20,
            who="haddad",
            video_url="https://visio.example.org/salle/5307",
            instructions="Avoir le carnet de tension sous les yeux.",
        ),
    ]


def _robert(today: date) -> list[Visit]:
    return [
        Visit(
            title="Consultation de suivi",
            kind=AppointmentKind.CABINET,
            day=working_day(later(today, 3)),
            at=time(14, 20),
            minutes=20,
            who="riou",
            place="harbour",
        )
    ]
