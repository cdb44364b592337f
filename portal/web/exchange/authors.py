"""Who wrote: the same line wherever a message shows, with the place they had as they wrote."""

from typing import Protocol
from uuid import UUID

from portal.access.viewer import Standing
from portal.models.audit import Capacity
from portal.models.directory import Gender
from portal.web import labels
from portal.web.i18n import gettext
from portal.web.visits import short_name

OWN = "self"
_AT_WORK = frozenset((Capacity.PROFESSIONAL, Capacity.COORDINATOR, Capacity.EMERGENCY))


class AuthorRow(Protocol):
    """What a row of a message says about its author; `MessageRow` does."""

    @property
    def author_id(self) -> UUID: ...
    @property
    def capacity(self) -> str: ...
    @property
    def relationship(self) -> str: ...
    @property
    def relationship_text(self) -> str: ...
    @property
    def given_name(self) -> str: ...
    @property
    def family_name(self) -> str: ...
    @property
    def prefix(self) -> str | None: ...
    @property
    def gender(self) -> Gender | None: ...
    @property
    def profession(self) -> str | None: ...
    @property
    def profession_text(self) -> str | None: ...


def is_at_work(capacity: str) -> bool:
    """Whether they wrote as a professional, a coordinator, or in an emergency."""
    return capacity in _AT_WORK


def author_words(row: AuthorRow, patient: Standing, viewer_id: UUID | None = None) -> str:
    """`Paul (fils), pour Jeanne Morel`, `Vous (Paul), pour Jeanne Morel`, `Nadia, infirmière`.

    Without `viewer_id`, as somebody else reads it: on paper.
    """
    is_mine = row.author_id == viewer_id
    if row.capacity == OWN:
        return gettext("You") if is_mine else f"{patient.given_name} {patient.family_name}"
    if is_at_work(row.capacity):
        return _at_work(row, is_mine=is_mine)
    subject = f"{patient.given_name} {patient.family_name}"
    if is_mine:
        return gettext("You (%(name)s), for %(subject)s", name=row.given_name, subject=subject)
    return gettext("%(name)s, for %(subject)s", name=_relative(row), subject=subject)


def _relative(row: AuthorRow) -> str:
    """`Paul (fils)`; the whole name when nobody said what they are to the patient."""
    place = labels.relation(row.relationship, row.relationship_text, Gender.UNKNOWN)
    if not place:
        return f"{row.given_name} {row.family_name}".strip()
    return f"{row.given_name} ({place})"


def _at_work(row: AuthorRow, *, is_mine: bool) -> str:
    name = short_name(row.prefix or "", row.given_name, row.family_name)
    shown = gettext("You (%(name)s)", name=name) if is_mine else name
    place = _place_at_work(row)
    return f"{shown}, {place}" if place else shown


def _place_at_work(row: AuthorRow) -> str:
    if row.capacity == Capacity.COORDINATOR:
        return gettext("coordination")
    trade = labels.profession(
        row.profession or "", row.profession_text or "", row.gender or Gender.UNKNOWN
    )
    if row.capacity == Capacity.EMERGENCY:
        return ", ".join(part for part in (trade, gettext("emergency access")) if part)
    return trade
