"""What a carer may do is what the patient says, at once, and nothing in between."""

import re
from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import UserSession
from portal.models.rights import CareLink, CareLinkKind, CareLinkStatus, Grant, LegalStatus, Mandate
from tests import factories
from tests.carers.scene import Family, letters, make_family, rights
from tests.pages import PageClient

_VERSION = re.compile(r'name="version" value="([0-9a-f]{16})"')


@pytest.fixture
def family(session: Session, keys: KeyRing) -> Family:
    return make_family(session, keys)


@pytest.fixture
def jeanne(app: Flask, session: Session, family: Family) -> PageClient:
    browser = PageClient(app)
    browser.enter(session, family.jeanne)
    return browser


@pytest.fixture
def sylvie(app: Flask, session: Session, family: Family) -> PageClient:
    browser = PageClient(app)
    browser.enter(session, family.sylvie)
    return browser


def _version(browser: PageClient, path: str) -> str:
    found = _VERSION.search(browser.get(path).text)
    assert found is not None
    return found[1]


def _change(browser: PageClient, path: str, *rights: str, period: str = "keep"):
    data = {"rights": list(rights), "period": period, "version": _version(browser, path)}
    return browser.post(path, data=data)


def test_the_page_says_what_each_carer_may_and_may_not_do(
    jeanne: PageClient, family: Family
) -> None:
    text = jeanne.get(family.carers).text
    card = text.partition(f"carer-{family.of_sylvie.id}")[2].partition('id="carer-')[0]
    may, _, may_not = card.partition("Sylvie ne peut pas")
    assert "Voir l’agenda" in may
    assert "Voir l’équipe" in may_not
    assert "Voir l’équipe" not in may


def test_a_carer_can_be_let_keep_up_to_date_who_does_what(
    session: Session, family: Family, jeanne: PageClient, sylvie: PageClient
) -> None:
    needs = f"{family.carers.removesuffix('/carers')}/needs"
    path = f"{family.carers}/{family.of_sylvie.id}"
    _change(jeanne, path, "care_team:see")
    assert sylvie.get(needs).status_code == 200
    assert sylvie.get(f"{needs}/new").status_code == 403
    _change(jeanne, path, "care_team:see", "care_team:act")
    assert rights(session, family.of_sylvie) == ["care_team:act"]
    assert sylvie.get(f"{needs}/new").status_code == 200
    assert "tenir à jour qui fait quoi" in jeanne.get(family.carers).text


def test_a_change_holds_on_the_next_request(
    jeanne: PageClient, sylvie: PageClient, session: Session, family: Family
) -> None:
    team = f"/p/{family.patient.id}/care-team"
    assert [sylvie.get(path).status_code for path in (family.agenda, team)] == [200, 403]
    answer = _change(jeanne, f"{family.carers}/{family.of_sylvie.id}", "care_team:see")
    assert answer.status_code == 303
    assert [sylvie.get(path).status_code for path in (family.agenda, team)] == [403, 200]
    assert rights(session, family.of_sylvie) == ["care_team:see"]
    assert letters(session) == [("carer_rights_changed", family.sylvie.email)]


def test_what_is_kept_keeps_its_dates_and_act_says_see(
    jeanne: PageClient, session: Session, family: Family
) -> None:
    kept = session.exec(select(Grant).where(Grant.care_link_id == family.of_sylvie.id)).one()
    end = kept.ends_at
    _change(jeanne, f"{family.carers}/{family.of_sylvie.id}", "agenda:see", "care_team:see")
    session.expire_all()
    assert session.get_one(Grant, (kept.patient_id, kept.care_link_id, kept.id)).ends_at == end
    path = f"{family.carers}/{family.of_sylvie.id}"
    _change(jeanne, path, "agenda:see", "agenda:act", "care_team:see")
    assert rights(session, family.of_sylvie) == ["agenda:act", "care_team:see"]


@pytest.mark.parametrize(("period", "days"), [("1", 30), ("6", 182), ("12", 365)])
def test_a_right_ends_by_itself_and_after_twelve_months_at_most(
    jeanne: PageClient, session: Session, family: Family, period: str, days: int
) -> None:
    before = clock.now()
    _change(jeanne, f"{family.carers}/{family.of_sylvie.id}", "agenda:see", period=period)
    session.expire_all()
    ends = [
        one.ends_at
        for one in session.exec(select(Grant).where(Grant.care_link_id == family.of_sylvie.id))
        if one.ends_at > clock.now()
    ]
    assert len(ends) == 1
    assert timedelta(0) <= ends[0] - before - timedelta(days=days) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "data",
    [
        {"rights": ["access_log:see"], "period": "keep"},
        {"rights": ["consents:act"], "period": "keep"},
        {"rights": ["messages:see"], "period": "keep"},
        {"rights": ["agenda:see"], "period": "240"},
        {"rights": ["agenda:see"]},
    ],
)
def test_what_nobody_can_grant_is_refused_and_changes_nothing(
    jeanne: PageClient, session: Session, family: Family, data: dict[str, object]
) -> None:
    path = f"{family.carers}/{family.of_sylvie.id}"
    answer = jeanne.post(path, data=data | {"version": _version(jeanne, path)})
    assert answer.status_code == 422
    assert rights(session, family.of_sylvie) == ["agenda:see"]


