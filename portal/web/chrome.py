"""What stands around every page: for whom, where to go, how it looks."""

from dataclasses import dataclass, replace
from urllib.parse import unquote

from flask import current_app, g, request, url_for

from portal.access.guard import loaded_viewer, may, previewed_viewer
from portal.access.permissions import Permission
from portal.access.policy import can
from portal.access.scope import Person, people_of
from portal.access.sessions import cookie_name
from portal.access.viewer import Standing, Viewer
from portal.clock import now
from portal.db import current_session
from portal.models.account import TextSize, Theme
from portal.web.i18n import gettext, pgettext
from portal.web.installed import mail_is_shown
from portal.web.labels import your_relative

COMFORT_COOKIE = "comfort"


@dataclass(frozen=True, slots=True)
class Comfort:
    """How the reader wants to read; on the account, and in a cookie for the sign-in pages."""

    text_size: TextSize = TextSize.NORMAL
    theme: Theme = Theme.AUTO
    high_contrast: bool = False
    legible_font: bool = False

    def as_cookie(self) -> str:
        flags = ("contrast" if self.high_contrast else "", "font" if self.legible_font else "")
        return ".".join((self.text_size, self.theme, *flags))

    def with_text(self, size: TextSize) -> "Comfort":
        return replace(self, text_size=size)

    @classmethod
    def of_viewer(cls, viewer: Viewer) -> "Comfort":
        return cls(viewer.text_size, viewer.theme, viewer.high_contrast, viewer.legible_font)

    @classmethod
    def of_cookie(cls, value: str) -> "Comfort":
        size, theme, *flags = (*unquote(value).split("."), "", "")
        try:
            return cls(TextSize(size), Theme(theme), "contrast" in flags, "font" in flags)
        except ValueError:
            return cls()


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    url: str
    icon: str
    label: str
    badge: str = ""
    """How many things are new there: `3`, `99+`; empty for none."""


MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class Chrome:
    """The frame of a signed-in page.

    `mode` is `self`, `carer`, `professional`, `account`, or `preview` when the reader looks as the
    relative whose name stands in `previewed`.
    """

    mode: str
    color: str
    viewer: Viewer
    patient: Standing | None
    tabs: list[Tab]
    people: list[Person]
    subject: str
    """The first name that titles repeat; empty in one's own space."""
    relative: str
    """`votre mère`, when the relation is known."""
    session_seconds: int
    previewed: str = ""
    privacy_url: str = ""
    """The page on who can see the file, for who decides it or writes it down."""
    own_rights_url: str = ""
    """What a carer may do for this person."""
    has_modules: bool = False
    """Whether the reader writes, reviews or answers for modules."""


def comfort() -> Comfort:
    viewer = loaded_viewer()
    if viewer is not None:
        return Comfort.of_viewer(viewer)
    return Comfort.of_cookie(request.cookies.get(cookie_name(current_app, COMFORT_COOKIE), ""))


def chrome(viewer: Viewer) -> Chrome:
    patient: Standing | None = g.get("patient")
    mode = _mode(viewer, patient)
    relative = previewed_viewer()
    people = [] if mode in ("professional", "preview") else own_people(viewer)
    return Chrome(
        mode=mode,
        color=_color(mode, patient),
        viewer=viewer,
        patient=patient,
        tabs=_tabs(viewer, patient),
        people=people,
        subject="" if patient is None or patient.is_own else patient.given_name,
        relative=_relative(patient),
        session_seconds=_session_seconds(viewer),
        previewed=relative.given_name if relative is not None else "",
        privacy_url=_privacy_url(patient),
        own_rights_url=_own_rights_url(patient),
        has_modules=bool(can(viewer, Permission.MODULES_SEE)),
    )


def own_people(viewer: Viewer) -> list[Person]:
    """Read once for a page and its frame."""
    if "own_people" not in g:
        g.own_people = people_of(current_session(), viewer=viewer, at=now())
    found: list[Person] = g.own_people
    return found


def _own_rights_url(patient: Standing | None) -> str:
    if patient is None or not may(Permission.CARER_LINK_OWN):
        return ""
    return url_for("own_rights.show_own_rights")


