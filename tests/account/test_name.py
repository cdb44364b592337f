"""One's own name: changed by those who gave it themselves, asked for by those of a record."""

import pytest
import time_machine
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.credential import SecurityEvent
from portal.models.rights import CareLinkKind
from tests import factories
from tests.letters import waiting
from tests.pages import PageClient

NEW = {"given_name": "Paule", "family_name": "Le Goff"}


def test_a_new_name_is_shown_and_noted(reader: PageClient, session: Session, keys: KeyRing) -> None:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    answer = reader.post("/account/name", data=NEW)
    assert answer.headers["Location"] == "/account?done=name"
    assert "Paule Le Goff" in reader.get("/account").text
    session.rollback()
    noted = session.exec(select(SecurityEvent)).one()
    assert (noted.kind, noted.detail) == ("name_changed", "Paul Morel")
    assert waiting(session, keys) == [], "the owner needs no mail about it"


def test_the_same_name_again_is_no_change(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    same = {"given_name": " Paul ", "family_name": "Morel"}
    assert reader.post("/account/name", data=same).status_code == 303
    assert session.exec(select(SecurityEvent)).all() == []


@pytest.mark.parametrize("field", NEW)
@pytest.mark.parametrize("text", ["", "   ", "x" * 101])
def test_a_name_that_cannot_be_is_refused_and_the_other_one_kept(
    reader: PageClient, session: Session, keys: KeyRing, field: str, text: str
) -> None:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    answer = reader.post("/account/name", data=NEW | {field: text})
    assert answer.status_code == 422
    other = next(value for name, value in NEW.items() if name != field)
    assert f'value="{other}"' in answer.text
    session.rollback()
    assert session.get_one(User, user.id).given_name == "Paul"


@pytest.mark.parametrize("kind", ["patient", "professional"])
def test_the_name_of_a_record_is_not_changed_from_here(
    reader: PageClient, session: Session, keys: KeyRing, kind: str
) -> None:
    if kind == "professional":
        practitioner = factories.make_practitioner(session)
        user, _ = factories.make_user(session, keys, practitioner_id=practitioner.id)
    else:
        user, _ = factories.make_user(session, keys)
        patient = factories.make_patient(session)
        factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
    reader.enter(session, user)
    assert reader.get("/account/name").status_code == 403
    assert reader.post("/account/name", data=NEW).status_code == 403
    session.rollback()
    assert session.get_one(User, user.id).given_name == "Paul"


@pytest.mark.parametrize("page", ["name", "email", "password"])
def test_what_says_who_one_is_asks_for_a_factor_again_after_five_minutes(
    reader: PageClient, session: Session, keys: KeyRing, page: str
) -> None:
    user, _ = factories.make_user(session, keys)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        reader.enter(session, user)
        assert reader.get(f"/account/{page}").status_code == 200
        clock.shift(5 * 60)
        asked = reader.get(f"/account/{page}")
        assert asked.headers["Location"] == f"/sign-in/confirm?next=/account/{page}"
        secrets = {"current_password": "the present one", "password": "the new one"}
        sent = reader.post(f"/account/{page}", data=NEW | {"email": "a@example.org"} | secrets)
        assert sent.status_code == 403
        assert "Paule" in sent.text, "what was typed is kept"
        assert not any(secret in sent.text for secret in secrets.values()), "but no password"
    session.rollback()
    assert session.get_one(User, user.id).given_name == "Paul"
