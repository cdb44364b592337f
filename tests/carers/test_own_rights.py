"""A carer sees what they hold, asks for more, and leaves."""

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.crypto import KeyRing
from portal.models.rights import CareLink, CareLinkStatus, GrantRequest
from tests.carers.scene import Family, letters, make_family, rights
from tests.pages import PageClient


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


def _asked(session: Session) -> list[GrantRequest]:
    session.rollback()
    session.expire_all()
    return list(session.exec(select(GrantRequest)).all())


def test_the_page_says_what_is_held_and_offers_the_rest(sylvie: PageClient, family: Family) -> None:
    held, _, rest = sylvie.get(family.mine).text.partition("Demander une chose de plus")
    assert "Voir l’agenda" in held
    assert 'value="agenda:see"' not in rest
    assert 'value="care_team:see"' in rest
    assert "Paul" not in held + rest, "carers do not see one another here"


def test_a_request_waits_for_the_patient_who_grants_it(
    jeanne: PageClient, sylvie: PageClient, session: Session, family: Family
) -> None:
    assert sylvie.post(family.mine, data={"right": "care_team:see"}).status_code == 303
    assert letters(session) == [("carers_changed", family.jeanne.email)]
    assert rights(session, family.of_sylvie) == ["agenda:see"], "asking opens nothing"
    assert "Sylvie vous demande en plus" in jeanne.get(family.carers).text
    [asked] = _asked(session)
    path = f"{family.carers}/requests/{asked.id}"
    assert jeanne.post(f"{path}/grant").status_code == 303
    assert rights(session, family.of_sylvie) == ["agenda:see", "care_team:see"]
    assert jeanne.post(f"{path}/grant").status_code == 303, "a second tap is harmless"
    assert rights(session, family.of_sylvie) == ["agenda:see", "care_team:see"]
    assert len(letters(session)) == 2


def test_a_request_can_be_declined_and_made_again(
    jeanne: PageClient, sylvie: PageClient, session: Session, family: Family
) -> None:
    sylvie.post(family.mine, data={"right": "care_team:see"})
    [asked] = _asked(session)
    jeanne.post(f"{family.carers}/requests/{asked.id}/decline")
    assert rights(session, family.of_sylvie) == ["agenda:see"]
    assert "vous demande en plus" not in jeanne.get(family.carers).text
    again = jeanne.post(f"{family.carers}/requests/{asked.id}/grant")
    assert again.headers["Location"].endswith("done=same"), "it does not say that it is granted"
    assert rights(session, family.of_sylvie) == ["agenda:see"], "an answer is an answer"
    sylvie.post(family.mine, data={"right": "care_team:see"})
    assert len(_asked(session)) == 2


def test_what_is_held_or_asked_is_not_asked_again(
    sylvie: PageClient, session: Session, family: Family
) -> None:
    for right in ("agenda:see", "care_team:see", "care_team:see"):
        assert sylvie.post(family.mine, data={"right": right}).status_code == 303
    assert len(_asked(session)) == 1
    assert len(letters(session)) == 1


@pytest.mark.parametrize("right", ["access_log:see", "consents:act", "", "x" * 500])
def test_what_is_not_offered_cannot_be_asked_for(
    sylvie: PageClient, session: Session, family: Family, right: str
) -> None:
    assert sylvie.post(family.mine, data={"right": right}).status_code == 422
    assert _asked(session) == []


def test_the_request_of_another_patients_carer_is_not_found(
    jeanne: PageClient, sylvie: PageClient, session: Session, keys: KeyRing, family: Family
) -> None:
    sylvie.post(family.mine, data={"right": "care_team:see"})
    [asked] = _asked(session)
    other = make_family(session, keys)
    jeanne.enter(session, other.jeanne)
    path = f"{other.carers}/requests/{asked.id}/grant"
    assert jeanne.post(path).status_code == 404
    assert rights(session, family.of_sylvie) == ["agenda:see"]


def test_a_paused_carer_asks_like_one_without_rights(
    jeanne: PageClient, sylvie: PageClient, session: Session, family: Family
) -> None:
    jeanne.post(f"{family.carers}/pause")
    text = sylvie.get(family.mine).text
    assert 'value="agenda:see"' in text, "as if it was never granted"
    assert (
        sylvie.post(family.mine, data={"right": "agenda:see"})
        .headers["Location"]
        .endswith("done=asked")
    )


def test_a_request_granted_during_a_pause_betrays_it_to_nobody(
    jeanne: PageClient, sylvie: PageClient, session: Session, family: Family
) -> None:
    sylvie.post(family.mine, data={"right": "care_team:see"})
    [asked] = _asked(session)
    jeanne.post(f"{family.carers}/pause")
    answer = jeanne.post(f"{family.carers}/requests/{asked.id}/grant")
    assert answer.headers["Location"].endswith("done=granted"), "and nobody is said to be told"
    assert [letter for letter, _to in letters(session)] == ["carers_changed"]


def test_a_carer_leaves_and_the_patient_is_told(
    jeanne: PageClient, sylvie: PageClient, session: Session, family: Family
) -> None:
    assert "Ne plus suivre Jeanne" in sylvie.get(f"{family.mine}/leave").text
    assert sylvie.post(f"{family.mine}/leave").status_code == 303
    assert sylvie.get(family.agenda).status_code == 404
    session.expire_all()
    link = session.get_one(CareLink, (family.patient.id, family.of_sylvie.id))
    assert link.status is CareLinkStatus.ENDED
    assert letters(session) == [("carers_changed", family.jeanne.email)]
    assert "Sylvie" not in jeanne.get(family.carers).text


def test_the_patient_has_no_such_page(jeanne: PageClient, family: Family) -> None:
    assert jeanne.get(family.mine).status_code == 403
    assert jeanne.post(f"{family.mine}/leave").status_code == 403
