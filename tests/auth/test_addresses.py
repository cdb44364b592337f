"""One notion of an address: what a form takes the worker can write to, and nothing else."""

from uuid import UUID

import pytest
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.identity.addresses import fold, is_address
from portal.models.account import Invitation
from portal.models.credential import EmailChange
from portal.outbox.mail import Sender, Words, compose
from tests import factories
from tests.invitations.offers import carer, let_mail_leave, make_circle
from tests.mailbox import SENDER
from tests.pages import PageClient

GOOD = (
    "jeanne@example.org",
    "Jeanne.Morel+santé@example.org".replace("é", "e"),
    "o'neill@mail.example.co.uk",
    "j_m-2@a-b.fr",
    "jeanne@société.fr",
    "jeanne@SOCIÉTÉ.fr",
    "jeanne@socie\u0301te\u0301.fr",
    "jeanne@xn--socit-esab.fr",
    "a" * 241 + "@example.org",
)
BAD = (
    "jérôme@example.org",
    "<jeanne@example.org>",
    "a@x.fr,b@x.fr",
    "mailto:jeanne@example.org",
    "x@y.fr,",
    "jean@@example.org",
    "jeanne@example.org.",
    "jeanne@example",
    "jeanne@-example.org",
    "jeanne@straße.de",  # would reach strasse.de
    "jeanne@example.org".replace("e", "\uff45"),  # full-width letters
    ".jeanne@example.org",
    "jean..ne@example.org",
    "@example.org",
)
ALSO_BAD = (
    "",
    "jeanne",
    "jeanne morel@example.org",
    "jeanne@example.org\n",
    "jeanne@example.org\nBcc: all@example.org",
    "jeanne@exa mple.org",
    "jeanne@example.org> SIZE=1",
    "jeanne@[127.0.0.1]",
    "\u212a@example.org",  # the sign of Kelvin, in lower case a k
    "jeanne@" + "é" * 64 + ".fr",
    "jeanne@" + "a" * 64 + ".fr",
    "a" * 243 + "@example.org",
)
SENTENCE = "Écrivez l’adresse complète"


@pytest.mark.parametrize("text", GOOD)
def test_the_worker_writes_to_every_address_that_is_taken(text: str) -> None:
    assert is_address(text)
    mail = compose(
        Words("Subject", "text", "<p>text</p>"),
        message_id=UUID(int=1),
        to=fold(text),
        sender=Sender(SENDER, "localhost"),
        at=now(),
    )
    (address,) = mail["To"].addresses
    assert address.addr_spec.isascii()
    assert address.username == fold(text).partition("@")[0]
    assert not mail["To"].defects
    assert mail.as_bytes().isascii()


@pytest.mark.parametrize("text", BAD + ALSO_BAD)
def test_what_is_not_one_plain_address_is_none(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize("text", BAD)
def test_the_sign_in_page_refuses_it_in_words(
    reader: PageClient, session: Session, text: str
) -> None:
    answer = reader.post("/sign-in", data={"email": text, "password": "x"})
    assert answer.status_code == 422
    assert SENTENCE in answer.text


def test_the_sign_in_page_takes_a_user_name(reader: PageClient, session: Session) -> None:
    answer = reader.post("/sign-in", data={"email": "jeanne.morel", "password": "x"})
    assert answer.status_code == 422
    assert SENTENCE not in answer.text


@pytest.mark.parametrize("text", BAD)
def test_an_invitation_and_an_account_refuse_it_in_words(
    reader: PageClient, session: Session, keys: KeyRing, text: str
) -> None:
    circle = make_circle(session, keys)
    let_mail_leave(session)
    reader.enter(session, circle.claire)
    colleague = {"given_name": "Thomas", "family_name": "Lefèvre", "email": text}
    for path, data in (
        (f"{circle.path}/relative", carer(way="mail", email=text)),
        (f"{circle.path}/patient", {"way": "mail", "email": text}),
        ("/professional/invitations/colleague", colleague),
        ("/account/email", {"email": text}),
    ):
        answer = reader.post(path, data=data)
        assert answer.status_code == 422, path
        assert SENTENCE in answer.text, path
    assert session.exec(select(Invitation)).all() == []
    assert session.exec(select(EmailChange)).all() == []


def test_an_address_of_a_domain_with_an_accent_is_taken(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    let_mail_leave(session)
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    data = {"email": "Jeanne@Société.fr"}
    assert reader.post("/account/email", data=data).status_code == 303
    assert session.exec(select(EmailChange)).one().new_email == "jeanne@société.fr"
