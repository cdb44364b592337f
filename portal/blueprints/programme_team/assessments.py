"""The one page of the shared assessment, for the family and for the team."""

from dataclasses import dataclass

from flask import Response, url_for

from portal.access.guard import current_author, current_patient, may
from portal.access.permissions import Permission
from portal.blueprints.programme_team.finding import of, programme
from portal.blueprints.programme_team.forms import AssessmentForm
from portal.clock import now
from portal.db import current_session, transaction
from portal.education.programme import assessment
from portal.education.programme.assessment import QUESTIONS, State
from portal.education.programme.following import Following
from portal.education.programme.papers import NotUnderWayError
from portal.errors import ChangedMeanwhileError
from portal.web import dates
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to


@dataclass(frozen=True, slots=True)
class Door:
    """From which side the page is opened: where its forms lead, who may write there."""

    blueprint: str
    writes: Permission
    back: str
    """The endpoint of the page before; empty without one."""

    def url(self, view: str, **values: str) -> str:
        return url_for(f"{self.blueprint}.{view}", **values)  # type: ignore[arg-type]  # texts of a query


def assessment_page(
    door: Door,
    *,
    form: AssessmentForm | None = None,
    status: int = 200,
    done: str = "",
) -> Response:
    there = programme()
    session, keys = current_session(), current_keys()
    patient_id = current_patient().patient_id
    found = assessment.states(
        session, patient_id=patient_id, programme_id=there.id, keys=keys, most=1
    )
    state = next(iter(found), None)
    return page(
        "programme_team/assessment.html",
        status=status,
        patient=current_patient(),
        door=door,
        programme=there,
        state=state,
        form=_form(there, state, form, status=status),
        questions=questions(),
        may_write=there.is_under_way and may(door.writes),
        day_of=_day_of,
        is_stale=status == 409,
        done=done if done in ("saved", "same") else "",
    )


def save(door: Door, form: AssessmentForm) -> Response:
    if not form.is_sent_and_valid():
        return assessment_page(door, form=form, status=422)
    try:
        with transaction() as session:
            is_changed = assessment.write(
                session,
                form.texts,
                **of(form.programme_id),
                base=form.base_number,
                by=current_author(door.writes),
                at=now(),
                keys=current_keys(),
            )
    except (ChangedMeanwhileError, NotUnderWayError):
        return assessment_page(door, form=form, status=409)
    return redirect_to(door.url("show_assessment", done="saved" if is_changed else "same"))


def history_page(door: Door) -> Response:
    there = programme()
    patient_id, keys = current_patient().patient_id, current_keys()
    states = assessment.states(
        current_session(), patient_id=patient_id, programme_id=there.id, keys=keys
    )
    return page(
        "programme_team/history.html",
        patient=current_patient(),
        door=door,
        states=states,
        questions=questions(),
        day_of=_day_of,
    )


def questions() -> dict[str, str]:
    """In plain words, as the patient would say them."""
    words = (
        gettext("What I live with day by day"),
        gettext("What I know, and what I wonder about"),
        gettext("What is hard"),
        gettext("What helps me, and on whom I rely"),
        gettext("What I would like to be able to do"),
    )
    return dict(zip(QUESTIONS, words, strict=True))


def _form(
    there: Following, state: State | None, form: AssessmentForm | None, *, status: int
) -> AssessmentForm:
    if form is None:
        form = AssessmentForm(data=dict(state.texts) if state else {})
    if status in (200, 409):
        # What is sent next was written beside what stands there now.
        form.programme.data = str(there.id)
        form.base.data = str(state.number if state else 0)
    return form


def _day_of(state: State) -> str:
    local = dates.local(state.at, current_patient().time_zone)
    return f"{dates.full_day(local.date())}, {dates.clock(local)}"
