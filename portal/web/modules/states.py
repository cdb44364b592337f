"""Where a version stands, in words: its tag, and the line from its first word to its readers."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.education.dossier import Facts, Who
from portal.education.requests import Reviewer
from portal.education.standing import ModuleStanding
from portal.models.directory import Gender
from portal.models.education import ModuleVersion, VersionState
from portal.web import dates, labels
from portal.web.i18n import gettext, pgettext
from portal.web.time_zones import reader_time_zone
from portal.web.visits import short_name

_REVIEWED = (
    VersionState.APPROVED,
    VersionState.PUBLISHED,
    VersionState.REPLACED,
    VersionState.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class StateTag:
    kind: str
    """`waiting`, `ok`, `alert`, or empty."""
    label: str


def state_tag(state: VersionState, *, is_retracted: bool = False) -> StateTag:
    if is_retracted:
        return StateTag("alert", pgettext("module", "Taken back"))
    return {
        VersionState.DRAFT: StateTag("", pgettext("module", "Draft")),
        VersionState.SUBMITTED: StateTag("waiting", pgettext("module", "In review")),
        VersionState.CHANGES_REQUESTED: StateTag("waiting", pgettext("module", "To change")),
        VersionState.APPROVED: StateTag("ok", pgettext("module", "Ready to publish")),
        VersionState.PUBLISHED: StateTag("ok", pgettext("module", "Published")),
        VersionState.REPLACED: StateTag("", pgettext("module", "Replaced")),
        VersionState.WITHDRAWN: StateTag("alert", pgettext("module", "Review over")),
    }[state]


@dataclass(frozen=True, slots=True)
class Milestone:
    """One stop of the line."""

    kind: str
    """`past`, `next`, `waiting`, or empty for what is to come."""
    title: str
    detail: str


def milestones(standing: ModuleStanding, facts: Facts) -> list[Milestone]:
    version = standing.version
    return [
        _written(standing, facts),
        _read_by_peer(version, facts),
        _reviewed(version, facts),
        _published(version),
    ]


def name_of(who: Who) -> str:
    """`Dr Samir Haddad`, `Alain Petit`."""
    return short_name(who.prefix or "", who.given_name or "", who.family_name or "")


def name_and_trade(who: Who) -> str:
    """`Dr Samir Haddad, médecin`."""
    trade = labels.profession(
        who.profession or "", who.profession_text or "", who.gender or Gender.UNKNOWN
    )
    return ", ".join(filter(None, (name_of(who), trade)))


def reviewer_words(one: Reviewer) -> str:
    """The same of somebody whose review may be asked for."""
    trade = labels.profession(one.profession, one.profession_text, one.gender)
    name = short_name(one.prefix or "", one.given_name, one.family_name)
    return ", ".join(filter(None, (name, trade)))


def day_of_moment(moment: datetime) -> str:
    return dates.full_day(local_day(moment))


def local_day(moment: datetime) -> date:
    return dates.local(moment, reader_time_zone()).date()


def what_patients_see(standing: ModuleStanding, facts: Facts) -> str:
    """Meanwhile, or instead."""
    version = standing.version
    if standing.module.retracted_at is not None:
        return gettext("This module was taken back: nobody reads it any more.")
    if version.state is VersionState.PUBLISHED and version.published_at is not None:
        day = day_of_moment(version.published_at)
        return gettext("Patients read this version since %(day)s.", day=day)
    if facts.read_since is not None:
        day = day_of_moment(facts.read_since)
        return gettext("Patients still read the version of %(day)s.", day=day)
    if version.state is VersionState.WITHDRAWN:
        return gettext("The review is over: patients do not read this module for now.")
    return gettext("Patients see nothing of it before it is published.")


def _written(standing: ModuleStanding, facts: Facts) -> Milestone:
    version = standing.version
    title = pgettext("module", "Written")
    moment = version.submitted_at or facts.written_at or version.created_at
    day = day_of_moment(moment)
    if standing.is_author:
        detail = gettext("by you, on %(day)s", day=day)
    else:
        detail = gettext("by %(name)s, on %(day)s", name=name_of(facts.author), day=day)
    is_past = version.state not in (VersionState.DRAFT, VersionState.CHANGES_REQUESTED)
    return Milestone("past" if is_past else "next", title, detail)


def _read_by_peer(version: ModuleVersion, facts: Facts) -> Milestone:
    title = pgettext("module", "Read by a peer")
    if version.peer_read_at is not None:
        day = day_of_moment(version.peer_read_at)
        detail = gettext("%(name)s, patient expert, on %(day)s", name=name_of(facts.peer), day=day)
        return Milestone("past", title, detail)
    if version.state is VersionState.SUBMITTED:
        return Milestone("", title, gettext("Nobody so far. It helps, and is no condition."))
    return Milestone("", title, "")


def _reviewed(version: ModuleVersion, facts: Facts) -> Milestone:
    title = pgettext("module", "Reviewed by a professional")
    if version.state in _REVIEWED and version.reviewed_at and version.review_due:
        return Milestone("past", title, _approved_words(version, facts))
    if version.state is VersionState.CHANGES_REQUESTED and version.reviewed_at is not None:
        day = day_of_moment(version.reviewed_at)
        words = gettext(
            "%(name)s asked for changes on %(day)s", name=name_of(facts.reviewer), day=day
        )
        return Milestone("waiting", title, words)
    if version.state is VersionState.SUBMITTED:
        return Milestone("next", title, asked_words(facts))
    return Milestone("", title, "")


def _approved_words(version: ModuleVersion, facts: Facts) -> str:
    assert version.reviewed_at is not None  # noqa: S101  # for the type: asked by the caller
    return gettext(
        "%(name)s, on %(day)s. Holds until %(last)s.",
        name=name_and_trade(facts.reviewer),
        day=day_of_moment(version.reviewed_at),
        last=dates.full_day(version.review_due) if version.review_due else "",
    )


def asked_words(facts: Facts) -> str:
    if facts.asked.id is None or facts.due_on is None:
        return gettext("Nobody is asked by name yet.")
    day = dates.full_day(facts.due_on)
    return gettext("%(name)s, answer hoped for before %(day)s", name=name_of(facts.asked), day=day)


def _published(version: ModuleVersion) -> Milestone:
    title = pgettext("module", "Published")
    if version.published_at is not None:
        return Milestone("past", title, day_of_moment(version.published_at))
    if version.state is VersionState.APPROVED:
        return Milestone("next", title, gettext("Whoever wrote it chooses when."))
    return Milestone("", title, "")
