"""The card of an appointment's page: who goes along, and who could."""

from dataclasses import dataclass

from portal.scheduling.companions import NOBODY, WANTED, is_said_not_needed, state_of
from portal.scheduling.rows import CompanionRow
from portal.web import labels, typography
from portal.web.agreement_words import newest_line
from portal.web.appointment_cards.facts import Facts
from portal.web.i18n import current_locale, gettext


@dataclass(frozen=True, slots=True)
class Candidate:
    """A relative on the list; `initials` are letters, `name` stands in sentences."""

    value: str
    words: str
    initials: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class CompanionCard:
    """`candidates` for who may choose; a question for who was asked; else what is so."""

    question: str
    says: str
    alarm: str
    """Nobody goes along yet, and somebody should."""
    candidates: list[Candidate]
    nobody: str
    """`nobody` or `wanted`, where that is what was said last."""
    is_asked: bool
    """The reader is to say yes or no."""
    goes: bool
    """The reader goes along, and can still say that they cannot."""
    may_choose: bool
    version: int
    state: str
    seen: str


def companion_card(facts: Facts) -> CompanionCard | None:
    """None when there is nothing to say, or it is too late."""
    if facts.visit.state not in ("booked", "unanswered"):
        return None
    card = companion_choice(facts)
    has_part = card.may_choose or card.is_asked or card.goes
    return card if has_part or card.alarm else None


def companion_choice(facts: Facts) -> CompanionCard:
    """As it stands now, whatever was sent."""
    row, own = facts.row, facts.patient.is_own
    is_viewer = row.companion_is_viewer
    line = newest_line(facts.details)
    return CompanionCard(
        question=gettext("Who comes with you?")
        if own
        else gettext("Who accompanies %(name)s?", name=facts.patient.given_name),
        says=facts.visit.companion,
        alarm=gettext("Nobody goes along yet") if state_of(row) == WANTED else "",
        candidates=_candidates(facts) if facts.may_act else [],
        nobody=_nobody(facts),
        is_asked=is_viewer and not row.companion_confirmed,
        goes=is_viewer and row.companion_confirmed,
        may_choose=facts.may_act,
        version=row.version,
        state=state_of(row),
        seen=str(line) if line else "",
    )


def _nobody(facts: Facts) -> str:
    if state_of(facts.row) == WANTED:
        return WANTED
    return NOBODY if is_said_not_needed(facts.row, facts.details) else ""


def _candidates(facts: Facts) -> list[Candidate]:
    own = [one for one in facts.details.companions if one.user_id == facts.viewer.id]
    others = [one for one in facts.details.companions if one.user_id != facts.viewer.id]
    return [_candidate(one, facts) for one in [*others, *own]]


def _candidate(one: CompanionRow, facts: Facts) -> Candidate:
    return Candidate(
        value=str(one.related_person_id),
        words=_words(one, facts),
        initials=f"{one.given_name} {one.family_name}",
        is_chosen=one.related_person_id == facts.row.companion_id,
    )


def _words(one: CompanionRow, facts: Facts) -> str:
    """`Moi, Paul`; `Sylvie, fille de Jeanne`; to the patient `Sylvie, votre fille`."""
    if one.user_id == facts.viewer.id:
        return gettext("Me, %(name)s", name=one.given_name)
    gender = labels.gender_of(one.relationship, one.gender)
    relation = labels.relation(one.relationship, one.relationship_text, gender)
    if relation and facts.patient.is_own:
        relation = gettext("your %(relation)s", relation=relation)
    elif relation:
        of_name = typography.of_name(facts.patient.given_name, current_locale())
        relation = gettext("%(relation)s %(of_name)s", relation=relation, of_name=of_name)
    words = ", ".join(part for part in (one.given_name, relation) if part)
    if one.related_person_id == facts.row.companion_id and not facts.row.companion_confirmed:
        return gettext("%(who)s (asked, no answer yet)", who=words)
    return words
