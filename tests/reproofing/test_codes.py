"""The short code of the sheet: forgiving of handwriting, silent about who exists."""

import pytest
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.identity import reproofing, reproofing_requests, short_codes
from portal.models.credential import Reproofing
from tests import factories
from tests.auth.steps import cookie, field_error
from tests.pages import PageClient
from tests.reproofing.steps import (
    DAY,
    confirmed,
    enrol_anew,
    fresh,
    later,
    make_cast,
    staff,
)
from tests.statements import counted


def _try(reader: PageClient, name: str, code: str) -> str:
    """Where the answer leads; empty when it was refused."""
    answer = reader.post("/renewal/code", data={"name": name, "code": code})
    return str(answer.headers.get("Location", ""))


def test_a_code_has_ten_characters_that_nobody_takes_for_another() -> None:
    codes = {short_codes.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(short_codes.is_whole(code) for code in codes)
    assert not set("".join(codes)) & set("OQILZSBU")
    assert len(short_codes.ALPHABET) ** short_codes.LENGTH > 2**48


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("K7WDM-3XH94", "K7WDM3XH94"),
        (" k7wdm 3xh94 ", "K7WDM3XH94"),
        ("k7wdm—3xh94", "K7WDM3XH94"),
        ("OIlZS-bUq00", "0112580V00"[:4] + "58V000"),
    ],
)
def test_a_code_is_read_as_people_write_it(typed: str, kept: str) -> None:
    assert short_codes.plain(typed) == kept
    assert short_codes.plain(short_codes.grouped(kept)) == kept


def test_the_code_and_the_name_together_open_the_way(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys, email=None, username="jeanne.morel")
    _row, way = confirmed(session, keys, cast)
    written = short_codes.grouped(way.code).lower()
    assert _try(reader, "Jeanne.Morel ", written) == "/renewal"
    assert "Pas encore" in reader.get("/renewal").text
    with later(DAY):
        assert "jeanne.morel" not in reader.get("/renewal").text, "an hour has passed"
        assert _try(reader, "jeanne.morel", written) == "/renewal"
        assert 'value="jeanne.morel"' in reader.get("/renewal").text
        assert enrol_anew(reader, "/renewal").status_code == 303
        assert _try(reader, "jeanne.morel", written) == ""


def test_wrong_name_wrong_code_and_unknown_name_get_one_answer_for_the_same_work(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    _row, way = confirmed(session, keys, cast)
    other, _ = factories.make_user(session, keys)
    session.commit()
    wrong = short_codes.new_code()
    tries = [
        ("jeanne@example.org", wrong),
        (str(other.email), way.code),
        ("nobody@example.org", way.code),
        ("nobody@example.org", wrong),
    ]
    said, work = set(), []
    for name, code in tries:
        with counted(app) as statements:
            answer = reader.post("/renewal/code", data={"name": name, "code": code})
        assert answer.status_code == 422
        assert way.code not in answer.text
        said.add(field_error(answer))
        work.append(len(statements))
    assert len(said) == 1
    assert len(set(work[1:])) == 1, work


def test_a_code_that_is_too_short_is_said_to_be(reader: PageClient) -> None:
    answer = reader.post("/renewal/code", data={"name": "jeanne@example.org", "code": "K7WDM"})
    assert "10 lettres et chiffres" in field_error(answer)
    assert 'value="jeanne@example.org"' in answer.text


def test_without_the_code_there_is_no_page(reader: PageClient) -> None:
    assert reader.get("/renewal").status_code == 404
    assert reader.post("/renewal", data={"password": "x"}).status_code == 404


def test_a_ticket_that_was_changed_or_made_up_opens_nothing(
    session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, _way = confirmed(session, keys, cast)
    ticket = reproofing.ticket_of(fresh(session, row), keys=keys, at=now())
    number, ends, seal = ticket.split(".")
    assert _opens(session, keys, ticket)
    for forged in (
        f"{number}.{int(ends) + 1}.{seal}",
        f"{cast.claire.id.hex}.{ends}.{seal}",
        f"{number}.{ends}.{seal[:-1]}",
        f"{number}.{ends}.",
        f"{number}.{ends}.é",
        "..",
        "",
    ):
        assert not _opens(session, keys, forged), forged
    with later(reproofing.TICKET_LASTS):
        assert not _opens(session, keys, ticket)


def test_a_new_sheet_ends_what_the_old_code_opened(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    row, way = confirmed(session, keys, cast)
    assert _try(reader, "jeanne@example.org", way.code) == "/renewal"
    reproofing_requests.print_again(
        session, keys=keys, request_id=row.id, staff=staff(cast.thomas), at=now()
    )
    session.commit()
    assert reader.get("/renewal").status_code == 404
    assert _try(reader, "jeanne@example.org", way.code) == ""


def _opens(session: Session, keys: KeyRing, ticket: str) -> bool:
    try:
        found = reproofing.request_of_ticket(session, keys=keys, ticket=ticket, at=now())
    except reproofing.ReproofingError:
        return False
    return isinstance(found, Reproofing)


def test_the_cookie_is_for_the_server_alone_and_short_lived(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    cast = make_cast(session, keys)
    _row, way = confirmed(session, keys, cast)
    data = {"name": "jeanne@example.org", "code": way.code}
    line = cookie(reader.post("/renewal/code", data=data), "renewal")
    assert "HttpOnly" in line
    assert "Max-Age=3600" in line
    assert way.code not in line
