"""One's own passkeys: add, name, remove."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.account.factor_forms import FactorNameForm, name_field
from portal.blueprints.account.factors import this_change
from portal.db import current_session, transaction
from portal.errors import LastFactorError, NotFoundError
from portal.identity import factors, passkeys
from portal.models.account import User
from portal.models.credential import CeremonyPurpose, Passkey
from portal.web.devices import device_words
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.logs import security_event
from portal.web.page import page, redirect_to
from portal.web.passkeys import PasskeyForm, answer_in, end_ceremony, has_passkeys, offer
from portal.web.time_zones import reader_time_zone
from portal.web.typography import first_up

bp = Blueprint("account_passkeys", __name__, url_prefix="/account/security/passkeys")


class NewPasskeyForm(PasskeyForm):
    name = name_field()

    def is_sent_and_valid(self) -> bool:
        """Without a name nothing was asked of the device: that is no second mistake."""
        is_valid = super().is_sent_and_valid()
        if self.name.errors:
            self.credential.errors = ()
        return is_valid


@bp.get("")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def show_passkeys() -> Response:
    name = first_up(device_words(request.user_agent.string))
    return _passkeys_page(NewPasskeyForm.from_request(name=name))


@bp.post("/options")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def offer_passkey() -> Response:
    session, viewer = current_session(), current_viewer()
    if passkeys.has_most(session, user_id=viewer.id):
        raise NotFoundError
    user = session.get_one(User, viewer.id)
    return offer(CeremonyPurpose.REGISTRATION, user=user)


@bp.post("")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def add_passkey() -> Response:
    form = NewPasskeyForm.from_request()
    if not form.is_sent_and_valid():
        return _passkeys_page(form, status=422)
    with transaction() as session:
        added = passkeys.add(
            session,
            keys=current_keys(),
            change=this_change(),
            answer=answer_in(form),
            name=form.name.data,
        )
    if added is None:
        security_event("passkey refused", account=current_viewer().id)
        sentence = gettext("Your device did not answer as expected. Touch the button again")
        form.refuse("credential", sentence)
        return end_ceremony(_passkeys_page(form, status=422))
    security_event("passkey added", account=added.user_id)
    return end_ceremony(redirect_to(url_for("account_passkeys.show_passkeys", added=1)))


@bp.get("/<uuid:passkey_id>/rename")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def show_rename(passkey_id: UUID) -> Response:
    passkey = _own(passkey_id)
    form = FactorNameForm.from_request(name=passkey.name)
    return page("account/passkey_rename.html", form=form, passkey=passkey)


@bp.post("/<uuid:passkey_id>/rename")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def rename_passkey(passkey_id: UUID) -> Response:
    form = FactorNameForm.from_request()
    if not form.is_sent_and_valid():
        return page("account/passkey_rename.html", status=422, form=form, passkey=_own(passkey_id))
    with transaction() as session:
        passkey = _own(passkey_id)
        passkey.name = form.name.data
        session.add(passkey)
    security_event("passkey renamed", account=current_viewer().id)
    return redirect_to(url_for("account_passkeys.show_passkeys", renamed=1))


@bp.get("/<uuid:passkey_id>/remove")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def show_removal(passkey_id: UUID) -> Response:
    return _removal_page(passkey_id)


@bp.post("/<uuid:passkey_id>/remove")
@requires(Permission.ACCOUNT_OWN, step_up=True)
def remove_passkey(passkey_id: UUID) -> Response:
    try:
        with transaction() as session:
            passkeys.remove(
                session, keys=current_keys(), change=this_change(), passkey_id=passkey_id
            )
    except LastFactorError:
        return _removal_page(passkey_id, status=422)
    security_event("passkey removed", account=current_viewer().id)
    return redirect_to(url_for("account_passkeys.show_passkeys", removed=1))


def _own(passkey_id: UUID) -> Passkey:
    session, viewer = current_session(), current_viewer()
    return passkeys.passkey_of(session, user_id=viewer.id, passkey_id=passkey_id)


def _removal_page(passkey_id: UUID, *, status: int = 200) -> Response:
    found = factors.factors_of(current_session(), user_id=current_viewer().id)
    return page(
        "account/passkey_remove.html",
        status=status,
        passkey=found.named(passkey_id),
        is_last=found.is_last(passkey_id),
    )


def _passkeys_page(form: NewPasskeyForm, *, status: int = 200) -> Response:
    known = passkeys.passkeys_of(current_session(), user_id=current_viewer().id)
    return page(
        "account/passkeys.html",
        status=status,
        form=form,
        passkeys=known,
        is_possible=has_passkeys(),
        is_full=len(known) >= factors.MOST,
        done=next((word for word in ("added", "renamed", "removed") if word in request.args), ""),
        time_zone=reader_time_zone(),
    )
