"""Rules in words, in French and in English."""

from datetime import date, time

import pytest

from portal.scheduling.series.recurrence_text import parse
from portal.web.i18n import speaking
from portal.web.recurrence_words import rule_words, time_words

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("rule", "french", "english"),
    [
        ("FREQ=DAILY", "tous les jours", "every day"),
        ("FREQ=DAILY;INTERVAL=3", "tous les 3 jours", "every 3 days"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "tous les lundis et jeudis", "every Monday and Thursday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "du lundi au vendredi", "from Monday to Friday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "tous les jours", "every day"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=10",
            "toutes les 2 semaines, le mardi, 10 fois",
            "every 2 weeks, on Tuesday, 10 times",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "le 1er et le 15 de chaque mois", None),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "le 31 des mois qui en ont un", None),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "le dernier jour de chaque mois", None),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU", "tous les 3 mois, le deuxième mardi", None),
        ("FREQ=MONTHLY;BYDAY=-1FR", "le dernier vendredi de chaque mois", None),
        (
            "FREQ=MONTHLY;BYDAY=-3MO",
            "le 3e lundi en partant de la fin de chaque mois",
            "the 3rd Monday before the end of each month",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-3",
            "2 jours avant le dernier jour de chaque mois",
            "2 days before the last of each month",
        ),
        ("FREQ=YEARLY;COUNT=1", "tous les ans, le 30 novembre, 1 fois", None),
        (
            "FREQ=WEEKLY;BYDAY=SU;UNTIL=20261220",
            "tous les dimanches, jusqu’au 20 décembre",
            "every Sunday, until 20 December",
        ),
        ("FREQ=DAILY;UNTIL=20270301", "tous les jours, jusqu’au 1er mars 2027", None),
    ],
)
def test_a_rule_is_said_as_people_say_it(rule: str, french: str, english: str | None) -> None:
    day = date(2026, 11, 30)
    with speaking("fr"):
        said = rule_words(parse(rule), first_day=day, today=TODAY).replace("\u00a0", " ")
        assert said == french
    if english is not None:
        with speaking("en"):
            assert rule_words(parse(rule), first_day=day, today=TODAY) == english


def test_a_window_is_said_by_its_two_ends() -> None:
    with speaking("fr"):
        assert time_words(time(7), 120) == "entre 7\u00a0h et 9\u00a0h"
        assert time_words(time(22), 8 * 60) == "entre 22\u00a0h et 6\u00a0h"
        assert time_words(time(14, 30), None) == "à 14\u00a0h\u00a030"
