"""A next version that Monique wrote: Alain read it as a peer, Dr Haddad has a question about it."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from portal.demo.cast import Cast
from portal.demo.days import local_day
from portal.education.drafting import draft_of, finished, save_draft
from portal.education.drafting.starting import next_version
from portal.education.places import words_of_places
from portal.education.remarks import add_remark
from portal.education.requests import ask_review
from portal.education.review import read_as_peer, submit
from portal.education.standing import find_standing
from portal.education.storing import store
from portal.models import columns
from portal.models.education import Module, ModuleVersion, VersionState

SLUG = "insuffisance-cardiaque-se-peser"
_BEFORE = "4. Prenez la même balance, sur un sol dur et plat."
_AFTER = "4. Prenez toujours la même balance, posée sur un sol dur."
_QUOTE = "Un écart de quelques centaines de grammes est normal."
_REMARK = (
    "Précisez « d’un jour à l’autre ». Sans durée, certains ne s’inquiètent pas d’une hausse lente."
)


def write(session: Session, cast: Cast, *, now: datetime) -> None:
    """Sent to review four days ago; flushes."""
    published = _published(session)
    if published is None:
        return
    author, peer, reviewer = (cast.users[name] for name in ("monique", "alain", "haddad"))
    version = next_version(session, published, by=author.id, at=now - timedelta(days=12))
    _rewrite(session, version, at=now - timedelta(days=6))
    submit(session, version, by=author.id, at=now - timedelta(days=4))
    ask_review(
        session,
        version,
        reviewer_id=reviewer.id,
        due_on=local_day(now) + timedelta(days=5),
        by=author.id,
        at=now - timedelta(days=4),
    )
    read_as_peer(session, version, by=peer, at=now - timedelta(days=2))
    add_remark(
        session,
        find_standing(session, version.id, user_id=reviewer.id),
        place="step-2-body",
        quote=_QUOTE,
        body=_REMARK,
        places=words_of_places(finished(draft_of(session, version).text)),
        at=now - timedelta(days=1),
    )


def _rewrite(session: Session, version: ModuleVersion, *, at: datetime) -> None:
    """In the words of its author, from the draft to the rows that are reviewed."""
    draft = draft_of(session, version)
    steps = tuple(
        step.model_copy(update={"body": step.body.replace(_BEFORE, _AFTER)})
        for step in draft.text.steps
    )
    text = draft.text.model_copy(update={"steps": steps})
    save_draft(session, version, text, base=draft.number, by=version.author_id, at=at)
    store(session, version, finished(text))


def _published(session: Session) -> ModuleVersion | None:
    module, version = columns(Module), columns(ModuleVersion)
    return session.exec(
        select(ModuleVersion)
        .join(Module, module.id == version.module_id)
        .where(
            module.slug == SLUG,
            version.locale == "fr",
            version.state == VersionState.PUBLISHED,
        )
    ).one_or_none()
