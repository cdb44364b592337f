"""The ways to the pages of messages; each circle is one of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from portal.access.sessions import start_session
from portal.clock import now
from portal.crypto import KeyRing
from portal.messaging.acts import locked
from portal.messaging.sealing import body_cell, open_text
from portal.messaging.sending import Written, send_message
from portal.messaging.visibility import Reader
from portal.models.account import UserSession
from portal.models.messaging import Message, MessageKind
from portal.models.rights import CareLink, CareLinkKind, Grant
from tests import factories
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot
from tests.messaging.circle import Account, WritingCircle, author, family_writes

QUESTION = "Le pansement se décolle."
ANSWER = "Je passe demain matin."
NOTE = "Prévoir des compresses."
_circles = count(1)


@dataclass(frozen=True)
class Stored:
    """One message as the database holds it."""

    author_id: UUID
    capacity: str
    body: str


@dataclass(frozen=True)
class Circle:
    """Armelle, her son Loïc who writes for her, Solenn the nurse and Maud who coordinates."""

    people: WritingCircle
    thread_id: UUID
    relais: RunningPortal

    @property
    def all(self) -> str:
        return f"/p/{self.people.patient.id}/messages"

    @property
    def thread(self) -> str:
        return f"{self.all}/{self.thread_id}"

    @property
    def new(self) -> str:
        return f"{self.all}/new"

    @property
    def first(self) -> str:
        return f"{self.all}/answer/new"

    @property
    def hand_over(self) -> str:
        return f"{self.thread}/hand-over"

    def signed_in(self, page: Page, account: Account) -> None:
        with self.relais.writing() as (session, _keys):
            is_staff = account not in (self.people.jeanne, self.people.paul)
            _row, token = start_session(
                session, user_id=account.id, is_staff=is_staff, user_agent="a phone", at=now()
            )
        page.context.add_cookies([{"name": "sid", "value": token, "url": self.relais.url}])

    def end_sessions(self, account: Account) -> None:
        with self.relais.writing() as (session, _keys):
            for row in session.exec(select(UserSession).where(UserSession.user_id == account.id)):
                row.ends_at = now()

    def end_rights(self, account: Account) -> None:
        """What the patient had opened to them is closed."""
        with self.relais.writing() as (session, _keys):
            link = session.exec(select(CareLink).where(CareLink.user_id == account.id)).one()
            for grant in session.exec(select(Grant).where(Grant.care_link_id == link.id)):
                grant.ends_at = now()

    def answer(self, body: str = ANSWER, *, kind: MessageKind = MessageKind.MESSAGE) -> None:
        """The nurse writes, from a device of her own."""
        with self.relais.writing() as (session, keys):
            _answer(session, keys, self.people, self.thread_id, body, kind)

    def messages(self) -> list[Stored]:
        """All that stand in the file of the patient, in the order of writing."""
        with self.relais.writing() as (session, keys):
            patient_id = self.people.patient.id
            found = session.exec(
                select(Message).where(Message.patient_id == patient_id).order_by(Message.id)  # type: ignore[arg-type]  # a column at run time
            )
            return [
                Stored(
                    one.author_id,
                    one.capacity,
                    open_text(keys, one.body_sealed, body_cell(one.id)),
                )
                for one in found
            ]


def a_circle(relais: RunningPortal, *, is_answered: bool = False, has_note: bool = False) -> Circle:
    """With one conversation: Armelle's question to the nurse."""
    with relais.writing() as (session, keys):
        people = _people(session, keys)
        sent = now() - timedelta(hours=3)
        first = family_writes(session, keys, people, to=people.nadias_place, body=QUESTION, at=sent)
        if has_note:
            _answer(session, keys, people, first.thread_id, NOTE, MessageKind.NOTE)
        if is_answered:
            _answer(session, keys, people, first.thread_id, ANSWER, MessageKind.MESSAGE)
        made = Circle(people, first.thread_id, relais)
        session.flush()
        session.expunge_all()
    return made


def a_page(browse: Browse, circle: Circle, account: Account, path: str, **options: Any) -> Page:
    page = browse(**options)
    circle.signed_in(page, account)
    page.goto(path)
    return page


