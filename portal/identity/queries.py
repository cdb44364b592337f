"""Reads of the sign-in pages."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, or_, select
from sqlmodel import Session

from portal.crypto import token_hash
from portal.models import columns
from portal.models.account import Coordination, User
from portal.models.credential import SignInChallenge, TotpDevice
from portal.models.setting import Setting

DEMO_DEVICE = "Démonstration"
"""Name of the devices whose codes the sign-in page may show."""

_user = columns(User)
_challenge = columns(SignInChallenge)
_device = columns(TotpDevice)
_coordination = columns(Coordination)
_setting = columns(Setting)

_USER_OF_EMAIL = select(User).where(_user.email == bindparam("email"))
_USER_NAMED = select(User).where(
    or_(_user.email == bindparam("name"), _user.username == bindparam("name"))
)
_IS_DEMO = select(_setting.name).where(_setting.name == "demo")


@dataclass(frozen=True, slots=True)
class Persona:
    """An account that the demo offers on the sign-in page."""

    email: str
    given_name: str
    family_name: str


def user_of_email(session: Session, email: str) -> User | None:
    return session.execute(_USER_OF_EMAIL, {"email": email}).scalar_one_or_none()


def user_named(session: Session, name: str) -> User | None:
    """Whoever signs in with that address or user name, folded."""
    return session.execute(_USER_NAMED, {"name": name}).scalar_one_or_none()


def can_sign_in(user: User) -> bool:
    """Enrolled, and not closed."""
    return user.enrolled_at is not None and user.disabled_at is None


def challenge_of(session: Session, *, token: str, at: datetime) -> SignInChallenge | None:
    found = session.execute(
        select(SignInChallenge).where(_challenge.token_hash == token_hash(token))
    ).scalar_one_or_none()
    return found if found is not None and found.ends_at > at else None


def pending_device(session: Session, user_id: UUID) -> TotpDevice | None:
    """The device being enrolled."""
    return session.execute(
        select(TotpDevice)
        .where(_device.user_id == user_id, _device.confirmed_at.is_(None))
        .order_by(_device.created_at.desc())
        .limit(1)
    ).scalar_one_or_none()


def demo_device(session: Session, user_id: UUID) -> TotpDevice | None:
    """The phone that the seed gave to a persona; people invited since have their own."""
    return session.execute(
        select(TotpDevice)
        .where(
            _device.user_id == user_id,
            _device.confirmed_at.is_not(None),
            _device.name == DEMO_DEVICE,
        )
        .order_by(_device.created_at)
        .limit(1)
    ).scalar_one_or_none()


def is_staff(session: Session, user: User) -> bool:
    """Professionals, coordinators and operators: their sessions idle out sooner."""
    if user.practitioner_id is not None or user.is_operator:
        return True
    statement = select(_coordination.user_id).where(
        _coordination.user_id == user.id, _coordination.ended_at.is_(None)
    )
    return session.execute(statement).first() is not None


def is_demo(session: Session) -> bool:
    """Whether the demo made this database: a row that only its seed writes."""
    return session.execute(_IS_DEMO).first() is not None


def personas(session: Session) -> list[Persona]:
    """The accounts that the seed made; never asked of another database."""
    statement = (
        select(_user.email, _user.given_name, _user.family_name)
        .where(
            exists().where(_device.user_id == _user.id, _device.name == DEMO_DEVICE),
            _user.disabled_at.is_(None),
        )
        .order_by(_user.created_at, _user.id)
        .limit(20)
    )
    return [Persona(*row) for row in session.execute(statement)]
