"""The card of an appointment's page: booking."""

from dataclasses import dataclass

from portal.models.agenda import AppointmentStatus
from portal.models.agreement import AppointmentAct
from portal.scheduling.booking import OPEN_STATUSES, OUTCOMES
from portal.scheduling.own_entries import OWN_SOURCES
from portal.scheduling.rows import ChangeRow
from portal.web.appointment_cards.facts import Facts
from portal.web.i18n import gettext


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingCard:
    """What its keeper, or whoever wrote it down, can do. Texts are ready."""

    version: int
    is_kept: bool
    can_move: bool
    can_cancel: bool
    can_correct: bool
    can_restore: bool
    outcomes: tuple[str, ...]
    """`took_place` and `missed`, without the one that is noted already."""
    added_by: str
    """Of one that the family wrote down: `Ajouté par Paul`."""
    can_change_own: bool
    can_delete_own: bool


def booking_card(facts: Facts) -> BookingCard | None:
    """None when there is nothing to say and nothing to do."""
    row, kept = facts.row, facts.may_book
    is_open = facts.visit.state in ("booked", "unanswered")
    is_own = row.source in OWN_SOURCES
    card = BookingCard(
        version=row.version,
        is_kept=kept,
        can_move=kept and is_open and row.workshop_id is None,
        can_cancel=kept and is_open,
        can_correct=kept and is_open,
        can_restore=kept and _can_restore(facts),
        outcomes=_outcomes(facts) if kept else (),
        added_by=_added_by(facts) if is_own else "",
        can_change_own=is_own and facts.may_act and row.status in OPEN_STATUSES,
        can_delete_own=is_own and facts.may_act,
    )
    return card if card.added_by or card.is_kept else None


def _can_restore(facts: Facts) -> bool:
    """Cancelled by the team, and still to come; what the family declined is asked anew instead."""
    row = facts.row
    if row.status is not AppointmentStatus.CANCELLED:
        return False
    if row.starts_at is not None and row.starts_at < facts.at:
        return False
    last = next((one for one in facts.details.changes if "status" in one.fields), None)
    return last is not None and last.act is AppointmentAct.CANCELLED


def _outcomes(facts: Facts) -> tuple[str, ...]:
    row = facts.row
    has_begun = row.starts_at is not None and row.starts_at <= facts.at
    if not has_begun or row.status not in OPEN_STATUSES | OUTCOMES.keys():
        return ()
    return tuple(act.value for status, act in OUTCOMES.items() if status is not row.status)


def _added_by(facts: Facts) -> str:
    name = _adder(facts)
    if facts.row.source_name:
        return gettext(
            "Added by %(name)s, from a file of %(source)s",
            name=name,
            source=facts.row.source_name,
        )
    return gettext("Added by %(name)s", name=name)


def _adder(facts: Facts) -> str:
    if facts.row.created_by == facts.viewer.id:
        return gettext("you")
    first: ChangeRow | None = next(iter(facts.details.changes[-1:]), None)
    is_known = first is not None and first.actor_id == facts.row.created_by
    # After very many changes the first one is not among those that were read.
    return (first.given_name if first and is_known else None) or gettext("the family")
