"""One conversation as a text that every device opens."""

from collections.abc import Iterator
from datetime import datetime

from portal.access.viewer import Standing
from portal.web import dates
from portal.web.exchange.reading import Exchange, Item
from portal.web.i18n import gettext

_LINE = "-" * 40


def text_of(exchange: Exchange, *, patient: Standing, at: datetime, most: int) -> str:
    """Who wrote, when and what; of attachments the names. `most` is how many messages fit."""
    name = f"{patient.given_name} {patient.family_name}"
    today = dates.full_day(dates.local(at, patient.time_zone).date())
    lines = [
        gettext("Conversation about %(name)s", name=name),
        exchange.subject,
        gettext("Taken out of Relais on %(day)s", day=today),
    ]
    if exchange.older_before is not None:
        lines.append(
            gettext("Older messages are left out: these are the newest %(num)d.", num=most)
        )
    for day in exchange.days:
        for item in day.items:
            lines += ["", _LINE, *_item(item, patient)]
    # A mark, so that every editor knows that it is UTF-8.
    return "\ufeff" + "\r\n".join(lines) + "\r\n"


def _item(item: Item, patient: Standing) -> Iterator[str]:
    wall = dates.local(item.instant, patient.time_zone)
    moment = gettext("%(day)s, %(time)s", day=dates.full_day(wall.date()), time=dates.clock(wall))
    if item.kind == "event":
        yield f"{moment} · {item.author}"
        return
    yield item.author
    yield moment
    for lines in item.paragraphs:
        yield ""
        # Indented: no line that somebody wrote looks like one of an author.
        yield from (f"    {line}" for line in lines)
    for one in item.attachments:
        yield ""
        yield gettext("Attachment: %(name)s", name=f"{one.name} ({one.facts})")
