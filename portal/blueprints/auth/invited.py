"""Behind an opened invitation: its holder makes an account, or takes the place with theirs."""

from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Response, current_app, request, url_for
from sqlmodel import Session

from portal.access.guard import signed_in_viewer
from portal.access.sessions import clear_cookie, set_cookie
from portal.blueprints.auth.browser import current_challenge
from portal.blueprints.auth.forms import BirthDateForm, InvitationForm
from portal.clock import now
from portal.db import current_session, end_reading, transaction
from portal.errors import InvitationError, UserNameTakenError
from portal.identity import (
    birth_dates,
    enrolment,
    invitation_sheets,
    invitations,
    invitees,
    newcomers,
    passwords,
    queries,
)
from portal.identity.enrolment import Occasion
from portal.models.account import Invitation, User
from portal.web.i18n import gettext, ngettext
from portal.web.installed import current_keys
from portal.web.new_password import is_strong
from portal.web.page import page, redirect_to

INVITATION_COOKIE_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Door:
    """How an invitation is found: by its link, or by the code that was typed before."""

    token: str = ""
    code: str = ""

    def invitation(self, session: Session, *, for_update: bool = False) -> Invitation:
        if self.token:
            return invitations.open_invitation(
                session, token=self.token, at=now(), for_update=for_update
            )
        return invitation_sheets.open_by_code(
            session, keys=current_keys(), code=self.code, at=now(), for_update=for_update
        )


@dataclass(frozen=True, slots=True)
class Guest:
    """The invitation, and who stands before it."""

    door: Door
    invitation: Invitation
    account: User | None
    """The signed-in account."""
    is_expected: bool
    """Whether the signed-in account is the one that was invited."""
    must_sign_in: bool
    """The address that was invited has an account."""
    birth_date_is_asked: bool
    names: tuple[str, str] = ("", "")
    birth_date: str = ""
    """As typed, once it was found right."""

    @property
    def is_on_paper(self) -> bool:
        return self.invitation.email is None


def receive(door: Door) -> Response:
    """The page that suits the guest."""
    guest = _guest(door)
    if guest.account is not None and (guest.is_on_paper or guest.must_sign_in):
        return _one_button_page(guest, BirthDateForm.from_request())
    if guest.must_sign_in:
        return _remembering(guest, page("auth/invitation_account.html", state="signed_out"))
    if guest.birth_date_is_asked:
        return _birth_date_page(guest, BirthDateForm.from_request())
    return _account_page(guest, _account_form(guest))


def take(door: Door) -> Response:
    """Take the place: with the signed-in account, or by making one."""
    guest = _guest(door)
    if guest.must_sign_in and guest.account is None:
        raise InvitationError("other_account")
    is_taken_by_account = guest.account is not None and (guest.is_on_paper or guest.must_sign_in)
    if is_taken_by_account and not guest.is_expected:
        raise InvitationError("other_account")
    end_reading()
    if guest.birth_date_is_asked:
        form = BirthDateForm.from_request()
        if not _is_birth_date_right(guest, form):
            answer = _one_button_page if is_taken_by_account else _birth_date_page
            return answer(guest, form, status=422)
        guest = replace(guest, birth_date=form.birth_date.data or "")
    if is_taken_by_account:
        return _accept_with_account(guest)
    if guest.birth_date_is_asked and "password" not in request.form:
        return _account_page(guest, _account_form(guest, is_new=True))
    return _make_account(guest)


def _guest(door: Door) -> Guest:
    session, viewer = current_session(), signed_in_viewer()
    invitation = door.invitation(session)
    account = session.get(User, viewer.id) if viewer is not None else None
    owner = queries.user_of_email(session, invitation.email) if invitation.email else None
    return Guest(
        door=door,
        invitation=invitation,
        account=account,
        is_expected=account is not None
        and invitees.is_for(session, invitation=invitation, user=account),
        must_sign_in=owner is not None and owner.enrolled_at is not None,
        birth_date_is_asked=birth_dates.is_asked(session, invitation),
        names=invitations.suggested_names(session, invitation=invitation),
    )


def _is_birth_date_right(guest: Guest, form: BirthDateForm) -> bool:
    """Five wrong ones withdraw the invitation; what cannot be read is none of them."""
    if not form.is_sent_and_valid():
        return False
    answer = birth_dates.read(form.birth_date.data or "")
    if answer is None:
        form.refuse("birth_date", gettext("Write the day, the month and the year: 17/03/1945"))
        return False
    with transaction() as session:
        invitation = guest.door.invitation(session, for_update=True)
        if birth_dates.is_right(session, invitation, answer):
            return True
        left = birth_dates.count_wrong(
            session, keys=current_keys(), invitation=invitation, at=now()
        )
    if not left:
        raise InvitationError("used")
    sentence = ngettext(
        "This date is not the one that we know. You have %(num)d try left",
        "This date is not the one that we know. You have %(num)d tries left",
        left,
    )
    form.refuse("birth_date", sentence)
    return False


