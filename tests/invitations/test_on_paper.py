"""A printed sheet: its link, its short code, and the person it is bound to."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.db import begin_writing
from portal.identity import invitation_sheets, short_codes, totp
from portal.identity.invitations import Place
from portal.models.account import InvitationKind, User
from portal.models.care import RelatedPerson
from portal.models.credential import TotpDevice
from portal.models.rights import CareLink, Grant
from tests import factories
from tests.auth.steps import both
from tests.invitations.offers import (
    NEW_PASSWORD,
    REFUSED,
    begin_account,
    code_on,
    finish_enrolment,
    make_circle,
    only_invitation,
    paper_code,
    write_code,
)
from tests.pages import PageClient, code_of

SHEET = "/invitation/sheet"


def _stranger(app: Flask, code: str) -> PageClient:
    """Another browser, that wrote the code of the sheet."""
    guest = PageClient(app)
    answer = write_code(guest, code)
    assert (answer.status_code, answer.headers["Location"]) == (303, SHEET)
    return guest


def test_a_relative_makes_an_account_without_any_address_and_comes_back(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.jeanne)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        reader.enter(session, circle.jeanne)
        guest = _stranger(app, paper_code(reader, circle).lower().replace("-", " "))
        page = guest.get(SHEET)
        assert "sylvie.morel" in page.text
        assert 'name="given_name"' not in page.text, "the name that was written is fixed"
        answer = begin_account(guest, SHEET, given_name="Zoé", family_name="Autre")
        assert answer.headers["Location"] == "/enrolment"
        assert finish_enrolment(guest, session, keys).status_code == 303
        session.rollback()
        user = session.exec(select(User).where(User.username == "sylvie.morel")).one()
        assert (user.email, user.given_name, user.family_name) == (None, "Sylvie", "Morel")
        assert guest.get(f"/p/{circle.patient.id}/agenda").status_code == 200
        grants = session.exec(select(Grant)).all()
        assert sorted(f"{g.category}:{g.action}" for g in grants) == ["agenda:see", "care_team:see"]
        relative = session.exec(select(RelatedPerson)).one()
        assert (relative.given_name, relative.relationship, relative.email) == ("Sylvie", "DAU", "")
        session.rollback()
        clock.shift(timedelta(minutes=2))
        again = PageClient(app)
        secret = _secret_of(session, keys, "sylvie.morel")
        name = " Sylvie.Morel "
        entered = both(again, name, code_of(secret), password_text=NEW_PASSWORD)  # type: ignore[arg-type]
        assert entered.status_code == 303
        assert again.client.get("/session").status_code == 204


def _secret_of(session: Session, keys: KeyRing, username: str) -> str:
    user = session.exec(select(User).where(User.username == username)).one()
    device = session.exec(select(TotpDevice).where(TotpDevice.user_id == user.id)).one()
    secret = totp.secret_of(device, keys=keys)
    session.rollback()
    return secret


def test_somebody_listed_by_name_is_not_listed_twice(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    listed = factories.make_relative(session, patient=circle.patient, family_name="MOREL")
    session.commit()
    reader.enter(session, circle.claire)
    guest = _stranger(app, paper_code(reader, circle))
    begin_account(guest, SHEET)
    finish_enrolment(guest, session, keys)
    session.rollback()
    assert session.exec(select(RelatedPerson)).one().id == listed.id
    link = session.exec(select(CareLink).where(CareLink.kind == "carer")).one()
    assert link.related_person_id == listed.id


def test_two_people_of_one_name_get_two_user_names(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    for name in ("sylvie.morel", "sylvie.morel2", "sylvie.morelle"):
        factories.make_user(session, keys, email=None, username=name, family_name="Morelle")
    reader.enter(session, circle.claire)
    guest = _stranger(app, paper_code(reader, circle))
    assert "sylvie.morel3" in guest.get(SHEET).text


def test_a_user_name_taken_meanwhile_is_said_before_anything_is_made(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    guest = _stranger(app, paper_code(reader, circle))
    answer = begin_account(guest, SHEET, username="claire.morvan")
    assert answer.status_code == 422
    assert "notez le nouveau" in answer.text
    session.rollback()
    assert session.exec(select(User).where(User.username != None)).all() == []  # noqa: E711


def test_begun_again_it_is_the_same_account(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    code = paper_code(reader, circle)
    begin_account(_stranger(app, code), SHEET)
    other = _stranger(app, code)
    assert (
        begin_account(other, SHEET, password="tabouret citron fanfare oreiller").status_code == 303
    )
    finish_enrolment(other, session, keys)
    session.rollback()
    made = session.exec(select(User).where(User.username != None)).all()  # noqa: E711
    assert [one.username for one in made] == ["sylvie.morel"]


def test_a_weak_password_is_refused_and_the_page_stays(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    guest = _stranger(app, paper_code(reader, circle))
    answer = begin_account(guest, SHEET, password="Sylvie Morel 2024")
    assert answer.status_code == 422
    assert "facile à deviner" in answer.text
    assert 'value="sylvie.morel"' in answer.text


@pytest.mark.parametrize(
    "typed", ["", "AAAA", "KKKKKKKKKK", "KKKKK-KKKKK", "../../etc", "é" * 10, "K" * 41]
)
def test_a_wrong_code_is_refused_with_one_face(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing, typed: str
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    paper_code(reader, circle)
    guest = PageClient(app)
    answer = write_code(guest, typed)
    assert answer.status_code == 422
    assert "Sylvie" not in answer.text
    assert guest.client.get_cookie("sheet") is None


def test_a_code_that_is_over_reads_like_a_wrong_one(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        reader.enter(session, circle.claire)
        code = paper_code(reader, circle)
        over = _stranger(app, code)
        clock.shift(timedelta(days=14))
        expired = write_code(PageClient(app), code)
    wrong = write_code(PageClient(app), "KKKKK-KKKKK")
    assert expired.text.replace(code, "") == wrong.text.replace("KKKKK-KKKKK", "")
    assert expired.status_code == wrong.status_code == 422
    with time_machine.travel(1_800_000_000 + 15 * 86400, tick=False):
        for answer in (over.get(SHEET), over.post(SHEET)):
            assert answer.status_code == 404
            assert REFUSED in answer.text.replace("\xa0", " ")


def test_printing_again_ends_the_sheet_before_it(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    first = paper_code(reader, circle)
    opened = _stranger(app, first)
    row = only_invitation(session)
    before = (row.token_hash, row.ends_at)
    session.rollback()
    answer = reader.post(f"{circle.path}/{row.id}/sheet")
    second = code_on(answer)
    assert "La feuille imprimée avant ne marche plus." in answer.text
    assert second != first
    assert opened.get(SHEET).status_code == 404, "also for whoever wrote the first code before"
    assert write_code(PageClient(app), first).status_code == 422
    assert write_code(PageClient(app), second).status_code == 303
    row = only_invitation(session)
    assert row.token_hash != before[0]
    assert row.ends_at == before[1]


def test_the_square_and_the_code_open_the_same_invitation(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    session.commit()
    begin_writing(session)
    place = Place(InvitationKind.CARER, patient_id=patient.id, grants=("agenda:see",))
    sheet = invitation_sheets.invite_on_paper(
        session, keys=keys, names=("Sylvie", "Morel"), place=place, invited_by=None, at=now()
    )
    session.commit()
    assert "sylvie.morel" in PageClient(app).get(sheet.path).text
    assert "sylvie.morel" in _stranger(app, sheet.code).get(SHEET).text
    kept = str(sheet.invitation.model_dump())
    assert sheet.token not in kept
    assert short_codes.plain(sheet.code) not in kept


def test_the_code_stands_in_no_address_and_in_no_page(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys)
    reader.enter(session, circle.claire)
    code = paper_code(reader, circle)
    guest = PageClient(app)
    answer = write_code(guest, code)
    assert answer.headers["Location"] == SHEET
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("sheet="))
    assert "HttpOnly" in cookie
    assert "Max-Age=3600" in cookie
    plain = short_codes.plain(code)
    text = guest.get(SHEET).text
    assert code not in text
    assert plain not in text


def test_the_sheet_says_everything_and_names_no_patient(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    circle = make_circle(session, keys, given_name="Zénobie", family_name="Quéméneur")
    reader.enter(session, circle.claire)
    page = reader.post(
        f"{circle.path}/relative",
        data={
            "given_name": "Sylvie",
            "family_name": "Morel",
            "relationship": "NBOR",
            "rights": ["agenda:see"],
            "way": "paper",
        },
    )
    sheet = re.search(r'<div class="card invitation-sheet.*?</ol>', page.text, re.DOTALL)
    assert sheet is not None
    assert "Sylvie Morel" in sheet[0]
    assert "localhost/invitation/code" in sheet[0]
    assert "<svg" in sheet[0]
    assert "Zénobie" not in sheet[0]
    assert "Quéméneur" not in sheet[0]


def test_wrong_codes_of_one_address_are_limited(app: Flask, session: Session, config) -> None:
    guest = PageClient(app)
    statuses = {
        write_code(guest, "KKKKKKKKKK").status_code for _ in range(config.failures_per_address)
    }
    assert statuses == {422}
    refused = write_code(guest, "KKKKKKKKKK")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    guest.client.set_cookie("sheet", "KKKKKKKKKK")
    assert guest.get(SHEET).status_code == 429, "nor by the cookie"
