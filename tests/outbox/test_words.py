"""Letters: complete in each language, no name, no health, one link and only to the portal."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sqlmodel import Session

from portal.clock import now
from portal.config import LOCALES, Config
from portal.crypto import KeyRing
from portal.identity import history
from portal.models.credential import SecurityEventKind
from portal.outbox import Letter
from portal.outbox.worker import Worker
from portal.web.devices import device_words
from portal.web.history_words import security_sentence
from portal.web.i18n import speaking
from portal.web.mail import Writer
from tests import factories
from tests.access.cast import CANARY, make_record
from tests.mailbox import Mailbox
from tests.outbox.conftest import Post
from tests.translations import catalogue

AT = "2026-11-22T13:30:00+00:00"
_VALUES: dict[Letter, dict[str, str]] = {
    Letter.INVITATION: {"path": "/invitation/x", "days": "14"},
    Letter.INVITATION_ACCEPTED: {},
    Letter.PASSWORD_RESET: {"path": "/password-reset/x", "minutes": "30"},
    Letter.EMAIL_CHANGE_CONFIRM: {"path": "/email-change/x", "hours": "24"},
    Letter.EMAIL_CHANGE_ASKED: {"path": "/email-change/stop/x"},
    Letter.REPROOFING_CONFIRMED: {"path": "/renewal/stop/x", "ready_at": AT},
    Letter.REPROOFING_READY: {"path": "/renewal/code"},
    Letter.CARER_RIGHTS_CHANGED: {},
    Letter.CARERS_CHANGED: {},
    Letter.CARERS_TO_REVIEW: {},
    Letter.CONSENT_RECORDED: {},
    Letter.MANDATE_CHANGED: {},
    Letter.EMERGENCY_OPENED: {},
    Letter.CIRCLE_CHANGED: {},
    Letter.CONSENT_ASKED: {},
    Letter.NEED_ENTRUSTED: {"path": "/professional/needs"},
    Letter.APPOINTMENT_CHANGED: {"path": "/p/x/agenda/x"},
    Letter.APPOINTMENT_ASKED: {"path": "/p/x/agenda/x"},
    Letter.COMPANION_ASKED: {"path": "/p/x/agenda/x"},
    Letter.AGENDA_REMINDER: {
        "path": "/p/x/agenda",
        "visits": json.dumps(
            [
                {"at": AT, "until": until, "time_zone": "Europe/Paris", "title": ""}
                for until in ("", AT)
            ]
        ),
    },
    Letter.MESSAGE_NEW: {"path": "/p/x/messages"},
    Letter.MESSAGE_OVERDUE: {"path": "/inbox"},
    Letter.PROGRAMME_ASKED: {"path": "/"},
    Letter.PROGRAMME_NEWS: {"path": "/p/x/education/team"},
    Letter.MODULE_REVIEW_ASKED: {
        "path": "/modules/x/review",
        "title": "Se peser",
        "author": "Monique Garnier",
        "due_on": "2026-12-06",
    },
    Letter.MODULE_RESUBMITTED: {"path": "/modules/x/review", "title": "Se peser"},
    Letter.MODULE_CHANGES_ASKED: {"path": "/modules/x", "title": "Se peser"},
    Letter.MODULE_APPROVED: {"path": "/modules/x", "title": "Se peser"},
    Letter.MODULE_ENDS_SOON: {
        "path": "/modules/x",
        "title": "Se peser",
        "last_day": "2027-11-22",
    },
    Letter.MODULE_WITHDRAWN: {"path": "/modules/x", "title": "Se peser"},
    Letter.MODULE_RETRACTED: {
        "path": "/modules/x",
        "title": "Se peser",
        "by": "Claire Morel",
        "reason": "La dose a changé.",
    },
    Letter.MODULE_TAKEN_FROM_READER: {"path": "/p/x/education"},
    Letter.MODULE_CORRECTED: {"path": "/p/x/education"},
    Letter.MODULE_REVIEWER_NAMED: {"path": "/modules"},
    Letter.ACCESS_QUESTION: {"path": "/privacy/questions"},
    Letter.ACCESS_ANSWER: {"path": "/p/x/access-log/questions/x"},
}
_HEALTH = re.compile(
    r"diab|patient|sant[ée]|soin|malad|m[ée]dic|h[ôo]pital|docteur|health|care|disease|illness"
    r"|doctor|hospital|treatment|traitement",
    re.IGNORECASE,
)
_NEVER = {"fr": "ne vous demandera jamais votre mot de passe", "en": "will never ask you for"}


_PAGE_OF_NOTICE = dict.fromkeys(SecurityEventKind, "/account/sessions") | {
    SecurityEventKind.REPROOFING_OPENED: "/account",
    SecurityEventKind.REPROOFING_PRINTED: "/account",
}


def _letters() -> Iterator[tuple[Letter, dict[str, str]]]:
    yield from _VALUES.items()
    for kind in SecurityEventKind:
        agent = "Mozilla/5.0 (Windows NT 10.0) Firefox/133.0"
        yield Letter.SECURITY_NOTICE, {"kind": kind, "at": AT, "user_agent": agent}


ALL = [(locale, *one) for locale, one in product(LOCALES, _letters())]


def _id(case: tuple[str, Letter, dict[str, str]]) -> str:
    return "-".join(filter(None, (case[0], case[1], case[2].get("kind"))))


def test_every_letter_is_tried() -> None:
    assert {letter for _locale, letter, _values in ALL} == set(Letter)


@pytest.mark.parametrize("case", ALL, ids=_id)
def test_a_letter_holds_one_link_to_the_portal_and_no_word_of_health(
    config: Config, case: tuple[str, Letter, dict[str, str]]
) -> None:
    locale, letter, values = case
    words = Writer(config)(letter, values, locale=locale, time_zone=None)
    urls = re.findall(r"\w+://[^\s\"<]+", words.text + words.html)
    path = values.get("path") or _PAGE_OF_NOTICE.get(values.get("kind", ""), "/")
    assert set(urls) == {f"{config.base_url}{path}"}
    assert len(re.findall("href=", words.html)) == 1
    assert not re.search(r"<(?:img|script|link|style|form|iframe)", words.html)
    everything = words.subject + words.text + words.html
    assert not _HEALTH.search(everything), everything
    assert _NEVER[locale] in words.text
    assert _NEVER[locale] in words.html
    assert "\n" not in words.subject
    assert len(words.subject) <= 90


@pytest.mark.parametrize("case", [one for one in ALL if one[0] == "fr"], ids=_id)
def test_a_french_letter_is_french_throughout(
    config: Config, case: tuple[str, Letter, dict[str, str]]
) -> None:
    _locale, letter, values = case
    english = Writer(config)(letter, values, locale="en", time_zone=None)
    french = Writer(config)(letter, values, locale="fr", time_zone=None)
    shared = set(english.text.splitlines()) & set(french.text.splitlines())
    assert {line for line in shared if line and "://" not in line} == set()
    assert "'" not in french.text, "apostrophes of the language"
    assert not re.search(r" [:;?!»]", french.text), "no-break spaces"


@pytest.mark.parametrize(("locale", "spoken"), [("", "fr"), ("xx", "fr"), ("en", "en")])
def test_an_unknown_language_is_that_of_the_installation(
    config: Config, locale: str, spoken: str
) -> None:
    words = Writer(config)(Letter.INVITATION_ACCEPTED, {}, locale=locale, time_zone=None)
    assert f'<html lang="{spoken}"' in words.html


def test_one_day_is_no_plural(config: Config) -> None:
    for locale, words in (("fr", "1 jour."), ("en", "1 day.")):
        values = {"path": "/invitation/x", "days": "1"}
        written = Writer(config)(Letter.INVITATION, values, locale=locale, time_zone=None)
        assert words in written.text


def test_the_time_is_that_of_the_reader_and_says_so_when_it_is_unusual(config: Config) -> None:
    values = {"kind": "password_changed", "at": AT}
    usual = Writer(config)(Letter.SECURITY_NOTICE, values, locale="fr", time_zone=None)
    assert "le 22 novembre 2026 à 14 h 30." in usual.text.replace("\N{NO-BREAK SPACE}", " ")
    far = Writer(config)(Letter.SECURITY_NOTICE, values, locale="fr", time_zone="Indian/Reunion")
    assert "17 h 30 (heure : La Réunion)." in far.text.replace("\N{NO-BREAK SPACE}", " ")


def test_what_a_strangers_browser_says_of_itself_is_not_repeated(config: Config) -> None:
    agent = f"Chrome/1 Windows https://evil.example {CANARY}"
    values = {"kind": "signed_in_new_device", "at": AT, "user_agent": agent}
    words = Writer(config)(Letter.SECURITY_NOTICE, values, locale="fr", time_zone=None)
    assert CANARY not in words.text + words.html
    assert "evil" not in words.text + words.html


def test_no_mail_of_a_circle_names_anybody(
    worker: Worker, mailbox: Mailbox, session: Session, keys: KeyRing, post_mail: Post
) -> None:
    make_record(session)
    user, _ = factories.make_user(session, keys, given_name=CANARY, family_name=CANARY)
    for kind in SecurityEventKind:
        history.record(session, keys=keys, user=user, kind=kind, at=now(), detail=CANARY)
    for letter, values in _VALUES.items():
        post_mail(user.email, letter, values=values, user_id=user.id)
    worker.drain()
    assert len(mailbox.mails) > len(_VALUES) + 10
    for mail in mailbox.mails:
        everything = mail.raw.decode() + mail.subject + mail.text + mail.html
        assert CANARY not in everything


def test_every_kind_of_event_has_a_sentence_of_its_own_in_french() -> None:
    words: Any = catalogue("fr")
    with speaking("fr"):
        said = {kind: security_sentence(kind) for kind in SecurityEventKind}
        named = security_sentence(SecurityEventKind.TOTP_ADDED, "Téléphone")
    assert len(set(said.values())) == len(SecurityEventKind)
    assert words.get("Your password was changed").string
    assert said[SecurityEventKind.PASSWORD_CHANGED] == "Votre mot de passe a été changé"
    assert named == "Une application de codes a été ajoutée\N{NO-BREAK SPACE}: Téléphone"


CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            f"Mozilla/5.0 (Linux; Android 14; Pixel) {CHROME} Mobile Safari/537.36",
            "Chrome sur Android",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36", "Chrome sur Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {CHROME} Safari/537.36 Edg/126.0", "Edge sur Windows"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 1) {CHROME} Safari/537.36", "Chrome sur ChromeOS"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36 OPR/1", "Opera sur Linux"),
        (
            "Mozilla/5.0 (Linux; Android 13) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
            "Samsung Internet sur Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
            "Safari sur iPhone",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1 CriOS/126.0 Safari",
            "Chrome sur iPad",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
            "Safari sur Mac",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:133.0) Gecko/20100101 Firefox/133.0",
            "Firefox sur Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Something/1", "un navigateur sur Windows"),
        ("curl/8.0", "un appareil inconnu"),
        ("", "un appareil inconnu"),
        (f"{CANARY} {'(' * 150}", "un appareil inconnu"),
    ],
)
def test_a_browser_is_named_as_people_name_it(user_agent: str, words: str) -> None:
    with speaking("fr"):
        assert device_words(user_agent) == words
