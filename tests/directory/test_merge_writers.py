"""Who writes modules for both of two organizations that become one."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from portal.blueprints.directory.clashes import merge_education_members
from portal.clock import now
from portal.crypto import KeyRing
from portal.models.education_writing import EducationMember, EducationRole
from tests import factories


@pytest.mark.parametrize(
    ("kept_ended", "gone_ended", "holds"),
    [(True, False, True), (False, True, True), (True, True, False)],
)
def test_a_role_that_one_of_two_rows_holds_is_held_once(
    session: Session, keys: KeyRing, kept_ended: bool, gone_ended: bool, holds: bool
) -> None:
    kept, gone = factories.make_organization(session), factories.make_organization(session)
    user, _ = factories.make_user(session, keys)
    other, _ = factories.make_user(session, keys, email="other@example.org")
    at = now()

    def writes(who: object, organization: object, *, is_ended: bool, since: datetime) -> None:
        session.add(
            EducationMember(
                organization_id=organization.id,  # type: ignore[attr-defined]
                user_id=who.id,  # type: ignore[attr-defined]
                role=EducationRole.WRITER,
                added_at=since,
                ended_at=at if is_ended else None,
            )
        )

    writes(user, kept, is_ended=kept_ended, since=at - timedelta(days=1))
    writes(user, gone, is_ended=gone_ended, since=at - timedelta(days=2))
    writes(other, gone, is_ended=False, since=at)
    session.flush()
    merge_education_members(session, kept_id=kept.id, gone_id=gone.id)
    rows = session.exec(select(EducationMember).where(EducationMember.user_id == user.id)).all()
    [row] = rows
    assert row.organization_id == kept.id
    assert (row.ended_at is None) is holds
    assert row.added_at == at - timedelta(days=2)
