"""Enrolling: from an invitation or a re-proofing to the first confirmed factor."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session

from portal.crypto import KeyRing, new_token, token_hash
from portal.errors import InvitationError
from portal.identity import (
    history,
    invitations,
    paper_sheets,
    queries,
    recovery_codes,
    reproofing,
    totp,
)
from portal.identity.authentication import Browser, locked, start
from portal.identity.reproofing import KeptFactor
from portal.models import columns
from portal.models.account import Invitation, User
from portal.models.credential import (
    PaperSheet,
    Reproofing,
    SecurityEventKind,
    SignInChallenge,
    TotpDevice,
)

LASTS = timedelta(hours=2)
"""Installing an app takes time at 80; the link begins it anew after that."""

_challenge = columns(SignInChallenge)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why somebody may enrol: exactly one of the two."""

    invitation: Invitation | None = None
    reproofing: Reproofing | None = None


def occasion_of(session: Session, challenge: SignInChallenge) -> Occasion | None:
    """Why the holder of this challenge enrols; none at an ordinary sign-in."""
    if challenge.invitation_id is not None:
        return Occasion(invitation=session.get(Invitation, challenge.invitation_id))
    if challenge.reproofing_id is not None:
        return Occasion(reproofing=session.get(Reproofing, challenge.reproofing_id))
    return None


def is_open(user: User, occasion: Occasion) -> bool:
    """Whether the page may still offer factors; `complete` judges again, in its transaction."""
    if user.disabled_at is not None:
        return False
    invitation = occasion.invitation
    if invitation is None:
        return occasion.reproofing is not None
    is_taken = invitation.accepted_at is not None or invitation.withdrawn_at is not None
    return user.enrolled_at is None and not is_taken


def begin(
    session: Session,
    *,
    keys: KeyRing,
    user: User,
    occasion: Occasion,
    is_same_browser: bool,
    at: datetime,
) -> str:
    """Open the page where a factor is chosen; returns the token of the challenge.

    Begun again in the same browser, it keeps the seed that an app may already hold. In another
    one it starts anew: whoever opened the link first may have read the seed.
    """
    if not is_same_browser:
        _forget(session, user)
    if queries.pending_device(session, user.id) is None:
        totp.new_device(session, keys=keys, user_id=user.id, at=at)
    token = new_token()
    session.add(
        SignInChallenge(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=at,
            ends_at=at + LASTS,
            invitation_id=occasion.invitation.id if occasion.invitation else None,
            reproofing_id=occasion.reproofing.id if occasion.reproofing else None,
        )
    )
    session.flush()
    return token


def finish(
    session: Session,
    *,
    keys: KeyRing,
    user: User,
    device: TotpDevice,
    occasion: Occasion,
    code: str,
    browser: Browser,
    at: datetime,
) -> str:
    """The first code of the app confirms it; raises `CredentialsRefusedError` and as `complete`."""
    digits = "".join(code.split())
    totp.confirm_device(session, keys=keys, device=device, code=digits, at=at)
    session.add(device)
    kept = KeptFactor(device=device.id)
    return complete(
        session, keys=keys, user=user, occasion=occasion, kept=kept, browser=browser, at=at
    )


def begin_sheet(session: Session, *, keys: KeyRing, user: User, at: datetime) -> None:
    """Codes to print for somebody without a smartphone; a sheet that was begun before ends."""
    user = locked(session, user)
    paper_sheets.new_sheet(session, keys=keys, user_id=user.id, at=at)


def finish_with_sheet(
    session: Session,
    *,
    keys: KeyRing,
    user: User,
    sheet: PaperSheet,
    occasion: Occasion,
    code: str,
    browser: Browser,
    at: datetime,
) -> str:
    """Code n° 1 of the sheet confirms it; raises `CredentialsRefusedError` and as `complete`."""
    paper_sheets.confirm_sheet(session, keys=keys, sheet=sheet, code=code, at=at)
    kept = KeptFactor(sheet=sheet.id)
    return complete(
        session, keys=keys, user=user, occasion=occasion, kept=kept, browser=browser, at=at
    )


def complete(
    session: Session,
    *,
    keys: KeyRing,
    user: User,
    occasion: Occasion,
    kept: KeptFactor,
    browser: Browser,
    at: datetime,
) -> str:
    """A first factor was just confirmed: take the place and sign in; returns the session's token.

    Raises `InvitationError` when the occasion was used, withdrawn or cancelled meanwhile; the
    caller's transaction then confirms nothing.
    """
    user = locked(session, user)
    if user.disabled_at is not None:
        raise InvitationError("used")
    _take(session, keys=keys, occasion=occasion, user=user, kept=kept, at=at)
    session.flush()
    # What was begun beside it, and would wait for ever.
    totp.forget_pending(session, user_id=user.id)
    paper_sheets.forget_pending(session, user_id=user.id)
    kind = SecurityEventKind.REPROOFED if occasion.reproofing else SecurityEventKind.ENROLLED
    history.record(session, keys=keys, user=user, kind=kind, at=at, user_agent=browser.user_agent)
    row, token = start(session, user=user, browser=browser, at=at)
    codes = recovery_codes.renew_codes(session, keys=keys, user_id=user.id, at=at)
    recovery_codes.keep_until_noted(row, keys=keys, codes=codes)
    return token


def _take(
    session: Session,
    *,
    keys: KeyRing,
    occasion: Occasion,
    user: User,
    kept: KeptFactor,
    at: datetime,
) -> None:
    user.enrolled_at = at
    session.add(user)
    if occasion.reproofing is not None:
        reproofing.complete(session, request=occasion.reproofing, kept=kept, at=at)
    elif occasion.invitation is not None:
        invitations.accept(session, keys=keys, invitation=occasion.invitation, user=user, at=at)


def _forget(session: Session, user: User) -> None:
    session.connection().execute(delete(SignInChallenge).where(_challenge.user_id == user.id))
    totp.forget_pending(session, user_id=user.id)
    paper_sheets.forget_pending(session, user_id=user.id)
