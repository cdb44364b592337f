"""The desk of modules: what waits for whom, and nothing for who has nothing to do with it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session

from portal.clock import now
from portal.crypto import KeyRing
from portal.education import review
from portal.education.desk import tasks_of, versions_for, waiting_for
from tests import factories
from tests.education.modules import make_draft, make_module, make_published, make_remark
from tests.module_desk.people import People
from tests.pages import PageClient
from tests.statements import counted

MOST = 5


def _tasks(people: People, who: str) -> dict[str, int]:
    rows = waiting_for(people.session, user_id=people.users[who].id, today=now().date())
    return {name: len(found) for name, found in tasks_of(rows)._asdict().items() if found}


def test_what_is_sent_waits_for_whom_it_was_asked_of_and_for_peers(people: People) -> None:
    people.sent()
    assert _tasks(people, "reviewer") == {"to_review": 1}
    assert _tasks(people, "peer") == {"to_read": 1}
    assert _tasks(people, "author") == {}
    assert _tasks(people, "stranger") == {}
    assert "Votre relecture est attendue" in people.text("reviewer", "/modules")
    assert "À relire entre pairs" in people.text("peer", "/modules")
    assert "Rien ne vous attend" in people.text("author", "/modules")


def test_remarks_wait_for_the_author_until_it_is_approved(people: People) -> None:
    version = people.sent()
    make_remark(people.session, version, people.desk.peer)
    people.session.commit()
    assert _tasks(people, "author") == {"to_treat": 1}
    assert "1 remarque attend" in people.text("author", "/modules")
    people.approved()
    assert _tasks(people, "author") == {"to_treat": 1, "to_publish": 1}


def test_a_review_that_ends_soon_waits_for_all_who_answer_for_it(people: People) -> None:
    draft = people.sent()
    soon = now().date() + timedelta(days=30)
    review.approve(people.session, draft, by=people.desk.reviewer, review_due=soon, at=now())
    review.publish(people.session, draft, at=now())
    people.session.commit()
    for who in ("author", "reviewer", "coordinator"):
        assert _tasks(people, who) == {"ends_soon": 1}, who
    assert _tasks(people, "peer") == {}


def test_a_draft_is_seen_by_its_writers_and_by_who_coordinates(people: People) -> None:
    people.draft()
    seen = {
        who: len(versions_for(people.session, user_id=user.id, limit=9))
        for who, user in people.users.items()
    }
    assert seen == {"author": 1, "coordinator": 1, "peer": 0, "reviewer": 0, "stranger": 0}


def test_an_empty_desk_says_what_to_do(people: People) -> None:
    for who, words in (
        ("author", "Vous n’avez pas encore écrit de module"),
        ("coordinator", "Aucun module n’est encore écrit ici"),
        ("reviewer", "Aucun module n’attend votre relecture"),
    ):
        assert words in people.text(who, "/modules")


def test_who_is_neither_expert_nor_professional_has_no_desk(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    user, _ = factories.make_user(session, keys)
    browser = PageClient(app)
    browser.enter(session, user)
    assert browser.get("/modules").status_code == 403
    assert 'href="/modules"' not in browser.get("/account").text


def test_the_menu_leads_to_the_desk(people: People) -> None:
    for who in ("author", "reviewer", "coordinator"):
        assert 'href="/modules"' in people.text(who, "/account")


def test_many_modules_are_listed_page_by_page(people: People) -> None:
    for _ in range(32):
        make_published(people.session, people.desk, make_module(people.session, people.desk))
    people.session.commit()
    first = people.text("author", "/modules")
    assert first.count("link-row-title") == 30
    after = first.partition("/modules?after=")[2].partition('"')[0]
    assert people.text("author", f"/modules?after={after}").count("link-row-title") == 2
    assert people.get("author", "/modules?after=x.y").status_code == 200


@pytest.mark.parametrize("modules", [1, 30])
@pytest.mark.parametrize("who", ["author", "reviewer", "coordinator"])
def test_pages_cost_the_same_for_one_module_as_for_thirty(
    app: Flask, people: People, who: str, modules: int
) -> None:
    version = people.sent()
    for number in range(modules - 1):
        make = make_draft if number % 2 else make_published
        make(people.session, people.desk, make_module(people.session, people.desk))
        make_remark(people.session, version, people.desk.reviewer)
    people.session.commit()
    base = f"/modules/{version.id}"
    paths = ("/modules", base, f"{base}/review", f"{base}/preview")
    for path in paths:
        with counted(app) as statements:
            assert people.get(who, path).status_code == 200
        assert len(statements) <= MOST, (path, statements)
