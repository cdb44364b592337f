"""The questions of patients about who read their file, for the data-protection contact.

The contact reads the facts of one line and what was written to them, nothing of the record. The
patient is named: the answer is found by asking the team why they opened that file.
"""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.access_log import question_queries, service, words
from portal.blueprints.access_log.forms import AnswerForm
from portal.blueprints.access_log.question_queries import Case
from portal.clock import now
from portal.db import current_session, transaction
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to

bp = Blueprint("access_questions", __name__, url_prefix="/privacy/questions")
QUESTIONS_PER_PAGE = 30


@bp.get("")
@requires(Permission.ACCESS_QUESTIONS_ANSWER)
def list_questions() -> Response:
    is_answered, after = "answered" in request.args, _uuid(request.args.get("after", ""))
    found = question_queries.questions(
        current_session(), is_answered=is_answered, limit=QUESTIONS_PER_PAGE + 1, after_id=after
    )
    shown = found[:QUESTIONS_PER_PAGE]
    return page(
        "access_log/questions.html",
        questions=shown,
        is_answered=is_answered,
        is_continued=after is not None,
        goes_on=shown[-1].id if len(found) > len(shown) else None,
    )


@bp.get("/<uuid:question_id>")
@requires(Permission.ACCESS_QUESTIONS_ANSWER)
def show_case(question_id: UUID) -> Response:
    return _case_page(_case(question_id), AnswerForm.from_request())


@bp.post("/<uuid:question_id>")
@requires(Permission.ACCESS_QUESTIONS_ANSWER)
def answer_question(question_id: UUID) -> Response:
    case, form = _case(question_id), AnswerForm.from_request()
    if not form.is_sent_and_valid():
        return _case_page(case, form, status=422)
    with transaction() as session:
        is_answered = service.answer(
            session,
            keys=current_keys(),
            question=case.question,
            text=form.answer.data,
            by=current_viewer().id,
            at=now(),
        )
    done = "answered" if is_answered else "before"
    return redirect_to(url_for("access_questions.show_case", question_id=question_id, done=done))


def _case(question_id: UUID) -> Case:
    return question_queries.case(
        current_session(), question_id=question_id, contact_id=current_viewer().id
    )


def _case_page(case: Case, form: AnswerForm, *, status: int = 200) -> Response:
    keys = current_keys()
    return page(
        "access_log/case.html",
        status=status,
        case=case,
        form=form,
        message=service.message_of(case.question, keys=keys),
        answer=service.answer_of(case.question, keys=keys),
        words=words,
        done=request.args.get("done", ""),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
