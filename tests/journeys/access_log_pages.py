"""Every page about who read a file, for `places`."""

from tests.journeys import readings
from tests.journeys.spots import Spot

SPOTS = (
    Spot("access-log-empty", "Qui a consulté mon dossier", readings.nothing),
    Spot("access-log-no-match", "Qui a consulté mon dossier", readings.nothing_for_a_choice),
    Spot("access-log", "Qui a consulté mon dossier", readings.the_log),
    Spot("access-log-narrowed", "Qui a consulté mon dossier", readings.the_log_narrowed),
    Spot("access-log-ask", "Cela me surprend", readings.a_form),
    Spot("access-log-ask-mistakes", "Cela me surprend", readings.a_form_with_mistakes),
    Spot("access-log-asked", "Ma question", readings.a_question_sent),
    Spot("access-log-question", "Ma question", readings.a_question_that_waits),
    Spot("access-log-answer", "Ma question", readings.an_answer),
    Spot("questions", "Questions sur les consultations", readings.the_questions),
    Spot("questions-end", "Questions sur les consultations", readings.no_more_questions),
    Spot("questions-answered", "Questions sur les consultations", readings.the_answered_questions),
    Spot("question-case", "Une question sur le dossier de Jeanne Morel", readings.a_case),
    Spot(
        "question-case-mistakes",
        "Une question sur le dossier de Jeanne Morel",
        readings.a_case_without_an_answer,
    ),
    Spot(
        "question-case-answered",
        "Une question sur le dossier de Jeanne Morel",
        readings.a_case_answered,
    ),
    Spot(
        "question-case-before",
        "Une question sur le dossier de Jeanne Morel",
        readings.a_case_answered_before,
    ),
)
