"""Whatever happens in whatever order, the policy on real rows says what the oracle says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlmodel import Session

from portal.access.policy import PATIENT_POLICY, can
from portal.access.viewer import Viewer, find_viewer
from portal.blueprints.professional.patient_queries import (
    Asked,
    PatientFilter,
    PatientRow,
    listed_patients,
)
from portal.config import Config
from portal.crypto import KeyRing
from portal.models.rights import CareLinkKind
from portal.scheduling import appointments
from tests import factories
from tests.access.oracle import allowed
from tests.access.world import World

BEGIN = datetime(2030, 3, 1, 12, tzinfo=UTC)
# Midnight in Paris of the 18th birthday of somebody born on 20 March 2012.
MAJORITY = datetime(2030, 3, 19, 23, tzinfo=UTC)
RELATIVES = ("paul", "sylvie")
PROFESSIONALS = ("nadia", "marc")
LENGTHS = [timedelta(hours=1), timedelta(days=1), timedelta(days=8), timedelta(days=40)]
RIGHTS = ["agenda:see", "agenda:act", "care_team:see", "care_team:act", "consents:see"]
RIGHTS += ["consents:act", "access_log:see", "access_log:act", "documents:see"]
RIGHTS += ["messages:see", "messages:act"]
relatives, professionals = st.sampled_from(RELATIVES), st.sampled_from(PROFESSIONALS)
lengths, rights = st.sampled_from(LENGTHS), st.sampled_from(RIGHTS)
answers = st.sampled_from(["given", "refused", "withdrawn"])


class Circle(RuleBasedStateMachine):
    """Jeanne, two relatives, two professionals and a coordinator."""

    session: Session
    keys: KeyRing
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        world = self.world = World(self.session, self.keys, at=BEGIN, majority=MAJORITY)
        house = factories.make_organization(self.session)
        patient = factories.make_patient(
            self.session, birth_date="2012-03-20", organization_id=house.id
        )
        world.settle(patient, house)
        self.visit = factories.make_appointment(
            self.session, patient=patient, starts_at=BEGIN + timedelta(days=3650)
        )
        for name in ("jeanne", *RELATIVES, "claire"):
            world.add_person(name)
        for name in PROFESSIONALS:
            world.add_person(name, is_practitioner=True)
        world.link("jeanne", CareLinkKind.SELF)
        # A story begins where there is something to lose.
        world.link("paul", CareLinkKind.CARER)
        world.grant("paul", "agenda:act", lasts=LENGTHS[-1])
        world.link("sylvie", CareLinkKind.LEGAL_REPRESENTATIVE)
        world.add_mandate("sylvie", "autorite_parentale")
        world.join("nadia")
        world.join("marc", is_outside=True)
        world.coordinate("claire")

    def teardown(self) -> None:
        self.session.rollback()
        self.session.expunge_all()

    @rule(length=lengths)
    def wait(self, length: timedelta) -> None:
        self.world.facts["now"] += length

    @rule(actor=relatives)
    def invite(self, actor: str) -> None:
        self.world.link(actor, CareLinkKind.CARER)

    @rule(actor=relatives, right=rights, length=lengths)
    def grant(self, actor: str, right: str, length: timedelta) -> None:
        self.world.grant(actor, right, lasts=length)

    @rule(actor=relatives)
    def revoke(self, actor: str) -> None:
        self.world.revoke(actor)

    @precondition(lambda self: self._has_active_links())
    @rule(data=st.data(), is_paused=st.booleans())
    def pause_or_resume(self, data: st.DataObject, is_paused: bool) -> None:
        self.world.pause(self._active(data), is_paused=is_paused)

    @precondition(lambda self: self._has_active_links())
    @rule(data=st.data())
    def end_link(self, data: st.DataObject) -> None:
        self.world.end_link(self._active(data))

    @rule(
        actor=relatives,
        status=st.sampled_from(["tuteur_personne", "habilitation_generale", "autorite_parentale"]),
    )
    def represent(self, actor: str, status: str) -> None:
        self.world.link(actor, CareLinkKind.LEGAL_REPRESENTATIVE)
        self.world.add_mandate(actor, status)

    @rule(
        actor=relatives,
        status=st.sampled_from(
            ["personne_de_confiance", "curateur", "habilitation_assistance", "tuteur_biens"]
        ),
        length=lengths,
    )
    def record_status(self, actor: str, status: str, length: timedelta) -> None:
        self.world.add_mandate(actor, status, lasts=length)

    @rule(actor=relatives, named=st.sets(rights, min_size=1, max_size=3), length=lengths)
    def activate_mandate(self, actor: str, named: set[str], length: timedelta) -> None:
        self.world.add_mandate(
            actor,
            "mandat_protection_future",
            scope=" ".join(sorted(named)),
            lasts=length,
        )

    @rule(actor=relatives)
    def end_mandates(self, actor: str) -> None:
        self.world.end_mandates(actor)

    @rule(
        actor=professionals,
        is_outside=st.booleans(),
        sees=st.sampled_from(["", "agenda", "care_team", "agenda care_team", "messages"]),
        length=st.none() | lengths,
    )
    def join(self, actor: str, is_outside: bool, sees: str, length: timedelta | None) -> None:
        self.world.join(actor, is_outside=is_outside, sees=sees, lasts=length)

    @rule(actor=professionals)
    def leave(self, actor: str) -> None:
        self.world.leave(actor)

    @rule(actor=professionals)
    def block(self, actor: str) -> None:
        self.world.block(actor)

    @rule(actor=professionals)
    def unblock(self, actor: str) -> None:
        self.world.unblock(actor)

    @rule(
        actor=professionals,
        purpose=st.sampled_from(["outside_care_team", "social_services"]),
        status=answers,
    )
    def decide_on_recipient(self, actor: str, purpose: str, status: str) -> None:
        self.world.answer(purpose, status, about=actor)

    @rule(status=answers)
    def decide_on_sharing(self, status: str) -> None:
        self.world.answer("care_coordination", status)

    @rule(actor=professionals)
    def open_in_emergency(self, actor: str) -> None:
        self.world.open_in_emergency(actor)

    @rule(leads=st.booleans())
    def coordinate(self, leads: bool) -> None:
        (self.world.coordinate if leads else self.world.end_coordination)("claire")

    @rule()
    def keep_a_secret(self) -> None:
        self.world.hide(self.visit.id, actor=None)

    @rule(actor=relatives)
    def hide_from_one(self, actor: str) -> None:
        self.world.hide(self.visit.id, actor=actor)

    @precondition(lambda self: self.world.hidden_from)
    @rule()
    def show_again(self) -> None:
        self.world.show_again()

    @invariant()
    def policy_and_oracle_agree(self) -> None:
        type(self).steps += 1
        for actor in self.world.users:
            viewer = self._viewer(actor)
            found = {str(one) for one in PATIENT_POLICY if can(viewer, one, viewer.standing)}
            assert found == allowed(self.world.facts, actor), (actor, self.world.facts)
            self._check_lists(actor, viewer, found)

    def _check_lists(self, actor: str, viewer: Viewer, may: set[str]) -> None:
        is_hidden = bool({actor, "everybody"} & self.world.hidden_from)
        is_kept = is_hidden and actor in self.world.links and actor != "jeanne"
        assert self._lists_visit(viewer) == (not is_kept), actor
        if actor in PROFESSIONALS or actor == "claire":
            lasting = self._without_emergency(actor)
            is_listed = "patient:open" in lasting
            found = self._listed(viewer)
            assert bool(found) == is_listed, actor
            sees_team = "care_team:see" in lasting
            assert any(one.sees_care_team for one in found) == sees_team, actor
            filtered = self._listed(viewer, Asked(filters=frozenset({PatientFilter.NO_DOCTOR})))
            assert bool(filtered) == sees_team, actor

    def _listed(self, viewer: Viewer, asked: Asked | None = None) -> list[PatientRow]:
        at = self.world.now
        return listed_patients(
            self.session, viewer=viewer, today=at.date(), at=at, limit=9, asked=asked
        )

    def _viewer(self, actor: str) -> Viewer:
        viewer = find_viewer(
            self.session,
            token=self.world.tokens[actor],
            patient_id=self.world.patient.id,
            at=self.world.now,
        )
        assert viewer is not None
        return viewer

    def _lists_visit(self, viewer: Viewer) -> bool:
        whose = {"patient_id": self.world.patient.id, "viewer_id": viewer.id}
        listed = appointments.appointments_from(self.session, **whose, start=BEGIN, limit=9)
        return bool(listed)

    def _without_emergency(self, actor: str) -> set[str]:
        people = self.world.facts["people"]
        without = people | {actor: people[actor] | {"emergency": None}}
        found: set[str] = allowed(self.world.facts | {"people": without}, actor)
        return found

    def _active_links(self) -> list[str]:
        return [name for name in RELATIVES if self.world.fact(name)["link"]]

    def _has_active_links(self) -> bool:
        return bool(self._active_links())

    def _active(self, data: st.DataObject) -> str:
        found: str = data.draw(st.sampled_from(self._active_links()))
        return found


def test_the_policy_agrees_with_the_oracle_after_any_story(
    config: Config, session: Session, keys: KeyRing, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = type("Story", (Circle,), {"session": session, "keys": keys, "steps": 0})
    run_machine(
        machine,
        settings=settings(
            max_examples=40 if config.is_embedded else 15,
            stateful_step_count=25,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    with capsys.disabled():
        print(f"\nauthorisation stories: {machine.steps} steps, the oracle agreed")  # noqa: T201
    assert machine.steps > 200
