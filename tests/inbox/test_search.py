"""Search in the inbox: what its boxes hold, opened and looked through, and nothing beside it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.messaging.acts import locked
from portal.messaging.sending import Written, send_message
from portal.messaging.visibility import Reader
from portal.models.consent import ConsentStatus
from portal.models.directory import Absence
from portal.models.messaging import Message, MessageKind, Thread, ThreadReader, ThreadState
from portal.models.rights import Block, CareLinkKind
from tests import factories
from tests.messages.conftest import Browsing
from tests.messages.sharing import say_of_sharing
from tests.messaging.circle import Account, WritingCircle, author, family_writes
from tests.statements import counted


def _let_go(session: Session) -> None:
    session.commit()
    session.expunge_all()
    session.rollback()


def _writes(
    session: Session,
    keys: KeyRing,
    account: Account,
    first: Message,
    text: str,
    kind: MessageKind = MessageKind.MESSAGE,
) -> Message:
    at = clock.now()
    reader = Reader(account.id, account.user.practitioner_id, is_family=False)
    thread = locked(
        session, patient_id=first.patient_id, thread_id=first.thread_id, reader=reader, at=at
    )
    return send_message(
        session,
        thread,
        Written(body=text, key=uuid4(), kind=kind),
        by=author(account, "professional"),
        is_family=False,
        keys=keys,
        at=at,
    )


def _is_found(as_: Browsing, account: Account, word: str) -> bool:
    answer = as_(account).get("/inbox/search", query_string={"q": word})
    assert answer.status_code == 200
    return "<mark>" in answer.text


def test_a_word_is_found_without_its_accents_with_its_patient_and_its_place(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = family_writes(
        session, keys, circle, to=circle.nadias_place, subject="Été", body="La plaie a séché"
    )
    _let_go(session)
    text = as_(circle.nadia).get("/inbox/search?q=SECHE").text
    assert "<mark>séché</mark>" in text
    assert "Jeanne Morel" in text
    assert f"/p/{first.patient_id}/messages/{first.thread_id}#m-{first.id}" in text
    assert "1 message trouvé" in text
    assert "dans toutes les conversations de votre messagerie" in text


def test_one_search_goes_over_all_patients_and_all_boxes(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    states = (ThreadState.WAITING, ThreadState.ANSWERED, ThreadState.CLOSED)
    for state in states:
        written = family_writes(
            session, keys, circle, to=circle.nadias_place, subject=f"zz{state}", body="zzword"
        )
        thread = session.exec(select(Thread).where(Thread.id == written.thread_id)).one()
        thread.state = state
        thread.due_at = thread.due_at if state is ThreadState.WAITING else None
        session.add(thread)
    _let_go(session)
    text = as_(circle.nadia).get("/inbox/search?q=zzword").text
    assert text.count("<mark>zzword</mark>") == 3
    assert all(f"zz{state}" in text for state in states)


def test_a_note_is_found_by_professionals_and_never_by_a_relative_who_also_works_there(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = family_writes(session, keys, circle, to=circle.nadias_place)
    _writes(session, keys, circle.nadia, first, "zznote", MessageKind.NOTE)
    _let_go(session)
    assert _is_found(as_, circle.nadia, "zznote")
    assert as_(circle.paul).get("/inbox/search?q=zznote").status_code == 403
    patient = session.merge(circle.patient)
    factories.make_link(
        session, user=session.merge(circle.nadia.user), patient=patient, kind=CareLinkKind.CARER
    )
    _let_go(session)
    assert not _is_found(as_, circle.nadia, "zznote")


def test_what_stands_in_no_box_of_theirs_is_not_found(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    family_writes(session, keys, circle, to=circle.haddads_place, body="zzhaddad")
    family_writes(session, keys, circle, body="zzcoordination")
    _let_go(session)
    found = {
        (name, word): _is_found(as_, getattr(circle, name), word)
        for name in ("nadia", "haddad", "claire")
        for word in ("zzhaddad", "zzcoordination")
    }
    assert {one for one, is_found in found.items() if is_found} == {
        ("haddad", "zzhaddad"),
        ("claire", "zzcoordination"),
    }


def test_who_stands_in_finds_it_as_long_as_they_do(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    today = clock.now().date()
    absence = Absence(
        practitioner_id=circle.nadias_place.practitioner_id,
        starts_on=today,
        ends_on=today,
        replacement_id=circle.haddads_place.practitioner_id,
    )
    session.add(absence)
    family_writes(session, keys, circle, to=circle.nadias_place, body="zzdressing")
    _let_go(session)
    assert _is_found(as_, circle.haddad, "zzdressing")
    session.delete(session.merge(absence))
    _let_go(session)
    assert not _is_found(as_, circle.haddad, "zzdressing")


def test_who_heard_that_it_is_late_finds_it(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    written = family_writes(session, keys, circle, to=circle.nadias_place, body="zzlate")
    thread = session.exec(select(Thread).where(Thread.id == written.thread_id)).one()
    thread.escalation = thread.escalation.__class__.COORDINATION
    session.add(thread)
    session.add(
        ThreadReader(
            patient_id=written.patient_id,
            thread_id=written.thread_id,
            user_id=circle.claire.id,
            is_participant=True,
            heard_late=True,
        )
    )
    _let_go(session)
    assert _is_found(as_, circle.claire, "zzlate")


def _close(session: Session, circle: WritingCircle, how: str) -> None:
    place = session.merge(circle.nadias_place)
    if how == "place ended":
        place.period_end = clock.now() - timedelta(minutes=1)
        session.add(place)
    elif how == "blocked":
        session.add(
            Block(
                patient_id=circle.patient.id,
                practitioner_id=place.practitioner_id,
                starts_at=factories.LONG_AGO,
                created_by=circle.jeanne.id,
            )
        )
    else:
        say_of_sharing(session, circle, ConsentStatus.REFUSED)


@pytest.mark.parametrize("how", ["place ended", "sharing refused", "blocked"])
def test_a_file_that_closed_gives_nothing(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing, how: str
) -> None:
    family_writes(session, keys, circle, to=circle.nadias_place, body="zzdressing")
    _let_go(session)
    assert _is_found(as_, circle.nadia, "zzdressing")
    _close(session, circle, how)
    _let_go(session)
    assert not _is_found(as_, circle.nadia, "zzdressing")


def test_it_says_how_far_it_looked_and_goes_on_from_there(
    app: Flask, session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    at = clock.now()
    for number in range(55):
        body = f"zzword zz{number:02}zz"
        family_writes(
            session,
            keys,
            circle,
            to=circle.nadias_place,
            body=body,
            at=at - timedelta(minutes=number),
        )
    _let_go(session)
    nadia = as_(circle.nadia)
    path, found, pages = "/inbox/search?q=zz54zz", [], 0
    while path:
        with counted(app) as statements:
            text = nadia.get(path).text
        assert len(statements) <= 5, "\n".join(statements)
        found += re.findall(r"<mark>(zz\d\dzz)</mark>", text)
        following = re.search(r'href="(/inbox/search\?q=[^"]+after=[^"]+)"', text)
        path, pages = following[1].replace("&amp;", "&") if following else "", pages + 1
        says_so = "50 conversations les plus récentes seulement" in text
        assert says_so == (pages == 1)
    assert (found, pages) == (["zz54zz"], 2)


def test_what_many_messages_hold_comes_page_by_page_and_each_once(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    at = clock.now()
    for number in range(30):
        family_writes(
            session,
            keys,
            circle,
            to=circle.nadias_place,
            body=f"zzword zz{number:02}zz",
            at=at - timedelta(minutes=number),
        )
    _let_go(session)
    nadia = as_(circle.nadia)
    first = nadia.get("/inbox/search?q=zzword").text
    following = re.search(r'href="(/inbox/search\?q=[^"]+after=[^"]+)"', first)
    assert following is not None
    second = nadia.get(following[1].replace("&amp;", "&")).text
    found = [re.findall(r"zz\d\dzz", one) for one in (first, second)]
    assert [len(one) for one in found] == [20, 10]
    assert len({*found[0], *found[1]}) == 30


def test_of_a_long_conversation_the_newest_messages_are_read_and_that_is_said(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    first = family_writes(session, keys, circle, to=circle.nadias_place, body="zzoldest")
    for number in range(20):
        _writes(session, keys, circle.nadia, first, f"zznew zz{number:02}zz")
    _let_go(session)
    nadia = as_(circle.nadia)
    text = nadia.get("/inbox/search?q=zzoldest").text
    assert "<mark>" not in text
    assert "seuls les derniers messages ont été lus" in text
    text = nadia.get("/inbox/search?q=zz00zz").text
    assert "<mark>zz00zz</mark>" in text
    # The twentieth newest stands on an older page of its conversation.
    link = re.search(r'href="(/p/[^"]+before=[^"]+)#(m-[^"]+)"', text)
    assert link is not None
    assert f'id="{link[2]}"' in nadia.get(link[1]).text


@pytest.mark.parametrize("asked", ["", " ", "a", "à", "!?", "'", "\x00"])
def test_what_every_message_holds_is_not_looked_for(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing, asked: str
) -> None:
    family_writes(session, keys, circle, to=circle.nadias_place, body="a zzword")
    _let_go(session)
    answer = as_(circle.nadia).get("/inbox/search", query_string={"q": asked})
    assert answer.status_code == 422
    assert "Écrivez au moins deux lettres" in answer.text
    assert "zzword" not in answer.text


def test_nothing_is_asked_before_somebody_asks(circle: WritingCircle, as_: Browsing) -> None:
    answer = as_(circle.nadia).get("/inbox/search")
    assert answer.status_code == 200
    assert "Rien trouvé" not in answer.text
    assert "Rien trouvé" in as_(circle.nadia).get("/inbox/search?q=zzword").text
