"""The pages about who goes along: as they stand, and after an act that was refused."""

from datetime import date
from uuid import UUID

from flask import Response

from portal.blueprints.companions.forms import (
    AnswerForm,
    CompanionForm,
    SeenForm,
    TransportForm,
)
from portal.web import agreement_words, dates
from portal.web.appointment_cards.companion import companion_choice
from portal.web.appointment_cards.facts import Facts
from portal.web.appointment_cards.reading import read_facts
from portal.web.page import page


def choice_page(
    appointment_id: UUID,
    form: CompanionForm | None = None,
    transport: TransportForm | None = None,
    *,
    status: int = 200,
    is_busy: bool = False,
) -> Response:
    """Both forms; the one that was sent back keeps what was typed, and knows the new version."""
    facts = read_facts(appointment_id)
    sent = form or transport
    return page(
        "companions/choice.html",
        status=status,
        patient=facts.patient,
        visit=facts.visit,
        today=_today(facts),
        card=companion_choice(facts),
        form=form or CompanionForm(),
        transport=transport or TransportForm(data={"transport": facts.row.transport}),
        now_transport=facts.row.transport,
        is_busy=is_busy,
        meanwhile=_meanwhile(facts, sent) if status == 409 else None,
    )


def question_page(
    facts: Facts,
    form: AnswerForm | None = None,
    *,
    status: int = 200,
    is_busy: bool = False,
) -> Response:
    """The reader's own answer."""
    return page(
        "companions/question.html",
        status=status,
        patient=facts.patient,
        visit=facts.visit,
        today=_today(facts),
        card=companion_choice(facts),
        form=form or AnswerForm(),
        is_busy=is_busy,
        meanwhile=_meanwhile(facts, form) if status == 409 else None,
    )


def _today(facts: Facts) -> date:
    return dates.local(facts.at, facts.patient.time_zone).date()


def _meanwhile(facts: Facts, form: SeenForm | None) -> list[agreement_words.Line]:
    return agreement_words.meanwhile(
        facts.details,
        row=facts.row,
        seen=form.last_line if form else None,
        patient=facts.patient,
        viewer=facts.viewer,
    )
