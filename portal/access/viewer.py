"""The signed-in reader and where they stand towards one patient, read by one statement."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_login import UserMixin
from sqlalchemy import RowMapping, Select, and_, bindparam, exists, func, select
from sqlmodel import Session

from portal.access import facts, thread_facts
from portal.access.facts import active_link
from portal.access.majority import is_minor
from portal.crypto import token_hash
from portal.models import columns
from portal.models.account import Coordination, TextSize, Theme, User, UserSession
from portal.models.audit import AccessEvent
from portal.models.base import UtcDateTime
from portal.models.care import Patient
from portal.models.consent import ConsentStatus
from portal.models.credential import Reproofing
from portal.models.directory import Gender
from portal.models.rights import CareLink, CareLinkKind, LegalStatus


@dataclass(frozen=True, slots=True)
class MandateInForce:
    """A verified legal status whose period holds now."""

    status: LegalStatus
    scope: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts about one reader and one patient that the policy decides on."""

    patient_id: UUID
    given_name: str
    family_name: str
    gender: Gender
    time_zone: str
    link_kind: CareLinkKind | None = None
    relationship: str = ""
    relationship_text: str = ""
    color: str = "canard"
    link_id: UUID | None = None
    birth_date: str = ""
    """As known: `1945`, `1945-03` or `1945-03-17`."""
    is_minor: bool = False
    """Known to be under 18 today, in the patient's time zone."""
    grants: frozenset[str] = frozenset()
    """Rights that the patient gave and that hold now, as `category:action`; none while paused."""
    mandates: tuple[MandateInForce, ...] = ()
    is_circle_member: bool = False
    """As a professional who is neither blocked nor waiting for a consent."""
    circle_scope: frozenset[str] = frozenset({"*"})
    """What their places open: categories, or `*` for all."""
    is_coordinator: bool = False
    has_emergency_access: bool = False
    is_sharing_refused: bool = False
    """The patient objects to sharing inside the équipe de soins."""
    is_sharing_agreed: bool = False
    """They said yes to it; without a word the law allows it all the same."""
    unread_threads: int = 0
    """Conversations with something new for this reader; says nothing without the right to read."""
    programme_waits: bool = False
    """An education programme waits for an answer; says nothing without the right to read."""
    log_head: tuple[int, bytes] = (0, b"")
    """Number and hash of the last line of the access log, read with the rights."""

    @property
    def is_linked(self) -> bool:
        return bool(
            self.link_kind
            or self.is_circle_member
            or self.is_coordinator
            or self.has_emergency_access
        )

    @property
    def is_own(self) -> bool:
        return self.link_kind is CareLinkKind.SELF

    @property
    def is_professional(self) -> bool:
        """Reads as a professional: has no link of their own to the patient."""
        return self.link_kind is None


