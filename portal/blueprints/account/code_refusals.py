"""What a signed-in reader has to prove: what a try costs, and what is said of a refused code."""

from flask import current_app, request

from portal.access.sessions import cookie_name
from portal.access.viewer import Viewer
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import CodeAlreadyUsedError, CredentialsRefusedError
from portal.identity import budget
from portal.identity.budget import Bucket
from portal.web.i18n import gettext
from portal.web.installed import current_keys


def charged(viewer: Viewer) -> Bucket:
    """The sign-in budget of this browser, one failure poorer until it is given back."""
    device = request.cookies.get(cookie_name(current_app, "device"), "")
    with transaction():
        bucket = budget.bucket_of(
            current_session(), keys=current_keys(), name=viewer.sign_in_name, device_token=device
        )
        budget.charge(current_session(), bucket=bucket, at=now())
    return bucket


def refusal_of(error: CredentialsRefusedError) -> str:
    if isinstance(error, CodeAlreadyUsedError):
        return gettext("This code was used already. Wait for the next one, then write it here")
    return gettext(
        "This code is not right. Check the clock of your phone, or wait for the next code"
    )


def sheet_refusal() -> str:
    return gettext("This is not code no. 1 of the new sheet. Check that you hold the new one")
