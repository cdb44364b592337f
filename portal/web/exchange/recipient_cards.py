"""Whom one can write to, in words: who they are, by when they answer, who stands in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.messaging.promises import arrives_on
from portal.messaging.recipients import AwayRow, RecipientRow, Recipients
from portal.models.directory import Gender
from portal.web import dates, labels
from portal.web.exchange.when import due_words
from portal.web.i18n import gettext, ngettext
from portal.web.templating import initials
from portal.web.visits import short_name

COORDINATION = "coordination"
"""What a form says for who keeps the circle: no member stands for it."""


@dataclass(frozen=True, slots=True)
class RecipientCard:
    value: str
    """For a form: the member of the circle, or `coordination`."""
    member_id: UUID | None
    name: str
    letters: str
    role: str
    """`infirmière`, `coordination`."""
    contact_for: str
    answers: str
    """`Répond en 2 jours ouvrés`."""
    promise: str
    """`Réponse prévue avant mardi, 18 h`; empty for those who do not read messages."""
    away: str
    """Until when they are away, and who stands in; empty when they are there."""
    late: str
    """From which day the time counts, after hours; empty when it counts from today."""
    phone: str
    can_be_written_to: bool


def recipient_card(
    row: RecipientRow, recipients: Recipients, *, time_zone: str, at: datetime
) -> RecipientCard:
    """`time_zone` of the file, in which everything is said."""
    name = recipient_name(row)
    return RecipientCard(
        str(row.member_id) if row.member_id else COORDINATION,
        row.member_id,
        name,
        initials(name),
        _role(row),
        row.contact_for or "",
        ngettext(
            "Answers within %(num)d working day",
            "Answers within %(num)d working days",
            row.answer_days,
        ),
        promise_words(row, recipients, time_zone=time_zone, at=at),
        _away(row, recipients, at=at) if row.can_be_written_to else "",
        _late(row, recipients, at=at) if row.can_be_written_to else "",
        row.phone or "",
        row.can_be_written_to,
    )


def recipient_name(row: RecipientRow) -> str:
    if row.family_name is not None:
        return short_name(row.prefix or "", row.given_name or "", row.family_name)
    return row.organization_name or ""


def promise_words(
    row: RecipientRow, recipients: Recipients, *, time_zone: str, at: datetime
) -> str:
    """Of a message that is sent now."""
    if not row.can_be_written_to:
        return ""
    when = due_words(recipients.due_at(row, at=at), time_zone=time_zone, at=at)
    return gettext("Answer expected before %(when)s", when=when)


def _role(row: RecipientRow) -> str:
    if row.member_id is None:
        return gettext("coordination")
    gender = row.gender or Gender.UNKNOWN
    for code in row.functions or ():
        return labels.member_function(code, gender)
    if row.practitioner_id is not None:
        return labels.profession(row.profession or "", row.profession_text or "", gender)
    kind = labels.organization_kind(row.organization_kind) if row.organization_kind else ""
    # "Pharmacie des Halles" says so itself.
    is_said = kind.casefold() in (row.organization_name or "").casefold()
    return "" if is_said else kind[:1].lower() + kind[1:]


def _late(row: RecipientRow, recipients: Recipients, *, at: datetime) -> str:
    today = dates.local(at, row.time_zone).date()
    first = arrives_on(at, recipients.working_days(row))
    if first == today:
        return ""
    day = dates.day_words(first, today=today)
    return gettext("Nobody reads before %(day)s: the time counts from then.", day=day)


def _away(row: RecipientRow, recipients: Recipients, *, at: datetime) -> str:
    away = recipients.absence_of(row, dates.local(at, row.time_zone).date())
    return _absence(row, away) if away is not None else ""


def _absence(row: RecipientRow, away: AwayRow) -> str:
    name, day = recipient_name(row), dates.day_month(away.ends_on)
    if away.replacement_id is None:
        return gettext("%(name)s is away until %(day)s.", name=name, day=day)
    other = short_name(
        away.replacement_prefix or "",
        away.replacement_given_name or "",
        away.replacement_family_name or "",
    )
    if away.replacement_reads:
        return gettext(
            "%(name)s is away until %(day)s. %(other)s stands in and reads your messages.",
            name=name,
            day=day,
            other=other,
        )
    return gettext(
        "%(name)s is away until %(day)s. %(other)s stands in, but does not read messages here.",
        name=name,
        day=day,
        other=other,
    )
