"""The ways to modules before they are published: the demo's own, and desks made for one journey."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page
from sqlmodel import Session

from portal.access.sessions import start_session
from portal.clock import now
from portal.crypto import KeyRing
from portal.education.review import approve, submit
from portal.models.account import User
from portal.models.directory import Practitioner
from tests.education.modules import (
    Desk,
    in_a_year,
    make_desk,
    make_draft,
    make_module,
    make_remark,
)
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

TITLE = "Se peser chaque matin"


@dataclass(frozen=True)
class Scene:
    """A version of its own, and the phones of those around it."""

    path: str
    author: Page
    peer: Page
    reviewer: Page


def a_scene(browse: Browse, relais: RunningPortal, *, script: bool = True) -> Scene:
    """A draft whose author has sent nothing yet."""
    with relais.writing() as (session, keys):
        path, tokens = _made(session, keys, state="draft")
    return Scene(path, *(_phone(browse, relais, one, script=script) for one in tokens))


def _made(session: Session, keys: KeyRing, *, state: str) -> tuple[str, list[str]]:
    desk = make_desk(session, keys)
    entry = session.get_one(Practitioner, desk.reviewer.practitioner_id)
    for user in _people(desk):
        user.locale = None
    entry.given_name, entry.prefix, entry.profession = "Samir", "Dr", "medecin"
    version = make_draft(session, desk, make_module(session, desk))
    if state != "draft":
        submit(session, version, by=desk.author.id, at=now())
    if state == "answered":
        make_remark(session, version, desk.peer)
    if state == "approved":
        approve(session, version, by=desk.reviewer, review_due=in_a_year(), at=now())
    return f"/modules/{version.id}", [_token(session, one) for one in _people(desk)]


def _people(desk: Desk) -> tuple[User, User, User]:
    return desk.author, desk.peer, desk.reviewer


def _token(session: Session, user: User) -> str:
    _row, token = start_session(
        session, user_id=user.id, is_staff=False, user_agent="a phone", at=now()
    )
    return token


def _phone(browse: Browse, relais: RunningPortal, token: str, *, script: bool) -> Page:
    page = browse(java_script_enabled=script)
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return page


def _seen_by(who: int, state: str, rest: str) -> Callable[[Browse, RunningPortal], Page]:
    """By the author (0), the peer (1) or the reviewer (2) of a version in that state."""

    def opened(browse: Browse, relais: RunningPortal) -> Page:
        with relais.writing() as (session, keys):
            path, tokens = _made(session, keys, state=state)
        page = _phone(browse, relais, tokens[who], script=True)
        page.goto(f"{path}{rest}")
        return page

    return opened


def _desk_of(who: str) -> Callable[[Browse, RunningPortal], Page]:
    def opened(browse: Browse, _relais: RunningPortal) -> Page:
        page = browse(who)
        page.goto("/modules")
        return page

    return opened


def _text_of_the_demo(browse: Browse, relais: RunningPortal) -> Page:
    page = _desk_of("haddad")(browse, relais)
    page.locator("[aria-labelledby=to-review] a").click()
    return page


SPOTS = (
    Spot("modules-desk", "Modules", _desk_of("monique")),
    Spot("modules-desk-of-a-reviewer", "Modules", _desk_of("haddad")),
    Spot("module-state", TITLE, _seen_by(0, "answered", "")),
    Spot("module-submit", "Envoyer en relecture", _seen_by(0, "draft", "/submit")),
    Spot("module-publish", "Publier le module", _seen_by(0, "approved", "/publish")),
    Spot("module-preview", TITLE, _seen_by(0, "approved", "/preview")),
    Spot("module-text", TITLE, _text_of_the_demo),
    Spot("module-text-of-a-peer", TITLE, _seen_by(1, "answered", "/review?sheet=questions")),
    Spot("module-remark", "Faire une remarque", _seen_by(2, "sent", "/review/remark?place=title")),
    Spot("module-approve", "Approuver le module", _seen_by(2, "sent", "/review/approve")),
)
