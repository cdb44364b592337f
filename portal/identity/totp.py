"""TOTP (RFC 6238): SHA-1, 6 digits, 30 seconds, as every authenticator app knows it."""

from datetime import datetime
from hmac import compare_digest
from uuid import UUID

import pyotp
import segno
from sqlalchemy import bindparam, delete, select, update
from sqlmodel import Session

from portal.crypto import Cell, KeyRing
from portal.errors import CodeAlreadyUsedError, CredentialsRefusedError
from portal.models import columns
from portal.models.credential import TotpDevice

STEP_SECONDS = 30
DRIFT_STEPS = 1
ISSUER = "Relais"

_device = columns(TotpDevice)
_DEVICES = select(_device.id, _device.secret_sealed).where(
    _device.user_id == bindparam("user_id"), _device.confirmed_at.is_not(None)
)
# One statement moves the step: of any number of parallel uses of one code, one finds it behind.
_ACCEPT = (
    update(TotpDevice)
    .where(_device.id == bindparam("device_id"), _device.last_step < bindparam("step"))
    .values(last_step=bindparam("step"))
)


def new_device(session: Session, *, keys: KeyRing, user_id: UUID, at: datetime) -> TotpDevice:
    """A device that is not confirmed yet: it opens nothing, and takes the place of another such."""
    forget_pending(session, user_id=user_id)
    device = TotpDevice(user_id=user_id, secret_sealed=b"", created_at=at)
    device.secret_sealed = keys.seal(pyotp.random_base32().encode(), _cell(device.id))
    session.add(device)
    session.flush()
    return device


def forget_pending(session: Session, *, user_id: UUID) -> None:
    """Devices that were begun and never confirmed."""
    session.connection().execute(
        delete(TotpDevice).where(_device.user_id == user_id, _device.confirmed_at.is_(None))
    )


def secret_of(device: TotpDevice, *, keys: KeyRing) -> str:
    """The seed in base32."""
    return keys.open(device.secret_sealed, _cell(device.id)).decode()


def current_code(secret: str, *, at: datetime, after_step: int = 0) -> str:
    """The code an app shows at that instant; the following one when that was used already."""
    step = max(_step(at), min(after_step + 1, _step(at) + DRIFT_STEPS))
    return pyotp.TOTP(secret).at(step * STEP_SECONDS)


def provisioning_uri(secret: str, *, account: str) -> str:
    """The `otpauth:` address that an app reads from the QR code or from a link."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def qr_svg(uri: str) -> str:
    """An inline SVG without any style attribute."""
    image = segno.make(uri, error="m", micro=False)
    return str(
        image.svg_inline(
            border=2, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff"
        )
    )


def accept_code(session: Session, *, keys: KeyRing, user_id: UUID, code: str, at: datetime) -> None:
    """Use a code of any confirmed device.

    Raises `CredentialsRefusedError`; `CodeAlreadyUsedError` when its step was used before.
    """
    for row in session.execute(_DEVICES, {"user_id": user_id}).all():
        secret = keys.open(row.secret_sealed, _cell(row.id)).decode()
        step = _matching_step(secret, code=code, at=at)
        if step is not None:
            return _move_step(session, device_id=row.id, step=step)
    raise CredentialsRefusedError


def confirm_device(
    session: Session, *, keys: KeyRing, device: TotpDevice, code: str, at: datetime
) -> None:
    """The first code proves that the app holds the seed. Raises as `accept_code` does."""
    step = _matching_step(secret_of(device, keys=keys), code=code, at=at)
    if step is None:
        raise CredentialsRefusedError
    _move_step(session, device_id=device.id, step=step)
    device.confirmed_at = at
    device.last_step = step


def _move_step(session: Session, *, device_id: UUID, step: int) -> None:
    values = {"device_id": device_id, "step": step}
    if session.connection().execute(_ACCEPT, values).rowcount != 1:
        raise CodeAlreadyUsedError


def _matching_step(secret: str, *, code: str, at: datetime) -> int | None:
    if not (code.isascii() and code.isdigit()):
        return None
    totp, now_step = pyotp.TOTP(secret), _step(at)
    # The phone's clock may run a step early or late (RFC 6238, 5.2).
    for step in range(now_step - DRIFT_STEPS, now_step + DRIFT_STEPS + 1):
        if compare_digest(totp.at(step * STEP_SECONDS), code):
            return step
    return None


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def _cell(device_id: UUID) -> Cell:
    return Cell("totp_device", "secret_sealed", device_id)
