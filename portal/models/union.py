"""Several lists of different tables by one statement: each is an arm of one UNION ALL.

A page of five statements cannot read them one by one. The columns of the arms share slots by
type: `text3` is the fourth text of each arm.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    LargeBinary,
    RowMapping,
    Select,
    String,
    Uuid,
    cast,
    literal,
    null,
    select,
)

from portal.models.base import UtcDateTime

_BY_TYPE: dict[str, Any] = {
    "json": JSON(),
    "flag": Boolean(),
    "day": Date(),
    "instant": UtcDateTime(),
    "number": Integer(),
    "uuid": Uuid(),
    "sealed": LargeBinary(),
}


class ArmOf(NamedTuple):
    """What one arm selects, and the row that it becomes: the names are its fields."""

    columns: Mapping[str, ColumnElement[Any]]
    row: type[Any]


class Union:
    """The arms of one statement; `arm` selects, `read` sorts the rows out again."""

    def __init__(self, arms: Mapping[str, ArmOf]) -> None:
        self._arms = arms
        self._slots = {name: _slots(arm.columns) for name, arm in arms.items()}
        self._all_slots = sorted(
            {slot for slots in self._slots.values() for slot in slots.values()}
        )

    def slot(self, arm: str, field: str) -> str:
        """The label under which a field stands in the statement."""
        return self._slots[arm][field]

    def arm(self, name: str, position: ColumnElement[Any] | None = None) -> Select[Any]:
        """Selects the columns, labelled by slot, after `arm` and `position`."""
        fields = self._arms[name].columns
        by_slot = {slot: fields[field] for field, slot in self._slots[name].items()}
        chosen = [_filled(by_slot.get(slot), slot).label(slot) for slot in self._all_slots]
        place = literal(0) if position is None else position
        return select(literal(name).label("arm"), place.label("position"), *chosen)

    def read(self, rows: Iterable[RowMapping]) -> dict[str, list[Any]]:
        """Arm → its rows, in the order in which they came."""
        found: dict[str, list[Any]] = {name: [] for name in self._arms}
        for row in rows:
            name = row["arm"]
            columns, made = self._arms[name]
            slots = self._slots[name]
            found[name].append(
                made(**{field: _value(row[slots[field]], columns[field]) for field in columns})
            )
        return found


def _slots(fields: Mapping[str, ColumnElement[Any]]) -> dict[str, str]:
    counts: dict[str, int] = {}
    found = {}
    for name, column in fields.items():
        kind = _kind_of(column)
        found[name] = f"{kind}{counts.setdefault(kind, 0)}"
        counts[kind] += 1
    return found


def _kind_of(column: ColumnElement[Any]) -> str:
    return next(
        (kind for kind, sort in _BY_TYPE.items() if isinstance(column.type, type(sort))), "text"
    )


def _filled(column: ColumnElement[Any] | None, slot: str) -> ColumnElement[Any]:
    kind = slot.rstrip("0123456789")
    if column is None:
        return cast(null(), _BY_TYPE.get(kind, String()))
    # Without the enum of its own: all texts of one slot are read in the same way.
    return cast(column, String()) if kind == "text" else column


def _value(value: Any, column: ColumnElement[Any]) -> Any:
    enum = getattr(column.type, "enum_class", None)
    return enum(value) if enum is not None and value is not None else value