def _accept_with_account(guest: Guest) -> Response:
    with transaction() as session:
        invitation = guest.door.invitation(session, for_update=True)
        user = session.get(User, guest.account.id) if guest.account is not None else None
        if user is None or not invitees.is_for(session, invitation=invitation, user=user):
            raise InvitationError("other_account")
        invitations.accept(session, keys=current_keys(), invitation=invitation, user=user, at=now())
    response = redirect_to(url_for("home.go_home"))
    clear_cookie(current_app, response, "sheet")
    return response


def _make_account(guest: Guest) -> Response:
    form = _account_form(guest)
    if not form.is_sent_and_valid() or not _is_hard_to_guess(form, guest):
        return _account_page(guest, form, status=422)
    names = guest.names
    if invitations.names_are_asked(guest.invitation, names):
        names = (form.given_name.data or "", form.family_name.data or "")
    password_hash = passwords.hash_password(form.password.data or "")
    try:
        challenge_token = _begin(guest, names, password_hash, form.username.data or "")
    except UserNameTakenError:
        form.refuse("username", gettext("Your user name has changed: note the new one"))
        return _account_page(guest, form, status=422)
    response = redirect_to(url_for("auth.enrol"))
    set_cookie(current_app, response, "challenge", challenge_token)
    return response


def _begin(guest: Guest, names: tuple[str, str], password_hash: str, username: str) -> str:
    """The account as far as its first factor; returns the token of the challenge."""
    with transaction() as session:
        challenge = current_challenge()
        invitation = guest.door.invitation(session, for_update=True)
        user = newcomers.account_for(
            session,
            invitation=invitation,
            names=names,
            password_hash=password_hash,
            username=username,
        )
        return enrolment.begin(
            session,
            keys=current_keys(),
            user=user,
            occasion=Occasion(invitation=invitation),
            is_same_browser=bool(challenge and challenge.invitation_id == invitation.id),
            at=now(),
        )


def _account_form(guest: Guest, *, is_new: bool = False) -> InvitationForm:
    """Filled with the names that are known; `is_new` when no such form was sent yet."""
    given_name, family_name = guest.names
    defaults = {"given_name": given_name, "family_name": family_name}
    if is_new:
        return InvitationForm(data=defaults)
    form: InvitationForm = InvitationForm.from_request(**defaults)
    if not invitations.names_are_asked(guest.invitation, guest.names):
        form.given_name.data, form.family_name.data = guest.names
        form.given_name.validators = form.family_name.validators = []
    return form


def _is_hard_to_guess(form: InvitationForm, guest: Guest) -> bool:
    personal = [guest.invitation.email, form.given_name.data, form.family_name.data]
    return is_strong(form, form.password, personal=personal)


def _account_page(guest: Guest, form: InvitationForm, *, status: int = 200) -> Response:
    username = ""
    if guest.is_on_paper:
        username = newcomers.user_name_for(
            current_session(), invitation=guest.invitation, names=guest.names
        )
    response = page(
        "auth/invitation.html",
        status=status,
        form=form,
        email=guest.invitation.email,
        username=username,
        birth_date=guest.birth_date,
        names_are_asked=invitations.names_are_asked(guest.invitation, guest.names),
        min_length=passwords.MIN_LENGTH,
    )
    return _remembering(guest, response) if guest.is_on_paper else response


def _birth_date_page(guest: Guest, form: BirthDateForm, *, status: int = 200) -> Response:
    return _remembering(guest, page("auth/invitation_birth_date.html", status=status, form=form))


def _one_button_page(guest: Guest, form: BirthDateForm, *, status: int = 200) -> Response:
    return page(
        "auth/invitation_account.html",
        status=status,
        state="ready" if guest.is_expected else "other_account",
        is_on_paper=guest.is_on_paper,
        form=form if guest.birth_date_is_asked else None,
    )


def _remembering(guest: Guest, response: Response) -> Response:
    """Who signs in first comes back here: by a cookie, because addresses end in logs."""
    if guest.door.token:
        token = guest.door.token
        set_cookie(current_app, response, "invitation", token, max_age=INVITATION_COOKIE_LASTS)
    return response
