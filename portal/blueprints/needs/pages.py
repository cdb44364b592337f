"""The pages about needs, as they stand now: after a look, and after an act that was refused."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from flask import Response, request

from portal.access.guard import current_patient, current_viewer, may
from portal.access.permissions import Permission
from portal.blueprints.needs import history, queries
from portal.blueprints.needs.cards import card
from portal.blueprints.needs.forms import EndForm, NeedForm, OwnerForm, version_of, written
from portal.blueprints.needs.people import Person, people_of
from portal.blueprints.needs.queries import ChangeRow, OneNeed
from portal.blueprints.needs.settling import own_place, review_after
from portal.blueprints.needs.writing import can_answer
from portal.clock import now
from portal.db import current_session
from portal.models.need import NeedCode
from portal.teams.reading import read_team
from portal.teams.rows import Team
from portal.web import dates
from portal.web.labels import need_label
from portal.web.page import page

_DONE = ("added", "changed", "same", "assigned", "taken", "confirmed", "ended", "reopened")
_ALL_CHANGES = 1000


def today() -> date:
    """Where the patient lives."""
    return dates.local(now(), current_patient().time_zone).date()


def list_page() -> Response:
    patient, team = current_patient(), _team()
    people = _people(team)
    cards = [card(row, people, today=today()) for row in team.needs]
    done = _done()
    return page(
        "needs/list.html",
        patient=patient,
        alarms=[one for one in cards if one.is_alarm],
        calm=[one for one in cards if not one.is_alarm],
        ended=queries.ended_needs(current_session(), patient_id=patient.patient_id),
        choices=_choices(team, people),
        may_act=may(Permission.CARE_TEAM_ACT),
        form=OwnerForm(),
        done=done,
        done_to=next((one for one in cards if str(one.id) == request.args.get("of")), None),
        is_told="told" in request.args,
    )


def need_page(
    need_id: UUID, *, status: int = 200, form: OwnerForm | None = None, since: int | None = None
) -> Response:
    """`since` is the version that the reader saw when the act was refused."""
    patient, viewer = current_patient(), current_viewer()
    before = version_of(request.args.get("before"))
    need, changes = _need(need_id, before=before, since=since)
    team = _team()
    people = _people(team)
    own = own_place(team.members, practitioner_id=viewer.practitioner_id)
    shown = queries.MOST_CHANGES
    return page(
        "needs/need.html",
        status=status,
        patient=patient,
        need=need,
        card=card(need, people, today=today()),
        lines=history.lines(changes, shown=shown, patient=patient, viewer=viewer),
        older=changes[shown - 1].version if len(changes) > shown else None,
        meanwhile=None if since is None else history.summary(changes, since=since),
        choices=_choices(team, people),
        can_take_over=own is not None and own.id != need.owner_id,
        may_act=may(Permission.CARE_TEAM_ACT),
        form=form or OwnerForm(),
        done=_done(),
        is_told="told" in request.args,
    )


def add_page(form: NeedForm, *, status: int = 200) -> Response:
    team = _team()
    own = queries.own_types(current_session(), patient_id=current_patient().patient_id)
    return page(
        "needs/write.html",
        status=status,
        patient=current_patient(),
        form=form,
        card=None,
        meanwhile=None,
        is_over=False,
        kinds=[(code.value, need_label(code)) for code in NeedCode],
        own_kinds=[(f"type:{one.id}", one.label) for one in own],
        keeper=team.keeper.name if team.keeper else "",
        choices=_choices(team, _people(team)),
    )


def change_page(
    form: NeedForm, need_id: UUID, *, status: int = 200, since: int | None = None
) -> Response:
    need, changes = _need(need_id, since=since)
    if since is not None:
        form.version.data = str(need.version)
    return _change_page(form, need, changes, status=status, since=since)


def new_change_page(form: NeedForm, need: OneNeed) -> Response:
    """As it stands; a day of review that passed is proposed anew."""
    is_ahead = need.review_on is not None and need.review_on > today()
    form.process(
        data={
            "detail": need.detail,
            "owner": str(need.owner_id or ""),
            "deputy": str(need.deputy_id or ""),
            "contact_text": need.contact_text,
            "frequency": need.frequency,
            "review_on": written(
                need.review_on if is_ahead and need.review_on else review_after(today())
            ),
            "version": str(need.version),
        }
    )
    return _change_page(form, need, [], status=200, since=None)


def end_page(
    form: EndForm, need_id: UUID, *, status: int = 200, since: int | None = None
) -> Response:
    need, changes = _need(need_id, since=since)
    if since is not None or not form.version.data:
        form.version.data = str(need.version)
    return page(
        "needs/end.html",
        status=status,
        patient=current_patient(),
        form=form,
        card=card(need, {}, today=today()),
        meanwhile=None if since is None else history.summary(changes, since=since),
        is_over=need.ended_at is not None,
    )


def find_need(need_id: UUID) -> OneNeed:
    """Raises `NotFoundError`."""
    return _need(need_id)[0]


def _change_page(
    form: NeedForm, need: OneNeed, changes: list[ChangeRow], *, status: int, since: int | None
) -> Response:
    team = _team()
    people = _people(team)
    return page(
        "needs/write.html",
        status=status,
        patient=current_patient(),
        form=form,
        card=card(need, people, today=today()),
        meanwhile=None if since is None else history.summary(changes, since=since),
        is_over=need.ended_at is not None,
        kinds=[],
        own_kinds=[],
        keeper="",
        # Whoever answers for it already stays, also when the file is closed to them.
        choices=_choices(team, people, kept=(need.owner_id, need.deputy_id)),
    )


def _need(
    need_id: UUID, *, before: int | None = None, since: int | None = None
) -> tuple[OneNeed, list[ChangeRow]]:
    return queries.need_with_changes(
        current_session(),
        patient_id=current_patient().patient_id,
        need_id=need_id,
        at=now(),
        before=before,
        limit=queries.MOST_CHANGES if since is None else _ALL_CHANGES,
    )


def _team() -> Team:
    return read_team(
        current_session(),
        patient_id=current_patient().patient_id,
        viewer_id=current_viewer().id,
        at=now(),
    )


def _people(team: Team) -> dict[UUID, Person]:
    return people_of(team.members, practitioner_id=current_viewer().practitioner_id)


def _choices(
    team: Team, people: dict[UUID, Person], *, kept: Collection[UUID | None] = ()
) -> list[Person]:
    ids = {one.id for one in can_answer(team.members)}.union(kept)
    return [one for one in people.values() if one.id in ids]


def _done() -> str:
    done = request.args.get("done", "")
    return done if done in _DONE else ""
