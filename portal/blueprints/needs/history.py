"""The acts on a need in sentences: what changed, by whom, as what, when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from portal.access.viewer import Standing, Viewer
from portal.blueprints.needs.queries import ChangeRow
from portal.models.audit import Capacity
from portal.models.directory import Gender, Profession
from portal.web import dates, labels
from portal.web.i18n import gettext
from portal.web.typography import first_up


@dataclass(frozen=True, slots=True)
class Line:
    """One act: `what` are sentences."""

    what: list[str]
    by: str


def lines(changes: list[ChangeRow], *, shown: int, patient: Standing, viewer: Viewer) -> list[Line]:
    """The newest first, `shown` at most; one row more says how it was before."""
    pairs = zip_longest(changes, changes[1:])
    return [
        Line(_what(one, before), _by(one, patient=patient, viewer=viewer))
        for one, before in list(pairs)[:shown]
        if one is not None
    ]


def _what(one: ChangeRow, before: ChangeRow | None) -> list[str]:
    if before is None and one.version == 1:
        return [gettext("Added."), *_differences(one, None)]
    if before is not None and one.is_ended and not before.is_ended:
        return [_ended(one)]
    found = list(_differences(one, before))
    if before is not None and before.is_ended and not one.is_ended:
        return [gettext("Opened again."), *found]
    return found or [gettext("Nothing changed.")]


def _ended(one: ChangeRow) -> str:
    if one.end_reason:
        return gettext("Ended: %(reason)s", reason=one.end_reason)
    return gettext("Ended.")


def _differences(one: ChangeRow, before: ChangeRow | None) -> Iterator[str]:
    if _is_new(one.owner_name, before and before.owner_name):
        if one.owner_name:
            yield gettext("%(name)s answers for it.", name=one.owner_name)
        else:
            yield gettext("Nobody answers for it any more.")
    if _is_new(one.deputy_name, before and before.deputy_name):
        if one.deputy_name:
            yield gettext("%(name)s stands in.", name=one.deputy_name)
        else:
            yield gettext("Nobody stands in any more.")
    yield from _texts(one, before)
    if one.review_on is not None and one.review_on != (before.review_on if before else None):
        yield gettext("To review on %(day)s.", day=dates.full_day(one.review_on))


def _texts(one: ChangeRow, before: ChangeRow | None) -> Iterator[str]:
    said = (
        (gettext("In detail"), one.detail, before and before.detail),
        (gettext("How to reach them"), one.contact_text, before and before.contact_text),
        (gettext("How often"), one.frequency, before and before.frequency),
    )
    for what, text, was in said:
        if _is_new(text, was):
            yield gettext("%(what)s: %(text)s", what=what, text=text or gettext("nothing"))


def _is_new(value: str, was: str | None) -> bool:
    return value != (was or "")


def _by(one: ChangeRow, *, patient: Standing, viewer: Viewer) -> str:
    day = _day(one, patient)
    if one.actor_id == viewer.id:
        return gettext("by you, on %(day)s", day=day)
    if one.actor_id is None:
        return gettext("by an import, on %(day)s", day=day)
    names = (one.prefix, one.given_name, one.family_name)
    name = " ".join(part for part in names if part)
    who = ", ".join(part for part in (name, _as_what(one, patient)) if part)
    return gettext("by %(name)s, on %(day)s", name=who, day=day)


def _day(one: ChangeRow, patient: Standing) -> str:
    day: date = dates.local(one.at, patient.time_zone).date()
    return dates.full_day(day)


def _as_what(one: ChangeRow, patient: Standing) -> str:
    """`coordinatrice`, `fils`, `infirmière`; nothing for the patient, whose name says it."""
    gender = one.gender or Gender.UNKNOWN
    if one.capacity == Capacity.COORDINATOR:
        return labels.profession_word(Profession.COORDINATEUR, gender)
    if one.capacity == Capacity.PROFESSIONAL:
        return labels.profession(one.profession or "", one.profession_text or "", gender)
    code = one.relationship or ""
    gender = labels.gender_of(code, gender)
    relation = labels.relation(code, one.relationship_text or "", gender)
    if relation and patient.is_own:
        return gettext("your %(relation)s", relation=relation)
    return relation


def summary(changes: list[ChangeRow], *, since: int) -> list[str]:
    """What became of a need after the version `since`, the oldest first."""
    pairs = list(zip_longest(changes, changes[1:]))
    return [
        first_up(sentence)
        for one, before in reversed(pairs)
        if one is not None and one.version > since
        for sentence in _what(one, before)
    ]
