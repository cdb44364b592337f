"""Domain errors. They carry facts; `web/problems.py` turns them into status and page."""

from datetime import date, timedelta
from uuid import UUID


class PortalError(Exception):
    """Base of every error that a reader may be told about."""


class ConfigError(PortalError):
    """The process cannot start: the message is one line that says what to change."""


class NotFoundError(PortalError):
    """The thing does not exist, or this reader may not know that it does."""


class NotGrantedError(PortalError):
    """The reader is linked to the patient but this part was not opened to them."""


class PreviewIsReadOnlyError(PortalError):
    """The reader looks at a page as a relative would: nothing can be done there."""


class SignInRequiredError(PortalError):
    """Nobody is signed in, or the session ended."""


class StepUpRequiredError(PortalError):
    """A sensitive act, and no second factor was shown in the last minutes."""


class CrossSiteRequestError(PortalError):
    """A state-changing request that did not come from our own pages."""


class CredentialsRefusedError(PortalError):
    """E-mail, password or code is wrong; never says which."""


class CodeAlreadyUsedError(CredentialsRefusedError):
    """The TOTP code is right but its time step was accepted before (RFC 6238, 5.2)."""


class LastFactorError(PortalError):
    """The last app, passkey or sheet of an account: without it nobody could sign in."""


class SignInBlockedError(PortalError):
    """Too many failures; `retry_after` is the time left until the next try.

    `has_other_ways`: strangers spent the budget, and a passkey or a mailed link opens before.
    """

    def __init__(self, retry_after: timedelta, *, has_other_ways: bool = False) -> None:
        super().__init__("too many sign-in failures")
        self.retry_after = retry_after
        self.has_other_ways = has_other_ways


class LinkRefusedError(PortalError):
    """A link of a mail is unknown, used, withdrawn or too old; never says which."""


class EmailTakenError(PortalError):
    """The new address became that of another account while it waited."""


class ChangedMeanwhileError(PortalError):
    """Somebody else changed the same thing since the form was shown: nothing was written."""


class NumberTakenError(PortalError):
    """An entry of the directory has this national number; `entry_id` when it is known which."""

    def __init__(self, entry_id: UUID | None) -> None:
        super().__init__("the number is that of another entry")
        self.entry_id = entry_id


class MergeRefusedError(PortalError):
    """Two entries of the directory stay two.

    `reason`: `not_alike`, `own_entry`, `two_accounts`, `elsewhere`, `two_houses`, `not_yours`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooManyRequestsError(PortalError):
    """The same thing was asked for too often today."""


class EmergencyRefusedError(PortalError):
    """No file is opened in an emergency: unknown, ambiguous, kept closed; never says which."""


class MandateRefusedError(PortalError):
    """A legal status cannot be recorded.

    `reason`: `recorded_already`, `adult`, `no_birth_date`, `over_already`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AbsenceRefusedError(PortalError):
    """Days away that cannot be noted.

    `reason`: `overlaps` another one of the same person, from `first` to `last`;
    `replacement_away` on each of these days; `unknown_replacement`; `over` already.
    """

    def __init__(self, reason: str, *, first: date | None = None, last: date | None = None) -> None:
        super().__init__(reason)
        self.reason, self.first, self.last = reason, first, last


class WeakPasswordError(PortalError):
    """`reason` is `too_short`, `too_long` or `common`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InvitationError(PortalError):
    """The invitation cannot be used; `reason`: `unknown`, `expired`, `used`, `other_account`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OfferRefusedError(InvitationError):
    """An invitation may not be made.

    `reason`: `directory_address`, `operator_only`, `too_many_today`, `too_many_to_address`.
    """


class UserNameTakenError(PortalError):
    """Somebody else was given that user name meanwhile."""


class ReproofingError(InvitationError):
    """A way back cannot be opened, confirmed or used.

    `reason`: `out_of_reach`, `already_open`, `too_often`, `not_yours`, `over`, or why only an
    operator can confirm: `newcomer`, `invited`, `elsewhere`.
    """


class CheckpointsDamagedError(PortalError):
    """A file of checkpoints, or the log beside it, is not what was signed."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line} of the checkpoints: {reason}")


class ImportRefusedError(PortalError):
    """A file was refused whole: `file`, `path` inside it, `reason` in one sentence."""

    def __init__(self, file: str, path: str, reason: str) -> None:
        super().__init__(f"{file}: {path}: {reason}" if path else f"{file}: {reason}")
        self.file, self.path, self.reason = file, path, reason


class PublishingRefusedError(PortalError):
    """A module does not go on; `reasons` are those of `portal.education.gates.Gate`."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons
