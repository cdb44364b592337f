"""The ways to the pages about who read a file, for `access_log_pages`."""

from datetime import timedelta
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from portal.blueprints.access_log import service
from portal.blueprints.access_log.queries import Reader
from portal.clock import now
from portal.crypto import KeyRing
from portal.identity import queries
from portal.models.account import User
from portal.models.audit import AccessDecision, AccessQuestion, Capacity
from portal.models.care import Patient
from tests.access_log.log import write
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal

CONTACT = "delphine"


def nothing(browse: Browse, relais: RunningPortal) -> Page:
    return _log(browse, relais, "monique", "Monique")


def nothing_for_a_choice(browse: Browse, relais: RunningPortal) -> Page:
    return _log(browse, relais, "monique", "Monique", "?who=relatives&period=week")


def the_log(browse: Browse, relais: RunningPortal) -> Page:
    """Relatives and professionals, one refused, one in an emergency."""
    _read(relais)
    return _log(browse, relais, "jeanne", "Jeanne")


def the_log_narrowed(browse: Browse, relais: RunningPortal) -> Page:
    _read(relais)
    return _log(browse, relais, "jeanne", "Jeanne", "?who=professionals&period=month")


def a_form(browse: Browse, relais: RunningPortal) -> Page:
    page = the_log(browse, relais)
    page.locator("a[href*='question?line=']").last.click()
    return page


def a_form_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_form(browse, relais)
    page.locator("#message").evaluate("field => { field.value = 'a'.repeat(1001) }")
    page.locator("#content form button").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_question_sent(browse: Browse, relais: RunningPortal) -> Page:
    return _question(browse, relais, "?done=asked")


def a_question_that_waits(browse: Browse, relais: RunningPortal) -> Page:
    return _question(browse, relais)


def an_answer(browse: Browse, relais: RunningPortal) -> Page:
    question_id = _asked(relais, is_answered=True)
    return _at(
        browse, "jeanne", f"/p/{relais.patient('Jeanne')}/access-log/questions/{question_id}"
    )


def the_questions(browse: Browse, relais: RunningPortal) -> Page:
    _asked(relais)
    return _at(browse, CONTACT, "/privacy/questions")


def the_answered_questions(browse: Browse, relais: RunningPortal) -> Page:
    _asked(relais, is_answered=True)
    return _at(browse, CONTACT, "/privacy/questions?answered=1")


def no_more_questions(browse: Browse, _relais: RunningPortal) -> Page:
    last = "ffffffff-ffff-7fff-bfff-ffffffffffff"
    return _at(browse, CONTACT, f"/privacy/questions?after={last}")


def a_case(browse: Browse, relais: RunningPortal) -> Page:
    return _at(browse, CONTACT, f"/privacy/questions/{_asked(relais)}")


def a_case_without_an_answer(browse: Browse, relais: RunningPortal) -> Page:
    page = a_case(browse, relais)
    page.locator("#content form button").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_case_answered(browse: Browse, relais: RunningPortal) -> Page:
    question_id = _asked(relais, is_answered=True)
    return _at(browse, CONTACT, f"/privacy/questions/{question_id}?done=answered")


def a_case_answered_before(browse: Browse, relais: RunningPortal) -> Page:
    question_id = _asked(relais, is_answered=True)
    return _at(browse, CONTACT, f"/privacy/questions/{question_id}?done=before")


def _question(browse: Browse, relais: RunningPortal, query: str = "") -> Page:
    path = f"/p/{relais.patient('Jeanne')}/access-log/questions/{_asked(relais)}{query}"
    return _at(browse, "jeanne", path)


def _log(
    browse: Browse, relais: RunningPortal, persona: str, patient: str, query: str = ""
) -> Page:
    return _at(browse, persona, f"/p/{relais.patient(patient)}/access-log{query}")


def _at(browse: Browse, persona: str, path: str) -> Page:
    page = browse(persona)
    page.goto(path)
    return page


def _read(relais: RunningPortal) -> int:
    """Somebody opened Jeanne's file the day before yesterday; the number of the last line."""
    at = now() - timedelta(days=2)
    with relais.writing() as (session, _keys):
        jeanne = session.get_one(Patient, relais.patient("Jeanne"))
        paul, doctor = _user(session, "paul"), _user(session, "haddad")
        write(session, jeanne, paul, at=at, capacity=Capacity.CARER)
        write(session, jeanne, paul, at=at, capacity=Capacity.CARER, decision=AccessDecision.DENIED)
        return write(session, jeanne, doctor, at=at, capacity=Capacity.EMERGENCY)


def _asked(relais: RunningPortal, *, is_answered: bool = False) -> UUID:
    """A question of Jeanne about a line of its own."""
    sequence = _read(relais)
    with relais.writing() as (session, keys):
        # As if the last one had been asked long ago: there is an end to them in a day.
        for row in session.exec(select(AccessQuestion)).all():
            row.created_at = now() - timedelta(days=2)
        jeanne = Reader(relais.patient("Jeanne"), _user(session, "jeanne").id)
        question_id = _ask(session, keys, jeanne, sequence)
        if is_answered:
            _answer(session, keys, jeanne, question_id)
    return question_id


def _ask(session: Session, keys: KeyRing, reader: Reader, sequence: int) -> UUID:
    message = "Je ne connais pas ce médecin.\nQui est-ce ?"
    return service.ask(
        session, keys=keys, reader=reader, sequence=sequence, message=message, at=now()
    )


def _answer(session: Session, keys: KeyRing, reader: Reader, question_id: UUID) -> None:
    question = session.get_one(AccessQuestion, (reader.patient_id, question_id))
    contact = _user(session, CONTACT)
    text = "Il était de garde ce soir-là.\nTout est en ordre."
    service.answer(session, keys=keys, question=question, text=text, by=contact.id, at=now())


def _user(session: Session, persona: str) -> User:
    user = queries.user_of_email(session, f"{persona}@example.org")
    assert user is not None
    return user