def _privacy_url(patient: Standing | None) -> str:
    if patient is None or not (may(Permission.CONSENTS_ACT) or may(Permission.CONSENTS_RECORD)):
        return ""
    return url_for("consent.show_consents")


def _mode(viewer: Viewer, patient: Standing | None) -> str:
    if previewed_viewer() is not None:
        return "preview"
    if patient is None:
        return "professional" if viewer.is_professional else "account"
    if patient.is_own:
        return "self"
    return "professional" if patient.is_professional else "carer"


def _color(mode: str, patient: Standing | None) -> str:
    if mode == "professional":
        return "ardoise"
    return patient.color if patient is not None else "canard"


def _relative(patient: Standing | None) -> str:
    if patient is None or patient.link_kind is None or patient.is_own:
        return ""
    return your_relative(patient.relationship, patient.relationship_text, patient.gender)


def _tabs(viewer: Viewer, patient: Standing | None) -> list[Tab]:
    if patient is None:
        return _tabs_without_patient(viewer)
    tabs = [Tab("home", url_for("home.show_home"), "house", gettext("Home"))]
    if may(Permission.AGENDA_SEE):
        url = url_for("agenda.show_agenda")
        tabs.append(Tab("agenda", url, "calendar-days", gettext("Agenda")))
    if may(Permission.CARE_TEAM_SEE):
        url = url_for("care_team.show_care_team")
        tabs.append(Tab("care_team", url, "users-round", gettext("Team")))
    if may(Permission.MESSAGES_SEE):
        tabs.append(_messages_tab(url_for("messages.list_threads"), patient.unread_threads))
    if may(Permission.EDUCATION_SEE):
        url = url_for("education.list_modules")
        tabs.append(Tab("education", url, "graduation-cap", pgettext("tab", "Learn")))
    if patient.is_professional:
        tabs.append(_patients_tab())
    return tabs


def _messages_tab(url: str, unread: int) -> Tab:
    badge = "" if not unread else str(unread) if unread <= MOST_COUNTED else f"{MOST_COUNTED}+"
    return Tab("messages", url, "message-circle", gettext("Messages"), badge)


def _tabs_without_patient(viewer: Viewer) -> list[Tab]:
    tabs = []
    if can(viewer, Permission.PATIENTS_LIST):
        tabs += _professional_tabs(viewer)
    if can(viewer, Permission.ACCOUNTS_LIST):
        tabs.append(Tab("accounts", url_for("ops.list_accounts"), "key-round", gettext("Accounts")))
    if can(viewer, Permission.MAIL_SEE) and mail_is_shown():
        url = url_for("ops.list_mail")
        tabs.append(Tab("mail", url, "mail", gettext("E-mails")))
    if can(viewer, Permission.ACCESS_QUESTIONS_ANSWER):
        url = url_for("access_questions.list_questions")
        tabs.append(Tab("questions", url, "eye", gettext("Questions")))
    if not tabs:
        tabs.append(Tab("people", url_for("home.choose_person"), "house", gettext("Home")))
    if can(viewer, Permission.MODULES_WRITE) and not viewer.is_professional:
        url = url_for("module_desk.list_modules")
        tabs.append(Tab("modules", url, "graduation-cap", gettext("My modules")))
    tabs.append(
        Tab("account", url_for("account.show_account"), "user-round", gettext("My account"))
    )
    return tabs


def _professional_tabs(viewer: Viewer) -> list[Tab]:
    return [
        _messages_tab(url_for("inbox.list_threads"), viewer.unread_at_work),
        _patients_tab(),
        Tab("workdays", url_for("workdays.show_day"), "calendar-days", gettext("Agenda")),
        Tab(
            "needs",
            url_for("professional_needs.list_needs"),
            "clipboard-list",
            gettext("Needs"),
        ),
    ]


def _patients_tab() -> Tab:
    url = url_for("professional.list_patients")
    return Tab("patients", url, "users-round", gettext("Patients"))


def _session_seconds(viewer: Viewer) -> int:
    ends = min(now().timestamp() + viewer.idle_minutes * 60, viewer.ends_at.timestamp())
    return max(0, int(ends - now().timestamp()))
