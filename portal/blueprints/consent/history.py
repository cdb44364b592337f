"""Past choices in words: what, by whom, when."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.access.viewer import Standing, Viewer
from portal.blueprints.consent.queries import SHOWN, BlockRow, DecisionRow
from portal.consents.texts import current_text
from portal.consents.versions import VERSIONS
from portal.models.consent import ConsentChannel
from portal.web import dates
from portal.web.i18n import current_locale, gettext


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    by: str
    at: datetime
    receipt_id: UUID | None = None
    can_undo: bool = False
    """Written down from paper, a yes, and it still counts: the patient can say it was not them."""


def lines(
    decisions: list[DecisionRow], blocks: list[BlockRow], *, patient: Standing, viewer: Viewer
) -> list[Line]:
    """The newest first."""
    current = _current(decisions)
    found = [
        Line(
            what=_said(subject_of(row), is_yes=row.is_given),
            by=author_words(row, patient=patient, viewer=viewer),
            at=row.decided_at,
            receipt_id=row.id,
            can_undo=row.id in current and row.is_given and row.channel is ConsentChannel.PAPER,
        )
        for row in decisions
    ]
    for block in blocks:
        found += _block_lines(block, patient=patient, viewer=viewer)
    return sorted(found, key=lambda line: line.at, reverse=True)[:SHOWN]


def subject_of(row: DecisionRow) -> str:
    """`Karim Diallo`, or the title of what was asked."""
    if row.recipient or row.purpose not in VERSIONS:
        return row.recipient
    return current_text(row.purpose, locale=current_locale()).words.title


def author_words(row: DecisionRow, *, patient: Standing, viewer: Viewer) -> str:
    """`par vous, le 3 novembre 2026`, `sur papier signé le …, noté par Claire Morvan`."""
    if row.channel is ConsentChannel.PAPER and row.signed_on is not None:
        return gettext(
            "on paper signed on %(day)s, written down by %(name)s",
            day=dates.full_day(row.signed_on),
            name=row.actor,
        )
    return _by(row.actor_id, row.actor, row.decided_at, patient=patient, viewer=viewer)


def _block_lines(block: BlockRow, *, patient: Standing, viewer: Viewer) -> list[Line]:
    by = _by(block.actor_id, block.actor, block.starts_at, patient=patient, viewer=viewer)
    found = [Line(_said(block.recipient, is_yes=False), by, block.starts_at)]
    if block.ends_at is not None:
        day = _day(block.ends_at, patient)
        let_in = gettext("on %(day)s", day=day)
        found.append(Line(_said(block.recipient, is_yes=True), let_in, block.ends_at))
    return found


def _by(actor_id: UUID, actor: str, at: datetime, *, patient: Standing, viewer: Viewer) -> str:
    day = _day(at, patient)
    if actor_id == viewer.id:
        return gettext("by you, on %(day)s", day=day)
    return gettext("by %(name)s, on %(day)s", name=actor, day=day)


def _day(at: datetime, patient: Standing) -> str:
    return dates.full_day(dates.local(at, patient.time_zone).date())


def _said(subject: str, *, is_yes: bool) -> str:
    if is_yes:
        return gettext("%(what)s: yes", what=subject)
    return gettext("%(what)s: no", what=subject)


def _current(decisions: list[DecisionRow]) -> set[UUID]:
    """Of each question the first row."""
    first: dict[object, UUID] = {}
    for row in decisions:
        first.setdefault(row.practitioner_id or row.purpose, row.id)
    return set(first.values())
