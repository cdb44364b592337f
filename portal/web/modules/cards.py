"""Modules in a list, and who answers for what one says."""

from dataclasses import dataclass

from portal.education.reading import ModuleRow, Opened
from portal.models.directory import Gender
from portal.models.education import Audience, Theme
from portal.web import labels
from portal.web.i18n import gettext
from portal.web.labels import N_
from portal.web.visits import short_name

_THEMES = {
    Theme.HEART: N_("Heart"),
    Theme.DIABETES: N_("Diabetes"),
    Theme.MEDICINES: N_("Medicines"),
    Theme.MOVEMENT: N_("Moving"),
    Theme.FOOD: N_("Eating and drinking"),
    Theme.DAILY_LIFE: N_("Everyday life"),
    Theme.CARERS: N_("Helping somebody"),
    Theme.OTHER: N_("Other subjects"),
}


@dataclass(frozen=True, slots=True)
class ModuleCard:
    slug: str
    title: str
    summary: str
    theme: str
    minutes: str
    """`8 min`, or what is left of it: `encore 3 min`."""
    author: str
    has_easy_reading: bool
    step: int
    step_count: int
    is_begun: bool
    is_finished: bool
    is_for_carers: bool


def theme_word(theme: Theme) -> str:
    return gettext(_THEMES[theme])


def module_card(row: ModuleRow) -> ModuleCard:
    is_begun = row.step is not None and row.finished_at is None
    return ModuleCard(
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        theme=theme_word(row.theme),
        minutes=_minutes(row),
        author=f"{row.author_given_name} {row.author_family_name}",
        has_easy_reading=row.has_easy_reading,
        step=row.step or 0,
        step_count=row.step_count,
        is_begun=is_begun,
        is_finished=row.finished_at is not None,
        is_for_carers=row.audience is Audience.CARER,
    )


def _minutes(row: ModuleRow) -> str:
    done = row.step or 0
    if done == 0 or row.finished_at is not None:
        return gettext("%(number)s min", number=row.minutes)
    left = max(1, round(row.minutes * (row.step_count - done) / row.step_count))
    return gettext("%(number)s min left", number=left)


@dataclass(frozen=True, slots=True)
class ProvenanceCard:
    """Who wrote it, who read it, who answers for it."""

    author: str
    peer: str
    reviewer: str
    """`Dr Samir Haddad, médecin`."""
    organization: str


def provenance_card(opened: Opened) -> ProvenanceCard:
    reviewer = short_name(
        opened.reviewer_prefix or "", opened.reviewer_given_name, opened.reviewer_family_name
    )
    profession = labels.profession(
        opened.reviewer_profession or "",
        opened.reviewer_profession_text or "",
        opened.reviewer_gender or Gender.UNKNOWN,
    )
    peer = f"{opened.peer_given_name or ''} {opened.peer_family_name or ''}".strip()
    return ProvenanceCard(
        author=f"{opened.author_given_name} {opened.author_family_name}",
        peer=peer,
        reviewer=f"{reviewer}, {profession}" if profession else reviewer,
        organization=opened.organization_name,
    )
