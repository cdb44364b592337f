"""The participants of a FHIR CareTeam, read: one place for each time somebody takes part."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.fhir.dates import end_of, start_of
from portal.fhir.elements import Json, child, objects, text
from portal.fhir.merge import Fields, fit
from portal.fhir.people import codes_of, words_of
from portal.fhir.terminology import member_function
from portal.models.care import CareTeamMember


@dataclass(slots=True)
class Place:
    """A member with a period; the roles that a team gives them side by side are together."""

    piece: str
    member: Json
    behalf: Json
    start: datetime | None
    end: datetime | None
    functions: set[str] = field(default_factory=set)
    role_texts: list[str] = field(default_factory=list)

    @property
    def fields(self) -> Fields:
        fields = {
            "role_text": ", ".join(dict.fromkeys(filter(None, self.role_texts))),
            "period_start": self.start,
            "period_end": self.end,
        }
        return fit(CareTeamMember, fields)[0]


def places(body: Json, zone: ZoneInfo) -> dict[tuple[str, int], Place]:
    """By the name of the member in the file, and how many places they had before this one."""
    found: dict[tuple[str, int], Place] = {}
    for index, participant in enumerate(objects(body, "participant")):
        read = _place(participant, f"participant[{index}]", body, zone)
        name = _name(read.member)
        same = [place for (other, _), place in found.items() if other == name]
        place = next((place for place in same if _is_one(place, read)), None)
        if place is None:
            found[name, len(same)] = read
        else:
            place.functions |= read.functions
            place.role_texts += read.role_texts
    return found


def _place(participant: Json, piece: str, team: Json, zone: ZoneInfo) -> Place:
    period = child(participant, "period")
    place = Place(
        piece=piece,
        member=child(participant, "member"),
        behalf=child(participant, "onBehalfOf"),
        start=start_of(text(period, "start"), zone),
        end=_earliest(
            end_of(text(period, "end"), zone),
            # Nobody belongs to a team that has ended.
            end_of(text(child(team, "period"), "end"), zone),
        ),
    )
    for role in objects(participant, "role"):
        if function := member_function(codes_of(role), words_of(role)):
            place.functions.add(function)
        else:
            place.role_texts.append(words_of(role))
    return place


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)


def _name(member: Json) -> str:
    identifier = child(member, "identifier")
    by_number = f"{text(identifier, 'system')}|{text(identifier, 'value')}"
    return text(member, "reference") or (by_number if identifier else text(member, "display"))


def _is_one(place: Place, other: Place) -> bool:
    return (place.start, place.end, place.behalf) == (other.start, other.end, other.behalf)
