"""The account that an invitation makes for somebody who has none."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from portal.errors import InvitationError, UserNameTakenError
from portal.identity import queries
from portal.identity.person_names import free_user_name
from portal.models import columns
from portal.models.account import Invitation, User
from portal.models.credential import SignInChallenge

_user = columns(User)
_challenge = columns(SignInChallenge)


def account_for(
    session: Session,
    *,
    invitation: Invitation,
    names: tuple[str, str],
    password_hash: str,
    username: str = "",
) -> User:
    """Make the account of an invitation, or take up one that never finished.

    On paper, `username` is the one that the page showed. Raises `UserNameTakenError` when it is
    somebody else's meanwhile, `InvitationError` when the address has an account in use.
    """
    user = unfinished(session, invitation)
    if user is None:
        user = User(email=invitation.email, given_name="", family_name="", password_hash="")
    if user.enrolled_at is not None or user.disabled_at is not None:
        raise InvitationError("other_account")
    if user.email is None:
        user.username = _agreed(session, user=user, names=names, username=username)
    user.given_name, user.family_name = names
    user.password_hash = password_hash
    session.add(user)
    try:
        session.flush()
    except IntegrityError:
        # Somebody was faster: with the user name, or with another invitation to this address.
        if user.email is None:
            raise UserNameTakenError from None
        raise InvitationError("other_account") from None
    return user


def user_name_for(session: Session, *, invitation: Invitation, names: tuple[str, str]) -> str:
    """What they will sign in with, before the account exists."""
    begun = unfinished(session, invitation)
    if begun is not None and begun.username:
        return begun.username
    return free_user_name(session, names=names)


def unfinished(session: Session, invitation: Invitation) -> User | None:
    """The account of that address; on paper the one that was begun with this very invitation."""
    if invitation.email is not None:
        return queries.user_of_email(session, invitation.email)
    begun = select(_challenge.user_id).where(_challenge.invitation_id == invitation.id)
    found: User | None = (
        session.execute(select(User).where(_user.id.in_(begun), _user.enrolled_at.is_(None)))
        .scalars()
        .first()
    )
    return found


def _agreed(session: Session, *, user: User, names: tuple[str, str], username: str) -> str:
    free = user.username or free_user_name(session, names=names)
    if username != free:
        raise UserNameTakenError
    return free