def test_the_second_of_two_windows_sees_what_changed_and_decides(
    jeanne: PageClient, session: Session, family: Family
) -> None:
    path = f"{family.carers}/{family.of_sylvie.id}"
    stale = _version(jeanne, path)
    _change(jeanne, path)
    data = {"rights": ["agenda:see", "care_team:see"], "period": "keep", "version": stale}
    answer = jeanne.post(path, data=data)
    assert answer.status_code == 409
    assert "ont changé entre-temps" in answer.text
    assert 'value="care_team:see" checked' in answer.text, "the choice stays in the form"
    assert rights(session, family.of_sylvie) == []
    fresh = _VERSION.search(answer.text)
    assert fresh is not None
    assert jeanne.post(path, data=data | {"version": fresh[1]}).status_code == 303
    assert rights(session, family.of_sylvie) == ["agenda:see", "care_team:see"]


def test_a_second_tap_on_save_is_harmless(
    jeanne: PageClient, session: Session, family: Family
) -> None:
    path = f"{family.carers}/{family.of_sylvie.id}"
    data = {"rights": ["care_team:see"], "period": "keep", "version": _version(jeanne, path)}
    ends = [jeanne.post(path, data=data).headers["Location"][-6:] for _tap in range(2)]
    assert ends == ["told=1", "e=same"]
    assert len(letters(session)) == 1


def test_what_the_page_does_not_show_is_not_extended_behind_it(
    app: Flask, session: Session, family: Family
) -> None:
    factories.make_grant(session, link=family.of_sylvie, category="messages", action="act")
    session.commit()
    with time_machine.travel(clock.now() + timedelta(days=80), tick=False):
        browser = PageClient(app)
        browser.enter(session, family.jeanne)
        browser.post(f"{family.carers}/{family.of_sylvie.id}/renew")
    with time_machine.travel(clock.now() + timedelta(days=150), tick=False):
        assert rights(session, family.of_sylvie) == ["agenda:see"]


