"""The right person to call, and the right sentence in French, at many instants."""

import pytest

from portal.models.directory import Gender
from tests.teams.evening import (
    EVERY_DAY,
    PARIS,
    REUNION,
    WEEK,
    absence,
    hours,
    keeper,
    member,
    place,
    relative,
    said,
    team,
)

NADIA = member(
    "Nadia",
    "Belkacem",
    "06 39 98 12 07",
    place_hours=hours(EVERY_DAY, "07:00", "19:00"),
    place_works_on_holidays=True,
)
KARIM = member(
    "Karim",
    "Diallo",
    "02 61 91 02 18",
    practitioner_gender=Gender.MALE,
    place_hours=hours(WEEK, "08:30", "19:00"),
)
LEGOFF = member(
    "Anne", "Le Goff", "02 61 91 01 10", prefix="Dr", place_hours=hours(WEEK, "09:00", "18:30")
)
CLAIRE = member(
    "Claire",
    "Morvan",
    "02 61 91 01 42",
    functions=["coordinateur"],
    place_hours=hours(WEEK, "09:00", "18:00"),
)
JULIE = member("Julie", "Kerbrat", "06 39 98 12 64", place_hours=hours(EVERY_DAY, "07:00", "19:00"))
SILENT = member("Zoé", "Tanguy", "02 61 91 09 99")
PAUL = relative("Paul", "06 39 98 44 21")
PHARMACY = place(
    "Pharmacie des Halles",
    "02 61 91 02 77",
    organization_hours=hours((*WEEK, "sat"), "09:00", "19:30"),
)
ON_CALL = keeper(
    on_call_phone="02 61 91 01 99", on_call_text="La garde infirmière, la nuit", has_116117=True
)
ONLY_116117 = keeper(has_116117=True)
NO_SERVICE = keeper()
ALL = (NADIA, KARIM, LEGOFF, CLAIRE, PHARMACY, PAUL, SILENT)

# 2026: 11 July is a Saturday, 14 July a Tuesday and a public holiday.
SATURDAY_NIGHT, TUESDAY = "2026-07-11T21:00", "2026-07-21T10:00"
NADIA_AWAY = absence(NADIA, "2026-07-20", "2026-08-03", by=JULIE)
_ANSWERS, _CLOSED = True, False

