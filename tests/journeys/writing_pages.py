"""The ways to the pages of the editor: a draft of its own for each, by its author."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page
from sqlmodel import Session

from portal.access.sessions import start_session
from portal.clock import now
from portal.crypto import KeyRing
from portal.education.drafting import draft_of, save_draft
from portal.education.drafting.illustrating import add_picture
from portal.education.translating import start_translation
from portal.models.education import ModuleVersion
from portal.models.education_writing import ModuleCoauthor
from portal.uploads.checking import checked_picture
from tests.education.modules import Desk, make_desk, make_draft, make_module, make_published
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

TITLE = "Se peser chaque matin"


def _draft(session: Session, desk: Desk) -> ModuleVersion:
    """Saved twice, by two people."""
    version = make_draft(session, desk, make_module(session, desk))
    session.add(
        ModuleCoauthor(
            module_id=version.module_id,
            user_id=desk.peer.id,
            added_by=desk.author.id,
            added_at=now(),
        )
    )
    text = draft_of(session, version).text
    for number, (writer, goal) in enumerate(((desk.author, "peser"), (desk.peer, "me peser"))):
        changed = text.model_copy(update={"goal": goal})
        save_draft(session, version, changed, base=number, by=writer.id, at=now())
    return version


def _illustrated(session: Session, desk: Desk) -> ModuleVersion:
    version = _draft(session, desk)
    out = BytesIO()
    Image.new("RGB", (640, 400), "teal").save(out, "PNG")
    add_picture(
        session,
        version,
        checked_picture(out.getvalue()),
        file_name="balance.png",
        alternative_text="Une balance.",
        by=desk.author.id,
        at=now(),
    )
    return version


def _published(session: Session, desk: Desk) -> ModuleVersion:
    return make_published(session, desk, make_module(session, desk))


def _translation(session: Session, desk: Desk) -> ModuleVersion:
    source = _published(session, desk)
    return start_translation(session, source, locale="en", by=desk.author.id, at=now())


Made = Callable[[Session, Desk], ModuleVersion]


def written(
    rest: str, *, made: Made = _draft, options: dict[str, object] | None = None
) -> Callable[[Browse, RunningPortal], Page]:
    def opened(browse: Browse, relais: RunningPortal) -> Page:
        with relais.writing() as (session, keys):
            version_id, token = _begun(session, keys, made)
        page = browse(**(options or {}))
        page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
        page.goto(rest if rest.startswith("/modules") else f"/modules/{version_id}{rest}")
        return page

    return opened


def _begun(session: Session, keys: KeyRing, made: Made) -> tuple[str, str]:
    desk = make_desk(session, keys)
    desk.author.locale = None
    version = made(session, desk)
    _row, token = start_session(
        session, user_id=desk.author.id, is_staff=False, user_agent="a tablet", at=now()
    )
    return str(version.id), token


def _conflict(browse: Browse, relais: RunningPortal) -> Page:
    """Both changed the goal; the author goes on from before."""
    page = written("/edit")(browse, relais)
    page.locator("input[name=base]").evaluate("one => { one.value = '1'; }")
    page.locator("#goal").fill("autre chose")
    page.locator("#writing button[value=save]").click()
    return page


SPOTS = (
    Spot("write-new", "Écrire un module", written("/modules/new")),
    Spot("write-module", TITLE, written("/edit")),
    Spot("write-step", "Étape 2", written("/edit/steps/s2")),
    Spot("write-question", "Question 1", written("/edit/questions/q1")),
    Spot("write-sources", "Sources", written("/edit/sources")),
    Spot("write-words", "Les mots expliqués", written("/edit/terms")),
    Spot("write-conflict", "Deux textes pour le même passage", _conflict),
    Spot("write-history", "Historique", written("/history")),
    Spot("write-compare", "Ce qui a changé", written("/history/1")),
    Spot("write-authors", "Qui l’écrit", written("/authors")),
    Spot("write-discard", "Supprimer ce brouillon ?", written("/discard")),
    Spot("write-pictures", "Images", written("/pictures", made=_illustrated)),
    Spot("write-import", "Reprendre un module", written("/modules/import")),
    Spot("write-languages", "Dans une autre langue", written("/translate", made=_published)),
    Spot("write-translation", f"Traduire : {TITLE}", written("/translate", made=_translation)),
    Spot("write-translated-step", "Étape 1", written("/translate/steps/1", made=_translation)),
)
