"""One conversation as a row of a list: with whom, about what, where it stands."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.access.viewer import Standing
from portal.crypto import KeyRing
from portal.messaging.conversations import ThreadRow
from portal.messaging.sealing import open_text, snippet_cell
from portal.models.directory import Gender
from portal.models.messaging import Escalation, ThreadState
from portal.web import labels
from portal.web.exchange.authors import OWN, is_at_work
from portal.web.exchange.reading import subject_of
from portal.web.exchange.texts import without_turns
from portal.web.exchange.when import due_words, short_words
from portal.web.i18n import gettext, pgettext
from portal.web.templating import initials
from portal.web.visits import short_name


@dataclass(frozen=True, slots=True)
class StateTag:
    """Where a conversation stands, in words; `look` is a class of `tag`."""

    words: str
    look: str
    icon: str


@dataclass(frozen=True, slots=True)
class ThreadCard:
    id: UUID
    who: str
    """Who answers for it: `Nadia Belkacem`, `Cabinet Le Goff`."""
    letters: str
    subject: str
    excerpt: str
    """`Vous, pour Jeanne : elle a la tête qui tourne…`."""
    when: str
    tag: StateTag
    is_unread: bool
    is_closed: bool


def thread_card(
    row: ThreadRow, *, patient: Standing, viewer_id: UUID, keys: KeyRing, at: datetime
) -> ThreadCard:
    who = who_answers(row)
    return ThreadCard(
        row.id,
        who,
        initials(who),
        subject_of(row.id, row.subject_sealed, keys=keys),
        _excerpt(row, patient, viewer_id, keys),
        short_words(row.last_at, time_zone=patient.time_zone, at=at),
        state_tag(row, patient=patient, at=at),
        row.unread > 0,
        row.state is ThreadState.CLOSED,
    )


def who_answers(row: ThreadRow) -> str:
    """A person with their title; a team by its name."""
    if row.family_name is not None:
        return short_name(row.prefix or "", row.given_name or "", row.family_name)
    return row.organization_name or ""


def state_tag(row: ThreadRow, *, patient: Standing, at: datetime) -> StateTag:
    if row.state is ThreadState.CLOSED:
        return StateTag(gettext("Finished"), "is-ok", "check")
    if row.state is ThreadState.ANSWERED:
        return _answered(row, patient)
    if row.due_at is not None and row.due_at <= at:
        return StateTag(_late(row), "is-alert", "triangle-alert")
    if row.taken_by is not None and row.taker_given_name:
        name = f"{row.taker_given_name} {row.taker_family_name or ''}".strip()
        return StateTag(gettext("Taken care of by %(name)s", name=name), "is-ok", "hourglass")
    when = due_words(row.due_at or at, time_zone=patient.time_zone, at=at)
    return StateTag(gettext("Answer expected before %(when)s", when=when), "", "hourglass")


def _answered(row: ThreadRow, patient: Standing) -> StateTag:
    """Who began it and wrote last waits for the other side."""
    if is_at_work(row.last_capacity) and row.last_author_id == row.started_by:
        if patient.is_professional:
            words = gettext("Waits for an answer %(of_name)s", of_name=_from(patient))
            return StateTag(words, "", "hourglass")
        return StateTag(gettext("Waits for your answer"), "is-waiting", "circle-question-mark")
    return StateTag(pgettext("conversation", "Answered"), "is-ok", "check")


def _from(patient: Standing) -> str:
    return gettext("from %(name)s", name=patient.given_name)


def _late(row: ThreadRow) -> str:
    if row.escalation is Escalation.COORDINATION:
        return gettext("Late: the coordination was told")
    if row.escalation is Escalation.DEPUTY:
        return gettext("Late: who stands in was told")
    if row.escalation is Escalation.NOBODY:
        return gettext("Late: nobody else could be told")
    return gettext("The answer is late")


def _excerpt(row: ThreadRow, patient: Standing, viewer_id: UUID, keys: KeyRing) -> str:
    text = without_turns(open_text(keys, row.snippet_sealed, snippet_cell(row.id)))
    author = _short_author(row, patient, viewer_id)
    return gettext("%(author)s: %(text)s", author=author, text=text) if author else text


def _short_author(row: ThreadRow, patient: Standing, viewer_id: UUID) -> str:
    """Empty for whoever answers for it, whose name stands above."""
    is_mine = row.last_author_id == viewer_id
    name = row.last_given_name or ""
    if row.last_capacity == OWN:
        return gettext("You") if is_mine else name
    if is_at_work(row.last_capacity):
        whole = f"{name} {row.last_family_name or ''}".strip()
        is_above = whole == f"{row.given_name or ''} {row.family_name or ''}".strip()
        return gettext("You") if is_mine else "" if is_above else whole
    subject = f"{patient.given_name} {patient.family_name}".strip()
    if is_mine:
        return gettext("You, for %(subject)s", subject=subject)
    relation = labels.relation(row.last_relationship, row.last_relationship_text, Gender.UNKNOWN)
    if not relation:
        return gettext("%(name)s, for %(subject)s", name=name, subject=subject)
    return gettext(
        "%(name)s (%(relation)s), for %(subject)s", name=name, relation=relation, subject=subject
    )
