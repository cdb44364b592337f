"""The pages of one's own account ask the database at most five times, whoever reads them."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.identity import paper_sheets, recovery_codes, totp
from portal.models.account import User
from portal.models.calendar import CalendarFeed
from portal.models.credential import PaperSheet, Passkey, TotpDevice
from portal.models.rights import CareLinkKind
from portal.models.setting import Setting
from tests import factories
from tests.auth.authenticator import Phone, give_passkey
from tests.auth.steps import grow_stale
from tests.pages import PageClient
from tests.statements import counted

MOST = 5
SECURITY = "/account/security"


@pytest.fixture(params=["reader", "coordinator", "operator"])
def user(request: pytest.FixtureRequest, session: Session, keys: KeyRing) -> User:
    """With one of everything that protects an account, in a demo that shows its mails."""
    user, _ = factories.make_user(session, keys, is_operator=request.param == "operator")
    if request.param == "coordinator":
        organization = factories.make_organization(session)
        factories.make_coordination(session, user=user, organization_id=organization.id)
    elif request.param == "reader":
        patient = factories.make_patient(session)
        factories.make_link(session, patient=patient, user=user, grants=("agenda:see",))
    factories.make_app(session, keys, user)
    factories.make_sheet(session, keys, user, used=35)
    give_passkey(session, user, Phone())
    at = factories.LONG_AGO
    recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=at)
    totp.new_device(session, keys=keys, user_id=user.id, at=at)
    paper_sheets.new_sheet(session, keys=keys, user_id=user.id, at=at)
    feed = {"name": "Téléphone", "token_hash": b"%032d" % 1, "created_at": at}
    session.add(CalendarFeed(user_id=user.id, **feed))
    session.add(Setting(name="demo", value="2026-11-24"))
    session.commit()
    return user


def _paths(app: Flask, session: Session) -> Iterator[str]:
    """Every page under `/account`, with the names of what the account has."""
    confirmed = TotpDevice.confirmed_at.is_not(None)  # type: ignore[union-attr]  # a column
    in_use = PaperSheet.confirmed_at.is_not(None)  # type: ignore[union-attr]  # a column
    ids = {
        "app_id": session.exec(select(TotpDevice).where(confirmed)).all()[0].id,
        "sheet_id": session.exec(select(PaperSheet).where(in_use)).one().id,
        "feed_id": session.exec(select(CalendarFeed)).one().id,
        "passkey_id": session.exec(select(Passkey)).one().id,
    }
    session.rollback()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/account") and "GET" in (rule.methods or ()):
            path = rule.rule
            for name in rule.arguments:
                path = path.replace(f"<uuid:{name}>", str(ids[name]))
            yield path


def _read(app: Flask, reader: PageClient, path: str) -> int:
    with counted(app) as statements:
        answer = reader.get(path)
    assert answer.status_code == 200, path
    return len(statements)


def test_every_page_of_the_account(
    app: Flask, reader: PageClient, session: Session, user: User
) -> None:
    reader.enter(session, user)
    costs = {path: _read(app, reader, path) for path in _paths(app, session)}
    assert len(costs) >= 20
    assert {path: cost for path, cost in costs.items() if cost > MOST} == {}
    assert costs[SECURITY] >= 4, "guard, people, devices and paper are read"


def test_the_page_that_asks_for_a_second_factor_again(
    app: Flask, reader: PageClient, session: Session, user: User
) -> None:
    reader.enter(session, user)
    grow_stale(session)
    # One more than elsewhere, in a demo only: the code that it shows.
    assert _read(app, reader, "/sign-in/confirm?next=/account/name") <= MOST + 1


def test_the_forms_of_an_invitation(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    organization = factories.make_organization(session)
    patient = factories.make_patient(session, organization_id=organization.id)
    user, _ = factories.make_user(session, keys)
    factories.make_coordination(session, user=user, organization_id=organization.id)
    jeanne, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=jeanne, kind=CareLinkKind.SELF)
    session.add(Setting(name="demo", value="2026-11-24"))
    session.commit()
    for who, path in (
        (user, f"/p/{patient.id}/invitations/relative"),
        (user, "/professional/invitations/colleague"),
        (jeanne, f"/p/{patient.id}/invitations/relative"),
    ):
        reader.enter(session, who)
        assert _read(app, reader, path) <= MOST, path
