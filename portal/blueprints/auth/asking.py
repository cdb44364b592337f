"""What a page says that asks for a second factor: at sign-in, and again before a sensitive act."""

from dataclasses import dataclass
from uuid import UUID

from portal.clock import now
from portal.db import current_session
from portal.identity import factors, queries, totp
from portal.identity.authentication import Method
from portal.web.installed import current_keys, is_demo
from portal.web.passkeys import has_passkeys


@dataclass(frozen=True, slots=True)
class Question:
    """One way is asked for; the others are links."""

    method: Method | None
    """None when only a passkey opens this account."""
    others: list[Method]
    sheet_number: int | None
    has_passkey: bool
    recovery_codes_left: int
    demo_code: str


def question_for(user_id: UUID, *, chosen: str, with_recovery: bool) -> Question:
    """The way that was chosen if the account has it, else the app, else the sheet."""
    found = factors.factors_of(current_session(), user_id=user_id)
    number = found.sheet.next_number if found.sheet is not None else None
    ways = [Method.APP] if found.apps else []
    ways += [Method.SHEET] if number is not None else []
    # Also asked of somebody who has none left, so that the page says so.
    if with_recovery and (found.recovery_codes_left or chosen == Method.RECOVERY):
        ways.append(Method.RECOVERY)
    method = _chosen_of(ways, chosen, has_passkey=bool(found.passkeys))
    return Question(
        method=method,
        others=[way for way in ways if way is not method],
        sheet_number=number,
        has_passkey=bool(found.passkeys) and has_passkeys(),
        recovery_codes_left=found.recovery_codes_left,
        demo_code=demo_code_of(user_id) if method is Method.APP else "",
    )


def demo_code_of(user_id: UUID) -> str:
    """In a database that the demo made, the code that the persona's phone would show."""
    if not is_demo():
        return ""
    device = queries.demo_device(current_session(), user_id)
    if device is None:
        return ""
    secret = totp.secret_of(device, keys=current_keys())
    return totp.current_code(secret, at=now(), after_step=device.last_step)


def _chosen_of(ways: list[Method], chosen: str, *, has_passkey: bool) -> Method | None:
    if chosen in ways:
        return Method(chosen)
    usual = [way for way in ways if way is not Method.RECOVERY]
    if usual:
        return usual[0]
    # A passkey is asked for before the codes of last resort.
    return Method.RECOVERY if ways and not has_passkey else None
