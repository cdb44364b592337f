"""Every view x everybody x consents x whose file x page and fragment, against the oracle."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import Session

from portal.access.guard import mark_of, needs_step_up
from portal.crypto import KeyRing
from tests.access.actors import age_code, close_account, make_scene
from tests.access.judge import Tables
from tests.access.matrix import Matrix
from tests.access.routes import NEEDS

EVERY_FILE = ("own", "another's", "another's item")
PARTS = 4
"""The actors are dealt out: no part takes minutes, and parts run beside each other."""


@contextmanager
def listening(matrix: Matrix) -> Iterator[None]:
    """Each log line is heard; durability is of no use here, and slow."""
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(matrix.ears)
    root.setLevel(logging.INFO)
    event.listen(matrix.engine, "checkout", _hurry)
    try:
        yield
    finally:
        event.remove(matrix.engine, "checkout", _hurry)
        root.removeHandler(matrix.ears)
        root.setLevel(level)


def _hurry(connection: Any, _record: object, _proxy: object) -> None:
    if type(connection).__module__.startswith("sqlcipher3"):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def matrix(app: Flask, session: Session, keys: KeyRing) -> Iterator[Matrix]:
    scene = make_scene(session, keys)
    close_account(scene, session)
    age_code(session, scene, "another patient")
    session.commit()
    matrix = Matrix(app, scene, session, keys)
    with listening(matrix):
        yield matrix


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("answer", ["nothing said", "sharing refused"])
def test_every_view_answers_everybody_as_the_rules_say(
    matrix: Matrix, record_property: Callable[[str, str], None], answer: str, part: int
) -> None:
    if answer == "sharing refused":
        matrix.scene.jeanne.answer("care_coordination", "refused")
        matrix.session.commit()
    tables = Tables(matrix.engine)
    for actor in list(matrix.scene.actors)[part::PARTS]:
        whose = EVERY_FILE if answer == "nothing said" else ("own",)
        matrix.run(actor, whose=whose, tables=tables)
    assert not matrix.wrong, "\n".join(matrix.wrong[:50])
    backend = matrix.engine.dialect.name
    record_property(
        "said",
        f"authorisation matrix, {answer}, {backend}, part {part + 1} of {PARTS}:"
        f" {matrix.cases} cases, 0 leaks",
    )


def test_the_table_of_the_matrix_names_each_view_and_what_it_needs(app: Flask) -> None:
    marked = {
        endpoint: f"{mark_of(view)}{'!' if needs_step_up(view) else ''}"
        for endpoint, view in app.view_functions.items()
    }
    assert marked == NEEDS
