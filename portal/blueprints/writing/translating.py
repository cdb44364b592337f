"""Writing a module in another language beside the text that it follows."""

from typing import Any
from uuid import UUID

from babel import Locale
from flask import Blueprint, Response, request, url_for

from portal.access.guard import current_viewer, requires
from portal.access.permissions import Permission
from portal.blueprints.writing import pages
from portal.blueprints.writing.beside import lines, part_id, sections, with_parts
from portal.blueprints.writing.parts import (
    part_of,
    typed,
)
from portal.clock import now
from portal.db import current_session, transaction
from portal.education.drafting import (
    WRITABLE,
    DraftText,
    draft_of,
    draft_text,
    in_work,
    save_draft,
    text_at,
)
from portal.education.standing import ModuleStanding, standing_towards
from portal.education.storing import text_of
from portal.education.translating import (
    LANGUAGES,
    Original,
    follow,
    original_of,
    start_translation,
)
from portal.errors import ChangedMeanwhileError, NotFoundError, PublishingRefusedError
from portal.web.i18n import current_locale, gettext
from portal.web.page import page, redirect_to

bp = Blueprint("translating", __name__, url_prefix="/modules/<uuid:version_id>/translate")


@bp.get("")
@requires(Permission.MODULES_WRITE)
def show(version_id: UUID) -> Response:
    """Of a translation its parts; of a published version the languages it may be written in."""
    standing = _standing(version_id)
    original = original_of(current_session(), standing.version)
    if original is None or standing.version.published_at is not None:
        return _languages_page(standing)
    if standing.version.state not in WRITABLE:
        return redirect_to(url_for("module_desk.show_module", version_id=version_id))
    texts = _texts(original)
    draft = draft_of(current_session(), standing.version)
    return page(
        "writing/translation.html",
        version=standing.version,
        original=original,
        languages=(_name(original.newest.locale), _name(standing.version.locale)),
        sections=sections(texts, draft.text),
        done=request.args.get("done", ""),
    )


@bp.post("")
@requires(Permission.MODULES_WRITE)
def begin(version_id: UUID) -> Response:
    standing = _standing(version_id)
    locale = request.form.get("locale", "")
    if locale not in LANGUAGES or locale == standing.version.locale:
        return _languages_page(standing, is_missing=True)
    try:
        with transaction() as session:
            made = start_translation(
                session, standing.version, locale=locale, by=current_viewer().id, at=now()
            )
            address = url_for("translating.show", version_id=made.id)
    except ChangedMeanwhileError:
        other = in_work(current_session(), standing.version.module_id, locale)
        address = url_for("module_desk.show_module", version_id=other or version_id)
    except PublishingRefusedError:
        address = url_for("module_desk.show_module", version_id=version_id)
    return redirect_to(address)


@bp.post("/follow")
@requires(Permission.MODULES_WRITE)
def confirm_follow(version_id: UUID) -> Response:
    """All that changed in the original is said in the translation too."""
    standing = pages.find_writing(version_id)
    with transaction() as session:
        original = original_of(session, standing.version)
        if original is None:
            raise NotFoundError("translation")
        follow(session, standing.version, original)
    return redirect_to(url_for("translating.show", version_id=version_id, done="follows"))


@bp.get("/<string:kind>/<int:number>")
@requires(Permission.MODULES_WRITE)
def write_part(version_id: UUID, kind: str, number: int) -> Response:
    """The source on one side, the translation on the other."""
    standing = pages.find_writing(version_id)
    if standing.version.state not in WRITABLE:
        return redirect_to(url_for("module_desk.show_module", version_id=version_id))
    return _part_page(standing, kind, number)


@bp.post("/<string:kind>/<int:number>")
@requires(Permission.MODULES_WRITE)
def save_part(version_id: UUID, kind: str, number: int) -> Response:
    standing = pages.find_writing(version_id)
    base = int(request.form.get("base", "0") or 0) if request.form.get("base", "0").isdigit() else 0
    session = current_session()
    seen = with_parts(text_at(session, standing.version, base), kind, number)
    part = part_of(kind, part_id(seen, kind, number))
    values = typed(request.form, part.fields(seen))
    if pages.Fields(part.fields(seen), values).problems:
        return _part_page(standing, kind, number, values=values, base=base, status=422)
    try:
        with transaction() as session:
            saved = save_draft(
                session,
                standing.version,
                part.changed(seen, values),
                base=base,
                by=current_viewer().id,
                at=now(),
            )
    except PublishingRefusedError:
        return _part_page(
            standing, kind, number, values=values, base=base, status=409, is_closed=True
        )
    back = url_for("translating.show", version_id=version_id, done="saved")
    if saved.conflicts:
        return pages.conflict_page(standing, saved.conflicts, back=back, set_aside=saved.set_aside)
    return redirect_to(back)


def _part_page(
    standing: ModuleStanding,
    kind: str,
    number: int,
    *,
    values: dict[str, str] | None = None,
    base: int | None = None,
    status: int = 200,
    is_closed: bool = False,
) -> Response:
    original = original_of(current_session(), standing.version)
    if original is None:
        raise NotFoundError("translation")
    newest, followed = _texts(original)
    draft = draft_of(current_session(), standing.version)
    target = with_parts(draft.text, kind, number)
    shapes = part_of(kind, part_id(target, kind, number)).fields(target)
    fields = pages.Fields(shapes, values or {})
    return page(
        "writing/translation_part.html",
        status=status,
        version=standing.version,
        original=original,
        languages=(_name(original.newest.locale), _name(standing.version.locale)),
        kind=kind,
        number=number,
        fields=fields,
        lines=lines(kind, number, newest=newest, followed=followed, shapes=shapes, fields=fields),
        base=draft.number if base is None else base,
        saved=pages.saved_words(draft),
        is_closed=is_closed,
    )


def _texts(original: Original) -> tuple[DraftText, DraftText]:
    """Of what is read now, and of what the translation follows."""
    session = current_session()
    newest = draft_text(text_of(session, original.newest))
    if not original.has_changed:
        return newest, newest
    return newest, draft_text(text_of(session, original.followed))


def _standing(version_id: UUID) -> ModuleStanding:
    """Whoever writes for the organization may write it in another language."""
    standing = standing_towards(current_session(), version_id, user_id=current_viewer().id)
    if not (standing.writes or standing.reads_as_peer):
        raise NotFoundError("module version")
    return standing


def _languages_page(standing: ModuleStanding, *, is_missing: bool = False) -> Response:
    choices: list[tuple[str, Any]] = [
        (locale, _name(locale)) for locale in LANGUAGES if locale != standing.version.locale
    ]
    return page(
        "writing/languages.html",
        status=422 if is_missing else 200,
        version=standing.version,
        is_published=standing.version.published_at is not None,
        choices=sorted(choices, key=lambda one: one[1]),
        problem=gettext("Choose a language") if is_missing else "",
    )


def _name(locale: str) -> str:
    """`anglais`, `arabe`: in the reader's language."""
    return Locale.parse(locale).get_display_name(current_locale()) or locale
