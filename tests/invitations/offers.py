"""What these tests repeat: a circle with its patient and coordinator, and a filled form."""

import re
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.crypto import KeyRing
from portal.models.account import Invitation, User
from portal.models.care import Patient
from portal.models.directory import Organization
from portal.models.outbox import OutboxMessage
from portal.models.rights import CareLinkKind
from portal.models.setting import Setting
from portal.outbox.queue import values_of
from tests import factories
from tests.pages import PageClient

EMAIL = "sylvie.morel@example.org"
NEW_PASSWORD = "violon brouette cascade noisette"
REFUSED = "Cette invitation ne peut pas servir"
_CODE = re.compile(r'class="secret"><span>([0-9A-Z]{5}-[0-9A-Z]{5})</span>')


@dataclass(frozen=True)
class Circle:
    """Jeanne, who has an account, and who coordinates for her."""

    patient: Patient
    organization: Organization
    jeanne: User
    claire: User
    path: str


def make_circle(session: Session, keys: KeyRing, **patient: Any) -> Circle:
    organization = factories.make_organization(session)
    person = factories.make_patient(session, organization_id=organization.id, **patient)
    jeanne, _ = factories.make_user(session, keys, given_name="Jeanne", family_name="Morel")
    factories.make_link(session, patient=person, user=jeanne, kind=CareLinkKind.SELF)
    claire, _ = factories.make_user(session, keys, given_name="Claire", family_name="Morvan")
    factories.make_coordination(session, user=claire, organization_id=organization.id)
    session.commit()
    return Circle(person, organization, jeanne, claire, f"/p/{person.id}/invitations")


def let_mail_leave(session: Session) -> None:
    """As in the demo, which shows mails instead of sending them."""
    session.add(Setting(name="demo", value="2026-11-24"))
    session.commit()


def carer(**fields: Any) -> dict[str, Any]:
    """The form of a relative, invited on paper unless said otherwise."""
    values = {
        "given_name": "Sylvie",
        "family_name": "Morel",
        "relationship": "DAU",
        "rights": ["agenda:see", "care_team:see"],
        "way": "paper",
    }
    return values | fields


def code_on(sheet: TestResponse) -> str:
    """The short code of a sheet that was just made."""
    assert sheet.status_code == 200, sheet.text
    found = _CODE.search(sheet.text)
    assert found is not None, "the sheet shows its code"
    return found[1]


def paper_code(reader: PageClient, circle: Circle, **fields: Any) -> str:
    return code_on(reader.post(f"{circle.path}/relative", data=carer(**fields)))


def only_invitation(session: Session) -> Invitation:
    session.rollback()
    session.expire_all()
    return session.exec(select(Invitation)).one()


def mailed(session: Session, keys: KeyRing, letter: str) -> list[tuple[str, dict[str, str]]]:
    """Address and values of each letter of that kind that still waits."""
    session.rollback()
    session.expire_all()
    rows = session.exec(select(OutboxMessage).where(OutboxMessage.letter == letter)).all()
    return [(row.recipient, values_of(row, keys=keys)) for row in rows]


def write_code(reader: PageClient, code: str) -> TestResponse:
    return reader.post("/invitation/code", data={"code": code})


def begin_account(reader: PageClient, path: str, **fields: str) -> TestResponse:
    """Send the form of a new account, with the user name that the page shows."""
    page = reader.get(path)
    shown = re.search(r'name="username"[^>]* value="([^"]*)"', page.text)
    values = {"password": NEW_PASSWORD} | ({"username": shown[1]} if shown else {})
    return reader.post(path, data=values | fields)


def finish_enrolment(reader: PageClient, session: Session, keys: KeyRing) -> TestResponse:
    """The first code of the app that was shown."""
    from portal.identity import totp
    from portal.models.credential import TotpDevice
    from tests.pages import code_of

    session.rollback()
    session.expire_all()
    statement = select(TotpDevice).where(TotpDevice.confirmed_at.is_(None))  # type: ignore[union-attr]
    device = session.exec(statement).one()
    code = code_of(totp.secret_of(device, keys=keys))
    session.rollback()
    session.expire_all()
    return reader.post("/enrolment", data={"code": code})
