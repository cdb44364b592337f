"""The operator sees accounts, and no word of anybody's health or relatives."""

from sqlmodel import Session

from portal.crypto import KeyRing
from tests import factories
from tests.access.cast import CANARY, carer, make_record
from tests.pages import PageClient


def test_accounts_are_listed_without_a_word_of_health(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    record = make_record(session)
    seen = carer("agenda:see")(session, keys, record)
    operator, _ = factories.make_user(session, keys, is_operator=True)
    reader.enter(session, operator)
    html = reader.get("/ops/accounts").text
    assert seen.email in html
    assert CANARY not in html
    assert str(record.patient.id) not in html
    assert "Pansement" not in html


def test_the_list_goes_on_without_loss(reader: PageClient, session: Session, keys: KeyRing) -> None:
    emails = {factories.make_user(session, keys)[0].email for _ in range(60)}
    operator, _ = factories.make_user(session, keys, is_operator=True)
    reader.enter(session, operator)
    first = reader.get("/ops/accounts").text
    following = first.partition('href="/ops/accounts?after=')[2].partition('"')[0]
    second = reader.get(f"/ops/accounts?after={following}").text
    found = [email for email in emails if (email in first) != (email in second)]
    assert len(found) == 60
