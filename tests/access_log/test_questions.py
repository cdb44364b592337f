"""A patient asks about a line; the data-protection contact answers; nobody else reads it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.audit import AccessQuestion
from portal.models.care import Patient
from portal.outbox import Letter
from tests import factories
from tests.access_log.log import guardian, lines_of, nurse, patient_with_account, write
from tests.access_log.test_page import path_of
from tests.letters import waiting
from tests.pages import PageClient

CANARY = "zzcanaryzz"


def _contact(session: Session, keys: KeyRing, **fields: object) -> User:
    return factories.make_user(session, keys, is_privacy_contact=True, **fields)[0]


def _ask_paths(reader: PageClient, patient: Patient) -> list[str]:
    """The links under the entries, the newest first."""
    html = reader.get(path_of(patient)).text
    return [unescape(one) for one in re.findall(r'href="([^"]+/question\?line=[^"]+)"', html)]


def _questions(session: Session) -> list[AccessQuestion]:
    session.rollback()
    session.expire_all()
    return list(session.exec(select(AccessQuestion)).all())


def _asked(reader: PageClient, patient: Patient, message: str = "") -> UUID:
    answer = reader.post(_ask_paths(reader, patient)[0], data={"message": message})
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["Location"].partition("/questions/")[2].partition("?")[0])


@pytest.fixture
def file(session: Session, keys: KeyRing) -> tuple[Patient, User]:
    """With one reading by Nadia."""
    patient, user = patient_with_account(session, keys)
    write(session, patient, nurse(session, keys, patient))
    return patient, user


def test_a_question_goes_round_and_comes_back_answered(
    app: Flask, session: Session, keys: KeyRing, file: tuple[Patient, User]
) -> None:
    patient, user = file
    contact = _contact(session, keys)
    jeanne, other = PageClient(app), PageClient(app)
    jeanne.enter(session, user)
    question_id = _asked(jeanne, patient, f"Je ne la connais pas.\r\n{CANARY}")
    own_page = f"{path_of(patient)}/questions/{question_id}"
    assert "Réponse sous 5 jours ouvrés" in jeanne.get(own_page).text
    assert "Votre question du" in jeanne.get(path_of(patient)).text
    letters = waiting(session, keys, Letter.ACCESS_QUESTION)
    assert [(one.to, one.path) for one in letters] == [(contact.email, "/privacy/questions")]

    other.enter(session, contact)
    assert patient.family_name in other.get("/privacy/questions").text
    case = f"/privacy/questions/{question_id}"
    text = other.get(case).text
    for fact in ("Nadia Belkacem, infirmière", "A lu", CANARY, patient.family_name):
        assert fact in text
    answer = other.post(case, data={"answer": "Elle remplaçait\nAnne."})
    assert answer.headers["Location"] == f"{case}?done=answered"
    assert "Votre réponse est envoyée" in other.get(f"{case}?done=answered").text
    assert "Aucune question n’attend" in other.get("/privacy/questions").text
    assert patient.family_name in other.get("/privacy/questions?answered=1").text

    letters = waiting(session, keys, Letter.ACCESS_ANSWER)
    assert [(one.to, one.path) for one in letters] == [(user.email, own_page)]
    assert "Elle remplaçait<br>Anne." in jeanne.get(own_page).text
    assert "Lire la réponse" in jeanne.get(path_of(patient)).text
    assert len(lines_of(session, patient.id)) == 1, "answering opens no file"


def test_what_is_written_is_sealed(
    reader: PageClient, session: Session, keys: KeyRing, file: tuple[Patient, User]
) -> None:
    contact = _contact(session, keys)
    reader.enter(session, file[1])
    question_id = _asked(reader, file[0], CANARY)
    reader.enter(session, contact)
    reader.post(f"/privacy/questions/{question_id}", data={"answer": CANARY})
    row = _questions(session)[0]
    assert row.answered_by == contact.id
    for sealed in (row.message_sealed, row.answer_sealed):
        assert sealed is not None
        assert CANARY.encode() not in sealed


def test_without_words_and_without_a_contact_a_question_is_kept_and_that_is_said(
    reader: PageClient, session: Session, keys: KeyRing, file: tuple[Patient, User]
) -> None:
    reader.enter(session, file[1])
    form = reader.get(_ask_paths(reader, file[0])[0])
    assert "Personne ne répond encore ici" in form.text
    _asked(reader, file[0])
    assert [row.message_sealed for row in _questions(session)] == [None]
    assert waiting(session, keys) == []


def test_the_same_question_twice_is_one(
    reader: PageClient, session: Session, keys: KeyRing, file: tuple[Patient, User]
) -> None:
    _contact(session, keys)
    reader.enter(session, file[1])
    path = _ask_paths(reader, file[0])[0]
    first, second = (reader.post(path).headers["Location"] for _ in range(2))
    assert first == second
    assert len(_questions(session)) == 1
    assert len(waiting(session, keys, Letter.ACCESS_QUESTION)) == 1
    assert reader.get(path).status_code == 303, "the form leads to the question"


def test_too_long_a_message_stays_in_the_form(
    reader: PageClient, session: Session, file: tuple[Patient, User]
) -> None:
    reader.enter(session, file[1])
    answer = reader.post(_ask_paths(reader, file[0])[0], data={"message": "x" * 1_001})
    assert answer.status_code == 422
    assert "Écrivez 1 000 caractères au plus" in answer.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "x" * 1_001 in answer.text
    assert _questions(session) == []


def test_ten_questions_a_day_are_enough(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    for _ in range(11):
        write(session, patient, nurse(session, keys, patient))
    reader.enter(session, user)
    paths = _ask_paths(reader, patient)
    assert [reader.post(path).status_code for path in paths] == [303] * 10 + [422]
    assert len(_questions(session)) == 10
    with time_machine.travel(now() + timedelta(days=1, seconds=1)):
        reader.enter(session, user)
        assert reader.post(paths[10]).status_code == 303


@pytest.mark.parametrize("line", ["", "1", "nonsense", "é", "AAAA" * 20])
def test_a_line_that_no_page_named_is_not_found(
    reader: PageClient, session: Session, file: tuple[Patient, User], line: str
) -> None:
    reader.enter(session, file[1])
    for answer in (
        reader.get(f"{path_of(file[0])}/question", query_string={"line": line}),
        reader.post(f"{path_of(file[0])}/question", query_string={"line": line}),
    ):
        assert answer.status_code == 404


def test_the_address_of_a_line_opens_nothing_in_another_file(
    reader: PageClient, session: Session, keys: KeyRing, file: tuple[Patient, User]
) -> None:
    other, other_user = patient_with_account(session, keys)
    write(session, other, nurse(session, keys, other))
    reader.enter(session, file[1])
    line = _ask_paths(reader, file[0])[0].partition("?")[2]
    reader.enter(session, other_user)
    assert reader.get(f"{path_of(other)}/question?{line}").status_code == 404
    assert reader.get(f"{path_of(other)}?before={line.partition('=')[2]}").status_code == 200


def test_a_question_is_read_by_who_asked_it_and_by_no_relative_or_other_patient(
    reader: PageClient, session: Session, keys: KeyRing, file: tuple[Patient, User]
) -> None:
    patient, user = file
    representative, _link = guardian(session, keys, patient)
    other, other_user = patient_with_account(session, keys)
    reader.enter(session, user)
    question_id = _asked(reader, patient, CANARY)
    reader.enter(session, representative)
    assert reader.get(f"{path_of(patient)}/questions/{question_id}").status_code == 404
    assert "Votre question" not in reader.get(path_of(patient)).text
    reader.enter(session, other_user)
    for owner in (patient, other):
        answer = reader.get(f"{path_of(owner)}/questions/{question_id}")
        assert answer.status_code == 404
        assert CANARY not in answer.text


def test_only_the_contact_reads_and_answers(
    reader: PageClient, session: Session, keys: KeyRing, file: tuple[Patient, User]
) -> None:
    patient, user = file
    reader.enter(session, user)
    question_id = _asked(reader, patient, CANARY)
    operator, _ = factories.make_user(session, keys, is_operator=True)
    for one in (user, operator, nurse(session, keys, patient)):
        reader.enter(session, one)
        for path in ("/privacy/questions", f"/privacy/questions/{question_id}"):
            answer = reader.get(path)
            assert answer.status_code == 403
            assert CANARY not in answer.text
        answer = reader.post(f"/privacy/questions/{question_id}", data={"answer": "x"})
        assert answer.status_code == 403
    assert [row.answered_at for row in _questions(session)] == [None]


def test_the_first_answer_stands(
    reader: PageClient, session: Session, keys: KeyRing, file: tuple[Patient, User]
) -> None:
    reader.enter(session, file[1])
    question_id = _asked(reader, file[0])
    reader.enter(session, _contact(session, keys))
    case = f"/privacy/questions/{question_id}"
    for text, done in (("La première", "answered"), ("La seconde", "before")):
        assert reader.post(case, data={"answer": text}).headers["Location"].endswith(done)
    shown = reader.get(f"{case}?done=before").text
    assert "La première" in shown
    assert "La seconde" not in shown
    assert len(waiting(session, keys, Letter.ACCESS_ANSWER)) == 1


@pytest.mark.parametrize("text", ["", "   \r\n ", "x" * 4_001])
def test_an_answer_without_words_or_without_end_is_refused(
    reader: PageClient, session: Session, keys: KeyRing, file: tuple[Patient, User], text: str
) -> None:
    reader.enter(session, file[1])
    question_id = _asked(reader, file[0])
    reader.enter(session, _contact(session, keys))
    answer = reader.post(f"/privacy/questions/{question_id}", data={"answer": text})
    assert answer.status_code == 422
    assert text.strip() in answer.text
    assert [row.answered_at for row in _questions(session)] == [None]


def test_the_one_who_waits_longest_comes_first_and_the_list_goes_on(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    nadia = nurse(session, keys, patient)
    asked = []
    for _ in range(35):
        sequence = write(session, patient, nadia)
        row = AccessQuestion(
            patient_id=patient.id, sequence=sequence, asked_by=user.id, created_at=now()
        )
        session.add(row)
        asked.append(str(row.id))
    reader.enter(session, _contact(session, keys))
    path, seen = "/privacy/questions", []
    while path:
        html = reader.get(path).text
        seen += re.findall(r'link-row" href="/privacy/questions/([0-9a-f-]{36})"', html)
        following = re.search(r'href="(/privacy/questions\?after=[^"]+)"', html)
        path = unescape(following[1]) if following else ""
    assert seen == asked


def test_markup_in_a_question_and_an_answer_stays_text(
    reader: PageClient, session: Session, keys: KeyRing, file: tuple[Patient, User]
) -> None:
    evil = "<script>alert(1)</script><b hx-get=/x>"
    reader.enter(session, file[1])
    question_id = _asked(reader, file[0], evil)
    own_page = f"{path_of(file[0])}/questions/{question_id}"
    assert "<script>alert" not in reader.get(own_page).text
    reader.enter(session, _contact(session, keys))
    assert "<script>alert" not in reader.get(f"/privacy/questions/{question_id}").text
    reader.post(f"/privacy/questions/{question_id}", data={"answer": evil})
    reader.enter(session, file[1])
    assert "<b hx-get" not in reader.get(own_page).text


def test_the_operator_names_the_contact_and_ends_it(
    run, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    assert run("privacy-contact", user.email.upper()).exit_code == 0
    reader.enter(session, user)
    assert reader.get("/privacy/questions").status_code == 200
    assert run("privacy-contact", user.email, "--end").exit_code == 0
    assert reader.get("/privacy/questions").status_code == 403
    unknown = run("privacy-contact", "nobody@example.org")
    assert unknown.exit_code == 1
    assert "there is no account nobody@example.org" in unknown.stderr


def test_one_question_sent_by_ten_hands_at_once_is_one(
    app: Flask, session: Session, keys: KeyRing, file: tuple[Patient, User]
) -> None:
    _contact(session, keys)
    browsers = []
    for _ in range(10):
        browser = PageClient(app)
        browser.enter(session, file[1])
        browsers.append(browser)
    path = _ask_paths(browsers[0], file[0])[0]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda one: one.post(path), browsers))
    assert {answer.status_code for answer in answers} == {303}
    assert len(_questions(session)) == 1
    assert len(waiting(session, keys, Letter.ACCESS_QUESTION)) == 1
