"""Passkeys at the door: alone, after the password, as the first factor, and to confirm an act."""

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, public, requires
from portal.access.permissions import Permission
from portal.access.sessions import require_session, step_up
from portal.blueprints.auth.browser import (
    begin_again,
    current_challenge,
    enter,
    go_on,
    this_browser,
)
from portal.blueprints.auth.invitation import refuse_invitation
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.errors import InvitationError, NotFoundError
from portal.identity import authentication, enrolment, passkeys
from portal.identity.authentication import Browser
from portal.identity.ceremonies import Answer
from portal.identity.enrolment import Occasion
from portal.models.account import User
from portal.models.credential import CeremonyPurpose, SignInChallenge
from portal.web.devices import device_words
from portal.web.installed import current_keys
from portal.web.limits import limit_failures
from portal.web.logs import security_event
from portal.web.page import page, safe_next
from portal.web.passkeys import PasskeyForm, answer_in, end_ceremony, offer
from portal.web.typography import first_up

bp = Blueprint("passkey", __name__)
# Withdrawn while the passkey was being made.
bp.register_error_handler(InvitationError, refuse_invitation)


@bp.post("/sign-in/passkey/options")
@public
def offer_sign_in() -> Response:
    return offer(CeremonyPurpose.SIGN_IN, user=None)


@bp.post("/sign-in/passkey")
@public
@limit_failures
def sign_in() -> Response:
    """A passkey alone: whose it is, the phone says."""
    answer, next_path = _answer(), safe_next(request.form.get("next", ""))
    user = passkeys.owner_of(current_session(), credential=answer.credential)
    end_reading()
    browser = this_browser()
    token = _session_of(user, answer, browser) if user is not None else None
    if token is None:
        return _refused("sign_in", "auth.sign_in", user=user, next_path=next_path)
    return end_ceremony(enter(token, browser, next_path=next_path))


@bp.post("/sign-in/code/passkey/options")
@public
def offer_second_factor() -> Response:
    found = _second_step()
    end_reading()
    if found is None:
        raise NotFoundError
    return offer(CeremonyPurpose.SECOND_FACTOR, user=found[1])


@bp.post("/sign-in/code/passkey")
@public
@limit_failures
def check_second_factor() -> Response:
    found = _second_step()
    end_reading()
    if found is None:
        return begin_again()
    challenge, user = found
    browser = this_browser()
    token = _session_of(user, _answer(), browser, challenge=challenge)
    if token is None:
        return _refused("check_second_factor", "auth.enter_code", user=user)
    return end_ceremony(enter(token, browser, next_path=challenge.next_path))


@bp.post("/enrolment/passkey/options")
@public
def offer_enrolment() -> Response:
    found = _enrolment()
    end_reading()
    if found is None:
        raise NotFoundError
    return offer(CeremonyPurpose.ENROLMENT, user=found[1])


@bp.post("/enrolment/passkey")
@public
@limit_failures
def enrol() -> Response:
    """The first factor of an account that was invited or proved its holder anew."""
    found = _enrolment()
    end_reading()
    if found is None:
        return begin_again()
    challenge, user, occasion = found
    browser, at = this_browser(), now()
    with transaction() as session:
        token = passkeys.enrol(
            session,
            keys=current_keys(),
            answer=_answer(),
            user=user,
            occasion=occasion,
            name=first_up(device_words(browser.user_agent)),
            browser=browser,
            at=at,
        )
        if token is not None:
            authentication.end_challenge(session, challenge=challenge, at=at)
    if token is None:
        return _refused("enrol", "auth.enrol", user=user)
    return end_ceremony(enter(token, browser, next_path=challenge.next_path))


@bp.post("/sign-in/confirm/passkey/options")
@requires(Permission.ACCOUNT_OWN)
def offer_confirmation() -> Response:
    user = current_session().get_one(User, current_viewer().id)
    return offer(CeremonyPurpose.STEP_UP, user=user)


@bp.post("/sign-in/confirm/passkey")
@requires(Permission.ACCOUNT_OWN)
@limit_failures
def confirm() -> Response:
    viewer, answer, at = current_viewer(), _answer(), now()
    next_path = safe_next(request.form.get("next", ""))
    purpose = CeremonyPurpose.STEP_UP
    with transaction() as session:
        require_session(session, session_id=viewer.session_id, at=at)
        user = authentication.locked(session, session.get_one(User, viewer.id))
        is_right = passkeys.accept(session, answer=answer, purpose=purpose, user_id=user.id, at=at)
        if is_right is not None:
            token = step_up(session, session_id=viewer.session_id, at=at)
    if is_right is None:
        return _refused("confirm", "step_up.confirm", user=user, next_path=next_path)
    return end_ceremony(go_on(token, next_path=next_path))


def _answer() -> Answer:
    """What came; a credential that cannot be one is empty, so that it is refused as any other."""
    form = PasskeyForm.from_request()
    answer = answer_in(form)
    return answer if form.validate() else Answer(answer.party, answer.token, "")


def _session_of(
    user: User, answer: Answer, browser: Browser, *, challenge: SignInChallenge | None = None
) -> str | None:
    """The token of the session, or none.

    No budget of the account: nobody guesses a signature, and strangers who spend the budget of
    passwords and codes must not keep the owner's passkey out.
    """
    at = now()
    is_alone = challenge is None
    purpose = CeremonyPurpose.SIGN_IN if is_alone else CeremonyPurpose.SECOND_FACTOR
    with transaction() as session:
        token = passkeys.sign_in(
            session,
            keys=current_keys(),
            answer=answer,
            purpose=purpose,
            user=user,
            browser=browser,
            at=at,
        )
        if token is not None and challenge is not None:
            authentication.end_challenge(session, challenge=challenge, at=at)
    return token


def _second_step() -> tuple[SignInChallenge, User] | None:
    """The challenge of a right password, and its account; an enrolment has its own page."""
    challenge = current_challenge()
    if challenge is None or enrolment.occasion_of(current_session(), challenge) is not None:
        return None
    user = current_session().get(User, challenge.user_id)
    return (challenge, user) if user is not None else None


def _enrolment() -> tuple[SignInChallenge, User, Occasion] | None:
    challenge = current_challenge()
    if challenge is None:
        return None
    user = current_session().get(User, challenge.user_id)
    occasion = enrolment.occasion_of(current_session(), challenge)
    if user is None or occasion is None or not enrolment.is_open(user, occasion):
        return None
    return challenge, user, occasion


def _refused(endpoint: str, back: str, *, user: User | None, next_path: str = "") -> Response:
    """One page for every reason: a passkey of nobody, of somebody else, a copy, too late."""
    security_event("passkey refused", account=user.id if user is not None else None)
    answer = page(
        "auth/passkey_refused.html",
        status=422,
        act=endpoint,
        back_url=url_for(back, next=next_path or None),
        next_path=next_path,
    )
    return end_ceremony(answer)
