"""One Jinja environment per locale, with the catalogue bound in and the macros on a global `ui`."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import url_for
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.config import LOCALES
from portal.web import dates, labels
from portal.web.i18n import text_direction, translations
from portal.web.installed import portal_address, static_url
from portal.web.passkeys import has_passkeys
from portal.web.typography import first_up, of_name, phone_text, typo

TEMPLATES = Path(__file__).parents[1] / "templates"


_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


class _Unindented(FileSystemLoader):
    """Pages without the blanks that only readers of templates need; mails keep theirs."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:
        source, path, is_fresh = super().get_source(environment, template)
        return _INDENT.sub("", source) if template.endswith(".html") else source, path, is_fresh


@cache
def environment(locale: str) -> Environment:
    env = Environment(
        loader=_Unindented(TEMPLATES),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]  # added by the i18n extension
    env.policies["ext.i18n.trimmed"] = True
    env.filters.update(
        of=lambda name: of_name(name, locale),
        typo=lambda text: typo(text, locale),
        phone=phone_text,
        tel=telephone,
        initials=initials,
        first_up=first_up,
    )
    env.globals.update(
        url_for=url_for,
        static=static_url,
        has_passkeys=has_passkeys,
        portal_address=portal_address,
        dates=dates,
        labels=labels,
        locale=locale,
        direction=text_direction(locale),
        languages=_LANGUAGE_NAMES,
    )
    # A global: a block rendered alone does not see an import made above it.
    env.globals["ui"] = env.get_template("components/ui.html").make_module({})
    return env


_LANGUAGE_NAMES = {locale: {"fr": "Français", "en": "English"}[locale] for locale in LOCALES}


def telephone(number: str) -> str:
    """For `tel:` links: French numbers in international form, foreign ones as their digits."""
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    if len(digits) == 10 and digits.startswith("0"):
        return f"+33{digits[1:]}"
    return digits


def initials(*names: Any) -> str:
    """Two letters for an avatar: `JM`; from one name alone its first two words."""
    words = [word for name in names for word in str(name).replace("-", " ").split()]
    proper = [word for word in words if word[:1].isupper()] or words
    if not proper:
        return "?"
    first, last = proper[0], proper[-1] if len(proper) > 1 else proper[0][1:]
    return (first[:1] + last[:1]).upper()
