"""From the link to the recovery codes, for somebody without an account."""

import re

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from portal.clock import now
from portal.crypto import KeyRing
from portal.identity import invitations
from portal.identity.invitations import Place
from portal.models.account import Invitation, InvitationKind, User, UserSession
from portal.models.credential import PaperCode, PaperSheet, RecoveryCode, TotpDevice
from portal.models.rights import CareLink
from tests import factories
from tests.auth.steps import asked_number, both, codes_on, field_error, is_in, password
from tests.pages import PageClient, code_of

EMAIL = "sylvie.morel@example.org"
STRONG = "tabouret citron fanfare"
_SECRET = re.compile(r'data-copy="([A-Z2-7]{32})"')
_CODE = re.compile(r"<li><code>([A-Z2-7-]+)</code></li>")


@pytest.fixture
def link(session: Session) -> str:
    """The address of a carer's invitation."""
    patient = factories.make_patient(session)
    place = Place(InvitationKind.CARER, patient_id=patient.id, grants=("agenda:see",))
    token = invitations.invite(session, email=EMAIL, place=place, at=now())
    session.commit()
    return f"/invitation/{token}"


def _begin(reader: PageClient, link: str, **fields: str) -> str:
    """Choose names and password; the seed that the page shows."""
    form = {"given_name": "Sylvie", "family_name": "Morel", "password": STRONG} | fields
    answer = reader.post(link, data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/enrolment")
    found = _SECRET.search(reader.get("/enrolment?method=app").text)
    assert found is not None
    return found[1]


def _sign_in(app: Flask, user: User, code: str) -> TestResponse:
    return both(PageClient(app), user, code, password_text=STRONG)


def test_the_whole_way_from_the_link_to_the_first_page(
    app: Flask, session: Session, link: str
) -> None:
    reader = PageClient(app)
    with time_machine.travel(now(), tick=False) as clock:
        secret = _begin(reader, link)
        assert not is_in(reader)
        done = reader.post("/enrolment", data={"code": code_of(secret)})
        assert (done.status_code, done.headers["Location"]) == (303, "/recovery-codes")
        assert is_in(reader)
        user = session.exec(select(User)).one()
        assert (user.email, user.given_name) == (EMAIL, "Sylvie")
        assert session.exec(select(CareLink)).one().user_id == user.id
        session.rollback()
        clock.shift(60)
        assert _sign_in(app, user, code_of(secret)).status_code == 303


def test_the_code_that_enrolled_cannot_sign_in(app: Flask, session: Session, link: str) -> None:
    reader = PageClient(app)
    with time_machine.travel(now(), tick=False):
        secret = _begin(reader, link)
        reader.post("/enrolment", data={"code": code_of(secret)})
        user = session.exec(select(User)).one()
        session.rollback()
        assert _sign_in(app, user, code_of(secret)).status_code == 422


@pytest.mark.parametrize(
    "weak", ["jetaime2024", "motdepasse123", "azertyuiop12", "sylviemorel12", "sylvie.morel", ""]
)
def test_a_weak_password_is_refused_and_the_names_stay(
    reader: PageClient, session: Session, link: str, weak: str
) -> None:
    form = {"given_name": "Sylvaine", "family_name": "Morel-Petit", "password": weak}
    answer = reader.post(link, data=form)
    assert answer.status_code == 422
    assert field_error(answer)
    assert 'value="Sylvaine"' in answer.text
    assert 'value="Morel-Petit"' in answer.text
    assert not weak or f'value="{weak}"' not in answer.text
    assert session.exec(select(User)).all() == []


def test_the_sentence_says_how_to_choose_better(reader: PageClient, link: str) -> None:
    form = {"given_name": "Sylvie", "family_name": "Morel", "password": "motdepasse123"}
    assert "quatre mots" in field_error(reader.post(link, data=form))


def test_names_are_asked_of_a_carer(reader: PageClient, link: str) -> None:
    answer = reader.post(link, data={"given_name": " ", "family_name": "", "password": STRONG})
    assert answer.status_code == 422
    assert answer.text.count('class="field-error"') == 2


def test_a_patient_is_named_as_in_the_record(reader: PageClient, session: Session) -> None:
    patient = factories.make_patient(session, given_name="Jeanne", family_name="Morel")
    place = Place(InvitationKind.PATIENT, patient_id=patient.id)
    token = invitations.invite(session, email=EMAIL, place=place, at=now())
    session.commit()
    assert 'name="given_name"' not in reader.get(f"/invitation/{token}").text
    form = {"given_name": "Mallory", "family_name": "Pirate", "password": STRONG}
    answer = reader.post(f"/invitation/{token}", data=form)
    assert answer.status_code == 303
    user = session.exec(select(User)).one()
    assert (user.given_name, user.family_name) == ("Jeanne", "Morel")


def test_a_patient_can_enrol_without_typing_names(reader: PageClient, session: Session) -> None:
    patient = factories.make_patient(session, given_name="Jeanne", family_name="Morel")
    place = Place(InvitationKind.PATIENT, patient_id=patient.id)
    token = invitations.invite(session, email=EMAIL, place=place, at=now())
    session.commit()
    answer = reader.post(f"/invitation/{token}", data={"password": STRONG})
    assert answer.status_code == 303


def test_begun_twice_in_one_browser_it_keeps_the_seed(
    reader: PageClient, session: Session, link: str
) -> None:
    first = _begin(reader, link)
    assert _begin(reader, link, password="fanfare citron tabouret") == first
    assert len(session.exec(select(TotpDevice)).all()) == 1
    session.rollback()
    assert reader.post("/enrolment", data={"code": code_of(first)}).status_code == 303


def test_whoever_opened_the_link_first_does_not_know_the_seed(
    app: Flask, session: Session, link: str
) -> None:
    stranger, owner = PageClient(app), PageClient(app)
    first = _begin(stranger, link)
    second = _begin(owner, link, password="fanfare citron tabouret")
    assert second != first
    assert len(session.exec(select(TotpDevice)).all()) == 1
    session.rollback()
    late = stranger.post("/enrolment", data={"code": code_of(first)})
    assert "too_late" in late.headers["Location"]
    assert owner.post("/enrolment", data={"code": code_of(second)}).status_code == 303


def test_an_account_that_is_not_finished_cannot_sign_in(
    reader: PageClient, session: Session, link: str
) -> None:
    _begin(reader, link)
    assert password(reader, EMAIL, STRONG).status_code == 422


def test_a_wrong_code_keeps_the_page_and_the_seed(reader: PageClient, link: str) -> None:
    secret = _begin(reader, link)
    answer = reader.post("/enrolment", data={"code": "000000"})
    assert answer.status_code == 422
    assert field_error(answer)
    assert secret in answer.text
    assert not is_in(reader)


def test_enrolment_has_the_same_budget(reader: PageClient, link: str) -> None:
    _begin(reader, link)
    answers = [reader.post("/enrolment", data={"code": "000000"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_the_enrolment_step_does_not_pass_for_a_sign_in_step(
    reader: PageClient, session: Session, link: str
) -> None:
    secret = _begin(reader, link)
    assert reader.post("/sign-in/code", data={"code": code_of(secret)}).status_code != 200
    assert not is_in(reader)
    assert session.exec(select(User)).one().enrolled_at is None


def test_recovery_codes_are_shown_until_they_are_noted_then_never(
    app: Flask, session: Session, keys: KeyRing, link: str
) -> None:
    reader = PageClient(app)
    secret = _begin(reader, link)
    reader.post("/enrolment", data={"code": code_of(secret)})
    shown = [_CODE.findall(reader.get("/recovery-codes").text) for _ in range(2)]
    assert len(shown[0]) == 10
    assert shown[0] == shown[1]
    page = reader.get("/recovery-codes").text
    assert "Votre compte est prêt" in page
    assert "Codes faits le" in page
    assert len(session.exec(select(RecoveryCode)).all()) == 10
    session.rollback()
    assert reader.post("/recovery-codes").status_code == 303
    gone = reader.get("/recovery-codes")
    assert (gone.status_code, gone.headers["Location"]) == (303, "/")


def test_recovery_codes_that_nobody_noted_are_shown_at_the_next_sign_in(
    app: Flask, session: Session, link: str
) -> None:
    reader = PageClient(app)
    secret = _begin(reader, link)
    reader.post("/enrolment", data={"code": code_of(secret)})
    codes = _CODE.findall(reader.get("/recovery-codes").text)
    reader.post("/sign-out")
    other = PageClient(app)
    other.post("/sign-in", data={"email": EMAIL, "password": STRONG})
    answer = other.post("/sign-in/code", data={"code": code_of(secret, steps_ahead=1)})
    assert answer.headers["Location"] == "/recovery-codes"
    assert _CODE.findall(other.get("/recovery-codes").text) == codes
    rows = session.exec(select(UserSession)).all()
    assert sum(row.recovery_codes_sealed is not None for row in rows) == 1


def test_an_invitation_withdrawn_meanwhile_enrols_nobody(
    reader: PageClient, session: Session, link: str
) -> None:
    secret = _begin(reader, link)
    session.exec(select(Invitation)).one().withdrawn_at = now()
    session.commit()
    assert reader.post("/enrolment", data={"code": code_of(secret)}).status_code == 404
    session.expire_all()
    assert session.exec(select(User)).one().enrolled_at is None
    assert not is_in(reader)


def test_the_page_without_an_invitation_sends_to_sign_in(reader: PageClient) -> None:
    assert reader.get("/enrolment").headers["Location"] == "/sign-in?too_late=1"
    answer = reader.post("/enrolment", data={"code": "123456"})
    assert answer.headers["Location"] == "/sign-in?too_late=1"


def test_somebody_with_one_name_in_the_record_is_asked_for_the_other(
    reader: PageClient, session: Session
) -> None:
    doctor = factories.make_practitioner(session, given_name="", family_name="Martin")
    place = Place(InvitationKind.PROFESSIONAL, practitioner_id=doctor.id)
    token = invitations.invite(session, email=EMAIL, place=place, at=now())
    session.commit()
    page = reader.get(f"/invitation/{token}").text
    assert 'name="given_name"' in page
    assert 'value="Martin"' in page
    form = {"given_name": "Luc", "family_name": "Martin", "password": STRONG}
    assert reader.post(f"/invitation/{token}", data=form).status_code == 303


def test_an_account_closed_meanwhile_is_not_finished(
    reader: PageClient, session: Session, link: str
) -> None:
    secret = _begin(reader, link)
    user = session.exec(select(User)).one()
    user.disabled_at = now()
    session.add(user)
    session.commit()
    assert reader.post("/enrolment", data={"code": code_of(secret)}).status_code == 404
    session.expire_all()
    assert session.exec(select(User)).one().enrolled_at is None
    assert session.exec(select(CareLink)).all() == []


def _begin_sheet(reader: PageClient, link: str) -> list[str]:
    """As far as the sheet that is shown; its codes."""
    _begin(reader, link)
    shown = reader.post("/enrolment/sheet")
    assert shown.headers["Location"] == "/enrolment?method=sheet"
    codes = codes_on(reader.get("/enrolment?method=sheet"))
    assert len(codes) == 40
    return codes


def _finish_sheet(reader: PageClient, code: str) -> TestResponse:
    return reader.post("/enrolment", data={"code": code, "method": "sheet"})


def test_the_ways_to_choose_from_are_links(reader: PageClient, link: str) -> None:
    _begin(reader, link)
    page = reader.get("/enrolment").text
    assert 'href="/enrolment?method=app"' in page
    assert 'href="/enrolment?method=sheet"' in page
    assert _SECRET.search(page) is None, "nothing secret before a choice"


def test_a_sheet_of_codes_is_enough_to_enrol_and_to_come_back(
    app: Flask, session: Session, link: str
) -> None:
    reader = PageClient(app)
    codes = _begin_sheet(reader, link)
    assert codes_on(reader.get("/enrolment?method=sheet")) == codes, "a reload shows them again"
    done = _finish_sheet(reader, codes[0])
    assert (done.status_code, done.headers["Location"]) == (303, "/recovery-codes")
    assert is_in(reader)
    assert session.exec(select(TotpDevice)).all() == [], "the app that was not chosen is gone"
    user = session.exec(select(User)).one()
    assert session.exec(select(PaperSheet)).one().codes_sealed is None
    session.rollback()
    other = PageClient(app)
    password(other, user, STRONG)
    assert asked_number(other.get("/sign-in/code")) == 2
    assert _sign_in(app, user, codes[0]).status_code == 422
    assert _sign_in(app, user, codes[1]).status_code == 303


def test_reading_the_page_of_the_sheet_makes_no_codes(
    reader: PageClient, session: Session, link: str
) -> None:
    _begin(reader, link)
    assert codes_on(reader.get("/enrolment?method=sheet")) == []
    assert session.exec(select(PaperSheet)).all() == []


@pytest.mark.parametrize("number", [2, 40])
def test_another_code_of_the_sheet_does_not_finish(
    reader: PageClient, session: Session, link: str, number: int
) -> None:
    codes = _begin_sheet(reader, link)
    answer = _finish_sheet(reader, codes[number - 1])
    assert answer.status_code == 422
    assert codes_on(answer) == codes, "the sheet is still there"
    assert not is_in(reader)
    assert session.exec(select(User)).one().enrolled_at is None


def test_a_sheet_that_was_never_shown_does_not_finish(reader: PageClient, link: str) -> None:
    _begin(reader, link)
    assert _finish_sheet(reader, "12345678").status_code == 422
    assert not is_in(reader)


def test_whoever_opened_the_link_first_does_not_know_the_sheet(
    app: Flask, session: Session, link: str
) -> None:
    stranger, owner = PageClient(app), PageClient(app)
    stolen = _begin_sheet(stranger, link)
    _begin(owner, link)
    assert session.exec(select(PaperSheet)).all() == []
    session.rollback()
    assert "too_late" in _finish_sheet(stranger, stolen[0]).headers["Location"]
    assert _finish_sheet(owner, stolen[0]).status_code == 422


def test_an_invitation_withdrawn_while_the_sheet_is_printed_enrols_nobody(
    reader: PageClient, session: Session, link: str
) -> None:
    codes = _begin_sheet(reader, link)
    session.exec(select(Invitation)).one().withdrawn_at = now()
    session.commit()
    assert _finish_sheet(reader, codes[0]).status_code == 404
    assert reader.post("/enrolment/sheet").status_code == 404
    session.expire_all()
    assert session.exec(select(User)).one().enrolled_at is None
    assert session.exec(select(PaperSheet)).one().confirmed_at is None
    assert all(row.used_at is None for row in session.exec(select(PaperCode)))


def test_a_second_step_of_the_same_invitation_adds_nothing_to_the_account(
    reader: PageClient, session: Session, link: str
) -> None:
    """Begun twice in one browser, finished once: the cookie of the other step is worth nothing."""
    secret = _begin(reader, link)
    before = reader.client.get_cookie("challenge")
    assert before is not None
    _begin(reader, link)
    assert reader.post("/enrolment", data={"code": code_of(secret)}).status_code == 303
    reader.client.set_cookie("challenge", before.value)
    assert reader.get("/enrolment?method=app").status_code == 404
    assert reader.post("/enrolment/sheet").status_code == 404
    assert session.exec(select(PaperSheet)).all() == []
    assert len(session.exec(select(TotpDevice)).all()) == 1


@pytest.mark.parametrize("method", ["", "app", "sheet"])
def test_the_password_alone_never_opens_enrolment(
    reader: PageClient, session: Session, keys: KeyRing, method: str
) -> None:
    user, _secret = factories.make_user(session, keys)
    session.commit()
    password(reader, user)
    page = reader.get(f"/enrolment?method={method}")
    assert page.headers["Location"] == "/sign-in?too_late=1"
    for path, form in (
        ("/enrolment", {"code": "12345678", "method": method}),
        ("/enrolment/sheet", {}),
    ):
        answer = reader.post(path, data=form)
        assert answer.headers["Location"] == "/sign-in?too_late=1", path
    assert session.exec(select(PaperSheet)).all() == []
    assert len(session.exec(select(TotpDevice)).all()) == 1


def test_the_codes_can_wait_for_the_next_visit(reader: PageClient, link: str) -> None:
    secret = _begin(reader, link)
    reader.post("/enrolment", data={"code": code_of(secret)})
    page = reader.get("/recovery-codes")
    assert 'action="/sign-out"' in page.text.split("<main")[1]


def test_after_the_codes_they_go_where_they_were_going(reader: PageClient, link: str) -> None:
    secret = _begin(reader, link)
    reader.post("/enrolment", data={"code": code_of(secret)})
    page = reader.get("/recovery-codes?next=/account").text
    assert 'name="next" value="/account"' in page
    assert "evil" not in reader.get("/recovery-codes?next=//evil.example").text
    assert (
        reader.post("/recovery-codes", data={"next": "/account"}).headers["Location"] == "/account"
    )
    assert reader.post("/recovery-codes", data={"next": "//evil"}).headers["Location"] == "/"
