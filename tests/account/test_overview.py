"""The first page of the account: who I am here, and the way to everything else."""

import pytest
from sqlmodel import Session

from portal.crypto import KeyRing
from portal.models.rights import CareLinkKind
from tests import factories
from tests.pages import PageClient

WAYS = (
    "/account/security",
    "/account/password",
    "/account/email",
    "/account/sessions",
    "/account/history",
    "/account/notifications",
    "/account/comfort",
)


@pytest.mark.parametrize("path", WAYS)
def test_every_way_of_the_page_leads_somewhere(
    reader: PageClient, session: Session, keys: KeyRing, path: str
) -> None:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    assert f'href="{path}"' in reader.get("/account").text
    assert reader.get(path).status_code == 200


def test_an_account_without_e_mail_says_so_and_how_it_signs_in(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys, email=None, username="jeanne.morel")
    reader.enter(session, user)
    text = reader.get("/account").text
    assert "jeanne.morel" in text
    assert "Ajouter une adresse" in text
    assert "None" not in text


@pytest.mark.parametrize("done", ["name", "email", "password", "password-everywhere"])
def test_what_was_done_is_said_in_a_status(
    reader: PageClient, session: Session, keys: KeyRing, done: str
) -> None:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    assert reader.get(f"/account?done={done}").text.count("notice is-ok") == 1
    assert "notice is-ok" not in reader.get("/account?done=<b>nothing</b>").text


def test_a_patient_is_told_whom_to_ask_about_their_name(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    patient = factories.make_patient(session)
    factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
    reader.enter(session, user)
    text = reader.get("/account").text
    assert "/account/name" not in text
    assert "Demandez à votre coordination" in text
