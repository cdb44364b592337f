"""A line of the access log in words: who, as what, what they did."""

from portal.access.permissions import Permission
from portal.blueprints.access_log.queries import RELATIVES, Actor
from portal.models.audit import AccessDecision, Capacity
from portal.models.directory import Gender, Profession
from portal.web import labels
from portal.web.i18n import gettext, pgettext
from portal.web.labels import N_, NP_

READ, OPENED, REFUSED = "read", "opened", "refused"

# What is only looked at. The other permissions open pages and change things alike.
_READ = {
    Permission.PATIENT_OPEN: N_("home page"),
    Permission.AGENDA_SEE: N_("agenda"),
    Permission.CARE_TEAM_SEE: N_("care team"),
    Permission.CONSENTS_SEE: N_("sharing choices"),
    Permission.MESSAGES_SEE: N_("messages"),
    Permission.EDUCATION_SEE: N_("learning modules"),
    Permission.ACCESS_LOG_SEE: N_("this list of readings"),
}
_OPENED = {
    Permission.AGENDA_ACT: N_("answers to appointments"),
    Permission.AGENDA_BOOK: N_("booking of appointments"),
    Permission.AGENDA_HIDE: N_("hidden appointments"),
    Permission.MESSAGES_ACT: N_("writing of messages"),
    Permission.MESSAGES_ANSWER: N_("answers to messages"),
    Permission.MESSAGES_HIDE: N_("who reads the messages"),
    Permission.EDUCATION_ACT: N_("answers about the education programme"),
    Permission.EDUCATION_FOLLOW: N_("education programme"),
    Permission.INVITATIONS_MAKE: N_("invitations"),
    Permission.CIRCLE_INVITE: N_("invitations"),
    Permission.CARE_TEAM_ACT: N_("who answers for what"),
    Permission.CIRCLE_MANAGE: N_("the members of the circle"),
    Permission.CIRCLE_LEAVE: N_("their own place in the circle"),
    Permission.CARERS_MANAGE: N_("what the carers may do"),
    Permission.CARER_LINK_OWN: N_("what they may do themself"),
    Permission.CONSENTS_ACT: N_("sharing choices"),
    Permission.CONSENTS_RECORD: N_("choices signed on paper"),
    Permission.MANDATES_VERIFY: N_("legal representatives"),
}
PARTS = _READ | _OPENED
"""Every permission towards a patient leaves lines, and has words here."""

_CAPACITIES = {
    Capacity.CARER: (NP_("male", "carer"), NP_("female", "carer")),
    Capacity.LEGAL_REPRESENTATIVE: (
        NP_("male", "legal representative"),
        NP_("female", "legal representative"),
    ),
    Capacity.PROFESSIONAL: (NP_("male", "professional"), NP_("female", "professional")),
    Capacity.COORDINATOR: (NP_("male", "coordinator"), NP_("female", "coordinator")),
    Capacity.EMERGENCY: (NP_("male", "professional"), NP_("female", "professional")),
}


def part(category: str, action: str) -> str:
    """`agenda`, `équipe`; a part that the portal no longer has is said to be another one."""
    try:
        return gettext(PARTS[Permission(f"{category}:{action}")])
    except (KeyError, ValueError):
        return gettext("another part")


def kind_of(category: str, action: str, decision: AccessDecision) -> str:
    """Read, opened or changed, or refused."""
    if decision is AccessDecision.DENIED:
        return REFUSED
    is_read = f"{category}:{action}" in {str(permission) for permission in _READ}
    return READ if is_read else OPENED


def sentence(kind: str, parts: list[str]) -> str:
    """`A lu : agenda, équipe`."""
    what = ", ".join(parts)
    if kind == REFUSED:
        return gettext("Wanted to open: %(what)s (refused)", what=what)
    if kind == OPENED:
        return gettext("Opened or changed: %(what)s", what=what)
    return gettext("Read: %(what)s", what=what)


def name(actor: Actor, capacity: Capacity, *, is_own: bool = False) -> str:
    """`Dr Éric Vidal`; the patient's relatives by their first name when the patient reads."""
    if capacity not in RELATIVES:
        return full_name(actor)
    return actor.given_name if is_own else f"{actor.given_name} {actor.family_name}"


def full_name(actor: Actor) -> str:
    return " ".join(filter(None, (actor.prefix, actor.given_name, actor.family_name)))


def role(actor: Actor, capacity: Capacity, *, is_own: bool = False) -> str:
    """`infirmière`, `votre fils` when the patient reads, `fils, représentant légal`."""
    if capacity in RELATIVES:
        return _relative_role(actor, capacity, is_own=is_own)
    gender = actor.practitioner_gender or Gender.UNKNOWN
    if capacity is Capacity.COORDINATOR:
        return labels.profession_word(Profession.COORDINATEUR, gender)
    words = labels.profession(actor.profession or "", actor.profession_text or "", gender)
    return words or _capacity(capacity, gender)


def _relative_role(actor: Actor, capacity: Capacity, *, is_own: bool) -> str:
    code = actor.relationship or ""
    gender = labels.gender_of(code, actor.relative_gender or Gender.UNKNOWN)
    relation = labels.relation(code, actor.relationship_text or "", gender)
    if relation and is_own:
        relation = gettext("your %(relation)s", relation=relation)
    if relation and capacity is Capacity.CARER:
        return relation
    return ", ".join(filter(None, (relation, _capacity(capacity, gender))))


def _capacity(capacity: Capacity, gender: Gender) -> str:
    male, female = _CAPACITIES[capacity]
    return pgettext("female", female) if gender is Gender.FEMALE else pgettext("male", male)
