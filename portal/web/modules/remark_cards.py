"""Remarks as pages show them: who, about what, and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from portal.education.remarks import RemarkRow, is_found
from portal.education.standing import ModuleStanding
from portal.web.modules.place_words import place_words
from portal.web.modules.review_sheets import SHEETS, sheet_of
from portal.web.modules.states import day_of_moment
from portal.web.visits import short_name


@dataclass(frozen=True, slots=True)
class RemarkCard:
    id: UUID
    who: str
    place: str
    place_words: str
    quote: str
    body: str
    made_on: str
    answer: str
    settled_on: str
    """Empty while it waits."""
    has_moved: bool
    """Its passage does not stand in the text any more."""
    is_own: bool
    may_settle: bool
    may_reopen: bool

    @property
    def sheet(self) -> str:
        """On which page of the text it stands; the first one needs no name."""
        found = sheet_of(self.place)
        return "" if found == SHEETS[0] else found

    @property
    def place_in_sentence(self) -> str:
        """`étape 2, texte complet`."""
        return self.place_words[:1].lower() + self.place_words[1:]


def remark_cards(
    remarks: Iterable[RemarkRow],
    standing: ModuleStanding,
    *,
    texts: Mapping[str, str] | None = None,
) -> list[RemarkCard]:
    """`texts` are the words of each place; without them none is looked for."""
    return [_card(one, standing, texts) for one in remarks]


def _card(
    remark: RemarkRow, standing: ModuleStanding, texts: Mapping[str, str] | None
) -> RemarkCard:
    is_own = remark.author_id == standing.user.id
    acts = (standing.writes or is_own) and standing.version.published_at is None
    return RemarkCard(
        id=remark.id,
        who=short_name(remark.prefix, remark.given_name, remark.family_name),
        place=remark.place,
        place_words=place_words(remark.place),
        quote=remark.quote,
        body=remark.body,
        made_on=day_of_moment(remark.made_at),
        answer=remark.answer,
        settled_on=day_of_moment(remark.settled_at) if remark.settled_at else "",
        has_moved=texts is not None and not is_found(remark, texts),
        is_own=is_own,
        may_settle=acts and remark.is_open,
        may_reopen=acts and not remark.is_open,
    )
