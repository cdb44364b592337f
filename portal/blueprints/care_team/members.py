"""What a page says of a member of the circle."""

from dataclasses import dataclass
from uuid import UUID

from portal.access.viewer import Standing
from portal.blueprints.care_team.calls import CallCard, call_card, initials_of
from portal.blueprints.care_team.words import Clock, presence_words, replacement_words
from portal.models.care import MemberFunction
from portal.models.directory import Gender
from portal.teams.calling import stand_in_of
from portal.teams.contacts import Contact, contact_of, contacts_of
from portal.teams.rows import MemberRow, Team, anchor_of
from portal.web import labels
from portal.web.i18n import current_locale, gettext
from portal.web.typography import first_up, of_name

_FIRST_TO_CALL = (MemberFunction.COORDINATEUR, MemberFunction.MEDECIN_TRAITANT)
_SHORT = 16
"""Letters that fit under a node of the drawn circle."""
_SAID_BY_THE_BADGE = frozenset(_FIRST_TO_CALL)


@dataclass(frozen=True, slots=True)
class Member:
    """A card of the team page. Texts are ready; templates only place them."""

    id: UUID
    anchor: str
    name: str
    short_name: str
    """On the drawn circle: `Dr Le Goff`, `Nadia`, `Pharmacie`."""
    initials_of: tuple[str, ...]
    role: str
    short_role: str
    contact_for: str
    phone: str
    availability: str
    is_open: bool
    is_relative: bool
    is_viewer: bool
    badge: str
    """Why to call first (`Coordinatrice`), or empty."""
    stand_in: CallCard | None = None
    """Whom to call while they are away."""
    stand_in_words: str = ""
    waits_for_consent: bool = False


def members_of(team: Team, *, patient: Standing, clock: Clock) -> list[Member]:
    """The circle as this reader reads it, in the order of the rows."""
    # Who is kept out is a card as the others, and stands in for nobody.
    proposed = contacts_of(team, at=clock.at, time_zone=clock.zone)
    return [
        _member(
            row,
            proposed.get(row.id) or contact_of(row, team, at=clock.at, time_zone=clock.zone),
            patient=patient,
            clock=clock,
        )
        for row in team.members
    ]


def first_to_call(members: list[Member]) -> list[Member]:
    """Coordinator and regular doctor; without either, nobody is put first by guessing."""
    return [one for one in members if one.badge and not one.waits_for_consent]


def _member(row: MemberRow, contact: Contact, *, patient: Standing, clock: Clock) -> Member:
    if contact.is_relative:
        return _relative(row, contact, given_name=patient.given_name, is_own=patient.is_own)
    if contact.organization_name:
        return _organization(row, contact, clock)
    return _practitioner(row, contact, clock)


def _practitioner(row: MemberRow, contact: Contact, clock: Clock) -> Member:
    badge = _badge(row.functions, contact.gender)
    others = [
        labels.member_function(code, contact.gender)
        for code in row.functions
        if code not in _SAID_BY_THE_BADGE
    ]
    trade = labels.profession(contact.profession, contact.profession_text, contact.gender)
    said = trade or row.role_text or row.place_role_text or ""
    role = ", ".join(part for part in (said, *others, row.organization_name) if part)
    prefix, family = contact.prefix, contact.family_name
    call = stand_in_of(contact)
    return Member(
        id=row.id,
        anchor=anchor_of(row.id),
        name=contact.name,
        short_name=f"{prefix} {family}" if prefix else contact.given_name or family,
        initials_of=initials_of(contact),
        role=first_up(role),
        short_role=badge or _short_role(said, contact.profession, contact.gender),
        contact_for=row.contact_for,
        phone=contact.phone,
        availability=presence_words(contact, clock),
        is_open=contact.answers,
        is_relative=False,
        is_viewer=False,
        badge=badge,
        stand_in=call_card(call, clock) if call else None,
        stand_in_words=replacement_words(call, clock) if call else "",
        waits_for_consent=row.waits_for_consent,
    )


def _short_role(said: str, profession: str, gender: Gender) -> str:
    """For the drawn circle: `Cardiologue`; the profession alone where the words are long."""
    word = labels.profession_word(profession, gender)
    return first_up(said if len(said) <= _SHORT or not word else word)


def _organization(row: MemberRow, contact: Contact, clock: Clock) -> Member:
    first, _, rest = contact.name.partition(" ")
    return Member(
        id=row.id,
        anchor=anchor_of(row.id),
        name=contact.name,
        short_name=first,
        initials_of=(contact.name,),
        role=row.role_text,
        short_role=rest,
        contact_for=row.contact_for,
        phone=contact.phone,
        availability=presence_words(contact, clock),
        is_open=contact.answers,
        is_relative=False,
        is_viewer=False,
        badge=_badge(row.functions, Gender.UNKNOWN),
    )


def _relative(row: MemberRow, contact: Contact, *, given_name: str, is_own: bool) -> Member:
    gender = labels.gender_of(row.relationship or "", contact.gender)
    given, family = contact.given_name, contact.family_name
    relation = labels.relation(row.relationship or "", row.relationship_text or "", gender)
    functions = [labels.member_function(code, gender) for code in row.functions]
    if row.is_emergency_contact and MemberFunction.CONTACT_URGENCE not in row.functions:
        functions.append(labels.member_function(MemberFunction.CONTACT_URGENCE, gender))
    kin = _kin(relation, given_name, is_own=is_own)
    role = ", ".join(part for part in (kin, *functions) if part)
    short = gettext("You") if row.is_viewer else given or family
    return Member(
        id=row.id,
        anchor=anchor_of(row.id),
        name=gettext("You, %(name)s", name=given) if row.is_viewer else contact.name,
        short_name=f"{short}, {relation}" if relation else short,
        initials_of=(given, family),
        role=first_up(role or row.role_text),
        short_role="",
        contact_for=row.contact_for,
        phone="" if row.is_viewer else contact.phone,
        availability=row.availability_text,
        is_open=False,
        is_relative=True,
        is_viewer=row.is_viewer,
        badge="",
    )


def _kin(relation: str, given_name: str, *, is_own: bool) -> str:
    if not relation or not given_name:
        return relation
    if is_own:
        return gettext("Your %(relation)s", relation=relation)
    of_patient = of_name(given_name, current_locale())
    return gettext("%(relation)s %(of_name)s", relation=relation, of_name=of_patient)


def _badge(functions: list[str], gender: Gender) -> str:
    for function in _FIRST_TO_CALL:
        if function in functions:
            return first_up(labels.member_function(function, gender))
    return ""
