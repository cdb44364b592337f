"""One patient and those around them: each act writes its rows, and the same fact for the oracle."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session

from portal.crypto import KeyRing, new_token, token_hash
from portal.models.account import Coordination, User, UserSession
from portal.models.care import CareTeamMember, Patient
from portal.models.consent import ConsentDecision
from portal.models.directory import Organization
from portal.models.rights import (
    Block,
    CareLink,
    CareLinkKind,
    CareLinkStatus,
    EmergencyAccess,
    HiddenItem,
    Mandate,
)
from tests import factories

FAR = datetime(2150, 1, 1, tzinfo=UTC)


def _no_facts() -> dict[str, Any]:
    nothing: dict[str, Any] = {"kind": None, "link": None, "emergency": None}
    nothing |= {"is_paused": False, "coordinates": False}
    return nothing | {name: [] for name in ("mandates", "grants", "places", "blocks")}


class World:
    """The rows are in `session`, the facts in `facts`, as plain dicts."""

    def __init__(
        self, session: Session, keys: KeyRing, *, at: datetime, majority: datetime
    ) -> None:
        self.session, self.keys = session, keys
        self.facts: dict[str, Any] = {"now": at, "majority": majority, "coordination": []}
        self.facts |= {"people": {}, "consents": {}}
        self.word = ""
        self.hidden_from: set[str] = set()
        self.users: dict[str, User] = {}
        self.tokens: dict[str, str] = {}
        self.links: dict[str, CareLink] = {}
        self.rows: dict[tuple[str, str], list[Any]] = {}

    def settle(self, patient: Patient, organization: Organization) -> None:
        self.patient, self.organization = patient, organization

    @property
    def now(self) -> datetime:
        at: datetime = self.facts["now"]
        return at

    def fact(self, actor: str) -> dict[str, Any]:
        found: dict[str, Any] = self.facts["people"][actor]
        return found

    def add_person(self, actor: str, *, is_practitioner: bool = False, **fields: object) -> User:
        if is_practitioner:
            fields["practitioner_id"] = factories.make_practitioner(self.session).id
        user, _secret = factories.make_user(self.session, self.keys, **fields)
        token = new_token()
        self._add(
            UserSession(
                token_hash=token_hash(token),
                user_id=user.id,
                idle_minutes=30,
                created_at=self.now,
                last_seen_at=FAR,
                idle_ends_at=FAR,
                ends_at=FAR,
                stepped_up_at=FAR,  # never too old, unless a test says so
            )
        )
        self.users[actor], self.tokens[actor] = user, token
        self.facts["people"][actor] = _no_facts()
        return user

    def meet(self, actor: str, other: "World") -> None:
        """Somebody of another circle, who has no place in this one yet."""
        self.users[actor], self.tokens[actor] = other.users[actor], other.tokens[actor]
        self.facts["people"][actor] = _no_facts()

    def link(self, actor: str, kind: CareLinkKind) -> None:
        """Begin a link, or begin it again as another kind."""
        link = self.links.get(actor)
        if link is None:
            link = factories.make_link(
                self.session, patient=self.patient, user=self.users[actor], starts_at=self.now
            )
            self.links[actor] = link
        link.kind, link.status = kind, CareLinkStatus.ACTIVE
        link.starts_at, link.ends_at = self.now, None
        self._add(link)
        self.fact(actor).update(kind=kind.value, link=[self.now, None], is_paused=False)

    def end_link(self, actor: str) -> None:
        link = self.links[actor]
        link.status, link.ends_at = CareLinkStatus.ENDED, self.now
        self._add(link)
        self.fact(actor)["link"] = None

    def pause(self, actor: str, *, is_paused: bool = True) -> None:
        link = self.links[actor]
        link.status = CareLinkStatus.PAUSED if is_paused else CareLinkStatus.ACTIVE
        self._add(link)
        self.fact(actor)["is_paused"] = is_paused

    def grant(self, actor: str, right: str, *, lasts: timedelta) -> None:
        category, _, action = right.partition(":")
        ends = self.now + lasts
        row = factories.make_grant(
            self.session,
            link=self.links[actor],
            category=category,
            action=action,
            starts_at=self.now,
            ends_at=ends,
        )
        self._keep(actor, "grants", row, (right, [self.now, ends]))

    def revoke(self, actor: str) -> None:
        self._end_all(actor, "grants")

    def add_mandate(
        self, actor: str, status: str, *, scope: str = "", lasts: timedelta | None = None
    ) -> None:
        ends = None if lasts is None else self.now + lasts
        row = Mandate(
            patient_id=self.patient.id,
            care_link_id=self.links[actor].id,
            status=status,
            scope=scope,
            proof_kind="jugement",
            issued_by=self.word or "zzmandateszz",
            issued_on=self.now.date(),
            starts_at=self.now,
            ends_at=ends,
            verified_by=self.users[actor].id,
            verified_at=self.now,
        )
        self._keep(actor, "mandates", row, (status, set(scope.split()), [self.now, ends]))

    def end_mandates(self, actor: str) -> None:
        self._end_all(actor, "mandates")

    def join(
        self,
        actor: str,
        *,
        is_outside: bool = False,
        sees: str = "",
        lasts: timedelta | None = None,
    ) -> None:
        ends = None if lasts is None else self.now + lasts
        row = CareTeamMember(
            patient_id=self.patient.id,
            practitioner_id=self.users[actor].practitioner_id,
            is_outside_care_team=is_outside,
            sees=sees,
            period_start=self.now,
            period_end=ends,
        )
        self._keep(actor, "places", row, (is_outside, sees, [self.now, ends]))

    def leave(self, actor: str) -> None:
        self._end_all(actor, "places")

    def block(self, actor: str) -> None:
        row = Block(
            patient_id=self.patient.id,
            practitioner_id=self.users[actor].practitioner_id,
            starts_at=self.now,
            created_by=self.users[actor].id,
        )
        self._keep(actor, "blocks", row, [self.now, None])

    def unblock(self, actor: str) -> None:
        self._end_all(actor, "blocks")

    def open_in_emergency(self, actor: str) -> None:
        ends = self.now + timedelta(hours=1)
        self._add(
            EmergencyAccess(
                patient_id=self.patient.id,
                user_id=self.users[actor].id,
                reason="zzemergencyzz",
                starts_at=self.now,
                ends_at=ends,
            )
        )
        self.fact(actor)["emergency"] = [self.now, ends]

    def coordinate(self, actor: str) -> None:
        user, organization_id = self.users[actor], self.organization.id
        row = self.session.get(Coordination, (user.id, organization_id))
        row = row or factories.make_coordination(
            self.session, user=user, organization_id=organization_id
        )
        row.ended_at = None
        self._add(row)
        self.fact(actor)["coordinates"] = True

    def end_coordination(self, actor: str) -> None:
        row = self.session.get_one(Coordination, (self.users[actor].id, self.organization.id))
        row.ended_at = self.now
        self._add(row)
        self.fact(actor)["coordinates"] = False

    def answer(self, purpose: str, status: str, *, about: str | None = None) -> None:
        """The patient decides on sharing in the team, or with one professional outside it."""
        practitioner_id = self.users[about].practitioner_id if about else None
        self._add(
            ConsentDecision(
                patient_id=self.patient.id,
                purpose=purpose,
                practitioner_id=practitioner_id,
                status=status,
                text_version=1,
                text_locale="fr",
                text_hash="0" * 64,
                actor_id=next(iter(self.users.values())).id,
                capacity="self",
                channel="paper",
                paper_note="zzconsentszz",
                decided_at=self.now,
            )
        )
        answers = self.facts["coordination"]
        if about is not None:
            answers = self.facts["consents"].setdefault(about, [])
        answers.append((self.now, status))

    def hide(self, item_id: Any, *, actor: str | None) -> None:
        """From one relative, or from all of them."""
        self._add(
            HiddenItem(
                patient_id=self.patient.id,
                category="agenda",
                item_id=item_id,
                care_link_id=self.links[actor].id if actor else None,
                created_at=self.now,
                created_by=next(iter(self.users.values())).id,
            )
        )
        self.hidden_from.add(actor or "everybody")

    def show_again(self) -> None:
        self.session.execute(delete(HiddenItem))
        self.hidden_from.clear()

    def _keep(self, actor: str, facts: str, row: Any, fact: Any) -> None:
        self._add(row)
        self.rows.setdefault((actor, facts), []).append(row)
        self.fact(actor)[facts].append(fact)

    def _end_all(self, actor: str, facts: str) -> None:
        """What still holds ends now; what is over stays as it was."""
        found = zip(self.rows.get((actor, facts), ()), self.fact(actor)[facts], strict=True)
        for row, fact in found:
            period = fact if facts == "blocks" else fact[-1]
            if period[1] is None or period[1] > self.now:
                period[1] = self.now
                name = "period_end" if isinstance(row, CareTeamMember) else "ends_at"
                setattr(row, name, self.now)
                self._add(row)

    def _add(self, row: Any) -> None:
        self.session.add(row)
        self.session.flush()
