"""Dates, times and typography in French and in English."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from portal.models.directory import Gender
from portal.web import dates, labels
from portal.web.typography import of_name, phone_text, typo

NBSP = "\N{NO-BREAK SPACE}"
TODAY = date(2026, 11, 24)


@pytest.fixture(params=["fr", "en"])
def locale(app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:
    with app.test_request_context("/", headers={"Accept-Language": request.param}):
        from flask import g

        g.default_locale = "fr"
        yield request.param


def test_a_day_is_said_with_its_weekday(locale: str) -> None:
    french, english = "mardi 24 novembre", "Tuesday 24 November"
    assert dates.day_label(TODAY, today=TODAY) == (french if locale == "fr" else english)
    assert dates.day_label(date(2027, 1, 5), today=TODAY).endswith("2027")


def test_the_first_of_the_month_is_an_ordinal_in_french(locale: str) -> None:
    said = {"fr": "1er décembre", "en": "1 December"}[locale]
    assert dates.day_month(date(2026, 12, 1)) == said
    assert dates.day_month(date(2026, 12, 11)).startswith("11 ")


def test_the_time_is_said_as_people_say_it(locale: str) -> None:
    moment = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert dates.clock(moment) == {"fr": f"9{NBSP}h{NBSP}00", "en": "9:00"}[locale]
    assert dates.clock_short(moment) == {"fr": f"9{NBSP}h", "en": "9:00"}[locale]


@pytest.mark.parametrize(
    ("text", "french", "english"),
    [
        ("1945-03-17", "17 mars 1945", "17 March 1945"),
        ("1945-03", "mars 1945", "March 1945"),
        ("1945", "1945", "1945"),
        ("1945-13", "1945-13", "1945-13"),
        ("", "", ""),
    ],
)
def test_a_birth_date_is_said_as_far_as_it_is_known(
    locale: str, text: str, french: str, english: str
) -> None:
    assert dates.partial_day(text) == {"fr": french, "en": english}[locale]


def test_the_neighbouring_days_have_names(locale: str) -> None:
    words = [dates.relative_day(date(2026, 11, day), today=TODAY) for day in (23, 24, 25, 26)]
    french = ["hier", "aujourd’hui", "demain", ""]
    assert words == (french if locale == "fr" else ["yesterday", "today", "tomorrow", ""])


def test_a_week_within_and_across_months(locale: str) -> None:
    within = {"fr": "23 au 29 novembre", "en": "23 to 29 November"}
    across = {"fr": "30 novembre au 6 décembre", "en": "30 November to 6 December"}
    assert dates.week_label(date(2026, 11, 23)) == within[locale]
    assert dates.week_label(date(2026, 11, 30)) == across[locale]


@pytest.mark.parametrize(
    ("code", "gender", "french"),
    [
        ("infirmier", Gender.FEMALE, "infirmière"),
        ("infirmier", Gender.MALE, "infirmier"),
        ("infirmier", Gender.UNKNOWN, "infirmier"),
        ("medecin", Gender.FEMALE, "médecin"),
        ("unheard-of", Gender.FEMALE, ""),
    ],
)
def test_a_profession_agrees_with_the_person(
    app: Flask, code: str, gender: Gender, french: str
) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "fr"}):
        assert labels.profession_word(code, gender) == french


@pytest.mark.parametrize(
    ("code", "patient", "french"),
    [
        ("SON", Gender.FEMALE, "votre mère"),
        ("DAU", Gender.MALE, "votre père"),
        ("WIFE", Gender.MALE, "votre mari"),
        ("MTH", Gender.FEMALE, "votre fille"),
        ("XXX", Gender.FEMALE, ""),
    ],
)
def test_the_patient_is_named_from_the_side_of_the_carer(
    app: Flask, code: str, patient: Gender, french: str
) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "fr"}):
        assert labels.your_relative(code, "", patient) == french


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Jeanne", "de Jeanne"),
        ("Anne", "d’Anne"),
        ("Émile", "d’Émile"),
        ("Hélène", "d’Hélène"),
        ("Hassan", "de Hassan"),
        ("Yves", "d’Yves"),
        ("", "de "),
    ],
)
def test_french_names_are_elided(name: str, words: str) -> None:
    assert of_name(name, "fr") == words
    assert of_name(name, "en") == f"of {name}"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ça va ?", f"Ça va{NBSP}?"),
        ("« oui »", f"«{NBSP}oui{NBSP}»"),
        ("14 h 30", f"14{NBSP}h{NBSP}30"),
        ("2 kg", f"2{NBSP}kg"),
        ("Dr Morel", f"Dr{NBSP}Morel"),
        ("l'agenda", "l’agenda"),
        ("2 grands", "2 grands"),
    ],
)
def test_french_typography(typed: str, shown: str) -> None:
    assert typo(typed, "fr") == shown


def test_a_phone_number_never_breaks() -> None:
    assert phone_text("06 39 98 12 07") == NBSP.join(["06", "39", "98", "12", "07"])
