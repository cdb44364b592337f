"""The synthesis as it is read: by the team and the médecin traitant, and by who decides."""

from uuid import UUID

from flask import Response, url_for

from portal.access.guard import current_patient, current_viewer, may
from portal.access.permissions import Permission
from portal.blueprints.programme_team.finding import of, programme
from portal.blueprints.programme_team.forms import AnswerForm
from portal.clock import now
from portal.db import current_session, transaction
from portal.education.programme import synthesis, telling
from portal.education.programme.doctor import doctor_of
from portal.education.programme.synthesis import Held
from portal.errors import ChangedMeanwhileError
from portal.web import dates
from portal.web.form_values import number_of
from portal.web.i18n import gettext
from portal.web.installed import current_keys
from portal.web.page import page, redirect_to

TEAM_DONE = ("asked",)
FAMILY_DONE = ("shared", "kept", "withdrawn", "same")


def team_page(*, done: str = "") -> Response:
    """What is shared; and what waits, to who wrote it alone."""
    there = programme()
    held = _held(there.id)
    is_author = held.newest is not None and held.newest.author_id == current_viewer().id
    own = held.newest if is_author and held.newest != held.shared else None
    return page(
        "programme_team/synthesis.html",
        patient=current_patient(),
        programme=there,
        shared=held.shared,
        own=own,
        is_waiting=held.waiting is not None,
        doctor=_doctor(),
        parts=parts(),
        day_of=day_of,
        done=done if done in TEAM_DONE else "",
    )


def family_page(*, status: int = 200, done: str = "") -> Response:
    there = programme()
    held, may_answer = _held(there.id), may(Permission.CONSENTS_ACT)
    return page(
        "programme_team/agree.html",
        status=status,
        patient=current_patient(),
        programme=there,
        waiting=held.waiting if may_answer else None,
        shared=held.shared,
        doctor=_doctor(),
        parts=parts(),
        day_of=day_of,
        may_answer=may_answer,
        is_stale=status == 409,
        done=done if done in FAMILY_DONE else "",
    )


def answer() -> Response:
    form = AnswerForm.from_request()
    if not form.is_sent_and_valid():
        return family_page(status=422)
    agrees, there, at = form.answer.data == "yes", programme(), now()
    try:
        with transaction() as session:
            is_new = synthesis.answer(
                session,
                **of(there.id),
                number=number_of(form.number.data),
                agrees=agrees,
                by=current_viewer().id,
                at=at,
            )
            if is_new and agrees:
                _tell_doctor(there.id)
    except ChangedMeanwhileError:
        return family_page(status=409)
    done = ("shared" if agrees else "kept") if is_new else "same"
    return redirect_to(url_for("programme_shared.show_synthesis", done=done))


def withdraw() -> Response:
    there = programme()
    with transaction() as session:
        is_changed = synthesis.withdraw(session, **of(there.id), at=now())
    done = "withdrawn" if is_changed else "same"
    return redirect_to(url_for("programme_shared.show_synthesis", done=done))


def parts() -> dict[str, str]:
    """The titles of the page, in its order; its own title stands above."""
    return {
        "situation": gettext("Where the person stands"),
        "goals": gettext("The goals, and what became of them"),
        "sessions": gettext("What was followed"),
        "next": gettext("What comes next"),
    }


def day_of(one: synthesis.Synthesis) -> str:
    return dates.full_day(dates.local(one.at, current_patient().time_zone).date())


def _held(programme_id: UUID) -> Held:
    return synthesis.held(current_session(), **of(programme_id), keys=current_keys())


def _doctor() -> str:
    """Empty when nobody of the circle can read it here."""
    found = doctor_of(current_session(), patient_id=current_patient().patient_id, at=now())
    return found.name if found is not None else ""


def _tell_doctor(programme_id: UUID) -> None:
    session, at = current_session(), now()
    found = doctor_of(session, patient_id=current_patient().patient_id, at=at)
    if found is not None:
        path = url_for("programme_papers.show_synthesis")
        telling.tell_professional(
            session,
            found.user_id,
            patient_id=current_patient().patient_id,
            subject_id=programme_id,
            path=path,
            at=at,
            keys=current_keys(),
        )
