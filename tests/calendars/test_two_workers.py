"""Two processes answer the same phone: one line, one count, nothing shown after the end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlmodel import select

from portal import create_app
from portal.config import Config
from portal.models.audit import AccessEvent
from portal.models.calendar import CalendarFeed
from portal.models.rights import Grant
from tests.calendars.scene import Scene, calendar_of


@pytest.fixture
def workers(config: Config, app: Flask) -> Iterator[list[Flask]]:
    second = create_app(config)
    yield [app, second]
    second.extensions["database"].engine.dispose()


def test_fetches_at_once_leave_one_line_and_one_answer(scene: Scene, workers: list[Flask]) -> None:
    address = scene.feed(scene.relative("agenda:see"))
    scene.visit()
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda number: workers[number % 2].test_client().get(address), range(16))
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    scene.session.rollback()
    assert len(scene.session.exec(select(AccessEvent)).all()) == 1


def test_what_one_worker_takes_back_the_other_shows_no_more(
    scene: Scene, workers: list[Flask]
) -> None:
    address = scene.feed(scene.relative("agenda:see"))
    scene.visit()
    for worker in workers:
        assert calendar_of(worker.test_client().get(address)).walk("VEVENT")
    scene.session.delete(scene.session.exec(select(Grant)).one())
    scene.session.commit()
    for worker in workers:
        assert calendar_of(worker.test_client().get(address)).walk("VEVENT") == []
    feed = scene.session.exec(select(CalendarFeed)).one()
    scene.session.delete(feed)
    scene.session.commit()
    for worker in workers:
        assert worker.test_client().get(address).status_code == 404
