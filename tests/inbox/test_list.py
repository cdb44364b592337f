"""The inbox: what waits for me and for my team, the oldest promise first."""

from datetime import timedelta

from flask import Flask
from sqlmodel import Session

from portal import clock
from portal.crypto import KeyRing
from portal.models.directory import Absence
from tests.messages.conftest import Browsing
from tests.messaging.circle import WritingCircle, family_writes
from tests.statements import counted


def _let_go(session: Session) -> None:
    session.commit()
    session.expunge_all()
    session.rollback()


def _order(text: str, *subjects: str) -> list[str]:
    return sorted((one for one in subjects if one in text), key=text.index)


def test_the_oldest_promise_stands_first_and_a_late_one_says_so(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    at = clock.now()
    for subject, ago in (("Nouveau", 0), ("Ancien", 30), ("Moyen", 1)):
        family_writes(
            session,
            keys,
            circle,
            by=circle.paul,
            to=circle.nadias_place,
            subject=subject,
            at=at - timedelta(days=ago),
        )
    family_writes(session, keys, circle, subject="Pour la coordination")
    _let_go(session)
    text = as_(circle.nadia).get("/inbox").text
    assert _order(text, "Ancien", "Moyen", "Nouveau")[0] == "Ancien"
    assert "Jeanne Morel" in text
    assert "Paul (fils), pour Jeanne Morel" in text
    assert "retard" in text
    assert "Pour la coordination" not in text
    claire = as_(circle.claire)
    assert "Ancien" not in claire.get("/inbox?box=team").text
    assert "Pour la coordination" in claire.get("/inbox?box=team").text


def test_who_stands_in_finds_what_waits_and_no_longer_once_it_is_over(
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
    family_writes(session, keys, circle, to=circle.nadias_place, subject="Pansement")
    _let_go(session)
    haddad = as_(circle.haddad)
    text = haddad.get("/inbox").text
    assert "Pansement" in text
    assert "Pour Nadia Belkacem" in text
    session.delete(session.merge(absence))
    _let_go(session)
    assert "Pansement" not in haddad.get("/inbox").text


def test_a_file_that_closed_takes_its_conversations_out(
    session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    family_writes(session, keys, circle, to=circle.nadias_place, subject="Pansement")
    place = session.merge(circle.nadias_place)
    place.period_end = clock.now() - timedelta(minutes=1)
    session.add(place)
    _let_go(session)
    nadia = as_(circle.nadia)
    for box in ("mine", "team", "answered", "closed"):
        assert "Pansement" not in nadia.get(f"/inbox?box={box}").text


def test_older_ones_follow_and_the_cost_is_that_of_one(
    app: Flask, session: Session, keys: KeyRing, circle: WritingCircle, as_: Browsing
) -> None:
    for number in range(25):
        at = clock.now() - timedelta(minutes=number)
        about = {"subject": f"Sujet n°{number:02}", "at": at}
        family_writes(session, keys, circle, to=circle.nadias_place, **about)  # type: ignore[arg-type]
    _let_go(session)
    nadia = as_(circle.nadia)
    with counted(app) as statements:
        page = nadia.get("/inbox")
    assert len(statements) <= 5, "\n".join(statements)
    shown = {f"Sujet n°{number:02}" for number in range(25) if f"Sujet n°{number:02}" in page.text}
    assert len(shown) == 20
    following = page.text.split("after=")[1].split('"')[0]
    rest = nadia.get(f"/inbox?box=mine&after={following}").text
    more = {f"Sujet n°{number:02}" for number in range(25) if f"Sujet n°{number:02}" in rest}
    assert len(more) == 5
    assert not more & shown


def test_the_family_has_no_inbox(circle: WritingCircle, as_: Browsing) -> None:
    for one in (circle.jeanne, circle.paul):
        assert as_(one).get("/inbox").status_code == 403
