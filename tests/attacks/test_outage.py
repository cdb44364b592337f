"""The database is gone or locked: a page says so, and all is well when it is back."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from portal import db
from portal.config import Config
from portal.crypto import KeyRing
from portal.db import Database
from tests import factories
from tests.pages import PageClient


@pytest.fixture
def gone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """No connection can be had, as when the server is away."""

    def refuse(_self: Engine, *_args: object, **_kwargs: object) -> None:
        raise OperationalError("connect zzcanaryzz", {}, Exception("host=zzcanaryzz password"))

    engine = app.extensions["database"].engine
    with monkeypatch.context() as patch:
        patch.setattr(type(engine), "connect", refuse)
        yield patch


@pytest.mark.parametrize("path", ["/sign-in", "/", "/people", "/account", "/invitation/x"])
def test_without_its_database_the_portal_says_so_and_leaks_nothing(
    reader: PageClient, gone: pytest.MonkeyPatch, path: str
) -> None:
    reader.client.set_cookie("sid", "some token")
    answer = reader.get(path)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert '<html lang="fr"' in answer.text
    assert "Le service ne répond pas" in answer.text
    assert "zzcanaryzz" not in answer.text + str(answer.headers)


def test_it_is_alive_but_not_ready(reader: PageClient, gone: pytest.MonkeyPatch) -> None:
    assert reader.get("/healthz").status_code == 200
    assert reader.get("/readyz").status_code == 503


def test_it_recovers_by_itself(
    reader: PageClient, session: Session, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    assert reader.get("/people").status_code == 200

    def refuse(_self: Engine, *_args: object, **_kwargs: object) -> None:
        raise OperationalError("connect", {}, Exception("away"))

    engine = reader.app.extensions["database"].engine
    with monkeypatch.context() as patch:
        patch.setattr(type(engine), "connect", refuse)
        assert reader.get("/people").status_code == 503
    assert reader.get("/people").status_code == 200
    assert reader.get("/readyz").status_code == 200


def test_connections_that_the_server_closed_are_replaced(
    app: Flask, reader: PageClient, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    reader.enter(session, user)
    app.extensions["database"].engine.dispose()
    assert reader.get("/people").status_code == 200


def test_a_locked_file_is_an_outage_not_an_error(
    config: Config, app: Flask, session: Session, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not config.is_embedded:
        pytest.skip("PostgreSQL has no lock on the whole database")
    user, _ = factories.make_user(session, keys)
    reader = PageClient(app)
    reader.enter(session, user)
    impatient = [one for one in db._PRAGMAS if "busy" not in one] + ["busy_timeout=50"]
    monkeypatch.setattr(db, "_PRAGMAS", impatient)
    monkeypatch.setitem(app.extensions, "database", Database(config, keys))
    form = {"text_size": "large", "theme": "dark", "locale": "fr"}
    holder = app.extensions["database"].engine.connect().execution_options(writing=True)
    with holder:
        holder.exec_driver_sql("DELETE FROM setting")
        assert reader.post("/account/comfort", data=form).status_code == 503
        assert reader.get("/account").status_code == 200, "reading goes on"
        holder.rollback()
    assert reader.post("/account/comfort", data=form).status_code == 303
    app.extensions["database"].engine.dispose()
