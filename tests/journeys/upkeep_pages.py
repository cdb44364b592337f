"""The ways to who writes and reviews, and to what happens to a module once it is published."""

from collections.abc import Callable

from playwright.sync_api import Page
from sqlmodel import Session

from portal.access.sessions import start_session
from portal.clock import now
from portal.crypto import KeyRing
from portal.education.team import end_role
from portal.models.account import User
from portal.models.education_writing import EducationRole
from tests import factories
from tests.education.modules import Desk, make_desk, make_draft, make_module, make_published
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

TEAM = "Qui écrit et qui relit"
_COORDINATOR = "coordinator"


def _phone(browse: Browse, relais: RunningPortal, session: Session, user: User) -> Page:
    _row, token = start_session(
        session, user_id=user.id, is_staff=False, user_agent="a phone", at=now()
    )
    page = browse()
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return page


def _made(session: Session, keys: KeyRing) -> tuple[Desk, User]:
    """A desk, and who coordinates its organization."""
    desk = make_desk(session, keys)
    claire, _ = factories.make_user(session, keys, given_name="Claire", family_name="Morvan")
    factories.make_coordination(session, user=claire, organization_id=desk.organization.id)
    names = ("Camille Roux", "Aline Roux", "Samir Haddad")
    for user, name in zip((desk.author, desk.peer, desk.reviewer), names, strict=True):
        user.given_name, user.family_name = name.split()
    for user in (claire, desk.author, desk.peer, desk.reviewer):
        user.locale = None
    return desk, claire


def _published(who: str, rest: str) -> Callable[[Browse, RunningPortal], Page]:
    """As the reviewer or the coordinator of what is published."""

    def opened(browse: Browse, relais: RunningPortal) -> Page:
        with relais.writing() as (session, keys):
            desk, claire = _made(session, keys)
            version = make_published(session, desk, make_module(session, desk))
            user = claire if who == _COORDINATOR else desk.reviewer
            path = f"/modules/{version.id}/{rest}"
            page = _phone(browse, relais, session, user)
        page.goto(path)
        return page

    return opened


def _left(rest: str) -> Callable[[Browse, RunningPortal], Page]:
    """As the coordinator, after the author of a draft left."""

    def opened(browse: Browse, relais: RunningPortal) -> Page:
        with relais.writing() as (session, keys):
            desk, claire = _made(session, keys)
            version = make_draft(session, desk, make_module(session, desk))
            end_role(
                session,
                desk.author.id,
                role=EducationRole.WRITER,
                organization_id=desk.organization.id,
                by=claire.id,
                at=now(),
            )
            path = rest.format(
                version=version.id,
                author=desk.author.id,
                peer=desk.peer.id,
                organization=desk.organization.id,
            )
            page = _phone(browse, relais, session, claire)
        page.goto(path)
        return page

    return opened


def _empty_form(who: str, rest: str) -> Callable[[Browse, RunningPortal], Page]:
    """The same form, sent without a word."""
    filled = _published(who, rest)

    def opened(browse: Browse, relais: RunningPortal) -> Page:
        page = filled(browse, relais)
        page.locator("main form[method=post] button[type=submit]").click()
        page.locator("[data-error-summary]").wait_for()
        return page

    return opened


_LEFT = "user={author}&role=writer&organization={organization}"
SPOTS = (
    Spot("module-team", TEAM, _left("/modules/team")),
    Spot("module-team-ended", TEAM, _left(f"/modules/team?done=ended&{_LEFT}")),
    Spot(
        "module-team-end",
        "Terminer le rôle d’Aline Roux ?",
        _left("/modules/team/writer/{peer}/end?organization={organization}"),
    ),
    Spot(
        "module-team-texts",
        "Textes sans auteur",
        _left("/modules/team/writer/{author}/texts?organization={organization}"),
    ),
    Spot(
        "module-team-reviewer",
        "Nommer un relecteur",
        _left("/modules/team/reviewer?q=le&organization={organization}"),
    ),
    Spot(
        "module-team-invite",
        "Inviter un patient expert",
        _left("/professional/invitations/patient-expert"),
    ),
    Spot(
        "module-team-hand-over",
        "Confier à un autre auteur",
        _left("/modules/{version}/hand-over"),
    ),
    Spot("module-renew", "Renouveler la relecture", _published("reviewer", "renew")),
    Spot("module-renew-mistakes", "Renouveler la relecture", _empty_form("reviewer", "renew")),
    Spot("module-retract", "Retirer le module", _published("reviewer", "retract")),
    Spot("module-retract-mistakes", "Retirer le module", _empty_form("reviewer", "retract")),
    Spot("module-settings", "Réglages du module", _published(_COORDINATOR, "settings")),
)
