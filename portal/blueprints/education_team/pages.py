"""The pages of who writes and who reviews."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Response, request

from portal.access.guard import current_viewer
from portal.db import current_session
from portal.education.handing_over import OrphanRow, texts_in_work
from portal.education.team import (
    MemberRow,
    OrganizationRow,
    Person,
    find_reviewers,
    members_for,
    organizations_of,
)
from portal.errors import NotFoundError
from portal.models.directory import Gender
from portal.models.education_writing import EducationRole
from portal.web import labels
from portal.web.form_values import uuid_of
from portal.web.modules.states import local_day
from portal.web.page import page
from portal.web.visits import short_name


@dataclass(frozen=True, slots=True)
class MemberCard:
    """Somebody who writes or reviews, or did."""

    user_id: UUID
    role: EducationRole
    organization_id: UUID
    name: str
    trade: str
    since: date
    drafts: int


@dataclass(frozen=True, slots=True)
class TeamCard:
    """An organization with its people."""

    id: UUID
    name: str
    writers: list[MemberCard]
    reviewers: list[MemberCard]
    without_author: list[MemberCard]
    """Who writes no longer, and left texts in work."""


def list_page() -> Response:
    session, user_id = current_session(), current_viewer().id
    organizations = organizations_of(session, user_id)
    rows = members_for(session, user_id)
    done = request.args.get("done", "")
    return page(
        "education_team/list.html",
        teams=[_team(one, rows) for one in organizations],
        done=done if done in ("added", "already", "ended", "back") else "",
        done_card=_asked_card(rows),
    )


def add_page(*, status: int = 200, is_missing: bool = False) -> Response:
    organization = _own_organization()
    text = request.values.get("q", "")[:100]
    found = find_reviewers(current_session(), text, organization_id=organization.id)
    return page(
        "education_team/add_reviewer.html",
        status=status,
        organization=organization,
        text=text,
        found=[(one.id, name_of(one), trade_of(one)) for one in found],
        is_missing=is_missing,
    )


def end_page(card: MemberCard) -> Response:
    return page("education_team/end.html", card=card, organization=_own_organization())


def texts_page(card: MemberCard) -> Response:
    texts: list[OrphanRow] = texts_in_work(
        current_session(), card.user_id, organization_id=card.organization_id
    )
    return page("education_team/texts.html", card=card, texts=texts)


def find_card(role: EducationRole, user_id: UUID, *, has_ended: bool) -> MemberCard:
    """Raises `NotFoundError`."""
    organization = _own_organization()
    for row in members_for(current_session(), current_viewer().id):
        is_meant = (row.organization_id, row.role, row.person.id) == (
            organization.id,
            role,
            user_id,
        )
        if is_meant and (row.ended_at is not None) == has_ended:
            return _card(row)
    raise NotFoundError("member")


def organization_id() -> UUID:
    """Of the address or the form. Raises `NotFoundError`."""
    found = uuid_of(request.values.get("organization"))
    if found is None:
        raise NotFoundError("organization")
    return found


def name_of(one: Person) -> str:
    return short_name(one.prefix or "", one.given_name, one.family_name)


def trade_of(one: Person) -> str:
    gender = one.gender or Gender.UNKNOWN
    return labels.profession(one.profession or "", one.profession_text or "", gender)


def _own_organization() -> OrganizationRow:
    wanted = organization_id()
    own = organizations_of(current_session(), current_viewer().id)
    found = next((one for one in own if one.id == wanted), None)
    if found is None:
        raise NotFoundError("organization")
    return found


def _asked_card(rows: list[MemberRow]) -> MemberCard | None:
    """Whom the address names after something was done; none for anybody else."""
    wanted, role = uuid_of(request.args.get("user")), request.args.get("role")
    organization = uuid_of(request.args.get("organization"))
    for row in rows:
        if (row.person.id, row.role, row.organization_id) == (wanted, role, organization):
            return _card(row)
    return None


def _team(organization: OrganizationRow, rows: list[MemberRow]) -> TeamCard:
    own = [row for row in rows if row.organization_id == organization.id]
    now_held = [_card(row) for row in own if row.ended_at is None]
    left = [_card(row) for row in own if row.ended_at is not None]
    return TeamCard(
        organization.id,
        organization.name,
        [one for one in now_held if one.role is EducationRole.WRITER],
        [one for one in now_held if one.role is EducationRole.REVIEWER],
        [one for one in left if one.role is EducationRole.WRITER and one.drafts],
    )


def _card(row: MemberRow) -> MemberCard:
    is_reviewer = row.role is EducationRole.REVIEWER
    return MemberCard(
        row.person.id,
        row.role,
        row.organization_id,
        name_of(row.person),
        trade_of(row.person) if is_reviewer else "",
        local_day(row.added_at),
        row.drafts,
    )
