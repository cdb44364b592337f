"""Who may sign in to the demo, and who may see what."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pyotp
import pytest
from sqlmodel import Session, col, select

from portal.crypto import Cell, KeyRing
from portal.models.account import Coordination, User
from portal.models.care import CareTeamMember, Patient, RelatedPerson
from portal.models.credential import RecoveryCode, TotpDevice
from portal.models.directory import Practitioner
from portal.models.rights import CareLink, Grant

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
HASH = "a-hash"


def test_the_accounts_are_the_announced_ones_and_enrolled(demo: Session) -> None:
    users = demo.exec(select(User)).all()

    assert {u.email.removesuffix("@example.org") for u in users} == {
        *("jeanne", "paul", "sylvie", "claire", "thomas", "nadia", "legoff", "haddad"),
        *("monique", "alain", "admin", "delphine"),
    }
    assert all(u.enrolled_at == NOW and u.password_hash == HASH for u in users)
    assert {u.email for u in users if u.is_operator} == {"admin@example.org"}
    assert {u.email for u in users if u.is_privacy_contact} == {"delphine@example.org"}
    assert {u.email for u in users if u.is_patient_expert} == {
        f"{name}@example.org" for name in ("monique", "alain")
    }
    assert {u.email for u in users if u.practitioner_id} == {
        f"{name}@example.org" for name in ("claire", "nadia", "legoff", "haddad")
    }


def test_a_professionals_account_is_theirs(demo: Session) -> None:
    query = select(User, Practitioner).join(Practitioner)

    pairs = demo.exec(query).all()

    assert len(pairs) == 4
    assert all((u.family_name, u.email) == (p.family_name, p.email) for u, p in pairs)


def test_each_authenticator_opens_with_a_secret_of_its_own(demo: Session, keys: KeyRing) -> None:
    devices = demo.exec(select(TotpDevice)).all()
    secrets = {
        keys.open(d.secret_sealed, Cell("totp_device", "secret_sealed", d.id)) for d in devices
    }

    assert len({d.user_id for d in devices}) == len(devices) == len(secrets) == 12
    assert all(d.confirmed_at == NOW and d.last_step == 0 for d in devices)
    assert all(re.fullmatch(r"\d{6}", pyotp.TOTP(s.decode()).at(NOW)) for s in secrets)
    assert demo.exec(select(RecoveryCode)).first() is None


def test_nobody_but_the_intended_accounts_is_linked(demo: Session) -> None:
    query = select(User.email, Patient.given_name, CareLink).where(
        CareLink.user_id == User.id, CareLink.patient_id == Patient.id
    )

    links = {
        (email.split("@")[0], patient, link.kind.value, link.relationship, link.color.value)
        for email, patient, link in demo.exec(query)
    }

    assert links == {
        ("jeanne", "Jeanne", "self", "", "canard"),
        ("paul", "Paul", "self", "", "canard"),
        ("monique", "Monique", "self", "", "canard"),
        ("paul", "Jeanne", "carer", "SON", "prune"),
        ("paul", "Marcel", "carer", "NEPHEW", "nuit"),
        ("sylvie", "Jeanne", "carer", "DAU", "prune"),
    }


def test_a_carers_link_leads_to_their_own_line_among_the_relatives(demo: Session) -> None:
    query = select(CareLink, User, RelatedPerson).where(
        CareLink.user_id == User.id, CareLink.related_person_id == RelatedPerson.id
    )

    rows = demo.exec(query).all()

    assert len(rows) == 3
    for link, user, relative in rows:
        assert (relative.patient_id, relative.email) == (link.patient_id, user.email)
        assert relative.relationship == link.relationship


def test_each_carer_was_granted_what_was_meant(demo: Session) -> None:
    query = select(User.email, Patient.given_name, Grant).where(
        Grant.care_link_id == CareLink.id,
        CareLink.user_id == User.id,
        Grant.patient_id == Patient.id,
    )
    granted: dict[tuple[str, str], set[str]] = {}
    for email, patient, grant in demo.exec(query):
        rights = granted.setdefault((email.split("@")[0], patient), set())
        rights.add(f"{grant.category.value}:{grant.action.value}")

    assert granted == {
        ("paul", "Jeanne"): {
            *("agenda:act", "care_team:see", "education:see", "messages:act", "documents:see")
        },
        ("paul", "Marcel"): {"agenda:act", "care_team:see", "messages:act"},
        ("sylvie", "Jeanne"): {"agenda:see"},
    }


def test_every_right_is_open_now_and_ends_within_twelve_months(demo: Session) -> None:
    grants = demo.exec(select(Grant)).all()

    assert len(grants) == 9
    for grant in grants:
        assert grant.starts_at < NOW < grant.ends_at
        start = grant.starts_at
        assert grant.ends_at <= start.replace(year=start.year + 1)


@pytest.mark.parametrize("coordinator", ["claire", "thomas"])
def test_coordinators_keep_most_circles_and_not_the_one_elsewhere(
    demo: Session, coordinator: str
) -> None:
    query = (
        select(Patient.given_name)
        .join(Coordination, col(Coordination.organization_id) == Patient.organization_id)
        .join(User, col(User.id) == Coordination.user_id)
        .where(User.email == f"{coordinator}@example.org")
    )

    names = set(demo.exec(query))

    assert names == {
        *("Jeanne", "Marcel", "Monique", "Ahmed", "Louise", "Georges", "Lucette", "Yvonne")
    }


def test_nobody_with_an_account_sees_the_patient_elsewhere(demo: Session) -> None:
    robert = demo.exec(select(Patient).where(Patient.given_name == "Robert")).one()
    accounts = {u.practitioner_id for u in demo.exec(select(User)) if u.practitioner_id}

    query = select(CareTeamMember).where(CareTeamMember.patient_id == robert.id)
    members = demo.exec(query).all()

    assert members
    assert not accounts & {m.practitioner_id for m in members}
    assert demo.exec(select(CareLink).where(CareLink.patient_id == robert.id)).first() is None
    coordinated = {c.organization_id for c in demo.exec(select(Coordination))}
    assert robert.organization_id not in coordinated | {None}


def test_no_two_relatives_of_a_carer_have_the_same_colour(demo: Session) -> None:
    colors: dict[UUID, list[str]] = {}
    for link in demo.exec(select(CareLink)):
        colors.setdefault(link.user_id, []).append(link.color)

    assert all(len(set(mine)) == len(mine) for mine in colors.values())
