"""What a professional began and has not sent, over all their files."""

import re
from datetime import timedelta
from uuid import uuid4

from flask import Flask
from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.messaging.drafts import Draft, save_draft
from portal.models.audit import AccessEvent
from portal.models.messaging import NEW_THREAD, MessageKind
from portal.models.rights import CareLinkKind
from tests import factories
from tests.messages.conftest import Browsing
from tests.messaging.circle import WritingCircle, family_writes
from tests.statements import counted


def _let_go(session: Session) -> None:
    session.commit()
    session.expunge_all()
    session.rollback()


def test_an_answer_and_a_note_that_were_begun_stand_there_until_they_are_sent(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = family_writes(session, keys, circle, to=circle.nadias_place, subject="Pansement")
    _let_go(session)
    nadia = as_(circle.nadia)
    assert "/inbox/drafts" not in nadia.get("/inbox").text
    base = f"/p/{first.patient_id}/messages/{first.thread_id}"
    key = str(uuid4())
    nadia.post(f"{base}/answer/draft", data={"key": key, "body": "zzanswer"})
    nadia.post(f"{base}/answer/draft", data={"key": str(uuid4()), "body": "zznote", "kind": "note"})
    assert re.search(r'href="/inbox/drafts"[^>]*>Brouillons 2<', nadia.get("/inbox").text)
    text = nadia.get("/inbox/drafts").text
    assert text.count("Jeanne Morel") == 2
    assert text.count("Pansement") == 2
    assert "zzanswer" in text
    assert "zznote" in text
    assert f'href="{base}#composer"' in text
    assert f'href="{base}?kind=note#composer"' in text
    nadia.post(f"{base}/answer", data={"key": key, "body": "zzanswer", "kind": "message"})
    text = nadia.get("/inbox/drafts").text
    assert "zzanswer" not in text
    assert "zznote" in text


def test_one_of_a_conversation_that_is_not_begun_leads_to_where_it_is_written(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    draft = Draft(key=uuid4(), body="zzfirst", subject="Ordonnance", slot=NEW_THREAD)
    save_draft(
        session,
        draft,
        patient_id=circle.patient.id,
        author_id=circle.nadia.id,
        keys=keys,
        at=clock.now(),
    )
    _let_go(session)
    text = as_(circle.nadia).get("/inbox/drafts").text
    assert "Ordonnance" in text
    assert f'href="/p/{circle.patient.id}/messages/answer/new"' in text


def test_nobody_finds_those_of_another_nor_of_a_file_that_closed(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = family_writes(session, keys, circle, to=circle.nadias_place)
    _let_go(session)
    nadia = as_(circle.nadia)
    path = f"/p/{first.patient_id}/messages/{first.thread_id}/answer/draft"
    nadia.post(path, data={"key": str(uuid4()), "body": "zzanswer"})
    for account in (circle.haddad, circle.claire):
        assert "zzanswer" not in as_(account).get("/inbox/drafts").text
    assert as_(circle.paul).get("/inbox/drafts").status_code == 403
    place = session.merge(circle.nadias_place)
    place.period_end = clock.now() - timedelta(minutes=1)
    session.add(place)
    _let_go(session)
    text = nadia.get("/inbox/drafts").text
    assert "zzanswer" not in text
    assert "Aucun texte commencé" in text


def test_what_one_writes_as_a_relative_is_no_draft_of_ones_work(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    other = factories.make_patient(session, given_name="Odile")
    factories.make_link(
        session,
        user=circle.nadia.user,
        patient=other,
        kind=CareLinkKind.CARER,
        grants=("messages:act",),
    )
    save_draft(
        session,
        Draft(key=uuid4(), body="zzfamily"),
        patient_id=other.id,
        author_id=circle.nadia.id,
        keys=keys,
        at=clock.now(),
    )
    _let_go(session)
    assert "zzfamily" not in as_(circle.nadia).get("/inbox/drafts").text


def test_many_come_page_by_page_at_the_cost_of_one_and_are_in_the_log(
    app: Flask, session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    at = clock.now()
    for number in range(25):
        first = family_writes(session, keys, circle, to=circle.nadias_place)
        save_draft(
            session,
            Draft(
                key=uuid4(),
                body=f"zz{number:02}zz",
                slot=first.thread_id,
                kind=MessageKind.NOTE if number % 2 else MessageKind.MESSAGE,
            ),
            patient_id=circle.patient.id,
            author_id=circle.nadia.id,
            keys=keys,
            at=at - timedelta(minutes=number),
        )
    _let_go(session)
    nadia = as_(circle.nadia)
    before = len(session.exec(select(AccessEvent)).all())
    session.rollback()
    with counted(app) as statements:
        text = nadia.get("/inbox/drafts").text
    assert len(statements) <= 5, "\n".join(statements)
    assert len(session.exec(select(AccessEvent)).all()) == before + 1
    session.rollback()
    shown = re.findall(r"zz\d\dzz", text)
    assert shown == [f"zz{number:02}zz" for number in range(20)]
    following = re.search(r'href="(/inbox/drafts\?after=[^"]+)"', text)
    assert following is not None
    rest = nadia.get(following[1].replace("&amp;", "&")).text
    assert re.findall(r"zz\d\dzz", rest) == [f"zz{number:02}zz" for number in range(20, 25)]
