"""The browser at the door: its cookies, its budget, and the answer that lets it in."""

from datetime import timedelta
from urllib.parse import urlencode

from flask import Response, current_app, g, request, url_for
from flask_login import login_user

from portal.access.guard import current_viewer, signed_in_viewer
from portal.access.sessions import clear_cookie, cookie_name, end_session, set_cookie
from portal.access.viewer import find_viewer
from portal.clock import now
from portal.crypto import new_token
from portal.db import current_session, end_reading, transaction
from portal.errors import CodeAlreadyUsedError, CredentialsRefusedError
from portal.identity import authentication, budget, queries
from portal.identity.authentication import Method
from portal.models.account import UserSession
from portal.models.credential import SignInChallenge
from portal.web.chrome import COMFORT_COOKIE, Comfort
from portal.web.i18n import LANGUAGE_COOKIE, current_locale, gettext
from portal.web.installed import current_keys
from portal.web.logs import security_event
from portal.web.page import redirect_to, safe_next

DEVICE_COOKIE_LASTS = timedelta(days=365)


def enter(token: str, browser: authentication.Browser, *, next_path: str) -> Response:
    """The browser is signed in from this answer on; what it carried before is worth nothing."""
    before = signed_in_viewer()
    end_reading()
    if before is not None:
        with transaction() as session:
            end_session(session, session_id=before.session_id, at=now())
    g.pop("_login_user", None)
    viewer = find_viewer(current_session(), token=token, patient_id=None, at=now())
    if viewer is None:
        return begin_again()
    login_user(viewer)
    security_event("signed in", account=viewer.id)
    g.is_passive = True
    response = redirect_to(_landing_after(next_path))
    set_cookie(current_app, response, "device", browser.device_token, max_age=DEVICE_COOKIE_LASTS)
    clear_cookie(current_app, response, "challenge")
    comfort = Comfort.of_viewer(viewer).as_cookie()
    set_cookie(current_app, response, COMFORT_COOKIE, comfort, max_age=DEVICE_COOKIE_LASTS)
    language = viewer.locale or current_locale()
    set_cookie(current_app, response, LANGUAGE_COOKIE, language, max_age=DEVICE_COOKIE_LASTS)
    return response


def go_on(token: str, *, next_path: str) -> Response:
    """After a step-up: the same session under its new token; the cookie before is dead.

    Without a way to go on, the page says that it is done.
    """
    end_reading()
    g.pop("_login_user", None)
    viewer = find_viewer(current_session(), token=token, patient_id=None, at=now())
    if viewer is None:
        return redirect_to(url_for("auth.sign_in"))
    login_user(viewer)
    security_event("stepped up", account=viewer.id)
    return redirect_to(safe_next(next_path) or url_for("step_up.confirm"))


def current_challenge() -> SignInChallenge | None:
    token = request.cookies.get(cookie_name(current_app, "challenge"), "")
    return queries.challenge_of(current_session(), token=token, at=now()) if token else None


def this_browser() -> authentication.Browser:
    device = request.cookies.get(cookie_name(current_app, "device")) or new_token()
    return authentication.Browser(device_token=device, user_agent=request.user_agent.string)


def bucket_for(name: str) -> budget.Bucket:
    device = request.cookies.get(cookie_name(current_app, "device"), "")
    return budget.bucket_of(current_session(), keys=current_keys(), name=name, device_token=device)


def refusal_of(error: CredentialsRefusedError, method: Method = Method.APP) -> str:
    """What to do now, in the words of what was asked."""
    if isinstance(error, CodeAlreadyUsedError):
        return gettext("This code was used already. Wait for the next one, then write it here")
    sentences = {
        Method.APP: gettext(
            "This code is not right. Check the clock of your phone, or wait for the next code"
        ),
        Method.SHEET: gettext(
            "This is not the code that is asked for. Check its number on your sheet"
        ),
        Method.RECOVERY: gettext(
            "This code is not right, or was used already. Take another one of your recovery codes"
        ),
    }
    return sentences[method]


def begin_again() -> Response:
    response = redirect_to(url_for("auth.sign_in", too_late=1))
    clear_cookie(current_app, response, "challenge")
    return response


def _landing_after(next_path: str) -> str:
    """Where they were going; first the recovery codes that nobody noted yet."""
    row = current_session().get(UserSession, current_viewer().session_id)
    wanted = safe_next(next_path)
    if row is not None and row.recovery_codes_sealed is not None:
        codes = url_for("auth.show_recovery_codes")
        return codes if wanted in ("", codes) else f"{codes}?{urlencode({'next': wanted})}"
    return wanted or url_for("home.go_home")