def _people(session: Session, keys: KeyRing) -> WritingCircle:
    number = next(_circles)
    house = factories.make_organization(session, name=f"Maison de santé des Genêts {number}")
    patient = factories.make_patient(
        session, given_name="Armelle", family_name="Cozic", organization_id=house.id
    )
    names = {"jeanne": "Armelle", "paul": "Loïc", "sylvie": "Rozenn", "claire": "Maud"}
    accounts = {who: _account(session, keys, given) for who, given in names.items()}
    factories.make_link(
        session, user=accounts["jeanne"].user, patient=patient, kind=CareLinkKind.SELF
    )
    for who, relationship, right in (("paul", "SON", "messages"), ("sylvie", "DAU", "agenda")):
        link = factories.make_link(
            session, user=accounts[who].user, patient=patient, relationship=relationship
        )
        factories.make_grant(session, link=link, category=right, action="act")
    factories.make_coordination(session, user=accounts["claire"].user, organization_id=house.id)
    places = {}
    for who, given, profession in (
        ("nadia", "Solenn", "infirmier"),
        ("haddad", "Yann", "medecin"),
    ):
        practitioner = factories.make_practitioner(
            session, given_name=given, family_name=f"Prigent{number}", profession=profession
        )
        accounts[who] = _account(session, keys, given, practitioner_id=practitioner.id)
        places[f"{who}s_place"] = factories.make_member(
            session, patient=patient, practitioner_id=practitioner.id
        )
    return WritingCircle(patient, house, **accounts, **places)


def _account(session: Session, keys: KeyRing, given: str, **fields: Any) -> Account:
    fields |= {"given_name": given, "family_name": "Cozic", "locale": None}
    email = f"messages{uuid4().hex[:12]}@example.org"
    return Account(*factories.make_user(session, keys, email=email, **fields))


def _answer(
    session: Session,
    keys: KeyRing,
    people: WritingCircle,
    thread_id: UUID,
    body: str,
    kind: MessageKind,
) -> None:
    nurse = Reader(people.nadia.id, people.nadia.user.practitioner_id, is_family=False)
    thread = locked(
        session, patient_id=people.patient.id, thread_id=thread_id, reader=nurse, at=now()
    )
    send_message(
        session,
        thread,
        Written(body=body, key=uuid4(), kind=kind),
        by=author(people.nadia, "professional"),
        is_family=False,
        keys=keys,
        at=now(),
    )


def _seen_by(who: str, where: str) -> Callable[[Browse, RunningPortal], Page]:
    """`where` is a page of the circle, or an address."""

    def opened(browse: Browse, relais: RunningPortal) -> Page:
        circle = a_circle(relais, is_answered=True, has_note=True)
        path = getattr(circle, where) if where.isidentifier() else where
        return a_page(browse, circle, getattr(circle.people, who), path)

    return opened


def no_message(browse: Browse, relais: RunningPortal) -> Page:
    circle = a_circle(relais)
    return a_page(browse, circle, circle.people.haddad, circle.all)


def mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = _seen_by("paul", "new")(browse, relais)
    page.locator("#composer button.is-primary").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_waiting_message(browse: Browse, relais: RunningPortal) -> Page:
    """Written without a network: it waits on the device."""
    circle = a_circle(relais)
    page = a_page(browse, circle, circle.people.paul, circle.thread)
    with page.expect_response("**/queue-key*"):
        page.locator("#body").focus()
    page.context.set_offline(True)
    page.locator("#body").fill("Elle dort mal.")
    page.locator("#composer button.is-primary").click()
    expect(page.locator("#unsent")).to_be_visible()
    return page


SPOTS = (
    Spot("messages", "Messages d’Armelle", _seen_by("paul", "all")),
    Spot("messages-own", "Vos messages", _seen_by("jeanne", "all")),
    Spot("messages-none", "Messages d’Armelle", no_message),
    Spot("message-new", "Écrire à l’équipe", _seen_by("paul", "new")),
    Spot("message-new-own", "Écrire à l’équipe", _seen_by("jeanne", "new")),
    Spot("message-mistakes", "Écrire à l’équipe", mistakes),
    Spot("conversation", "Pansement", _seen_by("paul", "thread")),
    Spot("conversation-own", "Pansement", _seen_by("jeanne", "thread")),
    Spot("conversation-at-work", "Pansement", _seen_by("nadia", "thread")),
    Spot("conversation-waiting", "Pansement", a_waiting_message),
    Spot("message-first", "Écrire à Armelle", _seen_by("nadia", "first")),
    Spot("hand-over", "Transmettre la conversation", _seen_by("nadia", "hand_over")),
    Spot("inbox", "Messages à traiter", _seen_by("nadia", "/inbox")),
    Spot("inbox-drafts", "Messages à traiter", _seen_by("nadia", "/inbox/drafts")),
    Spot(
        "inbox-search", "Chercher dans les messages", _seen_by("nadia", "/inbox/search?q=pansement")
    ),
    Spot(
        "inbox-search-short", "Chercher dans les messages", _seen_by("nadia", "/inbox/search?q=a")
    ),
)
