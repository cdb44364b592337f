"""Which passwords are too easy to guess, and which text is the same password."""

import unicodedata

import pytest
from argon2 import PasswordHasher
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.errors import WeakPasswordError
from portal.identity import passwords
from tests import factories
from tests.auth.steps import password as sign_in_with
from tests.pages import PageClient

PERSON = ["jeanne.morel@example.org", "Jeanne", "Morel"]
ACCENTS = "mon écharpe brodée à Nîmes"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("court", "too_short"),
        ("onze lettre", "too_short"),
        ("a" * 129, "too_long"),
        ("jetaime2024", "too_short"),
        ("jetaime20242024", "common"),
        ("motdepasse123", "common"),
        ("motdepasse2026", "common"),
        ("azertyuiop12", "common"),
        ("azertyuiop123", "common"),
        ("&é\"'(-è_çà)=", "common"),
        ("m0tdepasse2024", "common"),
        ("m0td3p@ss32024", "common"),
        ("aaaaaaaaaaaaaa", "common"),
        ("123456789012", "common"),
        ("password1234", "common"),
        ("jeannemorel12", "common"),
        ("Morel.Jeanne1", "common"),
        ("J3anne.Mor3l!!", "common"),
        ("jeanne.morel@example.org", "common"),
    ],
)
def test_a_password_that_others_would_try_is_refused(password: str, reason: str) -> None:
    with pytest.raises(WeakPasswordError) as refused:
        passwords.check_strength(password, personal=PERSON)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "password",
    [
        "Soleil123456!",
        "S0leil2024!!",
        "marseille13013",
        "M@rseille2024!",
        "bonjour12345",
        "soleilsoleil",
        "motdepassemotdepasse",
        "doudouloulou1",
        "jetaimemaman1",
        "nicolas190785",
        "Jean-Pierre1954",
        "bretagne29200",
        "Finistere29!",
        "allezlom2024",
        "zidane1998zidane",
        "lucasetlea2012",
        "wxcvbnqsdfgh",
        "aqwzsxedcrfv",
        "LiberteEgaliteFraternite",
        "vivelafrance1",
        "Joyeuxnoel2024",
        "mon bébé d’amour",
        "SOLEIL soleil SOLEIL",
    ],
)
def test_a_habit_of_the_french_is_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError) as refused:
        passwords.check_strength(password, personal=[])
    assert refused.value.reason == "common"


@pytest.mark.parametrize(
    "password",
    [
        "quatre mots sans rapport",
        "tabouret citron fanfare",
        "Gx7#pQ2!vLm9",
        "žluťoučký kůň úpěl",
        "é" * 6 + "tabouret 42 nuages",
        "x7" + "tabouret citron fanfare " * 5,
        "🦊 tabouret nuage 🍋 fanfare",
        "Mon chat Ulysse dort sur le piano",
        "le facteur passe toujours après la pluie",
        "soleil 48291 375648",
        "9f8d7c6b5a4e",
        " tabouret citron fanfare ",
    ],
)
def test_a_long_password_needs_no_composition_rule(password: str) -> None:
    passwords.check_strength(password, personal=PERSON)


def test_every_french_word_is_refused_with_a_year_behind_it() -> None:
    words = [word for word in passwords._french_words() if len(word) >= 8]
    assert len(words) >= 250
    for word in words[::5]:
        with pytest.raises(WeakPasswordError):
            passwords.check_strength(f"{word}2024", personal=[])


def test_the_list_is_in_plain_letters() -> None:
    words = passwords._french_words()
    assert len(words) >= 900
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words)


def test_a_password_of_the_greatest_length_is_judged_at_once() -> None:
    passwords.check_strength(("tabouret citron fanfare " * 6)[:128], personal=PERSON)


def test_hashes_are_argon2id_and_differ_each_time() -> None:
    first, second = (passwords.hash_password("quatre mots sans rapport") for _ in range(2))
    assert first != second
    assert first.startswith("$argon2id$")
    assert "m=47104,t=1,p=1" in first


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_mac_and_a_phone_send_the_same_password(form: str) -> None:
    stored = passwords.hash_password(unicodedata.normalize("NFD", ACCENTS))
    assert passwords.verify_password(stored, unicodedata.normalize(form, ACCENTS))
    assert not passwords.verify_password(stored, ACCENTS.replace("é", "e"))


def test_a_hash_of_the_text_as_it_was_typed_still_opens() -> None:
    typed = unicodedata.normalize("NFD", ACCENTS)
    before = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1).hash(typed)
    assert passwords.verify_password(before, typed)
    assert not passwords.verify_password(before, typed + "x")


def test_a_password_with_accents_signs_in_from_either_machine(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    stored = passwords.hash_password(ACCENTS)
    user, _secret = factories.make_user(session, keys, password_hash=stored)
    session.commit()
    for form in ("NFC", "NFD"):
        answer = sign_in_with(reader, user, unicodedata.normalize(form, ACCENTS))
        assert answer.headers["Location"] == "/sign-in/code"


@pytest.mark.parametrize("stored", [None, "", "-", "$argon2id$broken"])
def test_no_password_opens_an_account_without_a_hash(stored: str | None) -> None:
    assert not passwords.verify_password(stored, "no account has this password")
