"""Who is away reads it at the top of their inbox, and who answers meanwhile."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session

from portal import clock
from portal.models.directory import Absence
from tests.messages.conftest import Browsing
from tests.messaging.circle import WritingCircle
from tests.statements import counted


def _is_away(
    session: Session,
    circle: WritingCircle,
    *,
    starts: int,
    ends: int,
    replacement_id: UUID | None = None,
) -> UUID:
    today = clock.now().date()
    absence = Absence(
        practitioner_id=circle.nadias_place.practitioner_id,
        starts_on=today + timedelta(days=starts),
        ends_on=today + timedelta(days=ends),
        replacement_id=replacement_id,
    )
    session.add(absence)
    session.commit()
    absence_id = absence.id
    session.expunge_all()
    session.rollback()
    return absence_id


@pytest.mark.parametrize("path", ["/inbox", "/inbox?box=closed", "/inbox/drafts"])
def test_it_says_until_when_and_who_stands_in(
    app: Flask, session: Session, circle: WritingCircle, as_: Browsing, path: str
) -> None:
    absence_id = _is_away(
        session, circle, starts=-1, ends=3, replacement_id=circle.haddads_place.practitioner_id
    )
    nadia = as_(circle.nadia)
    with counted(app) as statements:
        text = nadia.get(path).text
    assert len(statements) <= 5, "\n".join(statements)
    assert "Absence en cours jusqu’au" in text
    assert "Samir Haddad remplace" in text
    link = f"/professional/absences/{absence_id}"
    assert f'href="{link}"' in text
    assert nadia.get(link).status_code == 200
    for account in (circle.haddad, circle.claire):
        assert "Absence en cours" not in as_(account).get(path).text


def test_nobody_stands_in_is_said_and_can_be_changed(
    session: Session, circle: WritingCircle, as_: Browsing
) -> None:
    absence_id = _is_away(session, circle, starts=0, ends=0)
    text = as_(circle.nadia).get("/inbox").text
    assert "personne ne remplace" in text
    assert f'href="/professional/absences/{absence_id}">Choisir qui remplace' in text


@pytest.mark.parametrize(("starts", "ends"), [(-3, -1), (1, 3)])
def test_what_is_over_or_to_come_is_not_said(
    session: Session, circle: WritingCircle, as_: Browsing, starts: int, ends: int
) -> None:
    _is_away(session, circle, starts=starts, ends=ends)
    assert "Absence en cours" not in as_(circle.nadia).get("/inbox").text


def test_of_two_at_once_the_one_that_lasts_is_said(
    session: Session, circle: WritingCircle, as_: Browsing
) -> None:
    _is_away(session, circle, starts=0, ends=1)
    lasting = _is_away(
        session, circle, starts=0, ends=5, replacement_id=circle.haddads_place.practitioner_id
    )
    text = as_(circle.nadia).get("/inbox").text
    assert text.count("Absence en cours") == 1
    assert f"/professional/absences/{lasting}" in text
