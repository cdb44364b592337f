"""Who can answer for something, as a page names them."""

from dataclasses import dataclass
from uuid import UUID

from portal.models.directory import Gender
from portal.teams.rows import MemberRow, anchor_of
from portal.web import labels
from portal.web.i18n import gettext


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the circle: name, part, number."""

    id: UUID
    name: str
    role: str
    phone: str
    is_relative: bool
    is_viewer: bool
    initials_of: str

    @property
    def anchor(self) -> str:
        """Of their card on the team page."""
        return anchor_of(self.id)

    @property
    def words(self) -> str:
        """`Nadia Belkacem, infirmière`, in a list to choose from."""
        return ", ".join(part for part in (self.name, self.role) if part)


def people_of(members: list[MemberRow], *, practitioner_id: UUID | None) -> dict[UUID, Person]:
    """By place, in the order of the circle; `practitioner_id` is the reader's own."""
    return {one.id: _person(one, practitioner_id) for one in members}


def _person(row: MemberRow, practitioner_id: UUID | None) -> Person:
    if row.related_person_id is not None:
        return _relative(row)
    if row.practitioner_id is not None:
        return _practitioner(row, is_viewer=row.practitioner_id == practitioner_id)
    name = row.organization_name or ""
    return Person(
        id=row.id,
        name=name,
        role=row.role_text,
        phone=row.phone or row.organization_phone or "",
        is_relative=False,
        is_viewer=False,
        initials_of=name,
    )


def _practitioner(row: MemberRow, *, is_viewer: bool) -> Person:
    gender = row.practitioner_gender or Gender.UNKNOWN
    given, family = row.practitioner_given_name or "", row.practitioner_family_name or ""
    name = " ".join(part for part in (row.prefix, given, family) if part)
    trade = labels.profession(row.profession or "", row.profession_text or "", gender)
    phone = row.phone or row.place_phone or row.practitioner_phone or row.organization_phone
    return Person(
        id=row.id,
        name=gettext("You, %(name)s", name=name) if is_viewer else name,
        role=trade or row.role_text,
        phone="" if is_viewer else phone or "",
        is_relative=False,
        is_viewer=is_viewer,
        # A family name of several words stands alone: Le Goff is LG.
        initials_of=family if len(family.split()) > 1 else f"{given} {family}",
    )


def _relative(row: MemberRow) -> Person:
    code, gender = row.relationship or "", row.relative_gender or Gender.UNKNOWN
    given, family = row.relative_given_name or "", row.relative_family_name or ""
    relation = labels.relation(code, row.relationship_text or "", labels.gender_of(code, gender))
    name = f"{given} {family}".strip()
    return Person(
        id=row.id,
        name=gettext("You, %(name)s", name=given) if row.is_viewer else name,
        role=relation or row.role_text,
        phone="" if row.is_viewer else row.phone or row.relative_phone or "",
        is_relative=True,
        is_viewer=row.is_viewer,
        initials_of=name,
    )