def test_of_two_saves_at_once_one_wins_whole(
    app: Flask, jeanne: PageClient, session: Session, family: Family
) -> None:
    path = f"{family.carers}/{family.of_sylvie.id}"
    version = _version(jeanne, path)
    other = PageClient(app)
    other.enter(session, family.jeanne)
    wishes = (["agenda:act"], ["care_team:see", "consents:see"])
    start, statuses = Barrier(2, timeout=20), []

    def save(browser: PageClient, wish: list[str]) -> None:
        start.wait()
        data = {"rights": wish, "period": "keep", "version": version}
        statuses.append(browser.post(path, data=data).status_code)

    hands = [Thread(target=save, args=one) for one in zip((jeanne, other), wishes, strict=True)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(30)
    assert sorted(statuses) == [303, 409]
    assert rights(session, family.of_sylvie) in wishes


def test_a_removed_carer_sees_nothing_and_stays_a_relative(
    jeanne: PageClient, sylvie: PageClient, session: Session, family: Family
) -> None:
    path = f"{family.carers}/{family.of_sylvie.id}/end"
    assert "Retirer Sylvie" in jeanne.get(path).text
    assert jeanne.post(path).status_code == 303
    assert sylvie.get(family.agenda).status_code == 404
    assert rights(session, family.of_sylvie) == []
    assert letters(session) == [("carer_rights_changed", family.sylvie.email)]
    assert jeanne.post(path).status_code == 404, "once"


def test_one_tap_pauses_everybody_and_tells_nobody(
    app: Flask, jeanne: PageClient, sylvie: PageClient, session: Session, family: Family
) -> None:
    paul = PageClient(app)
    paul.enter(session, family.paul)
    assert jeanne.post(f"{family.carers}/pause").status_code == 303
    assert [one.get(family.agenda).status_code for one in (paul, sylvie)] == [403, 403]
    assert "Rien du dossier" in sylvie.get(family.mine).text
    assert letters(session) == []
    assert "sont en pause" in jeanne.get(family.carers).text
    assert jeanne.post(f"{family.carers}/resume").status_code == 303
    assert [one.get(family.agenda).status_code for one in (paul, sylvie)] == [200, 200]
    assert letters(session) == []


def test_a_pause_outlives_a_change_of_rights_in_silence(
    jeanne: PageClient, sylvie: PageClient, session: Session, family: Family
) -> None:
    jeanne.post(f"{family.carers}/pause")
    _change(jeanne, f"{family.carers}/{family.of_sylvie.id}", "agenda:act")
    assert sylvie.get(family.agenda).status_code == 403
    assert letters(session) == []


@pytest.mark.parametrize("act", ["pause", "resume"])
def test_a_pause_of_nobody_is_harmless(
    app: Flask, session: Session, keys: KeyRing, act: str
) -> None:
    patient = factories.make_patient(session)
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
    browser = PageClient(app)
    browser.enter(session, user)
    assert browser.post(f"/p/{patient.id}/carers/{act}").status_code == 303
    assert "Aucun aidant ne vous suit" in browser.get(f"/p/{patient.id}/carers").text
    assert browser.get(f"/p/{patient.id}/").status_code == 200


def test_rights_are_given_behind_a_fresh_second_factor_and_taken_without(
    jeanne: PageClient, session: Session, family: Family
) -> None:
    for row in session.exec(select(UserSession).where(UserSession.user_id == family.jeanne.id)):
        row.stepped_up_at -= timedelta(hours=1)
        session.add(row)
    session.commit()
    path = f"{family.carers}/{family.of_sylvie.id}"
    assert jeanne.get(path).headers["Location"].startswith("/sign-in/confirm")
    assert jeanne.post(path, data={"rights": ["agenda:act"]}).status_code == 403
    assert jeanne.post(f"{family.carers}/pause").status_code == 303
    assert jeanne.post(f"{family.carers}/resume").status_code == 403


def test_nobody_but_the_patient_manages_carers(
    app: Flask, session: Session, keys: KeyRing, family: Family
) -> None:
    house = factories.make_organization(session)
    claire, _ = factories.make_user(session, keys)
    factories.make_coordination(session, user=claire, organization_id=house.id)
    family.patient.organization_id = house.id
    session.add(family.patient)
    session.commit()
    for user in (family.paul, claire):
        browser = PageClient(app)
        browser.enter(session, user)
        for path in ("", f"/{family.of_sylvie.id}", f"/{family.of_sylvie.id}/end"):
            assert browser.get(f"{family.carers}{path}").status_code == 403
        assert browser.post(f"{family.carers}/pause").status_code == 403
        assert "Sylvie" not in browser.get(family.carers).text


def test_a_carer_of_somebody_else_is_not_found(
    jeanne: PageClient, session: Session, keys: KeyRing, family: Family
) -> None:
    other = make_family(session, keys)
    for link_id in (other.of_sylvie.id, uuid4()):
        for path in ("", "/end", "/look"):
            assert jeanne.get(f"{family.carers}/{link_id}{path}").status_code == 404
        for path in ("/end", "/confirm", "/renew"):
            assert jeanne.post(f"{family.carers}/{link_id}{path}").status_code == 404
    assert rights(session, other.of_sylvie) == ["agenda:see"]


def test_who_represents_by_law_is_shown_and_cannot_be_changed(
    jeanne: PageClient, session: Session, family: Family
) -> None:
    link = session.get_one(CareLink, (family.patient.id, family.of_paul.id))
    link.kind = CareLinkKind.LEGAL_REPRESENTATIVE
    session.add(
        Mandate(
            patient_id=link.patient_id,
            care_link_id=link.id,
            status=LegalStatus.TUTEUR_PERSONNE,
            proof_kind="judgment",
            issued_by="Tribunal",
            issued_on=clock.now().date(),
            starts_at=clock.now() - timedelta(days=1),
            verified_by=family.jeanne.id,
            verified_at=clock.now(),
        )
    )
    session.commit()
    text = jeanne.get(family.carers).text
    assert "ce que la loi lui donne" in text
    assert f"{family.carers}/{link.id}/end" not in text
    assert jeanne.get(f"{family.carers}/{link.id}").status_code == 404
    assert jeanne.post(f"{family.carers}/{link.id}/end").status_code == 404
    jeanne.post(f"{family.carers}/pause")
    session.expire_all()
    assert session.get_one(CareLink, (family.patient.id, link.id)).status is CareLinkStatus.ACTIVE


def test_the_page_asks_twice_a_year_whether_a_carer_is_still_right(
    app: Flask, session: Session, family: Family
) -> None:
    browser = PageClient(app)
    browser.enter(session, family.jeanne)
    question = "toujours la bonne personne"
    assert browser.get(family.carers).text.count(question) == 2, "their links are old"
    browser.post(f"{family.carers}/{family.of_paul.id}/confirm")
    assert browser.get(family.carers).text.count(question) == 1
    with time_machine.travel(clock.now() + timedelta(days=183), tick=False):
        browser.enter(session, family.jeanne)
        assert browser.get(family.carers).text.count(question) == 2


def test_rights_that_end_soon_are_offered_again(
    app: Flask, session: Session, family: Family
) -> None:
    with time_machine.travel(clock.now() + timedelta(days=80), tick=False):
        browser = PageClient(app)
        browser.enter(session, family.jeanne)
        assert "1 droit se termine bientôt" in browser.get(family.carers).text
        path = f"{family.carers}/{family.of_sylvie.id}/renew"
        assert browser.post(path).status_code == 303
        text = browser.get(family.carers).text
        card = text.partition(f"carer-{family.of_sylvie.id}")[2].partition('id="carer-')[0]
        assert "se termine bientôt" not in card
        assert rights(session, family.of_sylvie) == ["agenda:see"]
