"""What the patient reads of their log, and what a representative does not."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.models.audit import AccessDecision, Capacity
from portal.models.care import Patient
from portal.models.directory import Gender
from portal.models.messaging import Attachment
from portal.models.rights import EmergencyAccess, GrantCategory, HiddenItem
from tests import factories
from tests.access_log.log import (
    guardian,
    lines_of,
    nurse,
    patient_with_account,
    write,
    write_many,
)
from tests.messaging.circle import family_writes, make_circle
from tests.pages import PageClient
from tests.statements import counted

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)
_ENTRY = re.compile(r'<li class="log-entry">(.*?)</li>', re.DOTALL)


def entries(html: str) -> list[str]:
    """What each entry says, without markup."""
    found = []
    for entry in _ENTRY.findall(html):
        text = unescape(re.sub(r"<[^>]+>", " ", entry)).replace("\N{NO-BREAK SPACE}", " ")
        found.append(" ".join(text.split()))
    return found


def path_of(patient: Patient) -> str:
    return f"/p/{patient.id}/access-log"


def test_nobody_opened_it_yet(reader: PageClient, session: Session, keys: KeyRing) -> None:
    patient, user = patient_with_account(session, keys)
    reader.enter(session, user)
    answer = reader.get(path_of(patient))
    assert answer.status_code == 200
    assert "Personne d’autre n’a encore ouvert le dossier" in answer.text
    assert lines_of(session, patient.id) == [], "the patient's own reading leaves none"


def test_readings_of_one_day_are_one_sentence(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    nadia = nurse(session, keys, patient)
    write(session, patient, nadia, at=NOON - timedelta(hours=2), count=2)
    write(session, patient, nadia, at=NOON, category="care_team")
    write(session, patient, nadia, at=NOON + DAY)
    reader.enter(session, user)
    html = reader.get(path_of(patient)).text
    shown = entries(html)
    assert len(shown) == 2
    assert shown[0].startswith("NB Nadia Belkacem, infirmière A lu : agenda 12 h 00 ")
    assert "A lu : équipe, agenda 12 h 00 , 3 fois" in shown[1]
    headings = re.findall(r'<h2 class="section-title"[^>]*>(.*?)</h2>', html)
    assert [("21 novembre" in headings[0]), ("20 novembre" in headings[1])] == [True, True]


def test_a_refused_try_and_an_emergency_are_said_as_such(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    nadia = nurse(session, keys, patient)
    emergency = EmergencyAccess(
        patient_id=patient.id,
        user_id=nadia.id,
        reason="malaise",
        starts_at=NOON - timedelta(minutes=1),
        ends_at=NOON + timedelta(minutes=59),
    )
    session.add(emergency)
    write(session, patient, nadia, at=NOON, decision=AccessDecision.DENIED)
    write(session, patient, nadia, at=NOON, capacity=Capacity.EMERGENCY)
    reader.enter(session, user)
    in_emergency, refused = entries(reader.get(path_of(patient)).text)
    assert "A voulu ouvrir : agenda (refusé)" in refused
    assert "Accès d’urgence" not in refused
    assert "Accès d’urgence" in in_emergency
    assert "motif donné : malaise" in in_emergency


def test_relatives_are_named_as_the_family_does(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    paul, _ = factories.make_user(session, keys, given_name="Paul")
    factories.make_link(session, patient=patient, user=paul, relationship="SON")
    doctor = nurse(
        session,
        keys,
        patient,
        prefix="Dr",
        given_name="Éric",
        family_name="Vidal",
        profession="medecin",
        gender=Gender.MALE,
    )
    write(session, patient, paul, capacity=Capacity.CARER)
    write(session, patient, doctor)
    reader.enter(session, user)
    shown = entries(reader.get(path_of(patient)).text)
    assert "Dr Éric Vidal, médecin A lu" in shown[0]
    assert "Paul, votre fils A lu" in shown[1]


def test_it_can_be_narrowed_to_a_group_a_person_and_a_period(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    nadia, (paul, _) = nurse(session, keys, patient), factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=paul, relationship="SON")
    write(session, patient, nadia, at=now() - 100 * DAY)
    write(session, patient, paul, at=now() - 10 * DAY, capacity=Capacity.CARER)
    write(session, patient, nadia, at=now() - DAY)
    reader.enter(session, user)

    def count(query: str) -> int:
        return len(entries(reader.get(f"{path_of(patient)}?{query}").text))

    assert count("") == 3
    assert count("who=professionals") == 2
    assert count("who=relatives") == 1
    assert count(f"who={paul.id}") == 1
    assert count(f"who={user.id}") == 0
    assert [count(f"period={one}") for one in ("week", "month", "year")] == [1, 2, 3]
    assert count("who=professionals&period=month") == 1
    assert count("who=%F0%9F&period=nonsense&before=nonsense") == 3, "what is no filter is none"


def test_older_lines_follow_without_loss_and_no_day_is_torn(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    nadia = nurse(session, keys, patient)
    for number in range(9):
        write(session, patient, nadia, at=NOON + number * DAY, count=50)
    reader.enter(session, user)
    path, seen, pages = path_of(patient), [], 0
    while path:
        html = reader.get(path).text
        seen += entries(html)
        pages += 1
        older = re.search(r'href="([^"]+before=[^"]+)"', html)
        path = unescape(older[1]) if older else ""
    assert pages == 3
    assert len(seen) == 9
    assert all("50 fois" in one for one in seen)


def test_a_day_longer_than_a_page_is_read_to_its_end(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    write_many(session, patient, nurse(session, keys, patient), count=450)
    reader.enter(session, user)
    path, counts = path_of(patient), []
    while path:
        html = reader.get(path).text
        counts += [int(one) for one in re.findall(r"(\d+) fois", entries(html)[0])]
        older = re.search(r'href="([^"]+before=[^"]+)"', html)
        path = unescape(older[1]) if older else ""
    assert counts == [200, 200, 50]


@pytest.mark.parametrize("who", ["the patient", "a guardian"])
def test_ten_thousand_lines_cost_as_much_as_one(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, who: str
) -> None:
    statements = []
    for count in (1, 10_000):
        patient, user = patient_with_account(session, keys)
        if who == "a guardian":
            user, _ = guardian(session, keys, patient)
        write_many(session, patient, nurse(session, keys, patient), count=count)
        reader.enter(session, user)
        with counted(app) as seen:
            assert reader.get(path_of(patient)).status_code == 200
        statements.append(len(seen))
    assert statements[0] == statements[1]
    assert statements[1] <= 5


def _hide(session: Session, patient: Patient, link_id: object, by: object) -> object:
    visit = factories.make_appointment(session, patient=patient)
    session.add(
        HiddenItem(
            patient_id=patient.id,
            category=GrantCategory.AGENDA,
            item_id=visit.id,
            care_link_id=link_id,
            created_at=now(),
            created_by=by,
        )
    )
    session.flush()
    return visit.id


@pytest.mark.parametrize("is_for_all", [True, False], ids=["from all", "from this one"])
def test_a_representative_sees_no_line_about_what_is_hidden_from_them(
    reader: PageClient, session: Session, keys: KeyRing, is_for_all: bool
) -> None:
    patient, user = patient_with_account(session, keys)
    representative, link = guardian(session, keys, patient)
    secret = nurse(session, keys, patient, given_name="Secrète", family_name="Sagefemme")
    item_id = _hide(session, patient, None if is_for_all else link.id, user.id)
    nadia = nurse(session, keys, patient)
    write(session, patient, nadia)
    write(session, patient, secret, item_id=item_id)
    write(session, patient, nadia, category="care_team")
    reader.enter(session, representative)
    page = reader.get(path_of(patient))
    assert "Secrète" not in page.text, "neither in the list nor among the people to choose"
    assert "Nadia" in page.text
    narrowed = reader.get(f"{path_of(patient)}?who={secret.id}")
    assert entries(narrowed.text) == []
    table = reader.get(f"{path_of(patient)}/export")
    assert "Secrète" not in table.text
    assert "Numéro" not in table.text, "a gap in the numbers would show it"
    reader.enter(session, user)
    assert "Secrète" in reader.get(path_of(patient)).text


def test_a_file_of_a_hidden_conversation_leaves_no_line_either(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    representative, _link = guardian(session, keys, circle.patient)
    sent = family_writes(session, keys, circle, to=circle.nadias_place, is_private=True)
    file = Attachment(
        patient_id=circle.patient.id,
        message_id=sent.id,
        uploaded_by=circle.jeanne.id,
        key=sent.key,
        media_type="application/pdf",
        size=3,
        name_sealed=b"",
        alternative_text_sealed=b"",
        digest=b"",
        created_at=now(),
    )
    session.add(file)
    session.flush()
    write(session, circle.patient, circle.nadia.user, category="messages", item_id=file.id)
    write(session, circle.patient, circle.haddad.user, category="messages")
    path = path_of(circle.patient)
    reader.enter(session, representative)
    page = reader.get(path)
    assert "Nadia" not in page.text
    assert "Haddad" in page.text
    assert "Nadia" not in reader.get(f"{path}/export").text
    reader.enter(session, circle.jeanne.user)
    assert "Nadia" in reader.get(path).text


def test_what_is_hidden_from_one_relative_is_not_hidden_from_a_representative(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    representative, _link = guardian(session, keys, patient)
    other, _ = factories.make_user(session, keys)
    link = factories.make_link(session, patient=patient, user=other)
    item_id = _hide(session, patient, link.id, user.id)
    write(session, patient, nurse(session, keys, patient), item_id=item_id)
    reader.enter(session, representative)
    assert "Nadia" in reader.get(path_of(patient)).text


def test_no_page_shows_the_number_of_a_line(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient, user = patient_with_account(session, keys)
    nadia = nurse(session, keys, patient)
    write_many(session, patient, nadia, count=7_351)
    reader.enter(session, user)
    html = reader.get(path_of(patient)).text
    assert "7351" not in html
    assert "7352" not in html