TABLE = {
    "the owner, in the hours of every day": (
        (team(*ALL), TUESDAY, NADIA, None),
        ("06 39 98 12 07", "Joignable jusqu’à 19 h", _ANSWERS),
    ),
    "the deputy, when the owner is closed": (
        (team(*ALL), "2026-07-21T18:45", LEGOFF, NADIA),
        (
            "06 39 98 12 07",
            "Dr Anne Le Goff reprend demain à 9 h. Nadia Belkacem prend le relais, "
            "joignable jusqu’à 19 h.",
            _ANSWERS,
        ),
    ),
    "the coordinator, when neither is there": (
        (
            team(*ALL, absences=(absence(KARIM, "2026-07-20", "2026-07-24"),)),
            "2026-07-21T17:00",
            KARIM,
            None,
        ),
        (
            "02 61 91 01 42",
            "Karim Diallo est absent jusqu’au 24 juillet. "
            "Claire Morvan coordonne les soins, joignable jusqu’à 18 h.",
            _ANSWERS,
        ),
    ),
    "the coordinator, for what nobody answers for": (
        (team(*ALL), TUESDAY, None, None),
        (
            "02 61 91 01 42",
            "Claire Morvan coordonne les soins, joignable jusqu’à 18 h.",
            _ANSWERS,
        ),
    ),
    "the replacement, during the absence": (
        (team(*ALL, absences=(NADIA_AWAY,)), TUESDAY, NADIA, CLAIRE),
        (
            "06 39 98 12 64",
            "Nadia Belkacem est absente jusqu’au 3 août. Julie Kerbrat la remplace, "
            "joignable jusqu’à 19 h.",
            _ANSWERS,
        ),
    ),
    "a man is absent and replaced": (
        (
            team(*ALL, absences=(absence(KARIM, "2026-07-21", "2026-07-21", by=JULIE),)),
            TUESDAY,
            KARIM,
            None,
        ),
        (
            "06 39 98 12 64",
            "Karim Diallo est absent aujourd’hui. Julie Kerbrat le remplace, "
            "joignable jusqu’à 19 h.",
            _ANSWERS,
        ),
    ),
    "on call, in the night of an absence whose replacement is closed too": (
        (team(*ALL, absences=(NADIA_AWAY,), kept_by=ON_CALL), "2026-07-21T22:00", NADIA, CLAIRE),
        (
            "02 61 91 01 99",
            "Nadia Belkacem est absente jusqu’au 3 août. Julie Kerbrat la remplace, "
            "joignable demain à partir de 7 h. La garde infirmière, la nuit : "
            "appelez ce numéro.",
            _ANSWERS,
        ),
    ),
    "the replacement who is back first, where nobody is on call": (
        (team(*ALL, absences=(NADIA_AWAY,)), "2026-07-21T22:00", NADIA, CLAIRE),
        (
            "06 39 98 12 64",
            "Nadia Belkacem est absente jusqu’au 3 août. Julie Kerbrat la remplace, "
            "joignable demain à partir de 7 h.",
            _CLOSED,
        ),
    ),
    "the last day of the absence still counts": (
        (team(*ALL, absences=(NADIA_AWAY,)), "2026-08-03T08:00", NADIA, None),
        (
            "06 39 98 12 64",
            "Nadia Belkacem est absente aujourd’hui. Julie Kerbrat la remplace, "
            "joignable jusqu’à 19 h.",
            _ANSWERS,
        ),
    ),
    "back the day after": (
        (team(*ALL, absences=(NADIA_AWAY,)), "2026-08-04T08:00", NADIA, None),
        ("06 39 98 12 07", "Joignable jusqu’à 19 h", _ANSWERS),
    ),
    "an absence that starts tomorrow moves the return": (
        (
            team(LEGOFF, absences=(absence(LEGOFF, "2026-07-22", "2026-07-24"),)),
            "2026-07-21T20:00",
            LEGOFF,
            None,
        ),
        ("02 61 91 01 10", "Reprend lundi à 9 h", _CLOSED),
    ),
    "absences that overlap and touch are one": (
        (
            team(
                LEGOFF,
                absences=(
                    absence(LEGOFF, "2026-07-20", "2026-07-23"),
                    absence(LEGOFF, "2026-07-22", "2026-07-31"),
                    absence(LEGOFF, "2026-08-01", "2026-08-02"),
                ),
            ),
            TUESDAY,
            LEGOFF,
            None,
        ),
        (
            "02 61 91 01 10",
            "Absente jusqu’au 2 août. Reprend lundi 3 août à 9 h",
            _CLOSED,
        ),
    ),
    "of absences that overlap, the one with a replacement": (
        (
            team(NADIA, absences=(absence(NADIA, "2026-07-20", "2026-07-30"), NADIA_AWAY)),
            TUESDAY,
            NADIA,
            None,
        ),
        (
            "06 39 98 12 64",
            "Nadia Belkacem est absente jusqu’au 3 août. Julie Kerbrat la remplace, "
            "joignable jusqu’à 19 h.",
            _ANSWERS,
        ),
    ),
    "Saturday night: on call": (
        (team(*ALL, kept_by=ON_CALL), SATURDAY_NIGHT, LEGOFF, NADIA),
        (
            "02 61 91 01 99",
            "Dr Anne Le Goff reprend lundi à 9 h. La garde infirmière, la nuit : "
            "appelez ce numéro.",
            _ANSWERS,
        ),
    ),
    "Saturday night: the duty doctor, where nothing else answers": (
        (team(*ALL[:-1], kept_by=ONLY_116117), SATURDAY_NIGHT, LEGOFF, None),
        (
            "116 117",
            "Dr Anne Le Goff reprend lundi à 9 h. Le médecin de garde répond.",
            _ANSWERS,
        ),
    ),
    "Saturday night: neither, so who is back first": (
        (team(*ALL, kept_by=NO_SERVICE), SATURDAY_NIGHT, LEGOFF, NADIA),
        (
            "06 39 98 12 07",
            "Dr Anne Le Goff reprend lundi à 9 h. Nadia Belkacem prend le relais, "
            "joignable demain à partir de 7 h.",
            _CLOSED,
        ),
    ),
    "a shop opens again, it is not back": (
        (team(PHARMACY, CLAIRE, kept_by=ON_CALL), "2026-07-11T20:00", PHARMACY, None),
        (
            "02 61 91 01 99",
            "Pharmacie des Halles rouvre lundi à 9 h. La garde infirmière, la nuit : "
            "appelez ce numéro.",
            _ANSWERS,
        ),
    ),
    "a shop that is the only number says when it opens": (
        (team(PHARMACY), "2026-07-13T20:00", PHARMACY, None),
        ("02 61 91 02 77", "Rouvre mercredi à 9 h", _CLOSED),
    ),
    "14 July: who works on holidays stands in": (
        (team(*ALL), "2026-07-14T10:00", LEGOFF, NADIA),
        (
            "06 39 98 12 07",
            "Aujourd’hui est un jour férié. Dr Anne Le Goff reprend demain à 9 h. "
            "Nadia Belkacem prend le relais, joignable jusqu’à 19 h.",
            _ANSWERS,
        ),
    ),
    "14 July: the replacement does not work either": (
        (
            team(NADIA, absences=(absence(NADIA, "2026-07-13", "2026-07-15", by=JULIE),)),
            "2026-07-14T10:00",
            NADIA,
            None,
        ),
        (
            "06 39 98 12 64",
            "Nadia Belkacem est absente jusqu’au 15 juillet. Julie Kerbrat la remplace, "
            "joignable demain à partir de 7 h.",
            _CLOSED,
        ),
    ),
    "nobody has hours: the owner, without a promise": (
        (team(SILENT, PAUL, kept_by=ON_CALL), TUESDAY, SILENT, None),
        ("02 61 91 09 99", "", _CLOSED),
    ),
    "a relative answers for it, whoever else could be reached": (
        (team(*ALL), TUESDAY, PAUL, NADIA),
        ("06 39 98 44 21", "", _CLOSED),
    ),
    "the night of the clock change moves no hour": (
        (team(NADIA), "2026-10-24T23:30", NADIA, None),
        ("06 39 98 12 07", "Reprend demain à 7 h", _CLOSED),
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_right_person_is_called_with_the_right_sentence(case: str) -> None:
    (circle, at, owner, deputy), expected = TABLE[case]
    assert said(circle, at, owner=owner, deputy=deputy) == expected


def test_the_second_half_of_the_night_of_the_clock_change_is_said_in_winter_time() -> None:
    night = member(
        "Ana", "Le Bris", "02 61 91 07 07", place_hours=hours(("sat",), "20:00", "06:00")
    )
    found = said(team(night), "2026-10-25T04:00", owner=night)
    assert found == ("02 61 91 07 07", "Joignable jusqu’à 6 h", True)


@pytest.mark.parametrize(
    ("region", "day", "is_holiday"),
    [
        ("alsace_moselle", "2026-04-03T10:00", True),  # Good Friday
        ("", "2026-04-03T10:00", False),
        ("alsace_moselle", "2025-12-26T10:00", True),
        ("", "2025-12-26T10:00", False),
        ("974", "2024-12-20T10:00", True),  # the end of slavery in La Réunion
        ("", "2024-12-20T10:00", False),
    ],
)
def test_holidays_are_those_of_the_place(region: str, day: str, is_holiday: bool) -> None:
    doctor = LEGOFF._replace(holiday_region=region)
    _phone, words, is_open = said(team(doctor), day, owner=doctor)
    assert is_open != is_holiday
    assert words.startswith("Aujourd’hui est un jour férié") == is_holiday


def test_the_holiday_of_la_reunion_is_known_by_its_clock() -> None:
    doctor = LEGOFF._replace(time_zone=REUNION)
    _phone, words, _open = said(team(doctor), "2024-12-20T10:00", owner=doctor, zone=REUNION)
    assert words == "Aujourd’hui est un jour férié. Reprend lundi à 9 h"


def test_hours_are_those_of_the_place_and_said_in_the_clock_of_the_patient() -> None:
    doctor = LEGOFF._replace(time_zone=REUNION)
    # 9 h to 18 h 30 in Saint-Denis is 7 h to 16 h 30 in Paris, in summer.
    assert said(team(doctor), TUESDAY, owner=doctor, zone=PARIS)[1] == "Joignable jusqu’à 16 h 30"
    early = said(team(doctor), "2026-07-21T06:00", owner=doctor, zone=PARIS)
    assert early[1] == "Reprend à 7 h"


def test_who_is_kept_out_is_never_proposed() -> None:
    kept_out = NADIA._replace(opens=False)
    found = said(team(kept_out, CLAIRE), TUESDAY, owner=kept_out, deputy=None)
    assert found[0] == CLAIRE.practitioner_phone
    assert "Nadia" not in found[1]
    assert said(team(kept_out), TUESDAY, owner=kept_out) == ("", "", False)


def test_who_is_kept_out_replaces_nobody() -> None:
    julie = JULIE._replace(opens=False)
    circle = team(NADIA, julie, CLAIRE, absences=(NADIA_AWAY,))
    assert said(circle, TUESDAY, owner=NADIA)[0] == CLAIRE.practitioner_phone


def test_a_replacement_who_is_away_too_is_passed_over() -> None:
    julie_away = absence(JULIE, "2026-07-21", "2026-07-22")
    circle = team(NADIA, JULIE, CLAIRE, absences=(NADIA_AWAY, julie_away))
    assert said(circle, TUESDAY, owner=NADIA)[0] == CLAIRE.practitioner_phone


def test_who_is_away_by_the_words_of_other_software_is_away() -> None:
    away = LEGOFF._replace(absences=[{"from": "2026-07-21", "to": "2026-07-22", "reason": "x"}])
    assert said(team(away), TUESDAY, owner=away)[1] == (
        "Absente jusqu’au 22 juillet. Reprend jeudi à 9 h"
    )


def test_who_gave_no_number_is_not_called() -> None:
    mute = NADIA._replace(practitioner_phone="")
    found = said(team(mute, CLAIRE), TUESDAY, owner=mute)
    assert found == (
        "02 61 91 01 42",
        "Le numéro de Nadia Belkacem n’est pas connu. "
        "Claire Morvan coordonne les soins, joignable jusqu’à 18 h.",
        True,
    )


def test_the_hours_of_the_member_count_before_those_of_the_role() -> None:
    late = NADIA._replace(hours=hours(EVERY_DAY, "20:00", "22:00"))
    assert said(team(late), SATURDAY_NIGHT, owner=late)[1] == "Joignable jusqu’à 22 h"


def test_nobody_on_duty_is_woken_for_what_can_wait() -> None:
    circle = team(KARIM, CLAIRE, kept_by=ON_CALL)
    assert said(circle, SATURDAY_NIGHT, owner=KARIM)[0] == "02 61 91 01 99"
    # Both are back on Monday, and Karim is earlier.
    assert said(circle, SATURDAY_NIGHT, owner=KARIM, can_wait=True) == (
        "02 61 91 02 18",
        "Reprend lundi à 8 h 30",
        False,
    )
    assert said(circle, SATURDAY_NIGHT, can_wait=True) == (
        "02 61 91 01 42",
        "Claire Morvan coordonne les soins, joignable lundi à partir de 9 h.",
        False,
    )
