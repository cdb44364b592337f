"""The pages of the desk of modules."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response, current_app, request, url_for

from portal.access.guard import current_viewer
from portal.clock import now
from portal.db import current_session
from portal.education.desk import DeskRow, tasks_of, versions_for, waiting_for
from portal.education.dossier import Facts, dossier_of
from portal.education.handing_over import may_hand_over
from portal.education.renewal import may_renew
from portal.education.retraction import may_retract
from portal.education.review import WRITABLE
from portal.education.standing import ModuleStanding, standing_towards
from portal.models.education import VersionState
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.modules.gate_words import gate_sentences
from portal.web.modules.remark_cards import remark_cards
from portal.web.modules.states import (
    StateTag,
    milestones,
    name_and_trade,
    name_of,
    state_tag,
    what_patients_see,
)
from portal.web.page import page
from portal.web.positions import position_of, position_text
from portal.web.time_zones import reader_time_zone

LIST_ROWS = 30
_NEW, _EDIT = "writing_start.write_new", "writing.write"
_DONE = (
    *("submitted", "taken_back", "published", "urgent", "changes", "approved"),
    *("settled", "read", "renewed", "retracted", "settings", "handed_over"),
)


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """A version in a list."""

    row: DeskRow
    tag: StateTag
    author: str


def list_page() -> Response:
    session, user_id = current_session(), current_viewer().id
    after = position_of(request.args.get("after"))
    tasks = tasks_of(waiting_for(session, user_id=user_id, today=today()))
    found = versions_for(session, user_id=user_id, limit=LIST_ROWS + 1, after=after)
    shown = found[:LIST_ROWS]
    last = position_text(shown[-1].created_at, shown[-1].id) if shown else None
    return page(
        "module_desk/list.html",
        tasks={name: _lines(rows) for name, rows in tasks._asdict().items()},
        has_tasks=tasks.is_any and after is None,
        own=[one for one in _lines(shown) if one.row.is_mine],
        others=[one for one in _lines(shown) if not one.row.is_mine],
        is_continued=after is not None,
        goes_on=last if len(found) > LIST_ROWS else None,
        new_url=_address(_NEW) if current_viewer().is_patient_expert else "",
    )


def edit_url(version_id: UUID) -> str:
    """Where its writers go on writing."""
    return _address(_EDIT, version_id=version_id)


def _links(standing: ModuleStanding) -> list[tuple[str, str]]:
    """(address, words) of what else its writers do with it."""
    version = standing.version
    found = []
    if standing.writes and version.state in WRITABLE:
        found.append(("writing_history.list_states", gettext("What was written when")))
    if standing.is_author and standing.writes:
        found.append(("writing_start.list_writers", gettext("Who writes with you")))
    if standing.is_author and version.state is VersionState.DRAFT and not version.submitted_at:
        found.append(("writing_start.ask_discard", gettext("Discard the draft")))
    addresses = ((_address(name, version_id=version.id), words) for name, words in found)
    return [(url, words) for url, words in addresses if url]


def _next_url(standing: ModuleStanding) -> str:
    """Where a writer begins the next version of what is read."""
    is_read = standing.version.state in (VersionState.PUBLISHED, VersionState.WITHDRAWN)
    if not (standing.writes and is_read) or standing.module.retracted_at is not None:
        return ""
    return _address("writing_start.begin_next", version_id=standing.version.id)


def _address(endpoint: str, **values: Any) -> str:
    """Of a page of another feature; empty where it is not installed."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def _lines(rows: list[DeskRow]) -> list[ModuleLine]:
    return [
        ModuleLine(
            row,
            state_tag(row.state, is_retracted=row.is_retracted),
            f"{row.author_given_name} {row.author_family_name}",
        )
        for row in rows
    ]


def today() -> date:
    """The day by which reviews begin and end, the same for all."""
    return now().date()


def find(version_id: UUID) -> ModuleStanding:
    """Raises `NotFoundError`."""
    return standing_towards(current_session(), version_id, user_id=current_viewer().id)


@dataclass(frozen=True, slots=True)
class Acts:
    """What the reader may do with the version now."""

    writes: bool
    submits: bool
    takes_back: bool
    publishes: bool
    reads: bool
    """As a peer, or as a reviewer: there is something to answer."""


def acts_of(standing: ModuleStanding, *, is_answered: bool) -> Acts:
    version = standing.version
    is_writable, waits = version.state in WRITABLE, version.state is VersionState.SUBMITTED
    reads_now = standing.reviews or (standing.reads_as_peer and version.peer_id is None)
    return Acts(
        writes=standing.writes and is_writable,
        submits=standing.writes and standing.is_author and is_writable,
        takes_back=standing.is_author and waits and not is_answered,
        publishes=standing.writes and version.state is VersionState.APPROVED,
        reads=reads_now and waits,
    )


def state_page(version_id: UUID, *, refused: tuple[str, ...] = (), status: int = 200) -> Response:
    """With `refused`, why nothing was done."""
    standing = find(version_id)
    facts, remarks = dossier_of(current_session(), version_id)
    version = standing.version
    is_answered = version.peer_id is not None or bool(remarks)
    cards = remark_cards(remarks, standing)
    done = request.args.get("done", "")
    return page(
        "module_desk/module.html",
        status=status,
        standing=standing,
        version=version,
        facts=facts,
        tag=_tag(standing),
        edit_url=edit_url(version_id) if standing.writes else "",
        links=[*_links(standing), *_upkeep_links(standing)],
        next_url=_next_url(standing),
        line=milestones(standing, facts),
        patients_see=what_patients_see(standing, facts),
        written_at=_written_at(facts) if version.state in WRITABLE else None,
        acts=acts_of(standing, is_answered=is_answered),
        waiting=[one for one in cards if not one.settled_on],
        treated=[one for one in cards if one.settled_on],
        who=names(facts),
        refused=gate_sentences(refused),
        done=done if done in _DONE else "",
    )


def _upkeep_links(standing: ModuleStanding) -> list[tuple[str, str]]:
    """(address, words) of what becomes of it once it is written, on pages of another feature."""
    found = []
    if may_renew(standing):
        found.append(("module_upkeep.ask_renew", gettext("Renew the review")))
    if standing.manages:
        found.append(("module_upkeep.show_settings", gettext("Settings of the module")))
    if may_hand_over(current_session(), standing):
        found.append(("module_upkeep.ask_hand_over", gettext("Give to another author")))
    if may_retract(standing):
        found.append(("module_upkeep.ask_retract", gettext("Take the module back")))
    if standing.is_writer and standing.version.published_at is not None:
        found.append(("translating.show", gettext("In another language")))
    if standing.version.submitted_at is not None:
        found.append(("module_files.download", gettext("Download the module")))
    version_id = standing.version.id
    addresses = ((_address(name, version_id=version_id), words) for name, words in found)
    return [(url, words) for url, words in addresses if url]


def _written_at(facts: Facts) -> datetime | None:
    return dates.local(facts.written_at, reader_time_zone()) if facts.written_at else None


def _tag(standing: ModuleStanding) -> StateTag:
    is_retracted = standing.module.retracted_at is not None
    return state_tag(standing.version.state, is_retracted=is_retracted)


def names(facts: Facts) -> dict[str, str]:
    return {
        "author": name_of(facts.author),
        "peer": name_of(facts.peer),
        "reviewer": name_and_trade(facts.reviewer),
        "organization": facts.organization_name,
    }
