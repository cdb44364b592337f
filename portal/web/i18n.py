"""Language: catalogues, the reader's locale, one template environment per locale."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, Request, Response, current_app, g, has_request_context, request
from markupsafe import escape

from portal.access.guard import loaded_viewer
from portal.access.sessions import cookie_name, set_cookie
from portal.config import LOCALES
from portal.web.typography import typo

CATALOGUES = Path(__file__).parents[2] / "translations"
LANGUAGE_COOKIE = "language"
_COOKIE_LASTS = timedelta(days=365)
_spoken: ContextVar[str | None] = ContextVar("spoken_locale", default=None)


def init_app(app: Flask, *, default_locale: str) -> None:
    def choose() -> None:
        g.default_locale = default_locale
        wished = request.args.get("lang")
        if wished in LOCALES:
            g.chosen_locale = wished

    def remember(response: Response) -> Response:
        if "chosen_locale" in g:
            chosen = g.chosen_locale
            set_cookie(app, response, LANGUAGE_COOKIE, chosen, max_age=_COOKIE_LASTS)
        response.headers.setdefault("Content-Language", current_locale())
        return response

    app.before_request(choose)
    app.after_request(remember)


@cache
def translations(locale: str) -> Translations:
    """The catalogue of a locale; English is the source and has none."""
    source = CATALOGUES / locale / "LC_MESSAGES" / "messages.po"
    if not source.exists():
        return Translations(io.BytesIO(_compiled(io.BytesIO(), locale)))
    with source.open("rb") as file:
        return Translations(io.BytesIO(_compiled(file, locale)))


def _compiled(source: Any, locale: str) -> bytes:
    catalog = read_po(source, locale=locale)
    for message in catalog:
        # Once at start, not at each page: no-break spaces and apostrophes of the language.
        if message.id and message.string:
            message.string = _typographic(message.string, locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    return compiled.getvalue()


def _typographic(string: Any, locale: str) -> Any:
    if isinstance(string, str):
        return typo(string, locale)
    return tuple(typo(form, locale) for form in string)


def current_locale() -> str:
    """The locale of this answer: the reader's choice, else the browser's wish, else the default."""
    spoken = _spoken.get()
    if spoken is not None:
        return spoken
    if not has_request_context():
        return LOCALES[0]
    viewer = loaded_viewer()
    known: tuple[object, str] | None = g.get("locale_of_viewer")
    if known is None or known[0] is not viewer:
        chosen = viewer.locale if viewer is not None and viewer.locale else None
        # Kept for the rest of the request: every label asks again.
        known = g.locale_of_viewer = (viewer, chosen or _wished_locale(request))
    return known[1]


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """All that is said within is in that language: mails are for somebody who is not here."""
    before = _spoken.set(locale)
    try:
        yield
    finally:
        _spoken.reset(before)


def _wished_locale(request: Request) -> str:
    chosen = g.get("chosen_locale") or request.cookies.get(
        cookie_name(current_app, LANGUAGE_COOKIE)
    )
    if chosen in LOCALES:
        return str(chosen)
    default: str = g.get("default_locale", LOCALES[0])
    if not request.accept_languages:
        return default
    return request.accept_languages.best_match(LOCALES, default) or default


def text_direction(locale: str) -> str:
    """`ltr` or `rtl`."""
    return str(Locale.parse(locale).text_direction)


def gettext(message: str, **values: object) -> str:
    return _filled(translations(current_locale()).ugettext(message), values)


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    chosen = translations(current_locale()).ungettext(singular, plural, number)
    return _filled(chosen, {"num": number} | values)


def pgettext(context: str, message: str, **values: object) -> str:
    return _filled(translations(current_locale()).upgettext(context, message), values)


def _filled(message: str, values: Mapping[str, object]) -> str:
    return message % values if values else message


class LazyText:
    """A text that is translated when it is shown: for labels written at import time."""

    def __init__(self, message: str, **values: object) -> None:
        self._message, self._values = message, values

    def __str__(self) -> str:
        return gettext(self._message, **self._values)

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __mod__(self, values: object) -> str:
        return str(self) % values


def lazy_gettext(message: str, **values: object) -> Any:
    return LazyText(message, **values)
