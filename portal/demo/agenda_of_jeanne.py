"""Jeanne's agenda: what the reference pages show, around the day of the first start."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.demo.days import (
    PARIS,
    in_words,
    later,
    local_day,
    opening_day,
    weekday_from,
    working_day,
    working_day_before,
)
from portal.demo.visits import HOME, PILLS, Visit
from portal.models.agenda import AppointmentKind, AppointmentStatus

COOKING = "Cuisiner avec moins de sel"
_LAST_START = time(14, 0)
_WEDNESDAY = 2


@dataclass(frozen=True, slots=True)
class Days:
    """The days of what lies ahead; each visit to a practice after the one before it."""

    today: date
    dressing: date
    dietitian: date
    physiotherapy: date
    doctor: date
    workshop: date
    scan: date

    @classmethod
    def around(cls, now: datetime) -> "Days":
        today = local_day(now)
        # From two o'clock on, the visit of half past two would be over before it was looked at.
        is_late = now.astimezone(ZoneInfo(PARIS)).time() >= _LAST_START
        dressing = today + timedelta(days=is_late)
        physiotherapy = working_day(later(today, 2))
        doctor = working_day(max(later(today, 3), later(physiotherapy, 1)))
        workshop = opening_day(max(later(today, 4), later(doctor, 1)))
        return cls(
            today=today,
            dressing=dressing,
            dietitian=working_day(dressing),
            physiotherapy=physiotherapy,
            doctor=doctor,
            workshop=workshop,
            scan=working_day(max(later(today, 9), later(workshop, 1))),
        )


_DRESSING = Visit(
    title="Pansement et prise de sang",
    kind=AppointmentKind.HOME_NURSING,
    at=time(14, 30),
    minutes=30,
    who="nadia",
    place=HOME,
)
_PILLS = Visit(
    title="Préparation du pilulier",
    series=PILLS,
    kind=AppointmentKind.HOME_NURSING,
    at=time(7, 30),
    until=time(9, 0),
    who="nadia",
    place=HOME,
)
_PHYSIOTHERAPY = Visit(
    title="Kinésithérapie",
    kind=AppointmentKind.PHYSIOTHERAPY,
    at=time(9, 0),
    minutes=30,
    who="karim",
    place=HOME,
)
_CARDIOLOGY = Visit(
    title="Consultation de cardiologie",
    kind=AppointmentKind.HOSPITAL,
    at=time(14, 0),
    minutes=30,
    who="haddad",
    place="hospital",
)


def visits(now: datetime) -> list[Visit]:
    days = Days.around(now)
    return [*_this_week(days), *_further_on(days), *_undated(days), *_past(days)]


def _this_week(days: Days) -> list[Visit]:
    wednesday = weekday_from(later(days.today, 7), _WEDNESDAY)
    return [
        replace(
            _DRESSING,
            day=days.dressing,
            companion="sylvie",
            preparation=(
                "Rester à jeun depuis 8 h. L’eau est permise.\n"
                "Sortir l’ordonnance et la carte Vitale.\n"
                "Noter le poids de ce matin pour le Dr Haddad, avant l’échographie."
            ),
            instructions="Nadia peut avoir 15 min de décalage.",
        ),
        Visit(
            title="Point avec la diététicienne",
            kind=AppointmentKind.TELECONSULTATION,
            day=days.dietitian,
            at=time(17, 0),
            minutes=20,
            who="lucie",
            video_url="https://visio.example.org/salle/4821",
            companion="paul",
            instructions="Préparer la liste des repas de la semaine.",
        ),
        replace(
            _PHYSIOTHERAPY,
            day=days.physiotherapy,
            status=AppointmentStatus.CANCELLED,
            cancellation_reason=f"Karim Diallo propose {in_words(wednesday)}.",
        ),
        Visit(
            title="Renouvellement du traitement",
            kind=AppointmentKind.CABINET,
            day=days.doctor,
            at=time(10, 40),
            minutes=20,
            who="legoff",
            place="cabinet",
            needs_companion=True,
            preparation="Apporter les ordonnances et la carte Vitale.",
        ),
        Visit(
            title=COOKING,
            kind=AppointmentKind.WORKSHOP,
            workshop="cooking",
            day=days.workshop,
            at=time(10, 0),
            minutes=90,
            who_else="Monique Garnier, patiente experte",
            place="tilleuls",
            companion="paul",
            instructions="Atelier en petit groupe. On cuisine et on goûte ensemble.",
        ),
    ]


def _further_on(days: Days) -> list[Visit]:
    return [
        *(replace(_PILLS, day=later(days.today, ahead)) for ahead in (6, 13, 20)),
        Visit(
            title="Échographie du cœur",
            kind=AppointmentKind.HOSPITAL,
            status=AppointmentStatus.PROPOSED,
            day=days.scan,
            at=time(9, 15),
            minutes=30,
            who="haddad",
            place="hospital",
            answer_before=later(days.today, 2),
            preparation="Apporter les derniers résultats.\nApporter la liste des médicaments.",
        ),
        Visit(
            title="Coiffeuse à domicile",
            kind=AppointmentKind.OTHER,
            day=opening_day(later(days.today, 11)),
            at=time(15, 0),
            minutes=60,
            place=HOME,
            written_by="paul",
        ),
        replace(
            _CARDIOLOGY,
            day=working_day(later(days.today, 38)),
            companion="paul",
            transport="Taxi conventionné, départ de la maison à 13 h 15",
            instructions="Se présenter à l’accueil 15 min avant, avec la carte Vitale.",
        ),
    ]


def _undated(days: Days) -> list[Visit]:
    return [
        Visit(
            title="Contrôle de la vue",
            kind=AppointmentKind.HOSPITAL,
            status=AppointmentStatus.PROPOSED,
            between=(later(days.today, 30), later(days.today, 60)),
            who_else="Service d’ophtalmologie",
            place="hospital",
            instructions="Le secrétariat appelle pour fixer le jour.",
        )
    ]


def _past(days: Days) -> list[Visit]:
    ago = {n: later(days.today, -n) for n in (1, 4, 8, 15, 33)}
    office = {n: working_day_before(later(days.today, -n)) for n in (5, 12, 26, 61, 82)}
    done = [
        *(replace(_PILLS, day=ago[n]) for n in (1, 8, 15)),
        replace(_DRESSING, day=ago[4], companion="sylvie"),
        replace(_DRESSING, day=ago[33], who="julie"),
        replace(_PHYSIOTHERAPY, day=office[5]),
        Visit(
            title="Consultation de suivi",
            kind=AppointmentKind.CABINET,
            day=office[26],
            at=time(11, 20),
            minutes=20,
            who="legoff",
            place="cabinet",
            companion="paul",
        ),
        replace(_CARDIOLOGY, day=office[61], companion="paul"),
        Visit(
            title="Première rencontre avec la coordinatrice",
            kind=AppointmentKind.OTHER,
            day=office[82],
            at=time(15, 0),
            minutes=60,
            who="claire",
            place="tilleuls",
            companion="paul",
        ),
    ]
    missed = replace(_PHYSIOTHERAPY, day=office[12], status=AppointmentStatus.NOSHOW)
    return [*(replace(visit, status=AppointmentStatus.FULFILLED) for visit in done), missed]
