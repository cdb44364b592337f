"""Writing a module: its parts one by one, kept while somebody types, merged when two write."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.writing import pages
from portal.blueprints.writing.markup import TOOLS, marked
from portal.blueprints.writing.parts import (
    ABOUT,
    QUESTIONS,
    STEPS,
    FieldShape,
    Part,
    part_of,
    typed,
)
from portal.clock import now
from portal.db import current_session, transaction
from portal.education.drafting import (
    MOST_QUESTIONS,
    MOST_STEPS,
    WRITABLE,
    DraftQuestion,
    DraftStep,
    DraftText,
    Saved,
    draft_of,
    fields_of,
    revision_of,
    save_draft,
    text_at,
    with_field,
)
from portal.education.standing import ModuleStanding
from portal.errors import NotFoundError, PublishingRefusedError
from portal.web.i18n import gettext
from portal.web.page import redirect_to, wants_fragment

bp = Blueprint("writing", __name__, url_prefix="/modules/<uuid:version_id>/edit")
_LISTS = {STEPS: (DraftStep, MOST_STEPS), QUESTIONS: (DraftQuestion, MOST_QUESTIONS)}


@bp.get("")
@requires(Permission.MODULES_WRITE)
def write(version_id: UUID) -> Response:
    standing = pages.find_writing(version_id)
    return _not_now(standing) or pages.overview_page(standing)


@bp.post("")
@requires(Permission.MODULES_WRITE)
def save_about(version_id: UUID) -> Response:
    return _save(version_id, ABOUT)


@bp.get("/<string:kind>")
@requires(Permission.MODULES_WRITE)
def write_list(version_id: UUID, kind: str) -> Response:
    """The sources, or the words that the module explains."""
    return _write(version_id, kind)


@bp.post("/<string:kind>")
@requires(Permission.MODULES_WRITE)
def save_list(version_id: UUID, kind: str) -> Response:
    return _save(version_id, kind)


@bp.get("/<string:kind>/<string:part_id>")
@requires(Permission.MODULES_WRITE)
def write_part(version_id: UUID, kind: str, part_id: str) -> Response:
    """A step, or a question."""
    return _write(version_id, kind, part_id)


@bp.post("/<string:kind>/<string:part_id>")
@requires(Permission.MODULES_WRITE)
def save_part(version_id: UUID, kind: str, part_id: str) -> Response:
    return _save(version_id, kind, part_id)


@bp.post("/<string:kind>/add")
@requires(Permission.MODULES_WRITE)
def add_part(version_id: UUID, kind: str) -> Response:
    """One more step or question at the end, opened at once."""
    standing = pages.find_writing(version_id)
    if kind not in _LISTS:
        raise NotFoundError("part of a module")
    made, most = _LISTS[kind]
    part = made()

    def add(draft: DraftText) -> DraftText:
        parts = getattr(draft, kind)
        return draft.model_copy(update={kind: (*parts, part)}) if len(parts) < most else draft

    saved = _saved(standing, add)
    if part.id not in [one.id for one in getattr(saved.draft.text, kind)]:
        return redirect_to(url_for("writing.write", version_id=version_id, moved="full"))
    address = url_for("writing.write_part", version_id=version_id, kind=kind, part_id=part.id)
    return redirect_to(address)


@bp.post("/<string:kind>/<string:part_id>/move")
@requires(Permission.MODULES_WRITE)
def move_part(version_id: UUID, kind: str, part_id: str) -> Response:
    """Up, down, or away; `undo` of the page that follows brings back what was."""
    standing = pages.find_writing(version_id)
    if kind not in _LISTS:
        raise NotFoundError("part of a module")
    where = request.form.get("where", "")
    before = draft_of(current_session(), standing.version).number

    def move(draft: DraftText) -> DraftText:
        return draft.model_copy(update={kind: _moved(list(getattr(draft, kind)), part_id, where)})

    saved = _saved(standing, move)
    is_gone = where == "away" and saved.draft.number != before
    address = url_for(
        "writing.write",
        version_id=version_id,
        moved="away" if is_gone else "moved",
        undo=before if is_gone else None,
    )
    return redirect_to(f"{address}#{kind}")


@bp.post("/settle")
@requires(Permission.MODULES_WRITE)
def settle_conflicts(version_id: UUID) -> Response:
    """Of each field that two people changed: theirs, mine, or what is written now."""
    standing = pages.find_writing(version_id)
    base, aside = _number("base"), _number("set_aside")
    mine = fields_of(revision_of(current_session(), version_id, aside).text)

    def choose(draft: DraftText) -> DraftText:
        for position, name in enumerate(request.form.getlist("field")):
            choice = request.form.get(f"choice-{position}", "")
            if choice == "mine" and name in mine:
                draft = with_field(draft, name, mine[name])
            elif choice == "both" and isinstance(mine.get(name), str):
                draft = with_field(draft, name, request.form.get(f"both-{position}", mine[name]))
        return draft

    saved = _saved(standing, choose, base=base)
    back = url_for("writing.write", version_id=version_id)
    if saved.conflicts:
        return pages.conflict_page(standing, saved.conflicts, back=back, set_aside=saved.set_aside)
    return redirect_to(url_for("writing.write", version_id=version_id, moved="settled"))


def _write(version_id: UUID, kind: str, part_id: str = "") -> Response:
    standing = pages.find_writing(version_id)
    is_saved = "saved" in request.args
    return _not_now(standing) or pages.part_page(standing, kind, part_id, is_saved=is_saved)


def _save(version_id: UUID, kind: str, part_id: str = "") -> Response:
    """What was typed into one part; htmx gets the help beside it, others the page again."""
    standing = pages.find_writing(version_id)
    part = part_of(kind, part_id)
    base = _number("base")
    seen = text_at(current_session(), standing.version, base)
    shapes = _shapes(part, seen, standing)
    values = typed(request.form, shapes)
    if pages.Fields(shapes, values).problems:
        return _again(standing, kind, part_id, values=values, base=base, status=422)
    values |= _tool(values) if kind == STEPS else {}
    try:
        saved = _saved(standing, lambda draft: part.changed(draft, values), base=base)
    except PublishingRefusedError:
        return _again(standing, kind, part_id, values=values, base=base, status=409, is_closed=True)
    if wants_fragment():
        return _kept(standing, kind, part_id, saved=saved, values=values, base=base)
    address = _address(version_id, kind, part_id)
    if saved.conflicts:
        return pages.conflict_page(
            standing, saved.conflicts, back=address, set_aside=saved.set_aside
        )
    anchor = "#body" if request.form.get("do") in TOOLS else ""
    return redirect_to(f"{address}{'&' if '?' in address else '?'}saved=1{anchor}")


def _shapes(part: Part, seen: DraftText, standing: ModuleStanding) -> list[FieldShape]:
    """The fields as the page showed them; of a part that came since, as it stands now."""
    try:
        return part.fields(seen)
    except NotFoundError:
        return part.fields(draft_of(current_session(), standing.version).text)


def _kept(
    standing: ModuleStanding,
    kind: str,
    part_id: str,
    *,
    saved: Saved,
    values: dict[str, str],
    base: int,
) -> Response:
    """While somebody types; what two people changed waits until they save it themselves."""
    if saved.conflicts:
        return _again(
            standing, kind, part_id, values=values, base=base, status=200, has_conflict=True
        )
    return _again(standing, kind, part_id, values=values, base=saved.draft.number, status=200)


def _again(
    standing: ModuleStanding,
    kind: str,
    part_id: str,
    *,
    values: dict[str, str],
    base: int,
    status: int,
    **context: Any,
) -> Response:
    if kind == ABOUT:
        draft = draft_of(current_session(), standing.version)
        fields = pages.Fields(part_of(ABOUT).fields(draft.text), values)
        return pages.overview_page(standing, fields=fields, base=base, status=status, **context)
    return pages.part_page(
        standing, kind, part_id, values=values, base=base, status=status, **context
    )


def _saved(
    standing: ModuleStanding,
    change: Callable[[DraftText], DraftText],
    *,
    base: int | None = None,
) -> Saved:
    """Change the state that the page showed, or what is there now."""
    with transaction() as session:
        version = standing.version
        number = draft_of(session, version).number if base is None else base
        text = change(text_at(session, version, number))
        return save_draft(session, version, text, base=number, by=current_viewer().id, at=now())


def _tool(values: dict[str, str]) -> dict[str, str]:
    """The body with the mark that a button of the toolbar stands for."""
    tool = request.form.get("do", "")
    if tool not in TOOLS:
        return {}
    sample = gettext("your text")
    passage = request.form.get("passage", "")
    return {"body": marked(values["body"], tool, passage=passage, sample=sample)}


def _moved(parts: list[DraftStep], part_id: str, where: str) -> tuple[DraftStep, ...]:
    place = next((n for n, part in enumerate(parts) if part.id == part_id), None)
    if place is None:
        raise NotFoundError("part of a module")
    part = parts.pop(place)
    if where != "away":
        step = {"up": -1, "down": 1}.get(where, 0)
        parts.insert(max(0, place + step), part)
    return tuple(parts)


def _not_now(standing: ModuleStanding) -> Response | None:
    """What waits for its review is not written: its page says where it stands."""
    if standing.version.state in WRITABLE:
        return None
    return redirect_to(url_for("module_desk.show_module", version_id=standing.version.id))


def _address(version_id: UUID, kind: str, part_id: str) -> str:
    if kind == ABOUT:
        return url_for("writing.write", version_id=version_id)
    if part_id:
        return url_for("writing.write_part", version_id=version_id, kind=kind, part_id=part_id)
    return url_for("writing.write_list", version_id=version_id, kind=kind)


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
