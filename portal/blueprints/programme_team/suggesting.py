"""What a synthesis begins with: the assessment, the goals, what was followed, what comes next."""

from portal.blueprints.programme_team.assessments import questions
from portal.blueprints.programme_team.finding import goals_and_items, of
from portal.db import current_session
from portal.education.programme import synthesis
from portal.education.programme.followed import followed
from portal.education.programme.following import Following, Goal, Item
from portal.education.programme.papers import LONGEST
from portal.models.programme import GoalOutcome
from portal.web.i18n import gettext
from portal.web.installed import current_keys

LONGEST_PART = 300
"""Of each answer of the assessment: the professional keeps what matters."""


def first_words(there: Following) -> dict[str, str]:
    """By field of the form: what was written last, else the words of the other papers."""
    session, keys = current_session(), current_keys()
    if there.synthesis:
        newest = synthesis.held(session, **of(there.id), keys=keys).newest
        texts = newest.texts if newest is not None else {}
        return _fields(texts)
    goals, items = goals_and_items(there.id)
    return _fields(
        {
            "title": there.title,
            "situation": _situation(there.assessment_texts),
            "goals": "\n".join(_goal(one) for one in goals),
            "sessions": _sessions(there, items),
            "next": there.evaluation_texts.get("next", ""),
        }
    )


def session_words(there: Following) -> str:
    """The modules and workshops followed to the end, one a line, of who shows it now."""
    _goals, items = goals_and_items(there.id)
    return _followed_words(there, items)


def outcome_words(outcome: GoalOutcome | None) -> str:
    return {
        GoalOutcome.REACHED: gettext("reached"),
        GoalOutcome.PARTLY: gettext("reached in part"),
        GoalOutcome.NOT_YET: gettext("not reached yet"),
        None: gettext("nothing was said yet"),
    }[outcome]


def _sessions(there: Following, items: list[Item]) -> str:
    """As they are shown now; of a programme that is over, as they stood in its evaluation."""
    if there.shares_progress:
        return _followed_words(there, items)
    return "" if there.is_under_way else there.evaluation_texts.get("sessions", "")


def _followed_words(there: Following, items: list[Item]) -> str:
    read = followed(current_session(), **of(there.id))
    done = [one for one in items if one.id in read and read[one.id].finished_at]
    return "\n".join(_session(one) for one in done)[:LONGEST]


def _fields(texts: dict[str, str]) -> dict[str, str]:
    names = {"title": "heading", "next": "what_next"}
    return {names.get(part, part): texts.get(part, "") for part in synthesis.PARTS}


def _situation(texts: dict[str, str]) -> str:
    asked = questions()
    said = ((asked[name], texts[name]) for name in asked if texts.get(name))
    return "\n".join(f"{question}\u00a0: {text[:LONGEST_PART]}" for question, text in said)


def _goal(goal: Goal) -> str:
    return f"{goal.words}\u00a0: {outcome_words(goal.outcome)}"


def _session(item: Item) -> str:
    if item.workshop_id is not None:
        return gettext("Workshop: %(title)s", title=item.title)
    return gettext("Module: %(title)s", title=item.title)
