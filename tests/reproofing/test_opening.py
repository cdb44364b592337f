"""Opening a way back: by a coordinator, for somebody in their organization, once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.crypto import KeyRing
from portal.db import Database, begin_writing
from portal.errors import ReproofingError
from portal.identity import reproofing_requests
from portal.identity.reproofing_scope import Staff
from portal.models.account import User
from portal.models.credential import IdentityDocument, Reproofing
from portal.models.rights import CareLinkKind, CareLinkStatus
from tests import factories
from tests.auth.steps import field_error
from tests.reproofing.steps import (
    LIST,
    Cast,
    ask,
    history_of,
    letters,
    make_cast,
    make_coordinator,
    opened,
    signed_in,
    staff,
)


def _rows(session: Session) -> list[Reproofing]:
    session.rollback()
    return list(session.exec(select(Reproofing)))


def _asked(app: Flask, session: Session, cast: Cast, **fields: str) -> str:
    """What the page says; empty when the request was opened."""
    reader = signed_in(app, session, cast.claire)
    answer = ask(reader, **fields)
    if answer.status_code == 303:
        return ""
    assert answer.status_code == 422
    return field_error(answer)


def test_a_coordinator_opens_one_and_the_owner_is_told(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    reader = signed_in(app, session, cast.claire)
    answer = ask(reader, name=" JEANNE@example.org ", document="passport")
    row = _rows(session)[0]
    assert answer.headers["Location"] == f"{LIST}/{row.id}?opened=1"
    assert "La demande est ouverte" in reader.get(answer.headers["Location"]).text
    assert (row.user_id, row.opened_by) == (cast.jeanne.id, cast.claire.id)
    assert row.document is IdentityDocument.PASSPORT
    assert row.ends_at - row.opened_at == timedelta(days=7)
    assert (row.ready_at, row.token_hash, row.code_digest) == (None, None, None)
    assert history_of(session, cast.jeanne) == ["reproofing_opened"]
    assert [one.recipient for one in letters(session, "security_notice")] == ["jeanne@example.org"]


def test_a_patient_is_chosen_from_the_list(app: Flask, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    page = signed_in(app, session, cast.claire).get(f"{LIST}/new").text
    assert f'<option value="{cast.jeanne.id}">' in page
    assert _asked(app, session, cast, patient=str(cast.jeanne.id)) == ""
    assert _rows(session)[0].user_id == cast.jeanne.id


def test_somebody_without_an_address_is_found_by_the_user_name(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys, email=None, username="jeanne.morel")
    assert _asked(app, session, cast, name="Jeanne.Morel") == ""
    assert history_of(session, cast.jeanne) == ["reproofing_opened"]
    assert letters(session, "security_notice") == []


def test_carers_professionals_and_colleagues_are_within_reach(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    carer, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=cast.patient, user=carer)
    nurse = factories.make_practitioner(session)
    factories.make_member(session, patient=cast.patient, practitioner_id=nurse.id)
    professional, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    for user in (carer, professional, cast.thomas):
        assert _asked(app, session, cast, name=str(user.email)) == "", user.email
    assert len(_rows(session)) == 3


def _stranger(session: Session, keys: KeyRing, cast: Cast, **fields: Any) -> str:
    return str(factories.make_user(session, keys, **fields)[0].email)


def _elsewhere(session: Session, keys: KeyRing, cast: Cast) -> str:
    other = factories.make_organization(session, name="Une autre maison")
    patient = factories.make_patient(session, organization_id=other.id)
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=user, kind=CareLinkKind.SELF)
    return str(user.email)


def _carer(session: Session, keys: KeyRing, cast: Cast, **link: Any) -> str:
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=cast.patient, user=user, **link)
    return str(user.email)


def _relative(**fields: Any) -> Any:
    def role(session: Session, keys: KeyRing, cast: Cast) -> str:
        user, _ = factories.make_user(session, keys, **fields)
        factories.make_link(session, patient=cast.patient, user=user)
        return str(user.email)

    return role


OUT_OF_REACH = {
    "unknown": lambda _session, _keys, _cast: "nobody@example.org",
    "no link at all": _stranger,
    "another organization": _elsewhere,
    "carer no more": lambda s, k, c: _carer(s, k, c, status=CareLinkStatus.ENDED),
    "link over": lambda s, k, c: _carer(s, k, c, ends_at=now() - timedelta(days=1)),
    "never enrolled": _relative(enrolled_at=None),
    "closed account": _relative(disabled_at=factories.LONG_AGO),
    "operator": _relative(is_operator=True),
}


@pytest.mark.parametrize("who", OUT_OF_REACH)
def test_unknown_and_out_of_reach_are_refused_in_the_same_words(
    app: Flask, session: Session, keys: KeyRing, who: str
) -> None:
    cast = make_cast(session, keys)
    name = OUT_OF_REACH[who](session, keys, cast)
    session.commit()
    refusal = "Aucun compte de votre structure ne porte ce nom. Vérifiez-le avec la personne"
    assert _asked(app, session, cast, name=name).replace("\xa0", " ").startswith(refusal)
    assert _rows(session) == []
    assert letters(session, "security_notice") == []


def test_an_id_that_was_not_in_the_list_is_refused_the_same_way(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    stranger, _ = factories.make_user(session, keys)
    session.commit()
    said = {_asked(app, session, cast, patient=text) for text in (str(stranger.id), "not-an-id")}
    assert len(said) == 1
    assert "Aucun compte" in said.pop()
    assert _rows(session) == []


def test_a_coordinator_who_left_reaches_nobody(app: Flask, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    other = factories.make_organization(session, name="Une autre maison")
    stranger = make_coordinator(session, keys, other, "Loïc")
    answer = ask(signed_in(app, session, stranger), name="jeanne@example.org")
    assert answer.status_code == 422
    assert cast.jeanne.given_name not in signed_in(app, session, stranger).get(f"{LIST}/new").text
    assert _rows(session) == []


def test_nobody_opens_their_own(app: Flask, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    factories.make_link(session, patient=cast.patient, user=cast.claire, kind=CareLinkKind.CARER)
    session.commit()
    said = [
        _asked(app, session, cast, name=str(cast.claire.email)),
        _asked(app, session, cast, patient=str(cast.claire.id)),
    ]
    assert all("votre propre compte" in sentence for sentence in said)
    assert _rows(session) == []


def test_one_open_request_for_each_account(app: Flask, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    opened(session, keys, cast)
    assert "déjà ouverte" in _asked(app, session, cast, name="jeanne@example.org")
    assert len(_rows(session)) == 1
    with time_machine.travel(now() + timedelta(days=7, seconds=1), tick=False):
        assert _asked(app, session, cast, name="jeanne@example.org") == ""


def test_of_eight_parallel_openings_one_holds(
    database: Database, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    start, said = threading.Barrier(8), []
    people = [staff(cast.claire), staff(cast.thomas)] * 4
    jeanne = cast.jeanne.id

    def open_one(who: Staff) -> None:
        start.wait()
        with database.session() as own:
            begin_writing(own)
            try:
                reproofing_requests.open_request(
                    own,
                    keys=keys,
                    user=own.get_one(User, jeanne),
                    document=IdentityDocument.PASSPORT,
                    staff=who,
                    at=now(),
                )
                own.commit()
                said.append("opened")
            except ReproofingError as error:
                own.rollback()
                said.append(error.reason)

    threads = [threading.Thread(target=open_one, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["already_open"] * 7 + ["opened"]
    assert len(_rows(session)) == 1


def _stopped(session: Session, keys: KeyRing, cast: Cast) -> None:
    reproofing_requests.cancel_own(session, keys=keys, user_id=cast.jeanne.id, at=now())
    session.commit()


def test_two_openings_a_day_wear_nobody_down(app: Flask, session: Session, keys: KeyRing) -> None:
    cast = make_cast(session, keys)
    first = opened(session, keys, cast).opened_at
    _stopped(session, keys, cast)
    with time_machine.travel(first + timedelta(hours=1), tick=False):
        assert _asked(app, session, cast, name="jeanne@example.org") == ""
        session.rollback()
        _stopped(session, keys, cast)
    with time_machine.travel(first + timedelta(hours=24, seconds=-1), tick=False):
        assert "deux fois" in _asked(app, session, cast, name="jeanne@example.org")
        assert len(_rows(session)) == 2
    with time_machine.travel(first + timedelta(hours=24), tick=False):
        assert _asked(app, session, cast, name="jeanne@example.org") == ""
