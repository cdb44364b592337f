"""Of whom an absence is, and where its pages are."""

from dataclasses import dataclass
from datetime import date

from flask import url_for

from portal.blueprints.absences.queries import Person
from portal.clock import now
from portal.teams.own_day import day_in


@dataclass(frozen=True, slots=True)
class Whose:
    """The professional who is away; `is_own` when they read it themself."""

    person: Person
    is_own: bool

    @property
    def today(self) -> date:
        """Where they work."""
        return day_in(self.person.time_zone, at=now())

    def url(self, view: str, **values: object) -> str:
        if self.is_own:
            return url_for(f"absences.{view}", **values)  # type: ignore[arg-type]  # Flask's own names
        return url_for(
            f"colleague_absences.{view}",
            practitioner_id=self.person.id,
            **values,  # type: ignore[arg-type]  # Flask's own names
        )