@dataclass(frozen=True, slots=True, eq=False)
class Viewer(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """The signed-in reader; `standing` is there when the URL names a patient they are linked to."""

    id: UUID
    session_id: UUID
    token: str = field(repr=False)
    email: str | None
    username: str | None
    given_name: str
    family_name: str
    locale: str | None
    own_time_zone: str | None
    text_size: TextSize
    theme: Theme
    high_contrast: bool
    legible_font: bool
    practitioner_id: UUID | None
    is_operator: bool
    is_patient_expert: bool
    is_privacy_contact: bool
    is_coordinator: bool
    idle_minutes: int
    last_seen_at: datetime
    idle_ends_at: datetime
    ends_at: datetime
    stepped_up_at: datetime
    has_reproofing: bool
    """Whether staff began a way back into this account that its owner can still stop."""
    unread_at_work: int
    """Conversations with something new in the files of a professional or a coordinator."""
    standing: Standing | None

    def get_id(self) -> str:
        """What Flask-Login carries: the token of our own session table."""
        return self.token

    @property
    def is_professional(self) -> bool:
        return self.practitioner_id is not None or self.is_coordinator

    @property
    def sign_in_name(self) -> str:
        """What they type to sign in."""
        return self.email or self.username or ""


_user = columns(User)
_session = columns(UserSession)
_patient = columns(Patient)
_link = columns(CareLink)
_coordination = columns(Coordination)
_reproofing = columns(Reproofing)
_event = columns(AccessEvent)
_now = bindparam("now", type_=UtcDateTime)
_today = func.date(_now)


_coordinates_patient = exists().where(
    _coordination.organization_id == _patient.organization_id,
    _coordination.user_id == _user.id,
    _coordination.ended_at.is_(None),
)
_is_coordinator = exists().where(
    _coordination.user_id == _user.id, _coordination.ended_at.is_(None)
)
_has_reproofing = exists().where(
    _reproofing.user_id == _user.id,
    _reproofing.completed_at.is_(None),
    _reproofing.cancelled_at.is_(None),
    _reproofing.ends_at > _now,
)
_VIEWER = (
    select(
        _user.id,
        _session.id.label("session_id"),
        _user.email,
        _user.username,
        _user.given_name,
        _user.family_name,
        _user.locale,
        _user.time_zone.label("own_time_zone"),
        _user.text_size,
        _user.theme,
        _user.high_contrast,
        _user.legible_font,
        _user.practitioner_id,
        _user.is_operator,
        _user.is_patient_expert,
        _user.is_privacy_contact,
        _is_coordinator.label("is_coordinator"),
        _session.idle_minutes,
        _session.last_seen_at,
        _session.idle_ends_at,
        _session.ends_at,
        _session.stepped_up_at,
        _has_reproofing.label("has_reproofing"),
        thread_facts.unread_at_work(_user.id, _user.practitioner_id, _today).label(
            "unread_at_work"
        ),
    )
    .join_from(UserSession, User, _session.user_id == _user.id)
    .where(
        _session.token_hash == bindparam("token_hash"),
        _user.disabled_at.is_(None),
        _session.ended_at.is_(None),
        _session.idle_ends_at > _now,
        _session.ends_at > _now,
    )
)


def towards_patient(statement: Select[Any]) -> Select[Any]:
    """A statement about an account, with what it is to the patient bound as `patient_id`."""
    return (
        statement.add_columns(
            _patient.id.label("patient_id"),
            _patient.given_name.label("patient_given_name"),
            _patient.family_name.label("patient_family_name"),
            _patient.gender,
            _patient.birth_date,
            _patient.time_zone,
            _link.id.label("link_id"),
            _link.kind,
            _link.relationship,
            _link.relationship_text,
            _link.color,
            facts.rights_granted.label("grants"),
            facts.mandates_in_force.label("mandates"),
            facts.circle_scopes_of(_user.practitioner_id).label("circle_scopes"),
            _coordinates_patient.label("coordinates_patient"),
            facts.emergency_access_of(_user.id).label("has_emergency_access"),
            facts.coordination_consent.label("coordination_consent"),
            thread_facts.unread_threads_of(_user.id, _user.practitioner_id, _today).label(
                "unread_threads"
            ),
            facts.programme_waits.label("programme_waits"),
            facts.log_head(_event.sequence).label("log_sequence"),
            facts.log_head(_event.hash).label("log_hash"),
        )
        .outerjoin(Patient, _patient.id == bindparam("patient_id"))
        .outerjoin(
            CareLink,
            and_(_link.patient_id == _patient.id, _link.user_id == _user.id, active_link()),
        )
    )


_VIEWER_OF_PATIENT = towards_patient(_VIEWER)
_VIEWER_FIELDS = tuple(str(column.key) for column in _VIEWER.selected_columns)


def find_viewer(
    session: Session, *, token: str, patient_id: UUID | None, at: datetime
) -> Viewer | None:
    """The reader behind a session token, with their standing towards the patient; none if ended."""
    statement = _VIEWER if patient_id is None else _VIEWER_OF_PATIENT
    values = {"token_hash": token_hash(token), "patient_id": patient_id, "now": at}
    row = session.execute(statement, values).mappings().first()
    if row is None:
        return None
    standing = standing_of(row, at=at) if patient_id is not None else None
    return Viewer(token=token, standing=standing, **{name: row[name] for name in _VIEWER_FIELDS})


def standing_of(row: RowMapping, *, at: datetime) -> Standing | None:
    """From a row of `towards_patient`; none without any place beside the patient."""
    if row["patient_id"] is None:
        return None
    values: dict[str, object] = {
        "patient_id": row["patient_id"],
        "given_name": row["patient_given_name"],
        "family_name": row["patient_family_name"],
        "gender": row["gender"],
        "time_zone": row["time_zone"],
        "link_kind": row["kind"],
        "relationship": row["relationship"] or "",
        "relationship_text": row["relationship_text"] or "",
        "color": row["color"] or "canard",
        "link_id": row["link_id"],
        "birth_date": row["birth_date"] or "",
        "is_minor": is_minor(row["birth_date"], time_zone=row["time_zone"], at=at),
        "grants": frozenset(str(row["grants"] or "").split(",")) - {""},
        "mandates": mandates_of(row["mandates"]),
        "is_circle_member": row["circle_scopes"] is not None,
        "circle_scope": frozenset(str(row["circle_scopes"] or "").replace(",", " ").split()),
        "is_coordinator": bool(row["coordinates_patient"]),
        "has_emergency_access": bool(row["has_emergency_access"]),
        "is_sharing_refused": row["coordination_consent"] in facts.SHARING_REFUSED,
        "is_sharing_agreed": row["coordination_consent"] == ConsentStatus.GIVEN,
        "unread_threads": row["unread_threads"] or 0,
        "programme_waits": bool(row["programme_waits"]),
        "log_head": (row["log_sequence"] or 0, row["log_hash"] or b""),
    }
    standing = Standing(**values)  # type: ignore[arg-type]  # the names are the fields
    return standing if standing.is_linked else None


def mandates_of(text: str | None) -> tuple[MandateInForce, ...]:
    """What `facts.mandates_in_force` wrote."""
    found = []
    for one in (text or "").split(","):
        status, _, scope = one.partition("=")
        if status:
            found.append(MandateInForce(LegalStatus(status), frozenset(scope.split())))
    return tuple(found)
