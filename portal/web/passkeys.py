"""Passkeys on the wire: whether this address can have them, the cookie, the field, the options."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from flask import Response, current_app, request
from wtforms import HiddenField
from wtforms.validators import InputRequired

from portal.access.sessions import clear_cookie, cookie_name, set_cookie
from portal.clock import now
from portal.config import LOCAL_HOSTS
from portal.db import transaction
from portal.errors import NotFoundError
from portal.identity import ceremonies, passkeys
from portal.identity.ceremonies import Answer, RelyingParty
from portal.models.account import User
from portal.models.credential import CeremonyPurpose
from portal.web.forms import AtMost, PortalForm, stripped
from portal.web.i18n import lazy_gettext as _l
from portal.web.installed import current_config

COOKIE = "passkey"
_MOST_CHARACTERS = 20_000


class PasskeyForm(PortalForm):
    """The credential that the script wrote into the form; empty when nothing was signed."""

    credential = HiddenField(
        filters=[stripped],
        validators=[
            InputRequired(_l("Nothing came from your device. Touch the button again")),
            AtMost(_MOST_CHARACTERS, _l("The answer of your device cannot be read")),
        ],
    )


def rp_of_request() -> RelyingParty | None:
    """What passkeys are bound to at this address; none where browsers refuse them.

    A passkey belongs to a host name: an IP address has none, and under another name than the one
    of the settings it would be another portal's.
    """
    base, host = urlsplit(current_config().base_url), request.host_url.rstrip("/")
    here = urlsplit(host)
    if base.hostname in LOCAL_HOSTS and here.hostname == "localhost":
        return RelyingParty(id="localhost", origin=host)
    if base.hostname != here.hostname or not base.hostname or _is_address(base.hostname):
        return None
    return RelyingParty(id=base.hostname, origin=_origin_of(base))


def has_passkeys() -> bool:
    """Whether a button for passkeys may stand on the page."""
    return rp_of_request() is not None


def offer(purpose: CeremonyPurpose, *, user: User | None) -> Response:
    """What the browser is asked, as JSON, with the cookie that ties the answer to it."""
    party = _required_party()
    with transaction() as session:
        options, token = passkeys.offer(session, party=party, purpose=purpose, user=user, at=now())
    response = Response(options, mimetype="application/json")
    set_cookie(current_app, response, COOKIE, token, max_age=ceremonies.LASTS)
    return response


def answer_in(form: PasskeyForm) -> Answer:
    """The credential of the form, with the ceremony of this browser. Raises `NotFoundError`."""
    return Answer(
        party=_required_party(),
        token=request.cookies.get(cookie_name(current_app, COOKIE), ""),
        credential=form.credential.data or "",
    )


def end_ceremony(response: Response) -> Response:
    """The same answer, without the cookie: its challenge is spent."""
    clear_cookie(current_app, response, COOKIE)
    return response


def _required_party() -> RelyingParty:
    party = rp_of_request()
    if party is None:
        raise NotFoundError
    return party


def _origin_of(url: SplitResult) -> str:
    """As browsers write it: without a port that goes without saying."""
    is_usual = url.port in (None, {"http": 80, "https": 443}[url.scheme])
    return f"{url.scheme}://{url.hostname}" + ("" if is_usual else f":{url.port}")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
