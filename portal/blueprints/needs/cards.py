"""What a page says of one need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.blueprints.needs.people import Person
from portal.blueprints.needs.queries import OneNeed
from portal.blueprints.needs.settling import is_due
from portal.teams.rows import NeedRow
from portal.web import dates, labels
from portal.web.i18n import gettext


@dataclass(frozen=True, slots=True)
class Card:
    """An open need. Without an owner, or with a review that is due, it is an alarm."""

    id: UUID
    label: str
    detail: str
    owner: Person | None
    deputy: Person | None
    contact_text: str
    frequency: str
    version: int
    is_due: bool
    review: str

    @property
    def is_alarm(self) -> bool:
        return self.owner is None or self.is_due

    @property
    def title(self) -> str:
        """`Pansement : la jambe gauche`, where two of a kind must be told apart."""
        if not self.detail:
            return self.label
        return gettext("%(what)s: %(text)s", what=self.label, text=self.detail)


def card(row: NeedRow | OneNeed, people: Mapping[UUID, Person], *, today: date) -> Card:
    return Card(
        id=row.id,
        label=labels.need_label(row.code, row.type_label),
        detail=row.detail,
        # Who left is not among the people of the circle.
        owner=people.get(row.owner_id) if row.owner_id else None,
        deputy=people.get(row.deputy_id) if row.deputy_id else None,
        contact_text=row.contact_text,
        frequency=row.frequency,
        version=row.version,
        is_due=is_due(row.review_on, today=today),
        review=_review(row.review_on, today),
    )


def _review(day: date | None, today: date) -> str:
    if day is None:
        return ""
    if day == today:
        return gettext("To review today")
    words = dates.day_label(day, today=today)
    if day < today:
        return gettext("To review since %(day)s", day=words)
    return gettext("To review on %(day)s", day=words)
