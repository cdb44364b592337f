"""Looking as a relative: their own pages from the same queries, marked, and read only."""

import re
from uuid import uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.audit import AccessEvent
from portal.models.rights import CareLink, CareLinkKind, CareLinkStatus
from tests import factories
from tests.access.cast import CANARY, Record, carer, linked, make_record, professional
from tests.pages import PageClient

PAGES = ("home", "agenda", "list", "past", "appointment", "team")
_QUERY = re.compile(r"\?preview=[^\"&#]*(&amp;rights=[^\"&#]*)?|&amp;(preview|rights)=[^\"&#]*")
_CHANGING = re.compile(r"R-[0-9a-f]{10}")


@pytest.fixture
def record(session: Session) -> Record:
    return make_record(session)


@pytest.fixture
def jeanne(session: Session, keys: KeyRing, record: Record) -> User:
    return linked(CareLinkKind.SELF)(session, keys, record)


def _link(session: Session, user: User) -> CareLink:
    return session.exec(select(CareLink).where(CareLink.user_id == user.id)).one()


def _main(html: str) -> str:
    return _CHANGING.sub("", _QUERY.sub("", html.partition("<main")[2].partition("</main")[0]))


def _as(path: str, link: CareLink, rights: str | None = None) -> str:
    extra = f"&rights={rights}" if rights is not None else ""
    return f"{path}{'&' if '?' in path else '?'}preview={link.id}{extra}"


@pytest.mark.parametrize("status", ["active", "paused"])
@pytest.mark.parametrize("grants", [(), ("agenda:see",), ("care_team:see", "agenda:act")])
def test_the_patient_sees_what_the_relative_sees(
    app: Flask,
    session: Session,
    keys: KeyRing,
    record: Record,
    jeanne: User,
    grants: tuple[str, ...],
    status: str,
) -> None:
    sylvie = carer(*grants, status=status)(session, keys, record)
    hers, theirs = PageClient(app), PageClient(app)
    hers.enter(session, sylvie)
    theirs.enter(session, jeanne)
    link = _link(session, sylvie)
    for key in PAGES:
        path = record.paths()[key]
        real, preview = hers.get(path), theirs.get(_as(path, link))
        assert preview.status_code == real.status_code, key
        if real.status_code == 200:
            assert _main(preview.text) == _main(real.text), key
            assert "Ce que voit Paul" in preview.text, "and it is marked"


def test_every_link_of_the_page_stays_in_the_preview(
    reader: PageClient, session: Session, keys: KeyRing, record: Record, jeanne: User
) -> None:
    sylvie = carer("agenda:see")(session, keys, record)
    link = _link(session, sylvie)
    reader.enter(session, jeanne)
    text = reader.get(_as(record.paths()["home"], link, "agenda:see")).text
    inside = re.findall(rf'href="(/p/{record.patient.id}[^"]*)"', text)
    leaving = [path for path in inside if "preview=" not in path]
    assert len(inside) > 3
    assert leaving == [f"/p/{record.patient.id}/carers"]
    assert all("rights=agenda:see" in path for path in inside if path not in leaving)


def test_rights_are_tried_before_they_are_given(
    reader: PageClient, session: Session, keys: KeyRing, record: Record, jeanne: User
) -> None:
    sylvie = carer("agenda:see")(session, keys, record)
    link = _link(session, sylvie)
    reader.enter(session, jeanne)
    agenda, team = record.paths()["agenda"], record.paths()["team"]
    assert reader.get(_as(agenda, link, "care_team:see")).status_code == 403
    assert reader.get(_as(team, link, "care_team:see")).status_code == 200
    assert reader.get(_as(agenda, link, "")).status_code == 403
    assert reader.get(_as(agenda, link, "agenda:fly <b> %00")).status_code == 403
    assert reader.get(_as(team, link)).status_code == 403, "and nothing was given by it"


def test_a_right_that_no_carer_can_hold_is_not_tried_either(
    reader: PageClient, session: Session, keys: KeyRing, record: Record, jeanne: User
) -> None:
    link = _link(session, carer()(session, keys, record))
    reader.enter(session, jeanne)
    path = f"/p/{record.patient.id}/access-log"
    assert reader.get(_as(path, link, "access_log:act")).status_code == 403


@pytest.mark.parametrize("role", [carer("agenda:act", "consents:act"), professional()])
def test_nobody_else_looks_as_a_relative(
    reader: PageClient, session: Session, keys: KeyRing, record: Record, role
) -> None:
    link = _link(session, carer("agenda:see")(session, keys, record))
    reader.enter(session, role(session, keys, record))
    answer = reader.get(_as(record.paths()["home"], link))
    assert answer.status_code == 404
    assert CANARY not in answer.text


def test_only_a_relative_of_this_patient_can_be_looked_at(
    reader: PageClient, session: Session, keys: KeyRing, record: Record, jeanne: User
) -> None:
    other = factories.make_patient(session, given_name="Anne")
    stranger, _ = factories.make_user(session, keys)
    elsewhere = factories.make_link(session, patient=other, user=stranger, grants=("agenda:see",))
    ended = _link(session, carer("agenda:see", status=CareLinkStatus.ENDED)(session, keys, record))
    reader.enter(session, jeanne)
    home = record.paths()["home"]
    for link_id in (elsewhere.id, ended.id, uuid4(), "x", ""):
        assert reader.get(f"{home}?preview={link_id}").status_code == 404, link_id


def test_nothing_is_sent_from_a_preview(
    reader: PageClient, session: Session, keys: KeyRing, record: Record, jeanne: User
) -> None:
    link = _link(session, carer("agenda:see")(session, keys, record))
    reader.enter(session, jeanne)
    answer = reader.post(f"/p/{record.patient.id}/carers/pause?preview={link.id}")
    assert answer.status_code == 403
    assert "rien n’a été envoyé" in answer.text
    session.expire_all()
    assert _link(session, session.get_one(User, link.user_id)).status is CareLinkStatus.ACTIVE


def test_looking_leaves_no_line_in_the_log(
    reader: PageClient, session: Session, keys: KeyRing, record: Record, jeanne: User
) -> None:
    link = _link(session, carer("agenda:see")(session, keys, record))
    reader.enter(session, jeanne)
    for key in ("home", "agenda", "team"):
        reader.get(_as(record.paths()[key], link))
    session.rollback()
    assert session.exec(select(AccessEvent)).all() == []
