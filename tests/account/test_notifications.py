"""Which notices are sent: the boxes really decide, and some mails always come."""

import pytest
from flask import Flask
from sqlalchemy import update
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.identity import history
from portal.models.account import User
from portal.models.credential import SecurityEventKind as Kind
from portal.models.credential import TotpDevice
from tests import factories
from tests.letters import waiting
from tests.pages import PageClient


@pytest.mark.parametrize("ticked", [True, False])
def test_the_choice_is_kept_and_said(
    reader: PageClient, session: Session, keys: KeyRing, ticked: bool
) -> None:
    user, _ = factories.make_user(session, keys, notify_sign_ins=not ticked)
    reader.enter(session, user)
    boxes = {"notify_sign_ins": "on", "notify_invitations": "on"} if ticked else {}
    answer = reader.post("/account/notifications", data=boxes)
    assert answer.headers["Location"] == "/account/notifications?saved=1"
    page = reader.get("/account/notifications?saved=1").text
    assert "Votre choix est enregistré" in page
    assert page.count(" checked") == (2 if ticked else 0)
    session.rollback()
    kept = session.get_one(User, user.id, populate_existing=True)
    assert (kept.notify_sign_ins, kept.notify_invitations) == (ticked, ticked)


@pytest.mark.parametrize("ticked", [True, False])
def test_a_sign_in_from_a_new_device_is_told_as_the_owner_wishes(
    app: Flask, session: Session, keys: KeyRing, ticked: bool
) -> None:
    user, secret = factories.make_user(session, keys, notify_sign_ins=ticked)
    session.commit()
    PageClient(app).sign_in(user, secret)
    session.execute(update(TotpDevice).values(last_step=0))
    session.commit()
    assert waiting(session, keys) == [], "the first device of all alarms nobody"
    PageClient(app).sign_in(user, secret)
    assert len(waiting(session, keys, "security_notice")) == int(ticked)


def test_a_change_of_the_account_is_always_told(session: Session, keys: KeyRing) -> None:
    user, _ = factories.make_user(session, keys, notify_sign_ins=False, notify_invitations=False)
    history.record(session, keys=keys, user=user, kind=Kind.PASSWORD_CHANGED, at=now())
    session.commit()
    assert [one.to for one in waiting(session, keys)] == [user.email]


def test_without_an_address_the_page_says_that_nothing_can_be_sent(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys, email=None, username="jeanne.morel")
    reader.enter(session, user)
    text = reader.get("/account/notifications").text
    assert "rien ne peut vous être envoyé" in text
    assert 'href="/account/email"' in text
