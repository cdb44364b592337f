"""A password is taken exactly as it was typed, pasted or filled in, for as long as it holds."""

from pathlib import Path

import html5lib
import pytest
import time_machine
from flask import Flask
from sqlmodel import Session

from portal import STATIC
from portal.clock import now
from portal.crypto import KeyRing
from portal.identity import invitations, password_resets, passwords
from portal.identity.invitations import Place
from portal.identity.passwords import MAX_LENGTH, hash_password
from portal.models.account import InvitationKind
from tests import factories
from tests.auth.steps import password
from tests.letters import waiting
from tests.pages import PageClient

NOON = 1_800_000_000
THREE_YEARS = 3 * 366 * 24 * 3600
EXACT = " Quatre mots  sans rapport "


@pytest.mark.parametrize(
    "typed",
    [
        EXACT.strip(),
        EXACT.lower(),
        EXACT.upper(),
        EXACT.replace("  ", " "),
        EXACT + " ",
        EXACT[:-1],
    ],
)
def test_case_and_blanks_count(app: Flask, session: Session, keys: KeyRing, typed: str) -> None:
    user, _secret = factories.make_user(session, keys, password_hash=hash_password(EXACT))
    session.commit()
    assert password(PageClient(app), user, typed).status_code == 422
    assert password(PageClient(app), user, EXACT).status_code == 303


def test_the_last_of_128_characters_counts(app: Flask, session: Session, keys: KeyRing) -> None:
    long = ("huit mots que rien ne relie, sauf celui qui les dit. " * 3)[: MAX_LENGTH - 1]
    passwords.check_strength(long + "a", personal=[])
    user, _secret = factories.make_user(session, keys, password_hash=hash_password(long + "a"))
    session.commit()
    assert password(PageClient(app), user, long + "b").status_code == 422
    assert password(PageClient(app), user, long + "a").status_code == 303


def test_no_password_gets_too_old(app: Flask, session: Session, keys: KeyRing) -> None:
    user, _secret = factories.make_user(session, keys)
    session.commit()
    with time_machine.travel(NOON + THREE_YEARS, tick=False):
        answer = password(PageClient(app), user)
        assert answer.headers["Location"] == "/sign-in/code"


def test_every_password_field_takes_what_a_manager_or_the_clipboard_holds(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    for path, wanted in _pages_with_a_password(reader, session, keys).items():
        fields = [
            element
            for element in html5lib.parse(reader.get(path).text, namespaceHTMLElements=False).iter(
                "input"
            )
            if element.get("type") == "password"
        ]
        assert [field.get("autocomplete") for field in fields] == wanted, path
        for field in fields:
            assert not [name for name in field.attrib if name.startswith("on")], path
            assert int(field.get("maxlength", MAX_LENGTH)) >= MAX_LENGTH, path
            assert field.get("readonly") is None, path


def test_no_script_hears_of_pasting(app: Flask) -> None:
    scripts = {path.name: path.read_text() for path in _scripts()}
    assert scripts, "the portal has scripts"
    assert [name for name, text in scripts.items() if '"paste"' in text or "onpaste" in text] == []


def _scripts() -> list[Path]:
    return [path for path in (STATIC / "js").glob("*.js") if not path.name.startswith("htmx")]


def _pages_with_a_password(
    reader: PageClient, session: Session, keys: KeyRing
) -> dict[str, list[str]]:
    """Each page that asks for one, and what its fields say to a password manager."""
    user, _secret = factories.make_user(session, keys)
    patient = factories.make_patient(session)
    place = Place(InvitationKind.PATIENT, patient_id=patient.id)
    invitation = invitations.invite(session, email="new@example.org", place=place, at=now())
    password_resets.ask(session, keys=keys, name=user.email, user_agent="", at=now())
    session.commit()
    reset = waiting(session, keys, "password_reset")[-1].path
    reader.enter(session, user)
    return {
        "/account/password": ["current-password", "new-password"],
        f"/invitation/{invitation}": ["new-password"],
        reset: ["new-password"],
    }
