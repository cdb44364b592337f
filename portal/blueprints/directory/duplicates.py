"""Entries of the directory that may be the same, and making them one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.directory import candidates, merging
from portal.blueprints.directory.candidates import Place
from portal.blueprints.directory.choices import MergeForm, Side, choices_of
from portal.blueprints.directory.merging import Entry
from portal.blueprints.directory.queries import PLACES
from portal.blueprints.directory.service import version_of
from portal.blueprints.directory.words import entry_name, refusal_words
from portal.clock import now
from portal.db import current_session, transaction
from portal.errors import ChangedMeanwhileError, MergeRefusedError
from portal.models.directory import Practitioner
from portal.web.page import page, redirect_to

bp = Blueprint("directory_duplicates", __name__, url_prefix="/directory/duplicates")


@bp.get("")
@requires(Permission.DIRECTORY_MANAGE)
def list_duplicates() -> Response:
    is_about_places = request.args.get("what") == PLACES
    look = candidates.places if is_about_places else candidates.people
    found = look(current_session(), after=_after())
    next_key, next_id = found.next_place or (None, None)
    what = PLACES if is_about_places else None
    return page(
        "directory/duplicates.html",
        pairs=found.pairs,
        is_about_places=is_about_places,
        is_continued="after" in request.args,
        next_url=url_for(
            "directory_duplicates.list_duplicates", what=what, after=next_id, after_key=next_key
        )
        if found.next_place
        else "",
        entry_name=entry_name,
        done=request.args.get("done", "") if request.args.get("done") == "apart" else "",
    )


@bp.get("/<uuid:first_id>/<uuid:second_id>")
@requires(Permission.DIRECTORY_MANAGE)
def compare(first_id: UUID, second_id: UUID) -> Response:
    return _compare_page(*_pair(first_id, second_id))


@bp.get("/<uuid:first_id>/<uuid:second_id>/confirm")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def ask_to_merge(first_id: UUID, second_id: UUID) -> Response:
    """What will be, before it is: nothing is kept until the answer."""
    first, second = _pair(first_id, second_id)
    form = MergeForm(request.args)
    if not form.validate():
        return _compare_page(first, second, form=form, status=422)
    return _confirm_page(first, second, form)


@bp.post("/<uuid:first_id>/<uuid:second_id>/confirm")
@requires(Permission.DIRECTORY_MANAGE, step_up=True)
def merge(first_id: UUID, second_id: UUID) -> Response:
    form, session = MergeForm.from_request(), current_session()
    first, second = merging.pair(session, first_id, second_id)
    if not form.validate():
        return _compare_page(first, second, form=form, status=422)
    kept, gone = form.in_order(first, second)
    kept_id, is_person = kept.id, isinstance(kept, Practitioner)
    try:
        with transaction() as session:
            merging.merge(
                session,
                kept_id=kept_id,
                gone_id=gone.id,
                from_gone=form.from_gone(merging.fields_of(kept), request.form),
                version=form.version.data or "",
                by=current_viewer(),
                at=now(),
            )
    except ChangedMeanwhileError:
        return _compare_page(*_pair(first_id, second_id), form=form, status=409, is_stale=True)
    except MergeRefusedError as refused:
        return _compare_page(*_pair(first_id, second_id), status=422, refused=refused.reason)
    if is_person:
        url = url_for("directory.show_practitioner", practitioner_id=kept_id, done="merged")
    else:
        url = url_for("directory.show_organization", organization_id=kept_id, done="merged")
    return redirect_to(url)


@bp.post("/<uuid:first_id>/<uuid:second_id>/apart")
@requires(Permission.DIRECTORY_MANAGE)
def keep_apart(first_id: UUID, second_id: UUID) -> Response:
    with transaction() as session:
        one, other = merging.pair(session, first_id, second_id, lock=True)
        is_about_places = not isinstance(one, Practitioner)
        merging.keep_apart(session, one=one, other=other, actor_id=current_viewer().id, at=now())
    what = PLACES if is_about_places else None
    return redirect_to(url_for("directory_duplicates.list_duplicates", what=what, done="apart"))


def _pair(first_id: UUID, second_id: UUID) -> tuple[Entry, Entry]:
    return merging.pair(current_session(), first_id, second_id)


def _refusal(first: Entry, second: Entry) -> str:
    """Why these two stay two, before anybody tries; empty when they may be one."""
    try:
        merging.require_mergeable(current_session(), first, second, by=current_viewer(), at=now())
    except MergeRefusedError as refused:
        return refused.reason
    return ""


def _compare_page(
    first: Entry,
    second: Entry,
    *,
    form: MergeForm | None = None,
    status: int = 200,
    is_stale: bool = False,
    refused: str = "",
) -> Response:
    sent = request.values if form is not None else {}
    reason = refused or _refusal(first, second)
    circles = merging.circles(current_session(), kept=first, gone=second, at=now())
    sides: list[dict[str, Any]] = [
        {"row": row, "name": entry_name(row), "side": side, "circles": count}
        for row, side, count in (
            (first, Side.FIRST, circles.of_kept),
            (second, Side.SECOND, circles.of_gone),
        )
    ]
    return page(
        "directory/compare.html",
        status=status,
        form=form or MergeForm(),
        sides=sides,
        is_person=isinstance(first, Practitioner),
        choices=choices_of(first, second, sent),
        refusal=refusal_words(reason) if reason else "",
        is_stale=is_stale,
    )


def _confirm_page(first: Entry, second: Entry, form: MergeForm) -> Response:
    if _refusal(first, second):
        return _compare_page(first, second, status=422)
    kept, gone = form.in_order(first, second)
    return page(
        "directory/merge.html",
        first=first,
        second=second,
        kept_name=entry_name(kept),
        gone_name=entry_name(gone),
        is_person=isinstance(kept, Practitioner),
        keep=form.keep.data,
        version=version_of(kept, gone),
        circles=merging.circles(current_session(), kept=kept, gone=gone, at=now()),
        choices=choices_of(first, second, request.args),
    )


def _after() -> Place | None:
    try:
        # PostgreSQL holds no such character, and asks for none.
        key = request.args["after_key"][:500].replace("\0", "")
        return key, UUID(request.args["after"])
    except (KeyError, ValueError):
        return None
