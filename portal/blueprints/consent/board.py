"""The page of choices: what is shared, with whom, and whether each switch stands on yes."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal.blueprints.consent.queries import DecisionRow, Professional
from portal.consents.deciding import Question
from portal.consents.texts import ConsentText, current_text
from portal.consents.versions import COUNTS_FROM
from portal.education.programme import taking_part
from portal.errors import NotFoundError
from portal.models.care import MemberFunction
from portal.models.consent import ConsentPurpose
from portal.models.programme import ProgrammeState
from portal.web import labels
from portal.web.i18n import current_locale, gettext

COORDINATION, PROGRAMME = "coordination", "programme"


@dataclass(frozen=True, slots=True)
class Choice:
    """One line with its switch; `key` names it in a form."""

    key: str
    name: str
    sees: str
    is_on: bool
    can_change: bool
    text: ConsentText
    professional: Professional | None = None
    is_text_newer: bool = False
    """They said yes to a text that changed since then: it is asked again."""

    def question(self, patient_id: UUID) -> Question:
        if self.professional is None:
            return Question(patient_id, self.text)
        is_outside = self.professional.is_outside
        return Question(patient_id, self.text, self.professional.id, needs_consent=is_outside)


@dataclass(frozen=True, slots=True)
class Board:
    coordination: Choice
    programme: Choice | None
    """Taking part in an education programme: asked only while one is proposed or under way."""
    people: list[Choice]

    def choice(self, key: str) -> Choice:
        """Raises `NotFoundError` for what is not asked here, as about a stranger to the circle."""
        for one in (*self._uses, *self.people):
            if one.key == key and one.can_change:
                return one
        raise NotFoundError("choice")

    @property
    def consents(self) -> list[Choice]:
        """What a sheet can answer: keeping somebody of the équipe de soins out is no consent."""
        outside = [one for one in self.people if one.professional and one.professional.is_outside]
        return [*self._uses, *outside]

    @property
    def _uses(self) -> list[Choice]:
        return [self.coordination, *([self.programme] if self.programme else [])]


def board(
    people: list[Professional], history: list[DecisionRow], programme: ProgrammeState | None
) -> Board:
    """`history` newest first: of each question the first row is the state."""
    said = _answer(history, purpose=ConsentPurpose.CARE_COORDINATION, practitioner_id=None)
    is_shared = said is None or said.is_given
    return Board(
        coordination=_coordination(is_shared=is_shared),
        programme=_programme(programme),
        people=[_person(one, history, is_shared=is_shared) for one in people],
    )


def _coordination(*, is_shared: bool) -> Choice:
    text = current_text(ConsentPurpose.CARE_COORDINATION, locale=current_locale())
    return Choice(COORDINATION, text.words.title, text.words.sentence, is_shared, True, text)


def _programme(state: ProgrammeState | None) -> Choice | None:
    """On while it is under way: the answer that counts began it."""
    if state not in taking_part.CURRENT:
        return None
    text = current_text(ConsentPurpose.EDUCATION_PROGRAMME, locale=current_locale())
    is_on = state is ProgrammeState.ACCEPTED
    return Choice(PROGRAMME, text.words.title, text.words.sentence, is_on, True, text)


def _person(one: Professional, history: list[DecisionRow], *, is_shared: bool) -> Choice:
    said = _answer(history, purpose=one.purpose, practitioner_id=one.id)
    is_old = said is not None and said.is_given and said.text_version < COUNTS_FROM[said.purpose]
    return Choice(
        key=str(one.id),
        name=_name_and_role(one),
        sees=_sees(one, is_shared=is_shared),
        is_on=one.opens,
        can_change=not one.coordinates,
        text=current_text(one.purpose, locale=current_locale()),
        professional=one,
        is_text_newer=one.is_outside and is_old,
    )


def _answer(
    history: Iterable[DecisionRow], *, purpose: ConsentPurpose, practitioner_id: UUID | None
) -> DecisionRow | None:
    for row in history:
        if row.practitioner_id == practitioner_id and (practitioner_id or row.purpose is purpose):
            return row
    return None


def _name_and_role(one: Professional) -> str:
    if MemberFunction.MEDECIN_TRAITANT in one.functions:
        role = labels.member_function(MemberFunction.MEDECIN_TRAITANT, one.gender)
    else:
        role = labels.profession(one.profession, one.profession_text, one.gender)
    return ", ".join(filter(None, (one.name, role)))


def _sees(one: Professional, *, is_shared: bool) -> str:
    if one.coordinates:
        return gettext("Keeps the circle, and sees the file for that")
    if not one.opens:
        return gettext("Sees nothing for now")
    if not is_shared:
        return gettext("Sees neither the agenda nor the team")
    return gettext("Sees the agenda and the team")
