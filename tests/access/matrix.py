"""The authorisation matrix: asks as each actor, and compares each answer with the oracle."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.access.sessions import cookie_name
from portal.crypto import KeyRing
from portal.models.outbox import OutboxMessage
from portal.outbox.queue import values_of
from tests.access.actors import CAPACITIES, Scene, is_relative
from tests.access.conversations import DRAFTED_BY, TAKES_PART
from tests.access.file import CANARIES, KEPT, NAME_OF_ANOTHER, NURSES, OF_ANOTHER, SECRET
from tests.access.judge import Ears, Lines, Tables, has_canary, leaks
from tests.access.oracle import allowed
from tests.access.routes import (
    ITEMS,
    LISTED_PART,
    LISTS,
    NAMES_READER,
    NEEDS,
    NOBODYS,
    NOT_FOR,
    READER,
    WANTS_MORE,
)
from tests.factories import PASSWORD

_HEADERS = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "fr"}
_SIGNED_OUT = ("anonymous", "password only", "disabled")
_SHOWN = {*range(200, 400), 409, 422}


@dataclass(frozen=True)
class Question:
    """One request: who asks for what, of whose file."""

    actor: str
    endpoint: str
    method: str
    whose: str = ""
    """`own`, `another's`, `another's item`; empty when the address names no patient."""
    htmx: bool = False


@dataclass
class Matrix:
    """Asks, and compares each answer with what the oracle says."""

    app: Flask
    scene: Scene
    session: Session
    keys: KeyRing
    cases: int = 0
    wrong: list[str] = field(default_factory=list)
    ears: Ears = field(default_factory=Ears)

    def __post_init__(self) -> None:
        self.engine = self.app.extensions["database"].engine
        self.lines = Lines(self.app)
        self.rules = [one for one in self.app.url_map.iter_rules() if one.endpoint != "static"]
        self.begin()

    def begin(self) -> None:
        """Somebody shows the right password of the patient, and no code."""
        self.challenged = self.app.test_client()
        form = {"email": self.scene.jeanne.users["patient"].email, "password": PASSWORD}
        answer = self.challenged.post("/sign-in", data=form, headers=_HEADERS)
        assert answer.headers["Location"].startswith("/sign-in/code"), answer.headers

    def client(self, actor: str) -> FlaskClient:
        if actor == "password only":
            return self.challenged
        client = self.app.test_client()
        token = self.scene.jeanne.tokens.get(actor)
        if token is not None:
            client.set_cookie(cookie_name(self.app, "sid"), token)
        return client

    def questions(self, actor: str, *, whose: tuple[str, ...]) -> Iterator[tuple[Rule, Question]]:
        for rule in self.rules:
            is_of_patient = "patient_id" in rule.arguments
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                for one in whose if is_of_patient else ("",):
                    if one == "another's item" and len(rule.arguments - NOBODYS.keys()) == 1:
                        continue
                    yield rule, Question(actor, rule.endpoint, method, one)
                    fragment = Question(actor, rule.endpoint, method, one, htmx=True)
                    # An act that is allowed is done once: its answer is a redirect either way.
                    if is_of_patient and (method == "GET" or not self.is_allowed(fragment)):
                        yield rule, fragment

    def ask(self, client: FlaskClient, rule: Rule, question: Question) -> TestResponse:
        self.cases += 1
        headers = _HEADERS | ({"HX-Request": "true"} if question.htmx else {})
        answer: TestResponse = client.open(
            self._path(rule, question.whose), method=question.method, headers=headers
        )
        return answer

    def judge(self, question: Question, answer: TestResponse) -> None:
        verdict = self._verdict(question)
        good = {verdict} if verdict else self._answers(question)
        if answer.status_code not in good:
            self.wrong.append(f"{question}: {answer.status_code}, not {verdict or 'allowed'}")
        self.wrong += leaks(answer, self._words(question), question)
        self._expect_line(question, answer.status_code)

    @staticmethod
    def _answers(question: Question) -> set[int]:
        """What a view itself may say; an empty form and a made-up id are wrong in many ways."""
        if question.endpoint in _PUBLIC:
            return set(range(200, 500))
        if question.whose and question.method == "GET" and question.endpoint not in WANTS_MORE:
            return {200, 303}
        said = {403} if question.endpoint in NAMES_READER else {401, 403}
        return set(range(200, 500)) - said

    def run(self, actor: str, *, whose: tuple[str, ...], tables: Tables) -> None:
        """What is refused or only read, in one go; then each act, undone when it changed much."""
        client, acts = self.client(actor), []
        for rule, question in self.questions(actor, whose=whose):
            if question.method == "POST" and self.is_allowed(question):
                acts.append((rule, question))
            else:
                self.judge(question, self.ask(client, rule, question))
        self._check_traces(actor)
        if changed := tables.changed():
            self.wrong.append(f"{actor}: what is only read or refused changed {changed}")
            tables.put_back()
            self.lines.begin()
        for rule, question in acts:
            if NEEDS[question.endpoint].rstrip("!") not in EVERYBODYS or actor in ACT_FOR_ALL:
                self._act(rule, question, tables)

    def _act(self, rule: Rule, question: Question, tables: Tables) -> None:
        self.judge(question, self.ask(self.client(question.actor), rule, question))
        self._check_traces(question)
        if tables.changed():
            self.wrong += [f"{question}: mail {one}" for one in self.mails() if has_canary(one)]
            tables.put_back()
            self.lines.begin()

    def _check_traces(self, what: object) -> None:
        self.wrong += [f"{what}: {one}" for one in (*self.lines.wrong(), *self.ears.wrong())]

    def is_allowed(self, question: Question) -> bool:
        return self._verdict(question) is None

    def _verdict(self, question: Question) -> int | None:
        """The status of a refusal; none where the view itself answers."""
        needs = NEEDS[question.endpoint].rstrip("!")
        if needs == "public":
            return None
        if question.actor in _SIGNED_OUT:
            is_form = question.method == "POST" or question.htmx
            return 401 if is_form else 303
        if question.whose:
            may = self._may(question)
            if "patient:open" not in may:
                return 404
        else:
            is_holder = needs == "account:own" or question.actor in READER[needs]
            may = {needs} if is_holder else set()
        if needs not in may:
            return 403
        if NEEDS[question.endpoint] != needs and question.actor == "another patient":
            # To the page that asks for the code; htmx is told so by a header.
            return 403 if question.method == "POST" else 200 if question.htmx else 303
        if question.whose == "another's item" or self._is_unseen(question):
            return 404
        return 403 if question.actor in NOT_FOR.get(question.endpoint, ()) else None

    def _is_unseen(self, question: Question) -> bool:
        """A conversation that this professional neither answers for nor takes part in."""
        is_of_one = any(
            {"thread_id", "attachment_id"} & set(rule.arguments)
            for rule in self.rules
            if rule.endpoint == question.endpoint
        )
        return is_of_one and "messages:answer" in self._may(question) - self._reads(question)

    def _reads(self, question: Question) -> set[str]:
        is_reader = question.actor.startswith("coordinator") or question.actor == TAKES_PART
        return {"messages:answer"} if is_reader else set()

    def _may(self, question: Question) -> set[str]:
        world = self.scene.odile if question.whose == "another's" else self.scene.jeanne
        found: set[str] = allowed(world.facts, question.actor)
        return found

    def _words(self, question: Question) -> set[str]:
        if question.actor in _SIGNED_OUT:
            return set()
        may = allowed(self.scene.jeanne.facts, question.actor)
        words = {word for word, needed in CANARIES.items() if needed & may}
        if is_relative(question.actor):
            words -= {SECRET, KEPT}
        if "messages:answer" in may - self._reads(question):
            words -= MESSAGE_WORDS
        if question.actor == TAKES_PART:
            words -= {KEPT}
        if question.actor != DRAFTED_BY:
            words -= {"zzdraftzz"}
        is_odiles = "patient:open" in allowed(self.scene.odile.facts, question.actor)
        if is_odiles and question.whose != "own":
            words |= {OF_ANOTHER, NAME_OF_ANOTHER, NURSES[1]}
        if question.endpoint.startswith("directory") and question.actor in READER["directory:see"]:
            words |= set(NURSES)
        # Whoever asks the privacy contact about their log says who they are.
        is_asked = question.endpoint.startswith("access_questions.") and not question.whose
        asked = {"zzidentityzz", NAME_OF_ANOTHER} if is_asked else set()
        return words | (asked if question.actor == "privacy contact" else set())

    def _expect_line(self, question: Question, status: int) -> None:
        if question.endpoint in LISTS:
            self._expect_list(question)
        needs = NEEDS[question.endpoint].rstrip("!")
        is_owner = question.actor == "patient" or (
            question.actor == "another patient" and question.whose == "another's"
        )
        if not question.whose or question.actor in _SIGNED_OUT or is_owner:
            return
        may = self._may(question)
        is_shown = status in _SHOWN
        if "patient:open" in may and (needs not in may or is_shown):
            word = "allowed" if needs in may else "denied"
            self._line(question, *needs.split(":"), word)

    def _expect_list(self, question: Question) -> None:
        whose = LISTS[question.endpoint].get(question.actor)
        if whose is None:
            return
        listed = Question(question.actor, question.endpoint, "GET", whose)
        part = LISTED_PART.get(question.endpoint, "agenda")
        if f"{part}:see" in self._may(listed):
            self._line(listed, part, "see", "allowed")

    def _line(self, question: Question, category: str, action: str, decision: str) -> None:
        world = self.scene.odile if question.whose == "another's" else self.scene.jeanne
        actor = question.actor
        capacity = CAPACITIES.get(actor, "carer")
        if world is self.scene.odile and actor.startswith("coordinator"):
            capacity = "coordinator"
        who = (str(world.patient.id), str(world.users[actor].id), capacity)
        self.lines.expect(str(question), (*who, category, action, decision))

    def _path(self, rule: Rule, whose: str) -> str:
        scene = self.scene
        world = scene.odile if whose == "another's" else scene.jeanne
        items = (scene.odiles_file if whose.startswith("another's") else scene.file).items
        values: dict[str, object] = {}
        for name in rule.arguments:
            if name == "patient_id":
                values[name] = world.patient.id
            elif name in NOBODYS:
                values[name] = NOBODYS[name]
            elif name in ITEMS and whose:
                values[name] = items[ITEMS[name]]
            else:
                assert not whose, f"say in tests/access/routes.py what stands for {name}"
                values[name] = "zznotokenzz" if name == "token" else uuid4()
        _domain, path = rule.build(values, append_unknown=False) or ("", "")
        return path

    def mails(self) -> list[str]:
        self.session.rollback()
        self.session.expire_all()
        return [
            f"{one.letter} {values_of(one, keys=self.keys)}"
            for one in self.session.exec(select(OutboxMessage))
        ]


MESSAGE_WORDS = {"zzmessagezz", "zznotezz", "zzkeptzz"}
EVERYBODYS = ("public", "account:own")
ACT_FOR_ALL = ("anonymous", "carer, agenda and team")
"""Who sends the empty forms that are no matter of a file; for the others it would be the same."""
_PUBLIC = {endpoint for endpoint, needs in NEEDS.items() if needs == "public"}
