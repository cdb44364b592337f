"""The structure of FHIR R4, checked by fhir.resources, said in plain sentences.

The library reads leniently (a JSON text where an object belongs, "true" for true, a number for a
date) and does not look at code sets: the first is caught here, the second in `codes`.
"""

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from portal.errors import ImportRefusedError
from portal.fhir.elements import Json, shown

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

_SENTENCES = {
    "list_type": "an array is expected here, {found} was found",
    "model_validation_format": "an object is expected here, {found} was found",
    "json_invalid": "an object is expected here, {found} was found",
    "string_type": "a string is expected here, {found} was found",
    "bool_parsing": "true or false is expected here, {found} was found",
    "bool_type": "true or false is expected here, {found} was found",
    "int_parsing": "a whole number is expected here, {found} was found",
    "int_type": "a whole number is expected here, {found} was found",
    "int_from_float": "a whole number is expected here, {found} was found",
    "extra_forbidden": "FHIR R4 has no such element here",
    "missing": "this element is required and missing",
    "model_field_validation.missing": "this element is required and missing",
    "string_pattern_mismatch": "{value} is not allowed here",
}
_ELEMENT = re.compile(r"_?[A-Za-z][A-Za-z0-9]*")


def check_structure(body: Json, *, kind: str, file: str, path: str) -> None:
    """Raises `ImportRefusedError` with the path of the first fault."""
    from pydantic import ValidationError

    try:
        model = _model(kind).model_validate(body)
    except ValidationError as error:
        raise ImportRefusedError(file, *_first_fault(error, path)) from None
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        # What the library does not foresee, such as a resource of unknown type inside this one.
        raise ImportRefusedError(file, path, f"this is not FHIR R4 ({shown(str(error))})") from None
    if fault := _mismatch(body, model, path):
        raise ImportRefusedError(file, *fault)


@cache
def _model(kind: str) -> "type[BaseModel]":
    # Loaded at the first import only: 0.3 s and 90 MB that the pages do not need. R4B and R4 are
    # the same for every resource that is read here; plain `fhir.resources.patient` would be R5.
    module = import_module(f"fhir.resources.R4B.{kind.lower()}")
    model: type[BaseModel] = getattr(module, kind)
    return model


def _first_fault(error: "ValidationError", path: str) -> tuple[str, str]:
    fault = error.errors(include_url=False, include_context=False)[0]
    where = path + "".join(_step(step) for step in fault["loc"])
    return where, _sentence(fault["type"], fault["msg"], fault["input"])


def _step(step: int | str) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    # The library's own marks ("root", names of types) are no elements.
    return f".{step}" if step != "root" and _ELEMENT.fullmatch(step) else ""


def _sentence(kind: str, message: str, value: Any) -> str:
    if kind == "list_type" and message.startswith("None is not allowed"):
        return "null is not allowed in this array"
    if template := _SENTENCES.get(kind):
        return template.format(found=_found(value), value=_quoted(value))
    if kind.startswith(("date", "time")) or "spec regex" in message:
        return _no_date(message, value)
    return message.replace("Value error, ", "").replace("Input should", "the value should")


def _no_date(message: str, value: Any) -> str:
    if not isinstance(value, str):
        return f"a date or time in a string is expected here, {_found(value)} was found"
    return f"{shown(value)} is no FHIR {_what(message)}"


def _quoted(value: Any) -> str:
    return shown(value) if isinstance(value, str) else _found(value)


def _what(message: str) -> str:
    match = re.search(r"(Date|DateTime|Instant|Time|Decimal) value string", message)
    names = {"DateTime": "date and time", "Decimal": "number"}
    return names.get(match[1], match[1].lower()) if match else "date"


def _found(value: Any) -> str:
    names: dict[type, str] = {
        dict: "an object",
        list: "an array",
        str: "a string",
        bool: "a boolean",
        type(None): "null",
    }
    return next((name for kind, name in names.items() if isinstance(value, kind)), "a number")


def _mismatch(raw: Any, read: Any, path: str) -> tuple[str, str] | None:
    """Where the library converted a JSON value of another type instead of refusing it."""
    if isinstance(raw, dict) and hasattr(read, "model_fields_set"):
        return _mismatch_in_object(raw, read, path)
    if isinstance(raw, list) and isinstance(read, list):
        pairs = enumerate(zip(raw, read, strict=False))
        faults = (_mismatch(a, b, f"{path}[{index}]") for index, (a, b) in pairs)
        return next(filter(None, faults), None)
    if raw is None or _expected(read) == (found := _found(raw)):
        return None
    return path, f"{_expected(read)} is expected here, {found} was found"


def _mismatch_in_object(raw: Json, read: Any, path: str) -> tuple[str, str] | None:
    model: type[BaseModel] = type(read)
    names = _attributes(model)
    for key, value in raw.items():
        attribute = names.get(key)
        if attribute is None:
            continue
        if fault := _mismatch(value, getattr(read, attribute), f"{path}.{key}"):
            return fault
    return None


@cache
def _attributes(model: "type[BaseModel]") -> dict[str, str]:
    return {field.alias or name: name for name, field in model.model_fields.items()}


def _expected(read: Any) -> str:
    if hasattr(read, "model_fields_set"):
        return "an object"
    if isinstance(read, list):
        return "an array"
    if isinstance(read, bool):
        return "a boolean"
    is_number = isinstance(read, int | float) or type(read).__name__ == "Decimal"
    return "a number" if is_number else "a string"
