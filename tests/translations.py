"""Catalogues against the code: `--check` says what is missing, without it they are brought up."""

import re
import sys
import tomllib
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
TRANSLATED = ("fr",)
KEYWORDS = DEFAULT_KEYWORDS | {
    "lazy_gettext": None,
    "_l": None,
    "NP_": ((1, "c"), 2),
}
_IDLE_HEADERS = (
    '"Report-Msgid-Bugs-To:',
    '"POT-Creation-Date:',
    '"PO-Revision-Date:',
    '"Last-Translator:',
    '"Language-Team:',
    '"Generated-By:',
)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def catalogue_file(locale: str) -> Path:
    return ROOT / "translations" / locale / "LC_MESSAGES" / "messages.po"


def catalogue(locale: str) -> Catalog:
    with catalogue_file(locale).open("rb") as file:
        return read_po(file, locale=locale)


def extracted() -> Catalog:
    """Every message of the code and the templates, by the mapping in pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in settings]
    options = {"portal/templates/**.html": {"trimmed": "true", "silent": "false"}}
    found = extract_from_dir(ROOT, methods, options, KEYWORDS, directory_filter=_is_ours)
    messages = Catalog(project="Relais", fuzzy=False)
    for _file, _line, message, _comments, context in found:
        messages.add(message, context=context)
    return messages


def _is_ours(folder: str) -> bool:
    """Only the package: the folder of the dependencies lies beside it."""
    return not Path(folder).name.startswith(".") and Path(folder).name not in (
        "instance",
        "tests",
    )


def problems(locale: str) -> list[str]:
    """One line for each message that a reader would miss, and each that nobody shows."""
    code, words = extracted(), catalogue(locale)
    lines = [f"missing: {_name(one.id)}" for one in code if one.id and _of(words, one) is None]
    lines += [f"not used: {_name(one.id)}" for one in words if one.id and _of(code, one) is None]
    lines += [f"obsolete: {_name(key)}" for key in words.obsolete]
    for message in words:
        if message.id:
            lines += _faults(message)
    return lines


def _of(messages: Catalog, message: object) -> object:
    return messages.get(message.id, message.context)  # type: ignore[attr-defined]  # a Message


def _faults(message: object) -> list[str]:
    ids, strings = _forms(message.id), _forms(message.string)  # type: ignore[attr-defined]  # a Message
    name = _name(message.id)  # type: ignore[attr-defined]  # a Message
    if message.fuzzy:  # type: ignore[attr-defined]  # a Message
        return [f"fuzzy: {name}"]
    if not all(strings):
        return [f"empty: {name}"]
    wanted = set(_PLACEHOLDER.findall(ids[-1]))
    differs = any(set(_PLACEHOLDER.findall(string)) != wanted for string in strings)
    return [f"other placeholders: {name}"] if differs else []


def _forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _name(key: object) -> str:
    return str(key[0] if isinstance(key, (tuple, list)) else key)


def update(locale: str) -> None:
    words = catalogue(locale)
    words.update(extracted(), no_fuzzy_matching=True)
    words.obsolete.clear()
    file = BytesIO()
    write_po(file, words, width=100, no_location=True, sort_output=True, ignore_obsolete=True)
    # Babel's header names people and dates that nobody keeps up to date.
    lines = file.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(_IDLE_HEADERS)]
    catalogue_file(locale).write_text("".join(kept))


def main(arguments: list[str]) -> int:
    if "--check" not in arguments:
        for locale in TRANSLATED:
            update(locale)
    found = [f"{locale}: {line}" for locale in TRANSLATED for line in problems(locale)]
    sys.stderr.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
