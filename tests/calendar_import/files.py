"""Calendar files as hospitals send them, and as nobody should."""

from datetime import UTC, datetime

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def calendar(*components: str, method: str = "METHOD:PUBLISH") -> str:
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Agenda Hôpital//Suite 4//FR", method)
    return "\r\n".join((*head, *components, "END:VCALENDAR", ""))


def event(*lines: str, uid: str = "one@example.org") -> str:
    titled = any(line.startswith("SUMMARY") for line in lines)
    told = (f"UID:{uid}", *([] if titled else ["SUMMARY:Radio du genou"]), *filter(None, lines))
    return "\r\n".join(("BEGIN:VEVENT", *told, "END:VEVENT"))


LETTER_OF_A_HOSPITAL = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Agenda Hôpital//Suite 4//FR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Romance Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN="CHU de Rennes, cardiologie":mailto:cardiologie@chu.example.org
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailto:jeanne@example.org
UID:cardio-118@chu.example.org
SUMMARY;LANGUAGE=fr-FR:Consultation de cardiologie
DTSTART;TZID=Romance Standard Time:20261203T093000
DTEND;TZID=Romance Standard Time:20261203T100000
DTSTAMP:20261120T101500Z
SEQUENCE:0
LOCATION:Hôpital Pontchaillou\\, bâtiment B
DESCRIPTION:Venir à jeun.\\nApporter la carte Vitale\\, s’il
  vous plaît.
X-ALT-DESC;FMTTYPE=text/html:<html><body>Venir</body></html>
BEGIN:VALARM
TRIGGER:-PT15M
ACTION:DISPLAY
DESCRIPTION:Rappel
END:VALARM
END:VEVENT
END:VCALENDAR
"""
