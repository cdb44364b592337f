"""How a need stands after each act: a row that is never changed, with the names of the day."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, select
from sqlmodel import Session

from portal.models import columns
from portal.models.care import CareTeamMember, RelatedPerson
from portal.models.directory import Organization, Practitioner
from portal.models.need import Need, NeedChange

_member = columns(CareTeamMember)
_practitioner = columns(Practitioner)
_relative = columns(RelatedPerson)
_organization = columns(Organization)
_NAMES = (
    select(
        _member.id,
        _practitioner.prefix,
        _practitioner.given_name,
        _practitioner.family_name,
        _relative.given_name.label("relative_given_name"),
        _relative.family_name.label("relative_family_name"),
        _organization.name,
        _member.practitioner_id,
        _member.related_person_id,
    )
    .select_from(CareTeamMember)
    .outerjoin(Practitioner, _practitioner.id == _member.practitioner_id)
    .outerjoin(
        RelatedPerson,
        and_(_relative.patient_id == _member.patient_id, _relative.id == _member.related_person_id),
    )
    .outerjoin(Organization, _organization.id == _member.organization_id)
    .where(
        _member.patient_id == bindparam("of_patient", type_=Uuid),
        _member.id.in_(bindparam("of_members", expanding=True, type_=Uuid)),
    )
)


def write_changes(
    session: Session, needs: Iterable[Need], *, actor_id: UUID | None, capacity: str, at: datetime
) -> None:
    """One row for each need of one patient, as it stands now; flushes.

    The caller has raised `version` already, and holds the lock of each row.
    """
    needs = list(needs)
    if not needs:
        return
    names = _names(session, needs)
    session.add_all(needs)
    session.flush()
    session.add_all(
        NeedChange(
            patient_id=need.patient_id,
            need_id=need.id,
            version=need.version,
            at=at,
            actor_id=actor_id,
            capacity=capacity,
            owner_id=need.owner_id,
            owner_name=names.get(need.owner_id, ""),
            deputy_id=need.deputy_id,
            deputy_name=names.get(need.deputy_id, ""),
            detail=need.detail,
            contact_text=need.contact_text,
            frequency=need.frequency,
            review_on=need.review_on,
            is_ended=need.ended_at is not None,
            end_reason=need.end_reason,
        )
        for need in needs
    )
    session.flush()


def _names(session: Session, needs: list[Need]) -> dict[UUID | None, str]:
    ids = {one for need in needs for one in (need.owner_id, need.deputy_id)} - {None}
    values = {"of_patient": needs[0].patient_id, "of_members": sorted(ids)}  # type: ignore[type-var]  # no None is left
    # Before the needs are flushed: a name is read once, not after every row.
    with session.no_autoflush:
        rows = session.execute(_NAMES, values).all() if ids else []
    found: dict[UUID | None, str] = {}
    for row in rows:
        if row.practitioner_id is not None:
            parts = (row.prefix, row.given_name, row.family_name)
        elif row.related_person_id is not None:
            parts = (row.relative_given_name, row.relative_family_name, "")
        else:
            parts = (row.name, "", "")
        found[row.id] = " ".join(part for part in parts if part)[:200]
    return found
